"""How many toddlers, pupils, pregnant and old people: by region, programme and assistant."""

from django.utils import timezone
from django.views.decorators.http import require_safe

from ejsika.accounts.permissions import Permission, requires
from ejsika.lib.http import render_page
from reports import component_table
from reports.component_table import By
from reports.scope import Scope


@require_safe
@requires(Permission.COMPONENTS_VIEW)
def components(request):
    scope, by = Scope(request), request.GET.get("by", By.REGION)
    context = {"scope": scope, "today": timezone.localdate()}
    if scope.is_valid:
        offered = component_table.choices(scope)
        context |= {
            "by": by,
            "has_dashboard": request.user.may(Permission.COUNTS_VIEW),
            "tabs": [{"label": one.label, "by": one.value, "is_current": one == by} for one in offered],
            "table": component_table.build(scope, By(by)) if by in offered else None,
        }
    return render_page(request, "reports/components.html", context)
