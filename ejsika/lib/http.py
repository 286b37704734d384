"""What every answer and every page part has in common."""

from functools import cache

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import FileResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers

OWN = ("geolocation", "camera")  # where a visit was, and photos
NOBODYS = """accelerometer autoplay browsing-topics display-capture encrypted-media fullscreen gyroscope hid
magnetometer microphone midi payment picture-in-picture screen-wake-lock serial sync-xhr usb xr-spatial-tracking"""
PERMISSIONS_POLICY = ", ".join([*(f"{name}=(self)" for name in OWN), *(f"{name}=()" for name in NOBODYS.split())])
FORM_BYTES = 1_000_000  # what surrounds a file in an upload, generously


def headers(get_response):
    """Keep pages of logged-in people out of every cache (a shared phone!), and what is ours to ourselves."""

    def middleware(request):
        response = get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store, private"
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        return response

    return middleware


def limit_size(get_response):
    """Refuse what is larger than any upload may be before a byte of it is stored."""

    def middleware(request):
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > settings.ROSTER_MAX_BYTES + FORM_BYTES:
            raise RequestDataTooBig
        return get_response(request)

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


def client_address(request) -> str:
    """The address that a request came from; behind a proxy the one that the proxy saw, never what it was told."""
    if settings.BEHIND_PROXY:
        return request.headers.get("X-Forwarded-For", "").split(",")[-1].strip()
    return request.META.get("REMOTE_ADDR", "")


@cache
def page_url(name: str) -> str:
    """The address of a page that is the same for all, as reverse() gives it."""
    return reverse(name)


def row_url(name: str, pk: int) -> str:
    """The address of the page of one row, as reverse() gives it, without a search through all patterns for each row."""
    before, after = _around_id(name)
    return f"{before}{pk}{after}"


@cache
def _around_id(name: str) -> tuple[str, str]:
    before, after = reverse(name, args=[0]).split("0")
    return before, after


def attachment(request, file, name: str, content_type: str) -> FileResponse:
    """Hand a packed file out, from its beginning; the answer closes it.

    The gzip middleware would pack it again, for nothing, and hide how large it is.
    """
    file.seek(0)
    request.META["HTTP_ACCEPT_ENCODING"] = "identity"
    return FileResponse(file, as_attachment=True, filename=name, content_type=content_type)


def render_page(request, page, context=None, *, part=None, status=None):
    """Render the whole page, or only its `part` template when htmx asked for that part."""
    template = part if part and request.htmx and not request.htmx.boosted else page
    response = render(request, template, context, status=status)
    if part:
        patch_vary_headers(response, ["HX-Request"])
    return response
