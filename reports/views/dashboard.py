"""The dashboard: the figures of a region, by region, each leading to its list."""

from django.utils import timezone
from django.views.decorators.http import require_safe

from ejsika.accounts.permissions import Permission, requires
from ejsika.lib.http import render_page
from reports import place_map
from reports.component_table import overview
from reports.scope import Scope
from reports.summary import attention, graduation_target, read_ahead, summarise
from reports.trends import graduated_by_month, visited_by_month


@require_safe
@requires(Permission.COUNTS_VIEW)
def dashboard(request):
    scope = Scope(request)
    context = {"scope": scope, "now": f"{timezone.localtime():%H.%M}"}
    if scope.is_valid:
        read_ahead(scope)
        rows, everything = summarise(scope)
        context |= {
            "rows": rows,
            "everything": everything,
            "components": overview(scope),
            "trend": visited_by_month(scope),
            "graduated": graduated_by_month(scope),
            "target": graduation_target(scope, everything),
            "attention": attention(scope, everything),
            "map": place_map.draw(
                [(row.region.latitude, row.region.longitude, row.counts["active"], row) for row in rows if row.region]
            ),
        }
    return render_page(request, "reports/dashboard.html", context)
