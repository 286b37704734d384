"""Who may be in the register already under other numbers: new families whose recipient resembles a known one."""

from collections import defaultdict

from beneficiaries.models.household import Household, Member
from ejsika.lib.sealed import SealedNumber
from ejsika.lib.similar import similarity, trigrams

SIMILAR_NAME = 0.6  # trigram similarity from which two names may be the same person's
_QUARTERS = (0, 4, 8, 12)

# In the same desa, born on the same day.
_SAME_DAY = """
    INSERT INTO roster_found
    SELECT f.family, f.row, 'name', 'suspect_duplicate' FROM roster_family f
    WHERE f.household IS NULL AND f.hm IS NULL AND NOT f.wrong AND EXISTS (
        SELECT FROM beneficiaries_household h JOIN beneficiaries_member m ON m.household_id = h.id
        WHERE h.region_code = f.region_code AND m.is_recipient AND m.left_on IS NULL AND m.born_on = f.born_on
          AND similarity(lower(m.name), lower(f.name)) >= {alike} AND h.id IN ({scope}))
"""
# The others are compared number by number.
_UNSUSPECTED = """
    SELECT f.family, f.row, f.name, f.nik FROM roster_family f
    WHERE f.household IS NULL AND f.hm IS NULL AND NOT f.wrong AND f.nik IS NOT NULL
      AND NOT EXISTS (SELECT FROM roster_found x WHERE x.family = f.family AND x.code = 'suspect_duplicate')
"""


def find_suspects(cursor, batch) -> None:
    """Add suspect_duplicate to roster_found, from the families that the importer may see."""
    visible = Household.objects.for_user(batch.uploaded_by)
    scope, parameters = visible.values("pk").query.sql_with_params()
    cursor.execute(_SAME_DAY.format(alike=SIMILAR_NAME, scope=scope), parameters)
    cursor.execute(_UNSUSPECTED)
    found = _one_digit_off(cursor.fetchall(), visible)
    cursor.executemany("INSERT INTO roster_found VALUES (%s, %s, 'name', 'suspect_duplicate')", sorted(found))


def _one_digit_off(families: list[tuple], visible) -> set[tuple[int, int]]:
    """Find families whose recipient's NIK is one digit off a known one, with names alike; gives (family, row).

    Sealed numbers tell only whether they are equal, so they are opened here. Two numbers that differ in one digit
    share three quarters: only those are compared. Cost: one pass over the recipients in scope.
    """
    recipients = Member.objects.filter(household__in=visible, is_recipient=True, left_on=None, nik__isnull=False)
    new = [((family, row), SealedNumber("nik", sealed), name) for family, row, name, sealed in families]
    known = [(None, nik, name) for nik, name in recipients.values_list("nik", "name")] if new else []
    few, many = sorted((new, known), key=len)
    if not few:
        return set()
    alike = defaultdict(list)
    for key, sealed, name in few:
        nik = sealed.reveal()
        for part in _without_a_quarter(nik):
            alike[part].append((key, nik, name))
    found = set()
    for key, sealed, name in many:
        nik = sealed.reveal()
        for part in _without_a_quarter(nik):
            for other, digits, other_name in alike.get(part, ()):
                if sum(map(str.__ne__, nik, digits)) == 1 and _alike(name, other_name):
                    found.add(key or other)
    return found


def _without_a_quarter(digits: str) -> list[tuple[int, str]]:
    return [(start, digits[:start] + digits[start + 4 :]) for start in _QUARTERS]


def _alike(name: str, other: str) -> bool:
    return similarity(trigrams(name), trigrams(other)) >= SIMILAR_NAME
