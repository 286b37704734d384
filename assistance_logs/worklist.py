"""What an assistant has to do: the month's progress, and the families in the order of need."""

import datetime
import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone

from assistance_logs.figures import day_start
from assistance_logs.models import Visit
from assistance_logs.obligations.duties import BY_VISIT, DutyKind, date, in_programs, open_duties, quoted
from assistance_logs.obligations.models import ExcuseReason
from beneficiaries.choices import EnrollmentStatus
from beneficiaries.figures import View
from beneficiaries.models import Household
from ejsika.accounts.models import Reach
from ejsika.lib.prepared import SHAPES_KEPT, prepared, rows
from ejsika.lib.shares import whole_percent
from ejsika.lib.tags import day as written
from ejsika.lib.tags import day_month

# Families that are graduated or out of the programme are no task; they stay in the list of families. A graduated one
# that is to be looked after for a while has a duty, and is on the list by that.
ON_THE_LIST = [EnrollmentStatus.ACTIVE, EnrollmentStatus.SUSPENDED, EnrollmentStatus.CANDIDATE]


@dataclass(frozen=True)
class Progress:
    """How far a month's visits are. Units: families; days_left counts today.

    `total` are the families visited this month and those that must still be; the excused are in neither.
    """

    visited: int
    total: int
    days_left: int
    excused: int = 0

    @property
    def left(self) -> int:
        return self.total - self.visited

    @property
    def percent(self) -> int:
        return whole_percent(self.visited, self.total)

    @property
    def per_day(self) -> int:
        """Families a day that suffice until the month's end."""
        return math.ceil(self.left / self.days_left)


class Duty(NamedTuple):
    """One thing that is due for a family, and on which day at the latest."""

    due_until: datetime.date
    kind: str

    @property
    def label(self) -> str:
        return DutyKind(self.kind).label


class Line(NamedTuple):
    """One thing that a card tells, with its last day where it has one."""

    what: str
    until: datetime.date | None = None
    is_late: bool = False

    @property
    def until_words(self) -> str:
        return "jatuh tempo" if self.is_late else "paling lambat"

    @property
    def words(self) -> str:
        return f"{self.what}, {self.until_words} {written(self.until)}" if self.until else self.what


OVERDUE, DUE, LATER = 0, 1, 2  # how urgent a task is: what orders the list


@dataclass(frozen=True, slots=True)
class Task:
    """A family with all that is open for it, the first due first. `follow_up` is told by with_follow_ups."""

    pk: int
    recipient_name: str
    address: str
    rt: int | None
    rw: int | None
    region_id: str
    desa: str
    phone: str
    status: str
    last_visited_on: datetime.date | None
    latitude: float | None
    longitude: float | None
    urgency: int
    excuse: str
    duties: list[Duty]
    today: datetime.date
    follow_up: Visit | None = None

    address_line = Household.address_line

    @property
    def status_label(self) -> str:
        return EnrollmentStatus(self.status).label

    @property
    def excuse_label(self) -> str:
        return ExcuseReason(self.excuse).label if self.excuse else ""

    @property
    def is_overdue(self) -> bool:
        return self.urgency == OVERDUE

    @property
    def open_words(self) -> str:
        """What the family's newest visit left to be done, by when; "" where nothing is open."""
        if self.follow_up is None:
            return ""
        due = self.follow_up.follow_up_due
        passed = " (sudah lewat)" if due and due < self.today else ""
        return self.follow_up.follow_up + (f", jatuh tempo {day_month(due)}{passed}" if due else "")

    @property
    def is_done(self) -> bool:
        """Whether the family was met this month, and nothing more is due in it."""
        return (
            bool(self.last_visited_on and self.last_visited_on >= self.today.replace(day=1)) and self.urgency == LATER
        )

    @property
    def first_due(self) -> datetime.date | None:
        """The day that makes this a task: a meeting is the group's, not a way to this family's house."""
        return next((duty.due_until for duty in self.duties if duty.kind != DutyKind.SESSION), None)

    @property
    def days_overdue(self) -> int:
        """Days since the first thing was due; 0 where nothing is overdue."""
        return max((self.today - self.first_due).days, 0) if self.first_due else 0

    @property
    def is_open(self) -> bool:
        """Whether something is to be done before the month ends."""
        return self.urgency != LATER

    @property
    def lines(self) -> list[Line]:
        """What is open: all that is due this month, or the one thing that comes next, and what else to know."""
        found = []
        if self.excuse:
            found.append(Line(f"Berhalangan bulan ini: {self.excuse_label}"))
        if self.follow_up:
            found.append(self._line(f"Tindak lanjut: {self.follow_up.follow_up}", self.follow_up.follow_up_due))
        others = [duty for duty in self.duties if duty.kind != DutyKind.FOLLOW_UP]
        others.sort(key=lambda duty: duty.kind == DutyKind.SESSION)
        for duty in [duty for duty in others if _month(duty.due_until) <= _month(self.today)] or others[
            : not self.follow_up
        ]:
            found.append(self._line(self._words(duty), duty.due_until))
        if self.status != EnrollmentStatus.ACTIVE:
            found.append(Line(self.status_label + self._last_visit()))
        return found or [Line("Tidak ada jadwal" + self._last_visit())]

    def _words(self, duty: Duty) -> str:
        if duty.kind != DutyKind.VISIT:
            return duty.label
        return f"Kunjungan rutin{self._last_visit()}" if self.last_visited_on else "Kunjungan pertama"

    def _last_visit(self) -> str:
        return f", terakhir {written(self.last_visited_on)}" if self.last_visited_on else ""

    def _line(self, what: str, until: datetime.date | None) -> Line:
        return Line(what, until, until is not None and until < self.today)


