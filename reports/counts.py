"""Counting families by figure and by region: the one place where the numbers of dashboards and maps are made."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count
from django.db.models.functions import Left

from beneficiaries import figures
from ejsika.lib.shares import whole_percent
from reports.scope import Scope
from reports.states import STATES, on_map

ELSEWHERE = ""  # the key of families that lie in none of the regions asked for: shown, so that no sum loses them


@dataclass(frozen=True)
class Share:
    """A number and what it is a part of; 0 of 0 has no percentage."""

    n: int
    of: int

    @property
    def percent(self) -> int | None:
        return whole_percent(self.n, self.of)


def count_by_region(
    scope: Scope, names: Iterable[str], codes: Iterable[str], *, mapped: bool = False
) -> dict[str, dict[str, int]]:
    """Count the families of a scope by figure and by region; `mapped`: those that its map is about.

    Shape: {code: {figure: n}} with an entry for each of `codes`, of which none lies in another; ELSEWHERE is there
    as well when families lie in none of them.
    Cost: two queries of tallies; where they do not hold, one over families, and one for each figure that asks for the
    programmes' visit interval.
    """
    names, codes = list(names), list(codes)
    tallied = scope.mapped_tallied if mapped else scope.tallied
    if tallied and tallied.kept.issuperset(names):
        return by_code(tallied.by_region(names, digits_of(codes)), names, codes)
    families = scope.mapped_families if mapped else scope.families
    return by_code(parts_of(families, names, scope.view, digits_of(codes)), names, codes)


def count_mapped_by_region(scope: Scope, codes: Iterable[str]) -> dict[str, dict[str, int]]:
    """Count the families that a scope's map draws by state and by region. Shape and cost: as count_by_region."""
    codes = list(codes)
    if scope.mapped_tallied:
        parts = scope.mapped_tallied.mapped_by_region(STATES, digits_of(codes))
    else:
        parts = parts_of(on_map(scope.mapped_families, scope.view), STATES, scope.view, digits_of(codes))
    return by_code(parts, STATES, codes)


def digits_of(codes: list[str]) -> int:
    """How many digits the longest of some codes has."""
    return max((len(code) for code in codes), default=2)


def parts_of(families, names: list[str], view: figures.View, digits: int) -> list[dict]:
    """Count families (a scoped queryset) one by one: {"part": code of so many digits, figure: n}, by part."""
    return list(
        families.annotate(part=Left("region", digits))
        .values("part")
        .annotate(**{name: Count("pk", filter=figures.get(name).condition(view)) for name in names})
        .order_by("part")
    )


def by_code(parts: Iterable[dict], names: list[str], codes: list[str]) -> dict[str, dict[str, int]]:
    """Give each part's counts to the code that it lies in."""
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
