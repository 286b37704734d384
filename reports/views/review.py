"""A koordinator's first screen: what waits for a look."""

from django.views.decorators.http import require_safe

from assistance_logs.models import Leave, Visit
from assistance_logs.review.forms import waiting
from beneficiaries import figures
from beneficiaries.choices import GraduationState
from beneficiaries.models import GraduationCase
from ejsika.accounts.permissions import Permission, requires
from ejsika.lib.http import render_page
from ejsika.lib.paginate import count_up_to
from reports.month_duties import month_duties
from reports.scope import Scope
from reports.workloads import add_last_reports, named, workloads

CASES_SHOWN = 10
MOST_COUNTED = 10_000


@require_safe
@requires(Permission.REVIEW)
def review(request):
    scope = Scope(request)
    context = {"scope": scope}
    if scope.is_valid:
        cases = scope.form.apply(GraduationCase.objects.for_user(request.user)).filter(state=GraduationState.PROPOSED)
        if scope.view.program_ids is not None:
            cases = cases.filter(enrollment__program__in=scope.view.program_ids)
        without_assistant = figures.get("without_assistant").condition(scope.view)
        context |= {
            "cases": cases.select_related("enrollment__household__region", "proposed_by").order_by("proposed_on", "pk")[
                :CASES_SHOWN
            ],
            "cases_count": cases.count(),
            "leaves": Leave.objects.for_user(request.user).waiting().count(),
            "unassigned": scope.readable_families.filter(without_assistant).count(),
            "unassigned_url": scope.list_url("without_assistant"),
            "flagged": count_up_to(waiting(scope.form.apply(Visit.objects.for_user(request.user))), MOST_COUNTED),
            **_assistants(scope),
        }
        context["active"] = context["unassigned"] + sum(load.families for load in context["assistants"])
    return render_page(request, "reports/review.html", context)


def _assistants(scope) -> dict:
    """All assistants with families here, and those of them who have not reported for a week, by name."""
    visits = Visit.objects.for_user(scope.user)
    loads = named(workloads(scope))
    silent = [load for load in loads if not load.has_reported]
    add_last_reports(silent, visits)
    duties = month_duties(scope)
    for load in loads:
        load.duty = duties.get(load.assistant_id)
        load.urls = {
            figure: scope.list_url(figure, assistant=load.assistant_id)
            for figure in ("active", "late", "never_visited")
        }
    return {"assistants": loads, "silent": silent}
