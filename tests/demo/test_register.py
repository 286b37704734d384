"""The register that is invented: who is in it, what fits together, and what a repeat leaves as it is."""

import pytest
from django.db.models import Count
from django.utils import timezone

from assistance_logs.choices import MET
from assistance_logs.groups.models import Attendance, Group, GroupSession, Membership
from assistance_logs.models import Visit
from beneficiaries.choices import EnrollmentStatus, GraduationState
from beneficiaries.models import Assignment, Enrollment, GraduationCase, Household, Member
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent
from ejsika.demo import DEMO_PASSWORD
from ejsika.demo.users import CAST, MOST_FAMILIES
from ejsika.programs.models import Program
from tests.demo.register import SIZE, fill, fingerprint

TABLES = [User, Household, Member, Assignment, Enrollment, GraduationCase, Visit, AuditEvent, Program]
TABLES += [Group, Membership, GroupSession, Attendance]


@pytest.fixture(scope="module")
def _register(kept):
    kept(fill)


@pytest.fixture
def demo(_register, db, capsys):
    """200 families that are there for every test."""


def counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in TABLES}


def test_everybody_of_the_cast_can_log_in_and_a_repeat_resets_the_password(demo, client):
    assert all(client.login(username=name, password=DEMO_PASSWORD) for name, *_ in CAST)
    fill(password="kata-sandi-baru-1")
    assert not client.login(username="admin", password=DEMO_PASSWORD)
    assert all(client.login(username=name, password="kata-sandi-baru-1") for name, *_ in CAST)


def test_a_password_that_stays_ends_no_session_and_leaves_no_entry(demo, client):
    client.login(username="admin", password=DEMO_PASSWORD)
    assert not AuditEvent.objects.filter(action="user.password_set").exists()
    fill()
    assert client.get("/accounts/me/").status_code == 200
    assert not AuditEvent.objects.filter(action="user.password_set").exists()
    fill(password="kata-sandi-baru-1")
    assert client.get("/accounts/me/").status_code == 302
    told = AuditEvent.objects.filter(action="user.password_set", target_kind="accounts.user")
    assert set(told.values_list("target_id", flat=True)) == set(User.objects.values_list("pk", flat=True))
    assert "kata-sandi-baru-1" not in str(list(told.values()))


def test_a_repeat_changes_nothing_and_a_smaller_number_takes_nothing_away(demo):
    before = counts(), fingerprint()
    fill()
    fill(20)
    assert (counts(), fingerprint()) == before


def test_more_families_leave_the_first_as_they_are(demo):
    last, before = Household.objects.latest("pk").pk, fingerprint()
    fill(2 * SIZE)
    assert Household.objects.count() == 2 * SIZE
    assert fingerprint(up_to=last) == before
    per_assistant = Assignment.objects.open().values("assistant").annotate(families=Count("pk"))
    assert max(row["families"] for row in per_assistant) <= MOST_FAMILIES


def test_shares_of_statuses_and_points(demo):
    statuses = dict(Household.objects.values_list("status").annotate(Count("pk")))
    assert statuses[EnrollmentStatus.GRADUATED] == SIZE * 3 // 100
    assert statuses[EnrollmentStatus.ACTIVE] == SIZE * 92 // 100
    assert Household.objects.filter(latitude__isnull=True).count() == SIZE * 12 // 100


def test_every_assistant_sees_their_families_and_no_other(demo):
    for assistant in User.objects.filter(role=Role.PENDAMPING):
        own = Assignment.objects.open().filter(assistant=assistant).values_list("household", flat=True)
        assert set(Household.objects.for_user(assistant).values_list("pk", flat=True)) == set(own)
    assert Household.objects.for_user(User.objects.get(username="pendamping")).exists()


def test_numbers_fit_the_person_and_the_recipient_is_the_family_s(demo):
    for member in Member.objects.select_related("household"):
        nik, day = member.nik.reveal(), member.born_on.day + (40 if member.sex == "P" else 0)
        assert nik[:12] == f"{member.household.region_id[:6]}{day:02}{member.born_on:%m%y}"
        assert nik[12:] > "0000"
        assert not member.is_recipient or member.name == member.household.recipient_name
    assert Member.objects.filter(is_recipient=True).count() == SIZE


def test_the_last_visit_is_what_the_visits_say(demo):
    assert Visit.objects.filter(happened_at__gt=timezone.now()).count() == 0
    for family in Household.objects.prefetch_related("visits"):
        met = [timezone.localdate(visit.happened_at) for visit in family.visits.all() if visit.result in MET]
        assert family.last_visited_on == max(met, default=None)


def test_graduates_went_through_three_people_who_are_on_record(demo):
    decided = GraduationCase.objects.filter(state=GraduationState.DECIDED)
    roles = ("proposed_by__role", "verified_by__role", "decided_by__role")
    assert set(decided.values_list(*roles)) == {(Role.PENDAMPING, Role.KOORDINATOR, Role.DINSOS)}
    for case in decided:
        assert case.graduated_enrollment.since == case.decided_on
        assert case.graduated_enrollment.letter == case.decree
        told = AuditEvent.objects.filter(target_kind="beneficiaries.graduationcase", target_id=case.pk).order_by("pk")
        assert [event.action.split(".")[1] for event in told] == ["proposed", "verified", "decided"]


def test_pages_of_demo_cases_open(demo, client):
    client.force_login(User.objects.get(username="dinsos"))
    cases = GraduationCase.objects.filter(state=GraduationState.DECIDED)
    assert cases
    for case in cases[:3]:
        assert client.get(case.get_absolute_url()).status_code == 200
        page = client.get(case.household.get_absolute_url())
        assert case.decree in page.content.decode()


def test_every_family_and_user_is_on_record_as_made(demo):
    for action, model in (("household.created", Household), ("user.created", User)):
        told = AuditEvent.objects.filter(action=action, target_kind=model._meta.label_lower)
        assert sorted(told.values_list("target_id", flat=True)) == sorted(model.objects.values_list("pk", flat=True))
