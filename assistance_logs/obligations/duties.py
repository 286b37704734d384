"""What is due for families: derived from the programmes' calendar and from what was done, never stored.

A family has at most one open duty of a kind and programme: it runs from the last time, or from the day on which the
family came under the rule, until a day that the rule of today names. Fulfilled, it is followed by the next one. Visit,
follow-up and monitoring are fulfilled by a visit that met the family, a session by taking part in a group's meeting.
"""

import datetime

from django.conf import settings
from django.db.models import BooleanField, F, Func, TextChoices

from assistance_logs.choices import MET
from assistance_logs.groups.choices import TOOK_PART
from beneficiaries.choices import EnrollmentStatus
from ejsika.programs.models import VISIT_RULES, RuleName


class DutyKind(TextChoices):
    VISIT = "visit", "Kunjungan rumah"
    FOLLOW_UP = "follow_up", "Tindak lanjut"
    MONITORING = "monitoring", "Pemantauan sesudah graduasi"
    SESSION = "session", "Pertemuan kelompok"
    ASSESSMENT = "assessment", "Asesmen"


REGENCY_DIGITS = 4  # of a region's code: rules may differ by kabupaten/kota
BY_VISIT = (DutyKind.VISIT, DutyKind.FOLLOW_UP, DutyKind.MONITORING)


def quoted(values) -> str:
    """Codes of ours as a list in SQL."""
    return ", ".join(f"'{value}'" for value in values)


def _rules(day: str) -> str:
    """The calendar's rules of a day. `others`: the regions that have a rule of their own in its place."""
    same = "x.program_id = p.program_id AND x.name = p.name"
    valid = f"valid_from <= {day} AND ({{0}}.valid_until IS NULL OR {{0}}.valid_until >= {day})"
    kinds = [(DutyKind.VISIT, VISIT_RULES), (DutyKind.ASSESSMENT, [RuleName.ASSESSMENT_EVERY_MONTHS])]
    kinds += [
        (DutyKind.MONITORING, [RuleName.MONITORING_EVERY_MONTHS]),
        (DutyKind.SESSION, [RuleName.SESSION_EVERY_MONTHS]),
    ]
    cases = " ".join(f"WHEN p.name IN ({quoted(names)}) THEN '{kind}'" for kind, names in kinds)
    return f"""SELECT p.program_id, p.name, p.value, p.region_id, CASE {cases} END AS kind,
            CASE p.name WHEN '{RuleName.MONITORING_EVERY_MONTHS}' THEN '{EnrollmentStatus.GRADUATED}'
                ELSE '{EnrollmentStatus.ACTIVE}' END AS status,
            (SELECT min(x.valid_from) FROM programs_programrule x WHERE {same}) AS introduced,
            ARRAY(SELECT x.region_id FROM programs_programrule x
                WHERE {same} AND x.region_id IS NOT NULL AND x.{valid.format("x")}) AS others,
            (SELECT x.value FROM programs_programrule x WHERE x.program_id = p.program_id
                AND x.name = '{RuleName.MONITORING_MONTHS}' AND x.{valid.format("x")}
                AND coalesce(x.region_id, p.region_id, '') = coalesce(p.region_id, '')
                ORDER BY x.region_id NULLS LAST LIMIT 1) AS months
        FROM programs_programrule p WHERE p.{valid.format("p")} AND p.name <> '{RuleName.MONITORING_MONTHS}'"""


def open_duties(day: str, within: str, *, until: str = "") -> str:
    """A query of open duties: household, program (None: any), kind, due_from, due_until, leave.

    `day` is an SQL expression of a date: whose rules hold, and who has the family. `within` is a condition over
    households h: whose duties; it stands inside, as the planner carries no join from outside into a UNION. `until`,
    an SQL expression of a date, tells of the past: by what was done before it alone. `leave` is the reason of the
    leave that the last day falls into, or None.
    """
    return f"""
    WITH away AS MATERIALIZED ({_AWAY.format(day)})
    SELECT household, program, kind, due_from, due_until, {_leave(day)} AS leave FROM (
        {_of_calendar(day, within, until)} UNION ALL {_of_promises(within, until)}) o"""


