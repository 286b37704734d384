"""Who may be in the register already under other numbers: new families whose recipient resembles a known one.

What people have said of such a pair is kept for ever (PersonPair): who is the same person is recognised, who is not is
not asked about again.
"""

from collections import defaultdict
from collections.abc import Iterator

from beneficiaries.models.household import Household, Member
from beneficiaries.models.pair import PersonPair
from ejsika.lib.sealed import SealedNumber
from ejsika.lib.similar import similarity, trigrams

SIMILAR_NAME = 0.6  # trigram similarity from which two names may be the same person's
_QUARTERS = (0, 4, 8, 12)
_CHUNK = 5_000

# The suspects of a batch with their line r, the register's person m and family h, and what was said of the two.
SUSPECTS = """beneficiaries_rostersuspect s
    JOIN beneficiaries_rosterrow r ON r.batch_id = s.batch_id AND r.row = s.row
    JOIN beneficiaries_member m ON m.id = s.member AND m.left_on IS NULL
    JOIN beneficiaries_household h ON h.id = m.household_id
    LEFT JOIN beneficiaries_personpair p ON p.one = least(r.nik, coalesce(m.nik, h.kk))
        AND p.other = greatest(r.nik, coalesce(m.nik, h.kk))"""
UNDECIDED = f"{SUSPECTS} WHERE s.batch_id = %(batch)s AND p.id IS NULL"
# New families as far as the numbers go.
_NEW = "f.household IS NULL AND f.hm IS NULL AND NOT f.wrong"

# Recipients in scope who were said to be the same person as one of the sheet; only numbers that nobody else has count.
_RECOGNISED = """
    UPDATE beneficiaries_rosterrow r SET member = found.member FROM (
        SELECT DISTINCT ON (r.id) r.id, m.id AS member
        FROM (SELECT one AS mine, other AS known FROM beneficiaries_personpair WHERE is_same
            UNION ALL SELECT other, one FROM beneficiaries_personpair WHERE is_same) p
        JOIN beneficiaries_rosterrow r ON r.nik = p.mine
        JOIN LATERAL (
            SELECT id, household_id FROM beneficiaries_member m
            WHERE m.nik = p.known AND m.is_recipient AND m.left_on IS NULL
            UNION ALL SELECT m.id, m.household_id FROM beneficiaries_household h
            JOIN beneficiaries_member m ON m.household_id = h.id
            WHERE h.kk = p.known AND m.nik IS NULL AND m.is_recipient AND m.left_on IS NULL) m ON true
        LEFT JOIN beneficiaries_household k ON k.kk = r.kk
        WHERE r.batch_id = {batch} AND r.is_recipient AND {only} AND (k.id IS NULL OR k.id = m.household_id)
          AND NOT EXISTS (SELECT FROM beneficiaries_member x WHERE x.nik = r.nik AND x.left_on IS NULL)
          AND m.household_id IN ({scope})
        ORDER BY r.id, m.id) found
    WHERE r.id = found.id
"""
# In the same desa, born on the same day.
_SAME_DAY = """
    INSERT INTO beneficiaries_rostersuspect (batch_id, family, row, member, reason)
    SELECT {batch}, f.family, f.row, m.id, 'day' FROM roster_family f
    JOIN beneficiaries_household h ON h.region_code = f.region_code
    JOIN beneficiaries_member m ON m.household_id = h.id AND m.is_recipient AND m.left_on IS NULL
        AND m.born_on = f.born_on
    WHERE {new} AND similarity(lower(m.name), lower(f.name)) >= {alike} AND h.id IN ({scope})
"""


def recognise(cursor, batch, only: str) -> None:
    """Set RosterRow.member to the person of the register who was said to be the same as the recipient of a line."""
    cursor.execute(
        f"""UPDATE beneficiaries_rosterrow r SET member = NULL
            WHERE r.batch_id = {int(batch.pk)} AND r.member IS NOT NULL AND {only}"""
    )
    if PersonPair.objects.filter(is_same=True).exists():
        scope, parameters = _scope(batch)
        cursor.execute(_RECOGNISED.format(batch=int(batch.pk), only=only, scope=scope), parameters)


