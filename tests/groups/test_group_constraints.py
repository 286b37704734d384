"""What the database itself keeps of groups, memberships, meetings and attendance."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from assistance_logs.groups.models import Attendance, Group, GroupSession, Membership
from tests.factories import NORTH, make_group, make_region, make_session

DAY = datetime.date(2026, 3, 2)


def refused(name):
    return pytest.raises(IntegrityError, match=name)


def test_a_family_is_in_one_group_at_a_time(group, north_family):
    other = make_group(region=NORTH, name="Mawar")
    with refused("membership_one_group_at_a_time"), transaction.atomic():
        Membership.objects.create(group=other, household=north_family, joined_on=DAY)
    Membership.objects.filter(household=north_family).update(left_on=DAY, is_leader=False)
    with refused("membership_one_group_at_a_time"), transaction.atomic():
        Membership.objects.create(group=other, household=north_family, joined_on=DAY - datetime.timedelta(days=1))
    Membership.objects.create(group=other, household=north_family, joined_on=DAY)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"week": 2}, "group_schedule"),
        ({"week": 2, "weekday": 1, "day_of_month": 3}, "group_schedule"),
        ({"week": 6, "weekday": 1}, "group_schedule_range"),
        ({"week": 1, "weekday": 8}, "group_schedule_range"),
        ({"day_of_month": 32}, "group_schedule_range"),
        ({"name": ""}, "group_has_name"),
    ],
)
def test_a_group_without_sense_is_refused(db, fields, name):
    with refused(name):
        Group.objects.create(**{"name": "Melati", "region": make_region(NORTH)} | fields)


def test_one_leads_and_nobody_leaves_before_joining(group, second_family):
    with refused("group_one_leader"), transaction.atomic():
        Membership.objects.filter(household=second_family).update(is_leader=True)
    with refused("membership_left_after_joined"), transaction.atomic():
        Membership.objects.update(left_on=datetime.date(2020, 12, 31))


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"module": 2, "lesson": 4}, "session_lesson_known"),
        ({"module": 7, "lesson": 1}, "session_lesson_known"),
        ({"speaker": "dukun"}, "session_speaker_known"),
        ({"latitude": 1}, "session_point_complete"),
        ({"ended_at": datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)}, "session_ends_after_start"),
    ],
)
def test_a_meeting_without_sense_is_refused(group, budi, fields, name):
    session = make_session(group, budi, DAY)
    with refused(name):
        GroupSession.objects.filter(pk=session.pk).update(**fields)


def test_a_family_is_noted_once_and_in_known_words(group, budi, north_family):
    session = make_session(group, budi, DAY)
    with refused("attendance_once"), transaction.atomic():
        Attendance.objects.create(session=session, household=north_family, presence="alpa")
    with refused("attendance_known"), transaction.atomic():
        Attendance.objects.update(presence="lupa")
