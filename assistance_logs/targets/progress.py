"""Targets against what was done: each number with its denominator, and unknown where there is none."""

import datetime
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils import timezone

from assistance_logs.figures import day_start
from assistance_logs.groups.models import GroupSession
from assistance_logs.models import Visit
from assistance_logs.targets.models import Target, TargetKind
from beneficiaries.models import Assessment, GraduationCase
from ejsika.lib.shares import whole_percent


@dataclass(frozen=True)
class Progress:
    """How much of a kind was done in a year; `target` None where nobody has set one."""

    kind: str
    done: int
    target: int | None

    @property
    def label(self) -> str:
        return TargetKind(self.kind).label

    @property
    def percent(self) -> int | None:
        return None if self.target is None else whole_percent(self.done, self.target)


@dataclass(frozen=True)
class Year:
    """A calendar year as far as it has gone."""

    number: int

    @property
    def start(self) -> datetime.date:
        return datetime.date(self.number, 1, 1)

    @property
    def end(self) -> datetime.date:
        """The day after its last one."""
        return datetime.date(self.number + 1, 1, 1)

    @property
    def day(self) -> datetime.date:
        """The day whose targets are meant: today, or the last day of a year that is over."""
        last = self.end - datetime.timedelta(days=1)
        return min(max(timezone.localdate(), self.start), last)

    @property
    def gone_percent(self) -> int:
        """How much of it is over today, for comparison."""
        days = (min(max(timezone.localdate(), self.start), self.end) - self.start).days
        return whole_percent(days, (self.end - self.start).days)


def _done(user, year: Year) -> dict[str, tuple[QuerySet, str, str]]:
    """By kind: what counts in a year, as far as this person may count it, who did it, and in which desa."""
    start, end = day_start(year.start), day_start(year.end)
    visits = Visit.objects.countable_by(user).current().met_family().visited_between(start, end)
    sessions = GroupSession.objects.countable_by(user).current().held_between(start, end)
    assessments = Assessment.objects.countable_by(user).filter(assessed_on__gte=year.start, assessed_on__lt=year.end)
    cases = GraduationCase.objects.countable_by(user).decided_between(year.start, year.end)
    return {
        TargetKind.VISITS: (visits, "assistant", "household__region"),
        TargetKind.SESSIONS: (sessions, "assistant", "group__region"),
        TargetKind.ASSESSMENTS: (assessments, "officer", "household__region"),
        TargetKind.GRADUATIONS: (cases, "proposed_by", "enrollment__household__region"),
    }


def _counted(rows: QuerySet, key: str) -> Counter:
    return Counter(dict(rows.order_by().values_list(key).annotate(Count("pk"))))


def done_by(user, year: Year, ids: list[int]) -> dict[str, Counter]:
    """How much these people did, by kind: {kind: {user id: n}}; a graduation counts for who proposed it.

    Visits at which nobody was met do not count. Cost: four queries.
    """
    return {
        kind: _counted(rows.filter(**{f"{who}__in": ids}), who) for kind, (rows, who, _) in _done(user, year).items()
    }


def done_in(user, year: Year, code: str) -> dict[str, Counter]:
    """How much was done in a region by anybody, by kind and desa: {kind: {code: n}}. Cost: four queries."""
    return {
        kind: _counted(rows.filter(**{f"{where}__code__startswith": code}), where)
        for kind, (rows, _, where) in _done(user, year).items()
    }


def of_people(user, year: Year, ids: list[int]) -> dict[int, list[Progress]]:
    """Each person's targets and what they did. Cost: five queries."""
    done, targets = done_by(user, year, ids), _targets(year, user__in=ids)
    return {pk: [Progress(kind, done[kind][pk], targets.get((pk, kind))) for kind in TargetKind] for pk in ids}


def of_places(
    done: dict[str, Counter], year: Year, holders: dict[object, list[str]], **held
) -> dict[object, list[Progress]]:
    """Targets of holders who answer for regions (codes), and what of `done` (as done_in gives it) was done there.

    `held` says which targets are theirs. Cost: one query.
    """
    targets = _targets(year, **held)
    return {
        holder: [Progress(kind, _within(done[kind], codes), targets.get((holder, kind))) for kind in TargetKind]
        for holder, codes in holders.items()
    }


def _within(counts: Counter, codes: list[str]) -> int:
    return sum(n for desa, n in counts.items() if desa.startswith(tuple(codes)))


def _targets(year: Year, **held) -> dict[tuple, int]:
    rows = Target.objects.on(year.day).filter(**held)
    return {(target.user_id or target.region_id, target.kind): target.per_year for target in rows}