def _of_calendar(day: str, within: str, until: str) -> str:
    """What the rules ask for. OFFSET 0 keeps the planner from writing one expression into the next over and over."""
    zone, regency = settings.TIME_ZONE, f"left(h.region_code, {REGENCY_DIGITS})"
    monthly = "(b.base + make_interval(months => r.value))::date"
    month = "extract(year FROM b.base)::int * 12 + extract(month FROM b.base)::int - 1"
    standing, then = "e", ""
    if until:
        standing, then = "p", f"CROSS JOIN LATERAL ({_STANDING_ON.format(day)}) p"
    return f"""
    (WITH r AS MATERIALIZED ({_rules(day)})
    SELECT e.household_id AS household, e.program_id AS program, r.kind, b.base AS due_from, u.due_until
    FROM beneficiaries_enrollment e JOIN beneficiaries_household h ON h.id = e.household_id {then}
    JOIN r ON r.program_id = e.program_id AND r.status = {standing}.status
        AND (r.region_id = {regency} OR r.region_id IS NULL AND {regency} <> ALL (r.others))
    CROSS JOIN LATERAL (SELECT {_last_time(until)} AS last,
        greatest({standing}.since, r.introduced, (h.created_at AT TIME ZONE '{zone}')::date) AS start OFFSET 0) s
    CROSS JOIN LATERAL (SELECT greatest(s.last, s.start) AS base OFFSET 0) b
    CROSS JOIN LATERAL (SELECT CASE r.name WHEN '{RuleName.VISIT_EVERY_DAYS}' THEN b.base + r.value
        WHEN '{RuleName.ASSESSMENT_EVERY_MONTHS}' THEN {monthly}
        WHEN '{RuleName.MONITORING_EVERY_MONTHS}' THEN {monthly}
        ELSE (date_trunc('month', b.base) + make_interval(months => r.value
            * CASE WHEN s.last >= s.start THEN 2 ELSE 1 END - mod({month}, r.value)))::date - 1
        END AS due_until OFFSET 0) u
    WHERE ({within}) AND (r.kind <> '{DutyKind.MONITORING}'
        OR u.due_until <= {standing}.since + make_interval(months => coalesce(r.months, r.value))))"""


# The status that an enrollment had at the end of a day, and since when.
_STANDING_ON = """SELECT c.status, c."on" AS since FROM beneficiaries_statuschange c
    WHERE c.enrollment_id = e.id AND c."on" <= {} ORDER BY c."on" DESC, c.id DESC LIMIT 1"""


def _last_time(until: str) -> str:
    """When what a rule r asks for was done last."""
    zone, before = settings.TIME_ZONE, f" AND {{}} < {_start_of(until)}" if until else ""
    visited = "h.last_visited_on"
    if until:
        visited = f"""(SELECT max((v.happened_at AT TIME ZONE '{zone}')::date) FROM assistance_logs_visit v
            WHERE v.household_id = e.household_id AND v.is_current AND v.result IN ({quoted(MET)})
            {before.format("v.happened_at")})"""
    return f"""CASE r.kind WHEN '{DutyKind.ASSESSMENT}' THEN (SELECT max(a.assessed_on)
            FROM beneficiaries_assessment a
            WHERE a.household_id = e.household_id AND a.is_current{f" AND a.assessed_on < {until}" if until else ""})
        WHEN '{DutyKind.SESSION}' THEN (SELECT max((g.happened_at AT TIME ZONE '{zone}')::date)
            FROM assistance_logs_attendance t JOIN assistance_logs_groupsession g ON g.id = t.session_id
            WHERE t.household_id = e.household_id AND t.presence IN ({quoted(TOOK_PART)}) AND g.is_current
            {before.format("g.happened_at")})
        ELSE {visited} END"""


