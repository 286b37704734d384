"""Pages in words for what the server refuses; those that need nothing are templates alone (403, 404, 500)."""

from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpResponseNotAllowed
from django.shortcuts import render
from django.template.loader import render_to_string

TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def bad_request(request, exception):
    if not isinstance(exception, TOO_LARGE):
        return render(request, "400.html", status=HTTPStatus.BAD_REQUEST)
    megabytes = settings.ROSTER_MAX_BYTES // 1_000_000
    return render(request, "413.html", {"megabytes": megabytes}, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def csrf_failure(request, reason=""):
    """Say that the form was too old; what was typed into a page of ours can be sent again by its own button."""
    fields = _typed(request) if _is_from_here(request) and request.user.is_authenticated else []
    return render(request, "403_csrf.html", {"fields": fields}, status=HTTPStatus.FORBIDDEN)


def not_allowed(get_response):
    """Give the empty answer 405 a page: going back to the address of a button's act ends there."""

    def middleware(request):
        response = get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            response.content = render_to_string("405.html")
        return response

    return middleware


def _is_from_here(request) -> bool:
    """Tell whether a page of ours sent it, by headers that no other site can set."""
    is_own = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    return is_own and request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"


def _typed(request) -> list[tuple[str, str]]:
    """Every field as it was sent; nothing where a password or a file would be missing in it."""
    fields = [(name, value) for name, values in request.POST.lists() for value in values]
    if request.FILES or any("password" in name for name, _ in fields):
        return []
    return [(name, value) for name, value in fields if name != "csrfmiddlewaretoken"]
