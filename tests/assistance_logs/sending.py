"""What a form or a phone sends to store a visit."""

import datetime
import uuid

from django.urls import reverse
from django.utils import timezone

from tests.factories import JAKARTA


def sent(**changes) -> dict:
    """The fields of a visit an hour ago; None leaves a field out."""
    fields = {
        "uuid": str(uuid.uuid4()),
        "outbox_version": "1",
        "result": "bertemu_pengurus",
        "happened_at": f"{timezone.localtime() - datetime.timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "kind": "KR",
    }
    return {name: value for name, value in (fields | changes).items() if value is not None}


def post_visit(client, household, **changes):
    return client.post(reverse("assistance_logs:visit_new", args=[household.pk]), sent(**changes))


def post_item(client, household, user, **changes):
    """Send as a phone's outbox does."""
    fields = sent(user=user.pk, household=household.pk, **changes)
    return client.post(reverse("outbox:send"), fields)


def post_correction(client, visit, **changes):
    return client.post(reverse("assistance_logs:visit_correct", args=[visit.pk]), sent(**changes))


def at(day: datetime.date, hour: int = 9, minute: int = 0) -> datetime.datetime:
    return datetime.datetime(day.year, day.month, day.day, hour, minute, tzinfo=JAKARTA)
