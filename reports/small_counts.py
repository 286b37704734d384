"""Hiding small numbers from those who may not read names: a count of one is nearly a name."""

SMALLEST_SHOWN = 5


def hide_small(counts: dict[str, int]) -> tuple[int | None, dict[str, int | None]]:
    """Give the sum and the parts of one place, None standing for what is hidden.

    A part of 1 to 4 is hidden; when it is the only one, the next larger part is hidden with it, so that it is not
    the sum less the others. A sum below 5 hides everything.
    """
    n = sum(counts.values())
    if n < SMALLEST_SHOWN:
        return (None if n else 0), dict.fromkeys(counts, None if n else 0)
    hidden = {name for name, count in counts.items() if 0 < count < SMALLEST_SHOWN}
    if len(hidden) == 1:
        others = [name for name, count in counts.items() if count and name not in hidden]
        hidden.add(min(others, key=counts.get))
    return n, {name: None if name in hidden else count for name, count in counts.items()}
