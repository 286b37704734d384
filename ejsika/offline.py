"""A page for when the network is away, and the service worker that shows it. Neither knows who is logged in."""

import hashlib

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from ejsika.lib.tags import asset
from ejsika.outbox import kinds

PAGE = "offline.html"
PATIENCE_MS = 10_000  # for an answer, before the shell is shown where it can do the work
STYLES = [f"css/{name}.css" for name in ("tokens", "base", *(f"components/{part}" for part in ("parts", "form")))]
STYLES += [f"css/components/{name}.css" for name in ("visits", "groups", "assessment", "household", "outbox")]
OUTBOX = (
    "store older asking send sync errors form saving photos shrink list places tasks groups forms forms/visit"
    " forms/session"
)
MODULES = [f"js/outbox/{name}.js" for name in OUTBOX.split()]
MODULES += [f"js/outbox/{name}.js" for name in ("forms/assessment", "forms/household", "point", "slots", "steps")]
MODULES += ["js/position.js", "js/tapped.js"]
# What the worker needs, and beside the shell the assistant's own pages: with it none of them waits for a file.
PAGES = ["js/outbox/early.js", "js/outbox/start.js", "js/offline.js", "js/visit_form.js", "js/visit_pin.js"]
PAGES += [f"js/{name}.js" for name in ("session_form", "assessment_form", "outbox_page", "nearest")]
FILES = [*STYLES, *MODULES, "js/shell.js", "img/icon.svg", *PAGES, "css/print.css"]


@require_safe
@login_not_required
def offline(request):
    return HttpResponse(_page())


@require_safe
@login_not_required
def service_worker(request):
    """The worker's code; any change of the page gives it another name for what it keeps, and tells that it is ours."""
    version = hashlib.sha256(_page().encode()).hexdigest()[:12]
    context = {"page": reverse("offline"), "version": version, "files": FILES, "patience_ms": PATIENCE_MS}
    response = render(request, "sw.js", context, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
@login_not_required
def manifest(request):
    """What a phone must know to put e-JSiKa beside its other applications."""
    icons = [(f"img/icon-{size}.png", size, "any") for size in (192, 512)]
    answer = {
        "id": "/",
        "name": "e-JSiKa",
        "short_name": "e-JSiKa",
        "description": "Pendampingan keluarga penerima jaminan sosial, Dinas Sosial Provinsi Banten.",
        "lang": "id",
        "start_url": reverse("home"),
        "scope": "/",
        "display": "standalone",
        "theme_color": "#0b5f5a",
        "background_color": "#f6f7f5",
        "icons": [
            {"src": asset(path), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
            for path, size, purpose in [*icons, ("img/icon-maskable-512.png", 512, "maskable")]
        ],
    }
    return JsonResponse(answer, content_type="application/manifest+json")


def _page() -> str:
    return render_to_string(PAGE, {"styles": STYLES, "modules": MODULES, "kinds": kinds.every()})
