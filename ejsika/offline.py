"""A page for when the network is away, and the service worker that shows it. Neither knows who is logged in."""

import hashlib

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

PAGE = "offline.html"


@require_safe
@login_not_required
def offline(request):
    return HttpResponse(render_to_string(PAGE))


@require_safe
@login_not_required
def service_worker(request):
    """The worker's code; any change of the page or of its files gives it another name for what it keeps."""
    page = render_to_string(PAGE)
    context = {"page": reverse("offline"), "version": hashlib.sha256(page.encode()).hexdigest()[:12]}
    response = render(request, "sw.js", context, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response