def _month(day: datetime.date) -> tuple[int, int]:
    return day.year, day.month


@dataclass(frozen=True)
class Day:
    """Some tasks of an assistant, and how many there are in all: the counts of families by name."""

    tasks: list[Task]
    listed: int = 0
    overdue: int = 0
    due: int = 0
    done: int = 0
    left: int = 0
    excused: int = 0

    def progress(self, today: datetime.date) -> Progress | None:
        return month_progress(self.done, self.done + self.left, today=today, excused=self.excused)


_COLUMNS = [name for name in Task.__dataclass_fields__ if name not in ("duties", "today", "follow_up")]


def month_progress(visited: int, total: int, *, today: datetime.date, excused: int = 0) -> Progress | None:
    """Say how far the month is; None where no family is due, for there is nothing to measure."""
    if not total:
        return None
    return Progress(visited, total, (View.month(today).end - today).days, excused)


def day_of(user, today: datetime.date, *, start: int = 0, limit: int | None = None, besides: int = 0) -> Day:
    """The user's families in the order of need: overdue, due this month, then the rest; each by desa, RW and RT.

    `start` and `limit` cut a part out, `besides` leaves one family out; the counts are of all. A part that begins
    beyond the end is empty, its counts are zero. Cost: one query.
    """
    sql, params = _day_query(user.reach, today, timezone.localdate())
    found = rows(sql, [*params, besides, user.pk, limit, start])
    width = len(_COLUMNS)
    tasks = [Task(*row[:width], sorted(map(Duty, row[width + 1], row[width])), today) for row in found]
    return Day(tasks, *found[0][width + 2 :]) if found else Day([])


@lru_cache(SHAPES_KEPT)
def _day_query(reach: Reach, today: datetime.date, now: datetime.date) -> tuple[str, tuple]:
    """The statement of day_of, and its first parameters; then come a family left out, the user, limit and offset.

    `now` is the day whose assignments for_user() goes by.
    """
    user = reach.user()
    query = Household.objects.for_user(user).order_by().values("pk").query
    families, params = _with_codes(*query.get_compiler(DEFAULT_DB_ALIAS, elide_empty=False).as_sql())
    return _day_sql(families, View.of(user, today), today), params


def _with_codes(sql: str, params: tuple) -> tuple[str, tuple]:
    """Write regions ('3602%') into a statement: the planner expects almost nobody in one that it is not told."""
    first, *others = sql.split("%s")
    is_code = [isinstance(value, str) and value.removesuffix("%").isdecimal() for value in params]
    written = [f"'{value}'".replace("%", "%%") if known else "%s" for value, known in zip(params, is_code, strict=True)]
    kept = tuple(value for value, known in zip(params, is_code, strict=True) if not known)
    return first + "".join(value + part for value, part in zip(written, others, strict=True)), kept


