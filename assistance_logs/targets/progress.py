"""Targets against what was done: each number with its denominator, and unknown where there is none."""

import datetime
from collections import Counter
from dataclasses import dataclass, replace

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from assistance_logs.figures import day_start
from assistance_logs.groups.models import GroupSession
from assistance_logs.models import AssistantVisitTally, Visit
from assistance_logs.targets.models import Target, TargetKind
from beneficiaries import tallies
from beneficiaries.models import Assessment, GraduationCase
from beneficiaries.models.tally import ALL_PROGRAMS
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


@dataclass(frozen=True)
class _Work:
    """What counts in a year, as far as somebody may count it: a row a deed, or `n` deeds; who did them, and where."""

    rows: QuerySet
    who: str
    where: str
    n: str = ""

    def by(self, key: str) -> Counter:
        how_many = Sum(self.n) if self.n else Count("pk")
        return Counter(dict(self.rows.order_by().values_list(key).annotate(n=how_many)))


def _visits(user, year: Year) -> _Work:
    """Visits that met a family: from the tallies, where they hold for these programmes and months, else one by one."""
    program = ALL_PROGRAMS if user.all_programs else user.program_ids[0] if len(user.program_ids) == 1 else None
    is_kept = year.start >= tallies.months_before(timezone.localdate(), tallies.MONTHS_KEPT - 1)
    if program is not None and is_kept and user.is_active and tallies.is_current():
        rows = AssistantVisitTally.objects.filter(_within_desas(user.region_codes), program=program)
        return _Work(rows.filter(month__gte=year.start, month__lt=year.end), "assistant_id", "desa", "met")
    start, end = day_start(year.start), day_start(year.end)
    visits = Visit.objects.countable_by(user).current().met_family().visited_between(start, end)
    return _Work(visits, "assistant", "household__region__code")


def _within_desas(codes: list[str]) -> Q:
    scope = Q(pk__in=[])
    for code in codes:
        scope |= Q(desa__startswith=code)
    return scope


def _done(user, year: Year) -> dict[str, _Work]:
    start, end = day_start(year.start), day_start(year.end)
    sessions = GroupSession.objects.countable_by(user).current().held_between(start, end)
    assessments = Assessment.objects.countable_by(user).current()
    assessments = assessments.filter(assessed_on__gte=year.start, assessed_on__lt=year.end)
    cases = GraduationCase.objects.countable_by(user).decided_between(year.start, year.end)
    return {
        TargetKind.VISITS: _visits(user, year),
        TargetKind.SESSIONS: _Work(sessions, "assistant", "group__region__code"),
        TargetKind.ASSESSMENTS: _Work(assessments, "officer", "household__region__code"),
        TargetKind.GRADUATIONS: _Work(cases, "proposed_by", "enrollment__household__region__code"),
    }


def done_by(user, year: Year, ids: list[int]) -> dict[str, Counter]:
    """How much these people did, by kind: {kind: {user id: n}}; a graduation counts for who proposed it.

    Visits at which nobody was met do not count. Cost: five queries.
    """
    return {
        kind: replace(work, rows=work.rows.filter(**{f"{work.who}__in": ids})).by(work.who)
        for kind, work in _done(user, year).items()
    }


def done_in(user, year: Year, code: str) -> dict[str, Counter]:
    """How much was done in a region by anybody, by kind and desa: {kind: {code: n}}. Cost: five queries."""
    return {
        kind: replace(work, rows=work.rows.filter(**{f"{work.where}__startswith": code})).by(work.where)
        for kind, work in _done(user, year).items()
    }


def of_people(user, year: Year, ids: list[int]) -> dict[int, list[Progress]]:
    """Each person's targets and what they did. Cost: six queries."""
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


def target_of(region, kind: str, year: Year) -> int | None:
    """What a region has set itself for a year; None where it has set nothing. Cost: one query."""
    return _targets(year, region=region, kind=kind).get((region.pk, kind))


def _within(counts: Counter, codes: list[str]) -> int:
    return sum(n for desa, n in counts.items() if desa.startswith(tuple(codes)))


def _targets(year: Year, **held) -> dict[tuple, int]:
    rows = Target.objects.on(year.day).filter(**held)
    return {(target.user_id or target.region_id, target.kind): target.per_year for target in rows}
