"""The URLs of a page that fails, for the test of what is said then."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import path


@login_not_required
def failing(request, **kwargs):
    raise ValueError(f"{kwargs} {request.POST} {request.GET}")


handler400 = "ejsika.errors.bad_request"
urlpatterns = [
    path("accounts/me/", failing),
    path("admin/", admin.site.urls),
    path("families/<int:pk>/<str:token>/", failing),
]
