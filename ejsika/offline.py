"""A page for when the network is away, and the service worker that shows it. Neither knows who is logged in."""

import hashlib

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from assistance_logs.forms import VisitForm

PAGE = "offline.html"
STYLES = [f"css/{name}.css" for name in ("tokens", "base", *(f"components/{part}" for part in ("parts", "form")))]
STYLES += ["css/components/visits.css", "css/components/outbox.css"]
MODULES = [
    f"js/outbox/{name}.js" for name in ("store", "send", "sync", "errors", "form", "photos", "list", "page", "tasks")
]
MODULES += ["js/position.js"]
FILES = [*STYLES, *MODULES, "js/shell.js", "img/icon.svg"]


@require_safe
@login_not_required
def offline(request):
    return HttpResponse(_page())


@require_safe
@login_not_required
def service_worker(request):
    """The worker's code; any change of the page or of its files gives it another name for what it keeps."""
    version = hashlib.sha256(_page().encode()).hexdigest()[:12]
    context = {"page": reverse("offline"), "version": version, "files": FILES}
    response = render(request, "sw.js", context, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


def _page() -> str:
    return render_to_string(PAGE, {"styles": STYLES, "modules": MODULES, "form": VisitForm.bare()})
