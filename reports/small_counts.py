"""Hiding small numbers from those who may not read names: a count of one is nearly a name."""

SMALLEST_SHOWN = 5


def hide_small(counts: dict[str, int]) -> tuple[int | None, dict[str, int | None]]:
    """Give the sum and the parts of one place, None standing for what is hidden.

    A part of 1 to 4 is hidden, and larger ones with it until at least two that make five or more are: what is left
    of the sum tells no small number. A sum below 5 hides everything.
    """
    n = sum(counts.values())
    if n < SMALLEST_SHOWN:
        return (None if n else 0), dict.fromkeys(counts, None if n else 0)
    hidden = {name for name, count in counts.items() if 0 < count < SMALLEST_SHOWN}
    for name in sorted(counts, key=counts.get):
        if not hidden or (len(hidden) > 1 and sum(counts[other] for other in hidden) >= SMALLEST_SHOWN):
            break
        if counts[name]:
            hidden.add(name)
    return n, {name: None if name in hidden else count for name, count in counts.items()}
