"""The own account: who one is here, and where one is logged in."""

from django.contrib import messages
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from ejsika.accounts import actions
from ejsika.accounts.models import UserSession
from ejsika.accounts.permissions import Permission, requires
from ejsika.lib.http import render_page


@require_safe
@requires(Permission.OWN_ACCOUNT)
def me(request):
    context = {
        "regions": request.user.regions.all(),
        "programs": request.user.programs.all(),
        "sessions": UserSession.objects.of(request.user),
        "here": request.session.session_key,
    }
    return render_page(request, "accounts/me.html", context)


@require_POST
@requires(Permission.OWN_ACCOUNT)
def session_end(request):
    """End one session of one's own, by the reference that the page gave it."""
    if actions.end_own_sessions(request, reference=request.POST.get("session", "") or "-"):
        messages.success(request, "Perangkat itu sudah keluar.")
    else:
        messages.info(request, "Perangkat itu sudah keluar sebelumnya.")
    return redirect("accounts:me")


@require_POST
@requires(Permission.OWN_ACCOUNT)
def sessions_end(request):
    """Log out of all other devices, and of this one too where that is asked for."""
    count = actions.end_own_sessions(request)
    if request.POST.get("here"):
        actions.log_out(request)
        messages.success(request, "Anda sudah keluar dari semua perangkat.")
        return redirect("login")
    messages.success(
        request, f"Keluar dari {count} perangkat lain." if count else "Tidak ada perangkat lain yang masuk."
    )
    return redirect("accounts:me")
