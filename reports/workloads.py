"""What assistants have to look after, and who of them has not reported."""

import datetime
from dataclasses import dataclass, field

from django.db.models import Count, F, Max, Q
from django.utils import timezone

from assistance_logs.figures import day_start
from assistance_logs.models import Visit
from assistance_logs.tallies import REPORT_EVERY_DAYS
from beneficiaries import figures
from beneficiaries.figures import View
from ejsika.accounts.models import User
from reports.counts import Share
from reports.month_duties import MonthDuty
from reports.scope import Scope
from reports.tallied import Tallied


@dataclass
class Workload:
    """One assistant's families within a scope. `last_report` is aware, None when there is none."""

    assistant_id: int
    families: int
    late: int
    never_visited: int
    has_reported: bool = False
    last_report: datetime.datetime | None = None
    name: str = ""
    urls: dict[str, str] = field(default_factory=dict)
    duty: MonthDuty | None = None

    @property
    def overdue(self) -> int:
        return self.late + self.never_visited


def workloads(scope: Scope) -> list[Workload]:
    """Give the assistants of a scope's active families, most overdue first, without names.

    `has_reported`: any visit in the last 7 days, an attempt included, to a family that this person may count, also
    outside the chosen region and programme: who reports elsewhere is not silent.
    Cost: one query of tallies, or two over families and visits and one for the programmes' visit interval.
    """
    if there := everywhere(scope):
        found = [Workload(*row) for row in scope.tallied.assistants(there)]
    else:
        found = count_workloads(scope)
        reported = _reporters(scope.user, [load.assistant_id for load in found])
        for load in found:
            load.has_reported = load.assistant_id in reported
    return sorted(found, key=lambda load: (-load.overdue, -load.families, load.assistant_id))


def count_silent(scope: Scope) -> Share:
    """How many of the workloads' assistants have not reported. Cost: that of workloads."""
    if there := everywhere(scope):
        return Share(*scope.tallied.silent(there))
    loads = workloads(scope)
    return Share(sum(not load.has_reported for load in loads), len(loads))


def everywhere(scope: Scope) -> Tallied | None:
    """The tallies of all that this person may count, where they and the scope's own hold."""
    return scope.tallied and scope.tallied.of_others(View.of(scope.user, scope.view.start), scope.user.region_codes)


def count_workloads(scope: Scope) -> list[Workload]:
    """Count a scope's active families of each assistant, one by one."""
    today = timezone.localdate()
    in_force = Q(assignments__ended_on__isnull=True) | Q(assignments__ended_on__gt=today)
    rows = (
        scope.families.filter(figures.get("active").condition(scope.view))
        .filter(in_force, assignments__started_on__lte=today)
        .values(assistant_id=F("assignments__assistant"))
        .annotate(
            families=Count("pk"),
            late=Count("pk", filter=figures.get("late").condition(scope.view)),
            never_visited=Count("pk", filter=figures.get("never_visited").condition(scope.view)),
        )
    )
    return [Workload(**row) for row in rows]


def _reporters(user, ids: list[int]) -> set[int]:
    since = day_start(timezone.localdate() - datetime.timedelta(days=REPORT_EVERY_DAYS))
    visits = Visit.objects.countable_by(user).current().filter(assistant__in=ids, happened_at__gte=since)
    return set(visits.values_list("assistant", flat=True).distinct())


def named(loads: list[Workload]) -> list[Workload]:
    """Fill in who they are. Cost: one query."""
    people = User.objects.in_bulk([load.assistant_id for load in loads])
    for load in loads:
        load.name = people[load.assistant_id].name
    return loads


def add_last_reports(loads: list[Workload], visits) -> None:
    """Fill in when these assistants last reported. Cost: one query."""
    ids = [load.assistant_id for load in loads]
    last = dict(
        visits.current().filter(assistant__in=ids).values_list("assistant").annotate(last=Max("happened_at")).order_by()
    )
    for load in loads:
        load.last_report = last.get(load.assistant_id)
