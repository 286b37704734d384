"""Meetings and groups while others hold their families: they wait for one at a time, in the order in which all do."""

import datetime
import threading
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from assistance_logs.groups.actions import MERGED_SINCE, close_group, log_session
from assistance_logs.groups.models import GroupSession
from beneficiaries.models import Household
from tests.graduation.test_races import until_waiting


def meeting(group, by, presences):
    now = timezone.now()
    lasted = {"happened_at": now - datetime.timedelta(hours=2), "ended_at": now}
    return log_session(
        group=group, by=by, uuid=uuid.uuid4(), outbox_version=1, presences=presences, module=1, lesson=1, **lasted
    )


def hold(*families):
    return list(
        Household.objects.select_for_update(of=["self"], nowait=True).filter(pk__in=[one.pk for one in families])
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["meeting", "end of the group"])
def test_who_waits_for_one_family_holds_no_later_one(budi, group, north_family, second_family, act):
    """Else an import that holds the first and wants the second would wait for ever, and so would the meeting."""
    presences = {second_family.pk: "hadir", north_family.pk: "hadir"}

    def run():
        try:
            if act == "meeting":
                meeting(group, budi, presences)
            else:
                close_group(group=group, by=budi)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        hold(north_family)
        thread.start()
        until_waiting(1)
        assert hold(second_family)
    thread.join(timeout=20)
    assert not thread.is_alive()
    assert GroupSession.objects.exists() or group.memberships.open().count() == 0


def test_a_meeting_with_a_family_that_was_merged_at_this_moment_is_not_stored_without_it(budi, group, north_family):
    Household.objects.filter(pk=north_family.pk).update(kk=None, region=None)
    with pytest.raises(ValidationError, match=MERGED_SINCE):
        meeting(group, budi, {north_family.pk: "hadir"})
    assert not GroupSession.objects.exists()
