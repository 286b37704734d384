"""A month as it was asked of an assistant: what was due, done, missed and excused, by the rules of that month.

Derived like what is open today (obligations.duties): by what was done before the month began, and before it ended.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone

from assistance_logs.choices import MET
from assistance_logs.groups.choices import TOOK_PART
from assistance_logs.obligations.duties import BY_VISIT, DutyKind, date, in_programs, open_duties, quoted
from assistance_logs.obligations.models import ExcuseReason
from beneficiaries.figures import View
from beneficiaries.models import Assignment, Household
from ejsika.accounts.models import User
from ejsika.lib.prepared import rows
from ejsika.lib.shares import whole_percent


@dataclass(frozen=True)
class Asked:
    """One thing that was due for a family in a month, and what came of it by the month's last day (`day`)."""

    household: int
    kind: str
    due_until: datetime.date
    done_on: datetime.date | None
    visit: int | None
    excuse: str
    day: datetime.date

    @property
    def label(self) -> str:
        return DutyKind(self.kind).label

    @property
    def is_done(self) -> bool:
        return self.done_on is not None

    @property
    def is_missed(self) -> bool:
        return not self.is_done and not self.excuse

    @property
    def days_over(self) -> int:
        """Days from its last day until it was done, or until the month's end; 0 where it was in time, or still is."""
        return max(((self.done_on or self.day) - self.due_until).days, 0)

    @property
    def excuse_label(self) -> str:
        return ExcuseReason(self.excuse).label if self.excuse else ""


@dataclass(frozen=True)
class Progress:
    """Families visited of those visited or still to be; the excused are in neither."""

    visited: int = 0
    left: int = 0
    excused: int = 0

    @property
    def total(self) -> int:
        return self.visited + self.left

    @property
    def percent(self) -> int | None:
        return whole_percent(self.visited, self.total)


@dataclass(frozen=True)
class Month(Progress):
    """What was asked of one assistant, one by one, and by families."""

    asked: list[Asked] = field(default_factory=list)


@dataclass(frozen=True)
class TeamMonth(Progress):
    """What was asked of one of many assistants: by families, and by kind (done, asked); the excused count if done."""

    kinds: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def missed(self) -> int:
        """How many things were neither done nor excused."""
        return sum(asked - done for done, asked in self.kinds.values())


@dataclass(frozen=True)
class Span:
    """A month as SQL expressions: its first day, the first one after it, and the day by whose rules it is asked."""

    start: str
    end: str
    day: str

    @classmethod
    def of(cls, view: View) -> "Span":
        return cls(date(view.start), date(view.end), date(last_day(view)))

    def holds(self, moment: str) -> str:
        """The condition that a moment lies in the month, here."""
        zone = settings.TIME_ZONE
        return f"""{moment} >= {self.start}::timestamp AT TIME ZONE '{zone}'
            AND {moment} < {self.end}::timestamp AT TIME ZONE '{zone}'"""


def month_of(assistant: User, viewer: User, view: View) -> Month:
    """Tell a month of the families that were this assistant's on its last day, or are today while it runs.

    They are those that `viewer` may count: name none without for_user. Cost: two queries.
    """
    day, (own, params) = last_day(view), _own([assistant.pk], viewer, view)
    asked = rows(f"{_asked_sql(own, view)} ORDER BY due_until, household, kind", params, is_planned=False)
    counts = rows(_counts_sql(own, view), params, is_planned=False)
    return Month(*(counts[0][1:] if counts else ()), asked=[Asked(*row[1:], day) for row in asked])


def months_of(assistants: Iterable[int], viewer: User, view: View) -> dict[int, TeamMonth]:
    """The same of many assistants (their ids), counted; who had no family that month is missing. Cost: two queries."""
    own, params = _own(assistants, viewer, view)
    kinds: dict[int, dict[str, tuple[int, int]]] = {}
    for assistant, kind, done, asked in rows(_kinds_sql(own, view), params, is_planned=False):
        kinds.setdefault(assistant, {})[kind] = done, asked
    counts = rows(_counts_sql(own, view), params, is_planned=False)
    return {assistant: TeamMonth(*row, kinds=kinds.get(assistant, {})) for assistant, *row in counts}


def history_of(household: Household, view: View, months: int) -> list[tuple[datetime.date, int | None, Asked]]:
    """What was asked for one family in each of the months up to that of `view`, the newest month first.

    Shape: the month's first day, the id of who had the family on its last day (None: nobody), what was asked.
    Cost: one query.
    """
    span = Span("m.start", "m.stop", "m.day")
    own = f"""SELECT h.id, a.assistant_id FROM beneficiaries_household h LEFT JOIN beneficiaries_assignment a
        ON a.household_id = h.id AND a.started_on <= {span.day} AND (a.ended_on IS NULL OR a.ended_on > {span.day})
        WHERE h.id = %(household)s"""
    found = rows(
        f"""SELECT m.start, m.day, asked.* FROM (
            SELECT start::date, (start + interval '1 month')::date AS stop,
                least((start + interval '1 month')::date - 1, %(today)s::date) AS day
            FROM generate_series(%(last)s::timestamp - make_interval(months => {months - 1}), %(last)s::timestamp,
                interval '1 month') start) m
        CROSS JOIN LATERAL ({_asked_of(own, span, view.program_ids, "h.id = %(household)s")}) asked
        ORDER BY m.start DESC, due_until, kind""",
        {"household": household.pk, "today": timezone.localdate(), "last": view.start},
    )
    return [(month, assistant, Asked(*asked, day)) for month, day, assistant, *asked in found]


