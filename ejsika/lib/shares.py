"""Parts of a whole in percent, rounded alike everywhere, so that a page, a list and a paper tell the same."""


def whole_percent(part: int, whole: int) -> int | None:
    """Whole percent, halves up; 0 and 100 only when exactly none and all are meant; None of nothing."""
    if not whole:
        return None
    nearest = (200 * part + whole) // (2 * whole)
    return min(max(nearest, 1), 99) if 0 < part < whole else nearest
