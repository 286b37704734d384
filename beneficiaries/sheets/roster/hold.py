"""Keeping the families of a roster as they are, while they are compared and written or taken back."""

import hashlib

from django.db import connection
from django.utils import timezone

from beneficiaries.models.household import Household
from beneficiaries.sheets.roster.models import RosterComplete
from ejsika.imports.kinds import Since

# Families that the sheet's numbers lead to, and those that the batch created or found before.
_FAMILIES = """
    DROP TABLE IF EXISTS roster_held;
    CREATE TEMP TABLE roster_held ON COMMIT DROP AS
    SELECT household AS id FROM beneficiaries_rosterrow WHERE batch_id = %(batch)s AND household IS NOT NULL
    UNION SELECT k.id FROM beneficiaries_rosterrow r JOIN beneficiaries_household k ON k.kk = r.kk
        WHERE r.batch_id = %(batch)s
    UNION SELECT m.household_id FROM beneficiaries_rosterrow r JOIN beneficiaries_member m
        ON m.nik = r.nik AND m.left_on IS NULL WHERE r.batch_id = %(batch)s
    UNION SELECT household FROM beneficiaries_rostermissing WHERE batch_id = %(batch)s AND reason <> '';
    ANALYZE roster_held
"""
# A visit or a look at a number changes nothing that a sheet writes.
_ACTS = [
    "household.edited",
    "member.edited",
    "member.added",
    "household.assigned",
    "household.imported",
    "household.import_undone",
    "household.left_out",
    "household.merged",
    "household.merged_away",
    "graduation.decided",
]
# Acts that a comparison cannot notice; whatever else there will be, it may.
_UNNOTICED = [
    *("visit", "session", "group", "duty", "assessment", "target", "report", "list", "number", "user", "import"),
]
_LONGEST = "1 hour"  # that an act may last from its audit entry to the end of its transaction


def hold(batch) -> Since:
    """Lock the families of a batch until the transaction ends; tells what has happened since they were compared.

    Enrollments first, as a decision on a graduation does: two that lock in one order never wait for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FAMILIES, {"batch": batch.pk})
        for table, family in (("beneficiaries_enrollment", "household_id"), ("beneficiaries_household", "id")):
            cursor.execute(
                f"""SELECT count(*) FROM (SELECT FROM {table} WHERE {family} IN (SELECT id FROM roster_held)
                    ORDER BY id FOR UPDATE) locked"""
            )
        if _nothing_since(cursor, batch):
            return Since.NOTHING
        cursor.execute(_ACTED, {"checked_at": batch.checked_at, "acts": _ACTS})
        return Since.OWN if cursor.fetchone()[0] else Since.OTHERS


_ACTED = """
    SELECT EXISTS (SELECT FROM audit_auditevent a JOIN roster_held f ON f.id = a.target_id
        WHERE a.target_kind = 'beneficiaries.household' AND a.action = ANY(%(acts)s) AND a.at > %(checked_at)s)
"""


def mark(cursor, batch) -> str:
    """What the register is like now, so that a commit can tell that it is still the same; ask before comparing.

    The oldest transaction under way, and a sum of what a comparison asks beside the families themselves.
    """
    cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
    return f"{cursor.fetchone()[0]}:{_circumstances(cursor, batch)}"


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


def _nothing_since(cursor, batch) -> bool:
    """Whether the comparison would surely find what it found: every act leaves its entry, and there is none since.

    A roster that is said to be complete is compared with families that it does not name: there it is never sure.
    """
    oldest, _, circumstances = batch.compared_with.partition(":")
    if not oldest or RosterComplete.objects.filter(batch=batch).exists():
        return False
    if circumstances != _circumstances(cursor, batch):
        return False
    values = {"oldest": int(oldest), "checked_at": batch.checked_at, "unnoticed": _UNNOTICED}
    cursor.execute(_ACTS_SINCE, values)
    return not cursor.fetchone()[0]


# Whatever had not ended when the comparison began counts as later, and whatever bears a later time: a restore
# numbers all transactions anew. A row tells the lower half of its transaction's number; the upper half is today's,
# or the one before.
_ACTS_SINCE = f"""
    SELECT EXISTS (SELECT FROM audit_auditevent a
        CROSS JOIN (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next) now
        CROSS JOIN LATERAL (SELECT (now.next & ~4294967295) | a.xmin::text::bigint AS number) n
        WHERE a.at > %(checked_at)s::timestamptz - interval '{_LONGEST}'
          AND split_part(a.action, '.', 1) <> ALL(%(unnoticed)s)
          AND (a.at > %(checked_at)s
            OR n.number - CASE WHEN n.number > now.next + 2147483648 THEN 4294967296 ELSE 0 END >= %(oldest)s))
"""