def last_day(view: View) -> datetime.date:
    """The day whose assignments and rules a month is asked by: its last one, or today while it runs."""
    return min(view.end - datetime.timedelta(days=1), timezone.localdate())


def _own(assistants: Iterable[int], viewer: User, view: View) -> tuple[str, list]:
    """A query of families and the assistant who had each on a month's last day."""
    families = Household.objects.countable_by(viewer).values("pk")
    held = Assignment.objects.on(last_day(view)).filter(assistant__in=list(assistants), household__in=families)
    query = held.order_by().values_list("household", "assistant").query
    sql, params = query.get_compiler(DEFAULT_DB_ALIAS, elide_empty=False).as_sql()
    return sql, list(params)


_OF_OWN = "h.id IN (SELECT id FROM own)"


def _open(span: Span, programs: tuple[int, ...] | None, within: str, until: str) -> str:
    duties = open_duties(span.day, within, until=until)
    return f"SELECT * FROM ({duties}) d WHERE d.due_until < {span.end}{in_programs(programs)}"


def _excuses(span: Span, of: str) -> str:
    return f"""LEFT JOIN assistance_logs_excuse x ON x.household_id = {of} AND x.month = {span.start}
        AND x.by_id = own.assistant AND x.revoked_at IS NULL"""


def _asked_sql(own: str, view: View) -> str:
    return _asked_of(own, Span.of(view), view.program_ids, _OF_OWN)


def _asked_of(own: str, span: Span, programs: tuple[int, ...] | None, within: str) -> str:
    """What was due when the month began, and promises that it made and did not keep, each with how it was done."""
    return f"""
    WITH own(id, assistant) AS MATERIALIZED ({own}),
    asked AS (
        SELECT DISTINCT household, kind, due_from, due_until, leave, false AS is_open
        FROM ({_open(span, programs, within, span.start)}) d
        UNION SELECT household, kind, due_from, due_until, leave, true
        FROM ({_open(span, programs, within, span.end)}) d
        WHERE kind = '{DutyKind.FOLLOW_UP}' AND due_from >= {span.start})
    SELECT own.assistant, a.household, a.kind, a.due_until, done.day, done.visit,
        coalesce(x.reason, a.leave, '') AS excuse
    FROM asked a JOIN own ON own.id = a.household {_excuses(span, "a.household")}
    LEFT JOIN LATERAL (SELECT * FROM ({_deeds(span)}) deed
        WHERE NOT a.is_open AND deed.day >= a.due_from ORDER BY deed.day LIMIT 1) done ON true"""


def _kinds_sql(own: str, view: View) -> str:
    """By assistant and kind how much was done of what was asked, but for what was excused and not done."""
    return f"""SELECT assistant, kind, count(day), count(*) FROM ({_asked_sql(own, view)}) a
        WHERE day IS NOT NULL OR excuse = '' GROUP BY assistant, kind"""


def _deeds(span: Span) -> str:
    """What was done for the family of a duty `a` in the month that can fulfil it: visit (or None) and day."""
    zone = settings.TIME_ZONE
    return f"""
    SELECT v.id AS visit, (v.happened_at AT TIME ZONE '{zone}')::date AS day FROM assistance_logs_visit v
    WHERE a.kind IN ({quoted(BY_VISIT)}) AND v.household_id = a.household AND v.is_current
        AND v.result IN ({quoted(MET)}) AND {span.holds("v.happened_at")}
    UNION ALL SELECT NULL, (g.happened_at AT TIME ZONE '{zone}')::date FROM assistance_logs_attendance t
    JOIN assistance_logs_groupsession g ON g.id = t.session_id
    WHERE a.kind = '{DutyKind.SESSION}' AND t.household_id = a.household AND t.presence IN ({quoted(TOOK_PART)})
        AND g.is_current AND {span.holds("g.happened_at")}
    UNION ALL SELECT NULL, s.assessed_on FROM beneficiaries_assessment s
    WHERE a.kind = '{DutyKind.ASSESSMENT}' AND s.household_id = a.household AND s.is_current
        AND s.assessed_on >= {span.start} AND s.assessed_on < {span.end}"""


def _counts_sql(own: str, view: View) -> str:
    """By assistant families visited, still to be visited, excused: as the page of tasks told them on that evening."""
    span = Span.of(view)
    return f"""
    WITH own(id, assistant) AS MATERIALIZED ({own}),
    duty AS MATERIALIZED (
        SELECT household, min(due_until) FILTER (WHERE leave IS NULL) AS due_until, min(due_until) AS any_until
        FROM ({_open(span, view.program_ids, _OF_OWN, span.end)}) d WHERE kind IN ({quoted(BY_VISIT)})
        GROUP BY household),
    judged AS (
        SELECT own.assistant, s.is_done, NOT s.is_done AND x.id IS NULL AND d.due_until IS NOT NULL AS is_left,
            NOT s.is_done AND d.any_until IS NOT NULL AS is_open
        FROM own LEFT JOIN duty d ON d.household = own.id {_excuses(span, "own.id")}
        CROSS JOIN LATERAL (SELECT coalesce(d.due_until >= {span.day}, true) AND EXISTS (
            SELECT FROM assistance_logs_visit v WHERE v.household_id = own.id AND v.is_current
                AND v.result IN ({quoted(MET)}) AND {span.holds("v.happened_at")}) AS is_done) s)
    SELECT assistant, count(*) FILTER (WHERE is_done), count(*) FILTER (WHERE is_left),
        count(*) FILTER (WHERE is_open AND NOT is_left) FROM judged GROUP BY assistant"""
