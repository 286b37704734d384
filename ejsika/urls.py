"""Every URL of the application; a view is closed until its row stands here and its permission on it."""

from django.contrib import admin
from django.urls import include, path

import assistance_logs.review.admin  # noqa: F401 - as below
import ejsika.accounts.admin
import ejsika.programs.admin
import ejsika.regions.admin  # noqa: F401 - registers; nothing is discovered by itself (see SimpleAdminConfig)
from ejsika.accounts.views import access
from ejsika.health import healthz
from ejsika.home import home
from ejsika.offline import manifest, offline, service_worker

handler400 = "ejsika.errors.bad_request"
urlpatterns = [
    path("", home, name="home"),
    path("healthz", healthz, name="healthz"),
    path("offline/", offline, name="offline"),
    path("sw.js", service_worker, name="service_worker"),
    path("manifest.webmanifest", manifest, name="manifest"),
    path("accounts/login/", access.LoginView.as_view(), name="login"),
    path("accounts/logout/", access.LogoutView.as_view(), name="logout"),
    path("accounts/password/", access.PasswordChangeView.as_view(), name="password_change"),
    path("accounts/password/done/", access.PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("accounts/", include("ejsika.accounts.urls")),
    path("households/", include("beneficiaries.urls")),
    path("graduations/", include("beneficiaries.graduation.urls")),
    path("visits/outbox/", include("ejsika.outbox.urls")),
    path("visits/", include("assistance_logs.urls")),
    path("groups/", include("assistance_logs.groups.urls")),
    path("targets/", include("assistance_logs.targets.urls")),
    path("imports/", include("ejsika.imports.urls")),
    path("imports/", include("beneficiaries.sheets.urls")),
    path("reports/", include("reports.urls")),
    path("admin/", admin.site.urls),
]
