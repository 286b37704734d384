"""Above every room: who lands where, and the places in the frame of every page."""

from dataclasses import dataclass

from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from ejsika.accounts.permissions import Permission, Role, requires

# Permission, words, icon, URL name: what a role may not do is not shown. The first four fit a phone's bottom bar.
PLACES = [
    (Permission.VISIT_LOG, "Tugas", "list-checks", "assistance_logs:task_list"),
    (Permission.REVIEW, "Tinjauan", "clipboard-check", "reports:review"),
    (Permission.COUNTS_VIEW, "Dasbor", "layout-dashboard", "reports:dashboard"),
    (Permission.CANDIDATES_VIEW, "Cari calon", "search", "reports:candidates"),
    (Permission.HOUSEHOLD_VIEW, "KPM", "house", "beneficiaries:household_list"),
    (Permission.MAP_VIEW, "Peta", "map", "reports:map"),
    (Permission.GROUP_VIEW, "Kelompok", "users-round", "groups:group_list"),
    (Permission.GRADUATION_VIEW, "Graduasi", "star", "graduation:case_list"),
    (Permission.VISIT_LOG, "Laporan", "file-text", "reports:monthly_own"),
    (Permission.TARGET_VIEW, "Target", "target", "targets:target_list"),
    (Permission.ROSTER_IMPORT, "Impor", "upload", "imports:batch_list"),
    (Permission.USER_MANAGE, "Pengguna", "users", "accounts:user_list"),
    (Permission.AUDIT_VIEW, "Jejak", "history", "reports:audit"),
    (Permission.ADMIN_SITE, "Pengaturan", "settings", "admin:index"),
]
FIRST_SCREENS = {
    Role.PENDAMPING: "assistance_logs:task_list",
    Role.KOORDINATOR: "reports:review",
    Role.DINSOS: "reports:dashboard",
    Role.ADMIN: "imports:batch_list",
    Role.PIMPINAN: "reports:dashboard",
    Role.OPD: "reports:candidates",
}


@dataclass(frozen=True)
class Place:
    label: str
    icon: str
    url: str
    is_current: bool


@require_safe
@requires(Permission.OWN_ACCOUNT)
def home(request):
    return redirect(FIRST_SCREENS[request.user.role])


def frame(request):
    """Context of every page: the places this person may go to, whose outbox the phone keeps. No query."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"places": []}
    here = request.path
    first = FIRST_SCREENS[user.role]  # stands first: a phone's bar shows four places
    ordered = sorted(PLACES, key=lambda place: place[3] != first)
    found = [(label, icon, reverse(name)) for permission, label, icon, name in ordered if user.may(permission)]
    nearest = max((url for _, _, url in found if here.startswith(url)), key=len, default=None)
    return {
        "places": [Place(label, icon, url, url == nearest) for label, icon, url in found],
        "outbox_of": user.pk if user.may(Permission.VISIT_LOG) else None,
    }
