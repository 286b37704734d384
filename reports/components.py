"""Counting persons and families by component: how many toddlers, how many pupils, where and with whom."""

import datetime
from collections.abc import Hashable
from dataclasses import dataclass

from django.db.models import Count, F, Q
from django.db.models.functions import Left

from beneficiaries import components, figures
from beneficiaries.choices import EnrollmentStatus
from beneficiaries.components import Component
from reports.tallied import COMPONENT_COLUMNS, Tallied


@dataclass(frozen=True)
class ComponentCounts:
    """Active families, and by component the persons and the families that have such a person."""

    families: int
    unknown_age: int  # persons who could not be counted: neither birth date nor level of school
    persons: dict[Component, int]
    having: dict[Component, int]

    def __add__(self, other: "ComponentCounts") -> "ComponentCounts":
        """The counts of both together, where no family is in both."""
        return ComponentCounts(
            self.families + other.families,
            self.unknown_age + other.unknown_age,
            {one: self.persons[one] + other.persons[one] for one in Component},
            {one: self.having[one] + other.having[one] for one in Component},
        )


NOTHING = ComponentCounts(0, 0, dict.fromkeys(Component, 0), dict.fromkeys(Component, 0))


def by_region(families, digits: int):
    """Rows are the regions whose codes have so many digits."""
    return families.annotate(row=Left("region", digits))


def by_program(families, view: figures.View):
    """Rows are the programmes that a family is active in: one in two of them is in both rows."""
    programs = Q(enrollments__status=EnrollmentStatus.ACTIVE)
    if view.program_ids is not None:
        programs &= Q(enrollments__program__in=view.program_ids)
    return families.filter(programs).annotate(row=F("enrollments__program"))


def by_assistant(families, day: datetime.date):
    """Rows are the assistants of that day; families without one are in none."""
    in_force = Q(assignments__ended_on__isnull=True) | Q(assignments__ended_on__gt=day)
    return families.filter(in_force, assignments__started_on__lte=day).annotate(row=F("assignments__assistant"))


def tallied_by_region(tallied: Tallied, digits: int) -> dict[str, ComponentCounts]:
    """As by_region and count_components, from the tallies. Cost: one query."""
    return _of_tallies(tallied.components(f"left(desa, {digits})"))


def tallied_by_program(tallied: Tallied) -> dict[int, ComponentCounts]:
    """As by_program and count_components, from the tallies. Cost: one query."""
    return _of_tallies(tallied.components("program", by_program=True))


def _of_tallies(rows: list[tuple]) -> dict[Hashable, ComponentCounts]:
    return {row: _counts(dict(zip(COMPONENT_COLUMNS, counts, strict=True))) for row, *counts in rows}


def count_components(families, view: figures.View, day: datetime.date) -> dict[Hashable, ComponentCounts]:
    """Count the components of active families on a day, by `row`.

    `families` is a scoped queryset that has `row`, from one of the three above. Shape: {row: ComponentCounts}, rows
    without an active family left out. Cost: one query.
    """
    counted = families.filter(figures.get("active").condition(view)).values("row").annotate(**_aggregates(day))
    return {found.pop("row"): _counts(found) for found in counted.order_by("row")}


def _aggregates(day: datetime.date) -> dict[str, Count]:
    wanted = {
        "families": Count("pk", distinct=True),
        "unknown_age": Count("members", filter=components.of_unknown_age(day, "members__")),
    }
    for component in Component:
        found = components.condition(component, day, "members__")
        wanted[f"persons_{component}"] = Count("members", filter=found)
        wanted[f"having_{component}"] = Count("pk", distinct=True, filter=found)
    return wanted


def _counts(found: dict) -> ComponentCounts:
    by_kind = {kind: {one: found[f"{kind}_{one}"] for one in Component} for kind in ("persons", "having")}
    return ComponentCounts(found["families"], found["unknown_age"], **by_kind)