def find_suspects(cursor, batch) -> None:
    """Find whom the new families resemble among those that the importer may see; each pair is a RosterSuspect."""
    scope, parameters = _scope(batch)
    cursor.execute("DELETE FROM beneficiaries_rostersuspect WHERE batch_id = %s", [batch.pk])
    cursor.execute(
        """INSERT INTO beneficiaries_rostersuspect (batch_id, family, row, member, reason)
           SELECT batch_id, family, row, member, 'decided' FROM beneficiaries_rosterrow
           WHERE batch_id = %s AND member IS NOT NULL""",
        [batch.pk],
    )
    cursor.execute(_SAME_DAY.format(batch=int(batch.pk), new=_NEW, alike=SIMILAR_NAME, scope=scope), parameters)
    cursor.execute(f"SELECT f.row, f.family, f.name, f.nik FROM roster_family f WHERE {_NEW} AND f.nik IS NOT NULL")
    found = _one_digit_off(cursor.rowcount, iter(cursor.fetchone, None), Household.objects.for_user(batch.uploaded_by))
    cursor.executemany(
        """INSERT INTO beneficiaries_rostersuspect (batch_id, family, row, member, reason)
           VALUES (%s, %s, %s, %s, 'digit') ON CONFLICT DO NOTHING""",
        [(batch.pk, family, row, member) for row, family, member in sorted(found)],
    )


def name_suspects(cursor, batch) -> None:
    """Add suspect_duplicate to roster_found for the new families at hand of whom nobody has decided yet."""
    cursor.execute(
        f"""INSERT INTO roster_found SELECT DISTINCT s.family, s.row, 'name', 'suspect_duplicate' FROM {UNDECIDED}
            AND s.family IN (SELECT family FROM roster_family f WHERE {_NEW})""",
        {"batch": batch.pk},
    )


def _scope(batch) -> tuple[str, tuple]:
    """SQL of the ids of the families that the importer may see, and its parameters."""
    return Household.objects.for_user(batch.uploaded_by).values("pk").query.sql_with_params()


def _one_digit_off(number: int, families: Iterator[tuple], visible) -> set[tuple[int, int, int]]:
    """Find recipients whose NIK is one digit off a known one, with names alike; gives (row, family, member).

    Sealed numbers tell only whether they are equal, so they are opened here. Two numbers that differ in one digit
    share three quarters: only those are compared, and only the fewer of both kinds are held at once.

    Cost: one pass over the recipients in scope, four look-ups each.
    """
    recipients = Member.objects.filter(household__in=visible, is_recipient=True, left_on=None, nik__isnull=False)
    count = recipients.count() if number else 0
    if not count:
        return set()
    new = (((row, family), name, SealedNumber("nik", nik)) for row, family, name, nik in families)
    known = recipients.values_list("pk", "name", "nik").iterator(_CHUNK)
    few, many = (new, known) if number <= count else (known, new)
    alike = defaultdict(list)
    for key, name, sealed in few:
        nik = sealed.reveal()
        for part in _without_a_quarter(nik):
            alike[part].append((key, nik, name))
    found = set()
    for key, name, sealed in many:
        nik = sealed.reveal()
        for part in _without_a_quarter(nik):
            for other, digits, other_name in alike.get(part, ()):
                if sum(map(str.__ne__, nik, digits)) == 1 and _alike(name, other_name):
                    found.add((*other, key) if few is new else (*key, other))
    return found


def _without_a_quarter(digits: str) -> list[tuple[int, str]]:
    return [(start, digits[:start] + digits[start + 4 :]) for start in _QUARTERS]


def _alike(name: str, other: str) -> bool:
    return similarity(trigrams(name), trigrams(other)) >= SIMILAR_NAME
