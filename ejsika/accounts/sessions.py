"""The session engine (SESSION_ENGINE): Django's own, with whose session it is in a column of its own.

So a list of where somebody is logged in, and ending one, cost a request of anybody else nothing.
"""

import datetime
import time

from django.contrib.auth import SESSION_KEY, login
from django.contrib.sessions.backends import db

from ejsika.accounts.models.session import UserSession

DEVICE, SINCE, SEEN = "device", "since", "seen"  # in the session's data; times in seconds
SEEN_EVERY_SECONDS = 300
# In this order: Edge and Opera call themselves Chrome too, and everything calls itself Safari.
_BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "CrOS": "ChromeOS",
    "Mac OS": "Mac",
    "Linux": "Linux",
}
UNKNOWN_DEVICE = "Perangkat tidak dikenal"


class SessionStore(db.SessionStore):
    @classmethod
    def get_model_class(cls):
        return UserSession

    def create_model_instance(self, data):
        session = super().create_model_instance(data)
        session.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        session.device = data.get(DEVICE, "")
        session.started_at, session.seen_at = _time(data.get(SINCE)), _time(data.get(SEEN))
        return session


def begin(request, user) -> None:
    """Log a person in on this device."""
    login(request, user)
    now = int(time.time())
    request.session.update({DEVICE: device_of(request), SINCE: now, SEEN: now})


def note_use(get_response):
    """Keep when a session was last used, in steps: not every page may write."""

    def middleware(request):
        response = get_response(request)
        session = request.session
        if session.accessed and SEEN in session and time.time() - session[SEEN] >= SEEN_EVERY_SECONDS:
            if session.exists(session.session_key):
                session[SEEN] = int(time.time())
            else:  # ended while the page was made: there is nothing to keep, and the next request meets the log-in
                session.modified = False
        return response

    return middleware


def device_of(request) -> str:
    """Name a device in words, from what its browser says of itself: "Chrome di Android"."""
    said = request.headers.get("User-Agent", "")
    browser = next((name for mark, name in _BROWSERS.items() if mark in said), "")
    system = next((name for mark, name in _SYSTEMS.items() if mark in said), "")
    return " di ".join(filter(None, [browser, system])) or UNKNOWN_DEVICE


def _time(seconds: int | None) -> datetime.datetime | None:
    return None if seconds is None else datetime.datetime.fromtimestamp(seconds, datetime.UTC)
