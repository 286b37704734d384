"""What the log adds to the tallies: families visited and visits made by month, and what each assistant has to do."""

from django.db.models import Sum
from django.db.models.functions import Left

from assistance_logs.choices import MET
from assistance_logs.models import AssistantTally, AssistantVisitTally, DutyTally, VisitTally
from assistance_logs.obligations.duties import BY_VISIT, open_duties, quoted
from beneficiaries import tallies, tally_check
from beneficiaries.figures import View
from beneficiaries.models.tally import ALL_PROGRAMS

REPORT_EVERY_DAYS = 7

_MET = ", ".join(f"'{result.value}'" for result in MET)
_WITHIN = """v.happened_at >= %(first_month)s::timestamp AT TIME ZONE %(zone)s
        AND v.happened_at < %(end_month)s::timestamp AT TIME ZONE %(zone)s"""
_MONTH_STARTS = """ARRAY(SELECT start AT TIME ZONE %(zone)s FROM generate_series(%(first_month)s::timestamp,
        %(end_month)s::timestamp - interval '1 month', interval '1 month') start ORDER BY 1)"""
# Visits that met a family, by family, assistant and month: counted once, before programmes see them several times.
# Of millions the month's place is found sooner among the months than by a zone's clock.
_MEETINGS = f"""meetings AS (
    SELECT household_id, assistant_id, (%(first_month)s::date + make_interval(months => place - 1))::date AS month, met
    FROM (SELECT v.household_id, v.assistant_id, width_bucket(v.happened_at, {_MONTH_STARTS}) AS place, count(*) AS met
        FROM (SELECT DISTINCT household FROM standing) f JOIN assistance_logs_visit v ON v.household_id = f.household
        WHERE v.is_current AND v.result IN ({_MET}) AND {_WITHIN} GROUP BY v.household_id, v.assistant_id, 3) m)"""
_VISITS = """
    SELECT program, desa, month, count(*) AS visited
    FROM standing JOIN (SELECT DISTINCT household_id, month FROM meetings) m ON m.household_id = household
    WHERE is_active GROUP BY program, desa, month"""
# The same of one month, for one visit: it is enough to find a single one of each family.
_VISITS_OF_MONTH = f"""
    SELECT program, desa, %(first_month)s::date AS month, count(*) AS visited
    FROM standing WHERE is_active AND EXISTS (SELECT FROM assistance_logs_visit v WHERE v.household_id = household
        AND v.is_current AND v.result IN ({_MET})
        AND {_WITHIN})
    GROUP BY program, desa"""
# Of families of whatever status: what was done is done.
_MADE = """
    SELECT program, desa, assistant_id, month, sum(met)::bigint AS met
    FROM standing JOIN meetings ON household_id = household
    GROUP BY program, desa, assistant_id, month"""
_ASSISTANTS = f"""
    WITH work AS (
        SELECT program, desa, a.assistant_id, visited, false AS is_report
        FROM standing JOIN beneficiaries_assignment a ON a.household_id = household AND {tallies.ASSIGNED}
        WHERE is_active
        UNION ALL SELECT program, desa, v.assistant_id, NULL, true
        FROM standing JOIN assistance_logs_visit v ON v.household_id = household
        WHERE v.is_current
            AND v.happened_at >= (%(today)s::date - {REPORT_EVERY_DAYS})::timestamp AT TIME ZONE %(zone)s)
    SELECT program, desa, assistant_id, count(*) FILTER (WHERE NOT is_report) AS families,
        count(*) FILTER (WHERE visited = 'late') AS late,
        count(*) FILTER (WHERE visited = 'never_visited') AS never_visited, bool_or(is_report) AS has_reported
    FROM work GROUP BY program, desa, assistant_id"""
_OPEN = open_duties("%(today)s::date", tallies.among("h.region_code"))
# By assistant, families of whatever status: beneficiaries.figures visit_done, visit_due, visit_overdue, visit_excused.
_DUTIES = f"""
    WITH duty AS MATERIALIZED (
        SELECT household, program, min(due_until) FILTER (WHERE leave IS NULL) AS due_until,
            min(due_until) AS any_until FROM ({_OPEN}) d
        WHERE kind IN ({quoted(BY_VISIT)}) GROUP BY household, program),
    work AS (
        SELECT standing.program, desa, assistant_id, min(d.due_until) AS due_until, min(d.any_until) AS any_until,
            coalesce(bool_or(last_visited_on >= %(month)s), false) AS is_met,
            EXISTS (SELECT FROM assistance_logs_excuse x WHERE x.household_id = standing.household
                AND x.month = %(month)s AND x.by_id = a.assistant_id AND x.revoked_at IS NULL) AS is_excused
        FROM standing JOIN beneficiaries_assignment a ON a.household_id = standing.household AND {tallies.ASSIGNED}
        LEFT JOIN duty d ON d.household = standing.household
            AND (standing.program = {ALL_PROGRAMS} OR d.program IS NULL OR d.program = standing.program)
        GROUP BY standing.program, desa, standing.household, a.assistant_id),
    judged AS (
        SELECT program, desa, assistant_id, is_excused, due_until < %(today)s AS is_overdue, is_done,
            NOT is_done AND coalesce(due_until < %(next_month)s, false) AND NOT is_excused AS is_left,
            NOT is_done AND coalesce(any_until < %(next_month)s, false) AS is_open
        FROM work CROSS JOIN LATERAL (SELECT is_met AND coalesce(due_until >= %(today)s, true) AS is_done) s)
    SELECT program, desa, assistant_id, count(*) FILTER (WHERE is_done) AS done,
        count(*) FILTER (WHERE is_left) AS due,
        count(*) FILTER (WHERE is_overdue AND NOT is_excused) AS overdue,
        count(*) FILTER (WHERE is_open AND NOT is_left) AS excused
    FROM judged GROUP BY program, desa, assistant_id"""


def register() -> None:
    tallies.register(tallies.Tally(VisitTally, _VISITS, sql_of_month=_VISITS_OF_MONTH, reads=_MEETINGS))
    tallies.register(tallies.Tally(AssistantVisitTally, _MADE, sql_of_month=_MADE, reads=_MEETINGS))
    tallies.register(tallies.Tally(AssistantTally, _ASSISTANTS))
    tallies.register(tallies.Tally(DutyTally, _DUTIES))
    tally_check.register(_visited_sums)


def _visited_sums(program: int, view: View):
    rows = VisitTally.objects.filter(program=program, month=view.start).values(regency=Left("desa", 4))
    sums = rows.annotate(n=Sum("visited")).values_list("regency", "n")
    yield "visited_this_period", dict(sums)
