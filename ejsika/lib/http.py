"""What every answer and every page part has in common."""

from django.core.exceptions import BadRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers


def no_store(get_response):
    """Keep pages of logged-in people out of every cache: a shared phone must not show them to the next user."""

    def middleware(request):
        response = get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store, private"
        response["Permissions-Policy"] = "geolocation=(self), camera=(self), microphone=(), payment=(), usb=()"
        return response

    return middleware


def no_nul(get_response):
    """Refuse what has a NUL byte for Django's admin, which hands it to PostgreSQL unread; our own forms look."""

    def middleware(request):
        if request.path_info.startswith(reverse("admin:index")):
            lists = [[request.path_info], *dict(request.GET.lists()).values(), *dict(request.POST.lists()).values()]
            if any("\0" in text for texts in lists for text in texts):
                raise BadRequest
        return get_response(request)

    return middleware


def render_page(request, page, context=None, *, part=None, status=None):
    """Render the whole page, or only its `part` template when htmx asked for that part."""
    template = part if part and request.htmx and not request.htmx.boosted else page
    response = render(request, template, context, status=status)
    if part:
        patch_vary_headers(response, ["HX-Request"])
    return response
