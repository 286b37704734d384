"""What the log says: one line a request, and what went wrong by kind and place. Never a value that a person typed."""

import copy
import logging
import re
import time
import traceback
from http import HTTPStatus

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest

logger = logging.getLogger("ejsika.request")
HIDDEN = "…"
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
# Ids and codes of regions are shown; a family's number (16 digits), a token or a name in a path is not.
SHOWN = re.compile(r"[0-9]{1,10}", re.ASCII)
# What gunicorn quotes of a request that it could not read or answer.
QUOTED = re.compile(r"^(Error handling request|Invalid request)\b.*", re.DOTALL)


def requests(get_response):
    """Write one line for each request: method, path, status, time, size and the user's id. No query string, no form."""

    def middleware(request):
        start = time.perf_counter()
        response = get_response(request)
        milliseconds = round(1000 * (time.perf_counter() - start))
        size = response.get("Content-Length", "-") if response.streaming else len(response.content)
        logger.info(
            "%s %s %s ms %s B user %s",
            shown_request(request, is_served=response.status_code < HTTPStatus.BAD_REQUEST),
            response.status_code,
            milliseconds,
            size,
            # Only where somebody has looked who it is: a log line must not cost a query.
            request.user.pk if hasattr(request, "_cached_user") else None,
        )
        return response

    return middleware


def shown_request(request: HttpRequest, *, is_served: bool = False) -> str:
    """Method and path, as far as they tell nothing of a person: "GET /households/12345/edit/?…"."""
    method = request.method if request.method in METHODS else HIDDEN
    query = f"?{HIDDEN}" if request.META.get("QUERY_STRING") else ""
    return f"{method} {_shown_path(request, is_served)}{query}"


def _shown_path(request: HttpRequest, is_served: bool) -> str:
    """Show the path of a known page with its ids, and that of our files; hide any other, which may hold anything."""
    match, path = request.resolver_match, request.path
    if match is None:
        return path if is_served and path.startswith(settings.STATIC_URL) else f"/{HIDDEN}"
    for value in match.captured_kwargs.values():
        if not SHOWN.fullmatch(str(value)):
            path = path.replace(str(value), HIDDEN)
    return path


class LineFormatter(logging.Formatter):
    """Leaves out the texts of exceptions: PostgreSQL's quote whole rows, Python's the value that could not be read."""

    def format(self, record) -> str:
        told = copy.copy(record)
        told.msg, told.args, told.exc_text = _message(record), (), None
        if record.name.startswith("django.security"):
            told.exc_info = None  # a refusal, not a fault of ours: its kind stands in the name
        return super().format(told)

    def formatException(self, exc_info) -> str:
        error, told = exc_info[1], []
        while error is not None and error not in told:
            told.insert(0, error)
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(_describe(error) for error in told)


def _message(record: logging.LogRecord) -> str:
    """The record's words; in place of Django's about a request, which quote its path and headers, our own."""
    if isinstance(getattr(record, "request", None), HttpRequest):
        return f"{shown_request(record.request)} {getattr(record, 'status_code', '')}".rstrip()
    if isinstance(record.msg, BaseException):
        return _kind(record.msg)
    arguments = record.args
    if isinstance(arguments, tuple):
        arguments = tuple(_kind(value) if isinstance(value, BaseException) else value for value in arguments)
    words = str(record.msg) % arguments if arguments else str(record.msg)
    return QUOTED.sub(rf"\1 {HIDDEN}", words) if record.name.startswith("gunicorn") else words


def _describe(error: BaseException) -> str:
    """Kind and place of one exception; of a refused row also the name of the constraint."""
    diagnosis = getattr(error.__cause__ if isinstance(error, DatabaseError) else error, "diag", None)
    constraint = getattr(diagnosis, "constraint_name", None)
    return "".join(traceback.format_tb(error.__traceback__)) + _kind(error) + (f": {constraint}" if constraint else "")


def _kind(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"
