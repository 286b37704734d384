"""Another agency's first screen: how many families there are, and what may be asked for."""

from django.views.decorators.http import require_safe

from ejsika.accounts.permissions import Permission, requires
from ejsika.lib.http import render_page
from reports.candidates import families_shown
from reports.scope import Scope
from reports.small_counts import STEP


@require_safe
@requires(Permission.CANDIDATES_VIEW)
def candidates(request):
    scope = Scope(request)
    context = {"scope": scope, "step": STEP}
    if scope.is_valid:
        context["rows"], context["everything"] = families_shown(scope)
    return render_page(request, "reports/candidates.html", context)
