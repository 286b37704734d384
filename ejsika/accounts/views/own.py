from django.views.decorators.http import require_safe

from ejsika.accounts.permissions import Permission, requires
from ejsika.lib.http import render_page


@require_safe
@requires(Permission.OWN_ACCOUNT)
def me(request):
    return render_page(
        request, "accounts/me.html", {"regions": request.user.regions.all(), "programs": request.user.programs.all()}
    )
