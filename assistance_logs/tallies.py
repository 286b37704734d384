"""What the log adds to the tallies: families visited by month, and what each assistant has to do."""

from django.db.models import Sum
from django.db.models.functions import Left

from assistance_logs.choices import MET
from assistance_logs.models import AssistantTally, VisitTally
from beneficiaries import tallies, tally_check
from beneficiaries.figures import View

REPORT_EVERY_DAYS = 7

_MET = ", ".join(f"'{result.value}'" for result in MET)
_VISITS = f"""
    SELECT program, desa, date_trunc('month', v.happened_at AT TIME ZONE %(zone)s)::date AS month,
        count(DISTINCT household) AS visited
    FROM standing JOIN assistance_logs_visit v ON v.household_id = household
    WHERE is_active AND v.is_current AND v.result IN ({_MET})
        AND v.happened_at >= %(first_month)s::timestamp AT TIME ZONE %(zone)s
        AND v.happened_at < %(end_month)s::timestamp AT TIME ZONE %(zone)s
    GROUP BY program, desa, 3"""
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


def register() -> None:
    tallies.register(tallies.Tally(VisitTally, _VISITS, month=True))
    tallies.register(tallies.Tally(AssistantTally, _ASSISTANTS))
    tally_check.register(_visited_sums)


def _visited_sums(program: int, view: View):
    rows = VisitTally.objects.filter(program=program, month=view.start).values(regency=Left("desa", 4))
    sums = rows.annotate(n=Sum("visited")).values_list("regency", "n")
    yield "visited_this_period", dict(sums)
