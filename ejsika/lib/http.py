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
    """Refuse addresses with a NUL byte in Django's admin, which hands them to PostgreSQL unread; our forms look."""

    def middleware(request):
        if request.path_info.startswith(reverse("admin:index")):
            sent = [request.path_info, *(value for values in request.GET.lists() for value in values[1])]
            if any("\0" in text for text in sent):
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
