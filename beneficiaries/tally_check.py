"""Holding the tallies against the figures: what a list would show must be what a dashboard says."""

from collections.abc import Callable, Iterable

from django.db.models import Count, F, Sum
from django.db.models.functions import Left
from django.utils import timezone

from beneficiaries import figures
from beneficiaries.models import FamilyTally, Household
from beneficiaries.models.tally import ALL_PROGRAMS
from ejsika.programs.models import Program

REGENCY_DIGITS = 4
# Further columns to hold against a figure: from rooms above, in their app's ready().
_more: list[Callable[[int, figures.View], Iterable[tuple[str, dict[str, int]]]]] = []
_counted: list[Callable[[int, figures.View], Iterable[tuple[str, dict[str, int], dict[str, int]]]]] = []


def register(sums: Callable[[int, figures.View], Iterable[tuple[str, dict[str, int]]]]) -> None:
    """Add sums(program, view) -> (figure, {regency: n}), … of a tally above this room."""
    _more.append(sums)


def register_counted(
    pairs: Callable[[int, figures.View], Iterable[tuple[str, dict[str, int], dict[str, int]]]],
) -> None:
    """Add pairs(program, view) -> (name, {regency: n} of the tally, the same counted), … of what is no figure."""
    _counted.append(pairs)


def figure_differences() -> list[str]:
    """Name each figure of this month that a tally tells otherwise than its condition, by programme and regency.

    Cost: two queries a programme, and those of the rooms above.
    """
    found = []
    for program in (ALL_PROGRAMS, *Program.objects.order_by("pk").values_list("pk", flat=True)):
        view = figures.View.month(timezone.localdate(), (program,) if program else None)
        tallied = _family_sums(program) | {name: sums for more in _more for name, sums in more(program, view)}
        counted = _count(list(tallied), view)
        pairs = [(name, sums, {row: counts[name] for row, counts in counted.items()}) for name, sums in tallied.items()]
        for name, kept, right in [*pairs, *(pair for more in _counted for pair in more(program, view))]:
            for regency in sorted(kept.keys() | right.keys()):
                pair = kept.get(regency, 0), right.get(regency, 0)
                if pair[0] != pair[1]:
                    found.append(
                        f"{name}, program {program or 'semua'}, {regency}: tercatat {pair[0]}, terhitung {pair[1]}"
                    )
    return found


def _family_sums(program: int) -> dict[str, dict[str, int]]:
    """The columns of FamilyTally: {figure: {regency: n}}."""
    names = [field.name for field in FamilyTally._meta.concrete_fields if field.name not in ("desa", "program")]
    rows = (
        FamilyTally.objects.filter(program=program)
        .values(regency=Left("desa", REGENCY_DIGITS))
        .annotate(**{f"sum_{name}": Sum(F(name)) for name in names})
    )
    return {name: {row["regency"]: row[f"sum_{name}"] for row in rows} for name in names}


def _count(names: list[str], view: figures.View) -> dict[str, dict[str, int]]:
    rows = (
        Household.objects.filter(region__isnull=False)
        .values(regency=Left("region", REGENCY_DIGITS))
        .annotate(**{name: Count("pk", filter=figures.get(name).condition(view)) for name in names})
        .order_by()
    )
    return {row["regency"]: row for row in rows}
