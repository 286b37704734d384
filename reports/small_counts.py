"""The one rule for small numbers: what is told to those who may not read of families by name.

Of a single desa every number of families or persons is told in full fives, rounded down, and as "< 5" for none to
four: there a small number is nearly a name. So nothing that lies beside it tells one either: taking one programme from
all, a month from the next or a figure from another leaves a span of nine, and taking the other desas from their
kecamatan an even wider one (but where the numbers of all of them end in 4 or 9). Of a kecamatan and larger regions
numbers are exact, for the office answers for them; nothing is hidden there that could be worked out. Another agency
reads nothing but fives (reports.candidates).

Whoever shows or downloads a number of a Scope asks here; which places are exact is said by Scope.is_exact().
"""

STEP = 5
DESA_DIGITS = 10


def in_fives(n: int) -> int:
    """Give the full fives in a number: 0 for what is too small to be told."""
    return n // STEP * STEP


def told(n: int, *, is_exact: bool) -> int | None:
    """Give a number as it is told; None stands for fewer than five (the filter `told` writes "< 5")."""
    return n if is_exact else in_fives(n) or None


def all_told(counts: dict, *, is_exact: bool) -> dict:
    """Give the numbers of one place as they are told."""
    return {key: told(n, is_exact=is_exact) for key, n in counts.items()}
