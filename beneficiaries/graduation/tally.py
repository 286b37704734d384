"""The tally of cases that wait for a decision, and the same counted from the cases for the check."""

from django.db.models import Count, Sum
from django.db.models.functions import Left

from beneficiaries import tallies, tally_check
from beneficiaries.choices import GraduationState
from beneficiaries.figures import View
from beneficiaries.models import CaseTally, GraduationCase
from beneficiaries.models.tally import ALL_PROGRAMS

_SQL = f"""
    SELECT program, desa, count(*) AS verified
    FROM standing JOIN beneficiaries_enrollment e ON e.household_id = household
        AND program IN ({ALL_PROGRAMS}, e.program_id)
    JOIN beneficiaries_graduationcase c ON c.enrollment_id = e.id AND c.state = '{GraduationState.VERIFIED.value}'
    GROUP BY program, desa"""


def register() -> None:
    tallies.register(tallies.Tally(CaseTally, _SQL, of_visits=False))
    tally_check.register_counted(_verified)


def _verified(program: int, view: View):
    """The cases that the tally knows of, and those that there are, by regency."""
    rows = CaseTally.objects.filter(program=program).values(regency=Left("desa", tally_check.REGENCY_DIGITS))
    cases = GraduationCase.objects.filter(state=GraduationState.VERIFIED)
    if view.program_ids is not None:
        cases = cases.filter(enrollment__program__in=view.program_ids)
    cases = cases.values(regency=Left("enrollment__household__region", tally_check.REGENCY_DIGITS)).order_by()
    tallied = dict(rows.annotate(n=Sum("verified")).values_list("regency", "n"))
    yield "verified", tallied, dict(cases.annotate(n=Count("pk")).values_list("regency", "n"))
