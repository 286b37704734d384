from django.views.decorators.http import require_GET

from ejsika.accounts.permissions import Permission, requires
from ejsika.lib.http import render_page


@require_GET
@requires(Permission.OWN_ACCOUNT)
def me(request):
    return render_page(
        request, "accounts/me.html", {"regions": request.user.regions.all(), "programs": request.user.programs.all()}
    )
