"""A month as it was asked of an assistant: what was due, done, missed and excused, by the rules of that month.

Derived like what is open today (obligations.duties): by what was done before the month began, and before it ended.
"""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Exists, OuterRef
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
class Month:
    """What was asked, and by families: visited of those visited or still to be; the excused are in neither."""

    asked: list[Asked]
    visited: int
    left: int
    excused: int

    @property
    def total(self) -> int:
        return self.visited + self.left

    @property
    def percent(self) -> int | None:
        return whole_percent(self.visited, self.total)


def month_of(assistant: User, viewer: User, view: View) -> Month:
    """Tell a month of the families that were this assistant's on its last day, or are today while it runs.

    They are those that `viewer` may count: name none without for_user. Cost: two queries.
    """
    day = min(view.end - datetime.timedelta(days=1), timezone.localdate())
    held = Assignment.objects.on(day).filter(household=OuterRef("pk"), assistant=assistant)
    own, params = Household.objects.countable_by(viewer).filter(Exists(held)).values("pk").query.sql_with_params()
    asked = rows(_asked_sql(own, view, day), [*params, assistant.pk], is_planned=False)
    counts = rows(_counts_sql(own, view, day), [*params, assistant.pk], is_planned=False)
    return Month([Asked(*row, day) for row in asked], *counts[0])


def _excuses(view: View, of: str) -> str:
    return f"""LEFT JOIN assistance_logs_excuse x ON x.household_id = {of} AND x.month = {date(view.start)}
        AND x.by_id = %s AND x.revoked_at IS NULL"""


def _open(own: str, view: View, day: datetime.date, until: datetime.date) -> str:
    duties = open_duties(date(day), "h.id IN (SELECT id FROM own)", until=date(until))
    return f"SELECT * FROM ({duties}) d WHERE d.due_until < {date(view.end)}{in_programs(view.program_ids)}"


def _asked_sql(own: str, view: View, day: datetime.date) -> str:
    """What was due when the month began, and promises that it made and did not keep, each with how it was done."""
    return f"""
    WITH own(id) AS MATERIALIZED ({own}),
    asked AS (
        SELECT DISTINCT household, kind, due_from, due_until, leave, false AS is_open
        FROM ({_open(own, view, day, view.start)}) d
        UNION SELECT household, kind, due_from, due_until, leave, true FROM ({_open(own, view, day, view.end)}) d
        WHERE kind = '{DutyKind.FOLLOW_UP}' AND due_from >= {date(view.start)})
    SELECT a.household, a.kind, a.due_until, done.day, done.visit, coalesce(x.reason, a.leave, '')
    FROM asked a {_excuses(view, "a.household")}
    LEFT JOIN LATERAL (SELECT * FROM ({_deeds(view)}) deed
        WHERE NOT a.is_open AND deed.day >= a.due_from ORDER BY deed.day LIMIT 1) done ON true
    ORDER BY a.due_until, a.household, a.kind"""


def _deeds(view: View) -> str:
    """What was done for the family of a duty `a` in the month that can fulfil it: visit (or None) and day."""
    zone = settings.TIME_ZONE
    within = (
        f"{{0}} >= {date(view.start)}::timestamp AT TIME ZONE '{zone}' "
        f"AND {{0}} < {date(view.end)}::timestamp AT TIME ZONE '{zone}'"
    )
    return f"""
    SELECT v.id AS visit, (v.happened_at AT TIME ZONE '{zone}')::date AS day FROM assistance_logs_visit v
    WHERE a.kind IN ({quoted(BY_VISIT)}) AND v.household_id = a.household AND v.is_current
        AND v.result IN ({quoted(MET)}) AND {within.format("v.happened_at")}
    UNION ALL SELECT NULL, (g.happened_at AT TIME ZONE '{zone}')::date FROM assistance_logs_attendance t
    JOIN assistance_logs_groupsession g ON g.id = t.session_id
    WHERE a.kind = '{DutyKind.SESSION}' AND t.household_id = a.household AND t.presence IN ({quoted(TOOK_PART)})
        AND g.is_current AND {within.format("g.happened_at")}
    UNION ALL SELECT NULL, s.assessed_on FROM beneficiaries_assessment s
    WHERE a.kind = '{DutyKind.ASSESSMENT}' AND s.household_id = a.household AND s.is_current
        AND s.assessed_on >= {date(view.start)} AND s.assessed_on < {date(view.end)}"""


def _counts_sql(own: str, view: View, day: datetime.date) -> str:
    """Families visited, still to be visited, excused: as the page of tasks told them at the end of that day."""
    zone, end = settings.TIME_ZONE, date(view.end)
    return f"""
    WITH own(id) AS MATERIALIZED ({own}),
    duty AS MATERIALIZED (
        SELECT household, min(due_until) FILTER (WHERE leave IS NULL) AS due_until, min(due_until) AS any_until
        FROM ({_open(own, view, day, view.end)}) d WHERE kind IN ({quoted(BY_VISIT)}) GROUP BY household),
    judged AS (
        SELECT s.is_done, NOT s.is_done AND x.id IS NULL AND d.due_until IS NOT NULL AS is_left,
            NOT s.is_done AND d.any_until IS NOT NULL AS is_open
        FROM own LEFT JOIN duty d ON d.household = own.id {_excuses(view, "own.id")}
        CROSS JOIN LATERAL (SELECT coalesce(d.due_until >= {date(day)}, true) AND EXISTS (
            SELECT FROM assistance_logs_visit v WHERE v.household_id = own.id AND v.is_current
                AND v.result IN ({quoted(MET)}) AND v.happened_at < {end}::timestamp AT TIME ZONE '{zone}'
                AND v.happened_at >= {date(view.start)}::timestamp AT TIME ZONE '{zone}') AS is_done) s)
    SELECT count(*) FILTER (WHERE is_done), count(*) FILTER (WHERE is_left),
        count(*) FILTER (WHERE is_open AND NOT is_left) FROM judged"""