def _day_sql(families: str, view: View, today: datetime.date) -> str:
    day, month, end = date(today), date(view.start), date(view.end)
    columns = ", ".join(_COLUMNS)
    return f"""
    WITH own(id) AS MATERIALIZED (SELECT f.pk FROM ({families}) f WHERE f.pk <> %s),
    duty AS MATERIALIZED (SELECT household, array_agg(kind) AS kinds, array_agg(due_until) AS dues,
            min(due_until) FILTER (WHERE kind <> '{DutyKind.SESSION}' AND leave IS NULL) AS due_until,
            min(due_until) FILTER (WHERE kind IN ({quoted(BY_VISIT)}) AND leave IS NULL) AS visit_until,
            min(due_until) FILTER (WHERE kind IN ({quoted(BY_VISIT)})) AS any_until,
            min(leave) FILTER (WHERE kind <> '{DutyKind.SESSION}' AND due_until < {end}) AS leave
        FROM ({open_duties(day, "h.id IN (SELECT id FROM own)")}) d WHERE true{in_programs(view.program_ids)}
        GROUP BY household),
    task AS MATERIALIZED (SELECT h.id AS pk, h.recipient_name, h.address, h.rt, h.rw, h.region_code AS region_id,
            r.name AS desa, h.phone, h.status, h.last_visited_on, h.latitude, h.longitude, d.due_until, d.visit_until,
            d.any_until, coalesce(d.kinds, '{{}}') AS kinds, coalesce(d.dues, '{{}}') AS dues,
            coalesce(x.reason, CASE WHEN d.due_until < {end} THEN NULL ELSE d.leave END, '') AS excuse,
            coalesce(h.last_visited_on >= {month}, false) AND coalesce(d.visit_until >= {day}, true) AS is_done
        FROM own JOIN beneficiaries_household h ON h.id = own.id JOIN regions_region r ON r.code = h.region_code
        LEFT JOIN duty d ON d.household = h.id
        LEFT JOIN assistance_logs_excuse x ON x.household_id = h.id AND x.month = {month}
            AND x.by_id = %s AND x.revoked_at IS NULL
        WHERE h.status IN ({quoted(ON_THE_LIST)}) OR d.household IS NOT NULL),
    judged AS (SELECT *, NOT is_done AND excuse = '' AND coalesce(visit_until < {end}, false) AS is_left,
            NOT is_done AND coalesce(any_until < {end}, false) AS is_open,
            CASE WHEN excuse <> '' OR due_until IS NULL OR due_until >= {end} THEN {LATER}
                WHEN due_until < {day} THEN {OVERDUE} ELSE {DUE} END AS urgency FROM task)
    SELECT {columns}, kinds, dues, count(*) OVER (), count(*) FILTER (WHERE urgency = {OVERDUE}) OVER (),
        count(*) FILTER (WHERE urgency = {DUE}) OVER (), count(*) FILTER (WHERE is_done) OVER (),
        count(*) FILTER (WHERE is_left) OVER (), count(*) FILTER (WHERE is_open AND NOT is_left) OVER ()
    FROM judged ORDER BY urgency, desa, rw, rt, recipient_name, pk LIMIT %s OFFSET %s"""


def grouped(tasks: list[Task], day: Day) -> list[tuple[str, str, int | None, list[Task]]]:
    """(name, title, how many in all, those of this page) of each group that this page shows."""
    groups = [
        ("overdue", "Terlambat", day.overdue, OVERDUE),
        ("due", "Jatuh tempo bulan ini", day.due, DUE),
        ("later", "Berikutnya", None, LATER),
    ]
    found = [(name, title, count, [t for t in tasks if t.urgency == urgency]) for name, title, count, urgency in groups]
    return [group for group in found if group[3]]


def with_follow_ups(tasks: list[Task]) -> list[Task]:
    """Tell of each task the newest visit that left something open. Cost: one query."""
    open_ones = follow_ups([task.pk for task in tasks])
    return [replace(task, follow_up=open_ones.get(task.pk)) for task in tasks]


def follow_ups(household_ids) -> dict[int, Visit]:
    """The newest visit with an open follow-up of each family, by the family's id. Cost: one query."""
    return {visit.household_id: visit for visit in _follow_ups(households=list(household_ids))}


@prepared(is_planned=True)
def _follow_ups(households):
    visits = Visit.objects.with_open_follow_up().filter(household=households.any)
    return visits.order_by("household", "-happened_at").distinct("household")


def returned_visits(user) -> list[Visit]:
    """The user's visits that the koordinator wants corrected. Cost: one query where there are none, else two."""
    return list(Visit.objects.for_user(user).returned_to(user)) if _returned(assistant=user.pk) else []


@prepared  # not planned: the index of returned visits is found by their status, a value
def _returned(assistant):
    return Visit.objects.returned_to(assistant).order_by().values_list("pk", flat=True)[:1]


def visit_of_today(user, household: Household) -> Visit | None:
    """The user's newest visit to this family today: who comes back to the form may only want to mend it."""
    visits = Visit.objects.for_user(user).current().filter(household=household, assistant=user)
    return visits.filter(happened_at__gte=day_start(timezone.localdate())).order_by("-happened_at").first()


def next_tasks(user, *, after: Household) -> list[Task]:
    """The one family to go to after this one; empty where there is no other. Cost: two queries."""
    return with_follow_ups(day_of(user, timezone.localdate(), limit=1, besides=after.pk).tasks)
