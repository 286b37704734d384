"""The demo's groups: families of one assistant and kecamatan, meetings of theirs alone, the same each time."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.utils import timezone

from assistance_logs.groups.models import Attendance, Group, GroupSession, Membership
from assistance_logs.targets.models import Target
from beneficiaries.models import Household
from ejsika.accounts.models import User
from ejsika.audit.models import AuditEvent
from ejsika.demo.targets import UNDECIDED


@pytest.fixture(scope="module")
def _register(kept):
    kept(lambda: call_command("demo", households=400, verbosity=0))


@pytest.fixture
def demo(_register, db, capsys):
    """400 families that are there for every test."""


def test_most_families_are_in_a_group_and_some_wait(demo):
    assert 0.2 < Membership.objects.count() / Household.objects.count() < 0.95
    sizes = [group.memberships.count() for group in Group.objects.all()]
    assert min(sizes) >= 5 and max(sizes) <= 23
    assert all(group.memberships.filter(is_leader=True).count() == 1 for group in Group.objects.all())


def test_groups_and_meetings_fit_their_families(demo):
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM assistance_logs_attendance t
               JOIN assistance_logs_groupsession s ON s.id = t.session_id
               LEFT JOIN assistance_logs_membership m ON m.household_id = t.household_id AND m.group_id = s.group_id
                   AND m.joined_on <= (s.happened_at AT TIME ZONE 'Asia/Jakarta')::date
               LEFT JOIN beneficiaries_assignment a ON a.household_id = t.household_id
                   AND a.assistant_id = s.assistant_id AND a.started_on <= m.joined_on
               WHERE a.id IS NULL"""
        )
        assert cursor.fetchone() == (0,)
    assert not Membership.objects.exclude(household__region__parent=F("group__region__parent")).exists()
    assert not GroupSession.objects.filter(ended_at__gt=timezone.now()).exists()
    assert GroupSession.objects.count() > 2 * Group.objects.count()
    assert Attendance.objects.took_part().count() > 0.75 * Attendance.objects.count()


def test_everything_is_on_record(demo):
    def told(action):
        return AuditEvent.objects.filter(action=action).count()

    assert told("group.created") == Group.objects.count()
    assert told("group.joined") == Membership.objects.count()
    assert told("session.logged") == GroupSession.objects.count()


def test_nearly_everybody_has_targets(demo):
    without = User.objects.filter(assignments__ended_on=None, assignments__isnull=False, targets=None).distinct()
    assert {user.assignments.first().household.region_id[:4] for user in without} == {UNDECIDED}
    held = Target.objects.filter(user__username="pendamping").values_list("kind", "per_year")
    assert dict(held)["graduasi"] == 10 and len(held) == 4
    assert AuditEvent.objects.filter(action="target.set").count() * 4 == Target.objects.count()


def test_a_repeat_adds_nothing(demo):
    before, targets = set(GroupSession.objects.values_list("uuid", flat=True)), Target.objects.count()
    call_command("demo", households=400, verbosity=0)
    assert Target.objects.count() == targets
    assert set(GroupSession.objects.values_list("uuid", flat=True)) == before