def _of_promises(within: str, until: str) -> str:
    """What visits left to be done by a day, until a later visit met the family."""
    before = f" AND {{}}.happened_at < {_start_of(until)}" if until else ""
    return f"""
    SELECT v.household_id, NULL, '{DutyKind.FOLLOW_UP}', (v.happened_at AT TIME ZONE '{settings.TIME_ZONE}')::date,
        v.follow_up_due
    FROM assistance_logs_visit v JOIN beneficiaries_household h ON h.id = v.household_id
    WHERE ({within}) AND v.is_current AND v.follow_up_due IS NOT NULL{before.format("v")}
        AND h.status <> '{EnrollmentStatus.INACTIVE}'
        AND NOT EXISTS (SELECT FROM assistance_logs_visit l WHERE l.household_id = v.household_id AND l.is_current
            AND l.result IN ({quoted(MET)}) AND l.happened_at > v.happened_at{before.format("l")})"""


# Leaves that count on a day: they do to the end of the month in which they end. Mostly there are few, or none.
_AWAY = """SELECT assistant_id, started_on, ended_on, reason FROM assistance_logs_leave
    WHERE granted_at IS NOT NULL AND revoked_at IS NULL AND ended_on >= date_trunc('month', {}::timestamp)"""


def _leave(day: str) -> str:
    """Why the last day of a duty o is not asked of who has the family: it falls into their leave."""
    return f"""CASE WHEN EXISTS (SELECT FROM away) THEN (
        SELECT l.reason FROM beneficiaries_assignment a JOIN away l ON l.assistant_id = a.assistant_id
        WHERE a.household_id = o.household AND a.started_on <= {day} AND (a.ended_on IS NULL OR a.ended_on > {day})
            AND o.due_until BETWEEN l.started_on AND l.ended_on LIMIT 1) END"""


def _start_of(day: str) -> str:
    return f"({day}::timestamp AT TIME ZONE '{settings.TIME_ZONE}')"


class HasDuty(Func):
    """The condition over families that one has an open duty of these kinds that is due before a day.

    With `on_leave` also one whose last day falls into a leave.
    """

    output_field = BooleanField()

    def __init__(
        self,
        kinds: tuple[str, ...],
        before: datetime.date,
        today: datetime.date,
        programs: tuple[int, ...] | None,
        *,
        on_leave: bool,
    ):
        super().__init__(F("pk"))
        self.asked, self.on_leave = (kinds, before, today, programs), on_leave

    def as_sql(self, compiler, connection, **extra):
        household, params = compiler.compile(self.get_source_expressions()[0])
        return has_duty(household, *self.asked, on_leave=self.on_leave), params


def has_duty(
    household: str,
    kinds: tuple[str, ...],
    before: datetime.date,
    today: datetime.date,
    programs: tuple[int, ...] | None = None,
    *,
    on_leave: bool = True,
) -> str:
    """The same as SQL; `household` is an SQL expression, all else are values of ours."""
    asked_of = "" if on_leave else " AND d.leave IS NULL"
    return f"""EXISTS (SELECT FROM ({open_duties(date(today), f"h.id = {household}")}) d
        WHERE d.kind IN ({quoted(kinds)}) AND d.due_until < {date(before)}{in_programs(programs)}{asked_of})"""


def in_programs(programs: tuple[int, ...] | None) -> str:
    """Narrow duties d to these programmes (None: all); what belongs to no programme stays."""
    if programs is None:
        return ""
    ids = ", ".join(str(int(program)) for program in programs) or "NULL"
    return f" AND (d.program IS NULL OR d.program IN ({ids}))"


def date(day: datetime.date) -> str:
    """A day as an SQL literal."""
    return f"DATE '{day.isoformat()}'"
