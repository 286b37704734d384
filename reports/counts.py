"""Counting families by figure and by region: the one place where the numbers of dashboards and maps are made."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count
from django.db.models.functions import Left

from beneficiaries import figures

ELSEWHERE = ""  # the key of families that lie in none of the regions asked for: shown, so that no sum loses them


@dataclass(frozen=True)
class Share:
    """A number and what it is a part of; 0 of 0 has no percentage."""

    n: int
    of: int

    @property
    def percent(self) -> int | None:
        """Whole percent; 0 and 100 only when exactly none and all are meant."""
        if not self.of:
            return None
        if 0 < self.n < self.of:
            return min(max(round(100 * self.n / self.of), 1), 99)
        return round(100 * self.n / self.of)


def count_by_region(
    households, names: Iterable[str], view: figures.View, codes: Iterable[str]
) -> dict[str, dict[str, int]]:
    """Count families (a scoped queryset) by figure and by region.

    Shape: {code: {figure: n}} with an entry for each of `codes`, of which none lies in another; ELSEWHERE is there
    as well when families lie in none of them.
    Cost: one query, and one for each figure that asks for the programmes' visit interval.
    """
    names, codes = list(names), list(codes)
    digits = max((len(code) for code in codes), default=2)
    parts = (
        households.annotate(part=Left("region", digits))
        .values("part")
        .annotate(**{name: Count("pk", filter=figures.get(name).condition(view)) for name in names})
        .order_by("part")
    )
    rows = {code: dict.fromkeys(names, 0) for code in codes}
    for part in parts:
        code = next((code for code in codes if part["part"].startswith(code)), ELSEWHERE)
        row = rows.setdefault(code, dict.fromkeys(names, 0))
        for name in names:
            row[name] += part[name]
    return rows


def total(rows: dict[str, dict[str, int]], names: Iterable[str]) -> dict[str, int]:
    """Add the rows up, by figure."""
    return {name: sum(row[name] for row in rows.values()) for name in names}
