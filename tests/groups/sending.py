"""What a form or a phone sends to store a group or a meeting."""

import datetime
import uuid

from django.urls import reverse
from django.utils import timezone


def sent_group(*members, **changes) -> dict:
    fields = {"name": "Melati", "members": [family.pk for family in members], "place": "Rumah ketua"}
    return {name: value for name, value in (fields | changes).items() if value is not None}


def sent_session(*present, away=None, **changes) -> dict:
    """The fields of a meeting of two hours that ended an hour ago; None leaves a field out."""
    start = timezone.localtime() - datetime.timedelta(hours=3)
    if start.date() != timezone.localdate():  # shortly after midnight the meeting was yesterday
        start = start.replace(hour=9)
    away = away or {}
    fields = {
        "uuid": str(uuid.uuid4()),
        "outbox_version": "1",
        "lesson": "2-3",
        "happened_at": f"{start:%Y-%m-%dT%H:%M}",
        "ends_at": f"{start + datetime.timedelta(hours=2):%H:%M}",
        "place": "Balai desa",
        "listed": ",".join(str(family.pk) for family in [*present, *away]),
    }
    fields |= {f"present-{family.pk}": "1" for family in present}
    fields |= {f"reason-{family.pk}": reason for family, reason in away.items()}
    return {name: value for name, value in (fields | changes).items() if value is not None}


def post_session(client, group, fields, **extra):
    return client.post(reverse("groups:session_new", args=[group.pk]), fields, **extra)


def post_correction(client, session, fields):
    return client.post(reverse("groups:session_correct", args=[session.pk]), fields)


def post_item(client, group, user, fields):
    """Send as a phone's outbox does."""
    told = {"user": user.pk, "household": "", "group": group.pk, "item_kind": "session"}
    return client.post(reverse("outbox:send"), fields | told)
