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
    alike = defaultdict(list)
    for family, row, name, sealed in families:
        nik = SealedNumber("nik", sealed).reveal()
        for key in _without_a_quarter(nik):
            alike[key].append((family, row, name, nik))
    found = set()
    if not alike:
        return found
    known = Member.objects.filter(household__in=visible, is_recipient=True, left_on=None, nik__isnull=False)
    for known_nik, known_name in known.values_list("nik", "name").iterator():
        digits = known_nik.reveal()
        for key in _without_a_quarter(digits):
            for family, row, name, nik in alike.get(key, ()):
                if sum(map(str.__ne__, nik, digits)) == 1 and _alike(name, known_name):
                    found.add((family, row))
    return found


def _without_a_quarter(digits: str) -> list[tuple[int, str]]:
    return [(start, digits[:start] + digits[start + 4 :]) for start in _QUARTERS]


def _alike(name: str, other: str) -> bool:
    return similarity(trigrams(name), trigrams(other)) >= SIMILAR_NAME
