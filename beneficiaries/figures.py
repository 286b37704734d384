"""Figures: each is one named condition over Household, so that a count and the list behind it cannot differ.

A dashboard counts `Household.objects.countable_by(user).filter(figure.condition(view))`; the list of families filters
by the same condition when its URL says `figure=<name>`. Rooms above register what they know in their app's ready().
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from beneficiaries.choices import EnrollmentStatus
from beneficiaries.components import Component, has_component
from beneficiaries.models import Assignment, Enrollment, GraduationCase
from beneficiaries.models.enrollment import LEADING
from ejsika.programs.models import VISIT_RULES, Program, rules_on


@dataclass(frozen=True)
class View:
    """What a figure is asked for: a period from `start` to before `end` (dates), and some programmes (None: all)."""

    start: datetime.date
    end: datetime.date
    program_ids: tuple[int, ...] | None = None

    @classmethod
    def month(cls, day: datetime.date, program_ids: tuple[int, ...] | None = None) -> "View":
        start = day.replace(day=1)
        return cls(start, (start + datetime.timedelta(days=32)).replace(day=1), program_ids)

    @classmethod
    def of(cls, user, day: datetime.date, program: Program | None = None) -> "View":
        """The month as this person sees it: of the programme chosen, else of those they have."""
        chosen = (program.pk,) if program else None if user.all_programs else tuple(user.program_ids)
        return cls.month(day, chosen)

    @cached_property
    def in_time_since(self) -> list[tuple[int, str, datetime.date]]:
        """(programme id, region's code or "", earliest last visit that is in time today) by today's rules.

        A region's own rule goes first there; of two rules the stricter one holds. Cost: one query, once.
        """
        today = timezone.localdate()
        rules = {
            (rule.program_id, rule.region_id or "", rule.name): rule.visited_since(today)
            for rule in rules_on(today, *VISIT_RULES)
        }
        return [
            (
                program,
                code,
                max(
                    rules.get((program, code, name), rules.get((program, "", name), datetime.date.min))
                    for name in VISIT_RULES
                ),
            )
            for program, code in sorted({key[:2] for key in rules})
        ]

    @property
    def year(self) -> "View":
        """The calendar year up to the end of the period."""
        return View(self.start.replace(month=1, day=1), self.end, self.program_ids)


@dataclass(frozen=True)
class Figure:
    name: str
    label: str
    condition: Callable[[View], Q]


_figures: dict[str, Figure] = {}


def register(name: str, label: str, condition: Callable[[View], Q]) -> None:
    _figures[name] = Figure(name, label, condition)


def get(name: str) -> Figure:
    """Give a figure by name. Raises KeyError for a name that nobody registered."""
    return _figures[name]


def all_figures() -> list[Figure]:
    return list(_figures.values())


def has_status(view: View, *statuses: str) -> Q:
    """The condition that a family's leading status, among the view's programmes, is one of these."""
    if view.program_ids is None:
        return Q(status__in=statuses)
    enrolled = Enrollment.objects.filter(household=OuterRef("pk"), program__in=view.program_ids)
    condition = Q(pk__in=[])
    for status in statuses:
        leading = Q(Exists(enrolled.filter(status=status)))
        if len(view.program_ids) > 1 and (above := LEADING[: LEADING.index(status)]):
            leading &= ~Q(Exists(enrolled.filter(status__in=above)))
        condition |= leading
    return condition


def visited_in_time(view: View) -> Q:
    """The condition that the last visit is recent enough for a programme the family is active in."""
    condition = Q(pk__in=[])
    for program_id, code, since in view.in_time_since:
        if view.program_ids is None or program_id in view.program_ids:
            enrolled = Enrollment.objects.filter(
                household=OuterRef("pk"), program=program_id, status=EnrollmentStatus.ACTIVE
            )
            # The date first: PostgreSQL looks in this order where it counts by a condition.
            condition |= Q(last_visited_on__gte=since) & _where(view, program_id, code) & Q(Exists(enrolled))
    return condition


def _where(view: View, program_id: int, code: str) -> Q:
    """The condition that a family lies where these rules hold: in their region, or in none that has its own."""
    if code:
        return Q(region__code__startswith=code)
    condition = Q()
    for program, other, _ in view.in_time_since:
        if program == program_id and other:
            condition &= ~Q(region__code__startswith=other)
    return condition


def _active(view: View) -> Q:
    return has_status(view, EnrollmentStatus.ACTIVE)


def _graduated_between(view: View) -> Q:
    cases = GraduationCase.objects.decided_between(view.start, view.end).filter(enrollment__household=OuterRef("pk"))
    return Q(Exists(cases if view.program_ids is None else cases.filter(enrollment__program__in=view.program_ids)))


def _registered(view: View) -> Q:
    if view.program_ids is None:
        return Q()
    return Q(Exists(Enrollment.objects.filter(household=OuterRef("pk"), program__in=view.program_ids)))


def _with_component(component: Component) -> Callable[[View], Q]:
    return lambda view: _active(view) & has_component(component, timezone.localdate())


def _without_assistant(view: View) -> Q:
    return _active(view) & ~Q(Exists(Assignment.objects.on(timezone.localdate()).filter(household=OuterRef("pk"))))


register("registered", "KPM terdaftar", _registered)
register("active", "KPM aktif", _active)
register("suspended", "KPM ditangguhkan", lambda view: has_status(view, EnrollmentStatus.SUSPENDED))
register("candidate", "Calon KPM", lambda view: has_status(view, EnrollmentStatus.CANDIDATE))
register("inactive", "KPM nonaktif", lambda view: has_status(view, EnrollmentStatus.INACTIVE))
register("graduated", "Sudah lulus", lambda view: has_status(view, EnrollmentStatus.GRADUATED))
register("graduated_this_period", "Lulus pada periode ini", _graduated_between)
register("graduated_this_year", "Lulus tahun ini", lambda view: _graduated_between(view.year))
register("without_point", "Tanpa titik lokasi", lambda view: _active(view) & Q(latitude__isnull=True))
register("without_assistant", "Tanpa pendamping", _without_assistant)
register("in_time", "Dikunjungi tepat waktu", lambda view: _active(view) & visited_in_time(view))
register(
    "late",
    "Terlambat dikunjungi",
    lambda view: _active(view) & Q(last_visited_on__isnull=False) & ~visited_in_time(view),
)
register("never_visited", "Belum pernah dikunjungi", lambda view: _active(view) & Q(last_visited_on__isnull=True))
for _component in Component:
    register(_component.figure, f"Ada {_component.label[0].lower()}{_component.label[1:]}", _with_component(_component))
