"""Families that rose: how many in each region and period, and who, for those who may read names."""

from django.core.paginator import Paginator
from django.views.decorators.http import require_safe

from beneficiaries.graduation.models import GraduationCase
from ejsika.accounts.permissions import Permission, requires
from ejsika.lib.http import render_page
from reports.graduations import SpanForm, decided_in, period_label, told_by_region
from reports.scope import Scope

CASES_A_PAGE = 50


@require_safe
@requires(Permission.COUNTS_VIEW)
def graduated(request):
    scope, span = Scope(request), SpanForm(request.GET)
    context = {"scope": scope, "span": span}
    if span.is_valid() and scope.is_valid:
        context |= _counts(scope, span)
        if request.user.may(Permission.HOUSEHOLD_VIEW):
            cases = decided_in(scope, span, GraduationCase.objects.for_user(request.user)).for_page()
            pages = Paginator(cases.order_by("-decided_on", "-pk"), CASES_A_PAGE)
            context["page"] = pages.get_page(request.GET.get("page"))
    return render_page(request, "reports/graduated.html", context)


def _counts(scope, span) -> dict:
    rows, everything = told_by_region(scope, span)
    links = {region.code: scope.query(region.code, span=span.chosen_span) for region in scope.parts}
    return {
        "everything": everything,
        "is_exact": scope.is_exact(*scope.part_codes),
        "period_label": period_label(span.narrow(scope.view)),
        "crumbs": [(name, query and f"?{query}&span={span.chosen_span}") for name, query in scope.crumbs()],
        "most": max((row.families or 0 for row in rows.values()), default=0),
        "rows": [
            {
                "region": region,
                "counts": rows[region.code],
                "query": "" if region == scope.region else links[region.code],
            }
            for region in scope.parts
            if rows[region.code].families or region.closed_on is None
        ],
    }
