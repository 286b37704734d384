"""Whether anything has happened in the register since a batch was compared with it; if not, it need not be again."""

import hashlib

from django.utils import timezone

from beneficiaries.models.household import Household

# Acts that no comparison notices; whatever other ones there will be, it may.
_UNNOTICED = [
    *("visit", "session", "group", "duty", "assessment", "target", "report", "list", "number", "user", "import"),
]
_LONGEST = "1 hour"  # that an act may last from its audit entry to the end of its transaction


def mark(cursor, batch) -> str:
    """What the register is like now, to be kept as ImportBatch.compared_with; ask before comparing.

    The oldest transaction under way, and a sum of what is asked beside the families themselves.
    """
    cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
    return f"{cursor.fetchone()[0]}:{_circumstances(cursor, batch)}"


def nothing_since(cursor, batch, *, noticed: tuple[str, ...] = ()) -> bool:
    """Whether a comparison would surely find what it found: every act leaves its audit entry, and there is none since.

    `noticed` are acts that count for this kind of sheet and for no other. Cost: three queries.
    """
    oldest, _, circumstances = batch.compared_with.partition(":")
    if not oldest or circumstances != _circumstances(cursor, batch):
        return False
    values = {"oldest": int(oldest), "checked_at": batch.checked_at, "unnoticed": _UNNOTICED, "noticed": [*noticed]}
    cursor.execute(_ACTS_SINCE, values)
    return not cursor.fetchone()[0]


def _circumstances(cursor, batch) -> str:
    """The day, whom the importer may see, decided pairs, programmes that exclude each other; all as a short sum."""
    cursor.execute(_ASKED_BESIDE)
    scope = Household.objects.for_user(batch.uploaded_by).values("pk").query.sql_with_params()
    asked = (timezone.localdate(), scope, batch.program_id, cursor.fetchone())
    return hashlib.sha256(repr(asked).encode()).hexdigest()[:16]


_ASKED_BESIDE = """
    SELECT (SELECT array_agg(ARRAY[from_program_id, to_program_id] ORDER BY id) FROM programs_program_excludes),
        (SELECT ARRAY[count(*), max(id)] FROM beneficiaries_personpair)
"""


# Whatever had not ended when the comparison began counts as later, and whatever bears a later time: a restore
# numbers all transactions anew. A row tells the lower half of its transaction's number; the upper half is today's,
# or the one before.
_ACTS_SINCE = f"""
    SELECT EXISTS (SELECT FROM audit_auditevent a
        CROSS JOIN (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next) now
        CROSS JOIN LATERAL (SELECT (now.next & ~4294967295) | a.xmin::text::bigint AS number) n
        WHERE a.at > %(checked_at)s::timestamptz - interval '{_LONGEST}'
          AND (split_part(a.action, '.', 1) <> ALL(%(unnoticed)s) OR a.action = ANY(%(noticed)s))
          AND (a.at > %(checked_at)s
            OR n.number - CASE WHEN n.number > now.next + 2147483648 THEN 4294967296 ELSE 0 END >= %(oldest)s))
"""
