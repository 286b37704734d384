"""The invented programme: its size and spread, its people, and that it keeps the rules that real data keep."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from assistance_logs.choices import MET
from assistance_logs.groups.models import Attendance, Group, GroupSession, Membership
from assistance_logs.models import Visit
from beneficiaries.choices import EnrollmentStatus, GraduationKind, GraduationState
from beneficiaries.models import Assignment, Enrollment, GraduationCase, Household, Member
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent
from ejsika.demo import DEMO_PASSWORD
from ejsika.demo.people import Person
from ejsika.demo.places import allot, families_2021, missing
from ejsika.demo.users import CAST, MOST_FAMILIES
from ejsika.demo.visits import diligence
from ejsika.programs.models import Program, RuleName, rules_on

SIZE = 200
TABLES = [User, Household, Member, Assignment, Enrollment, GraduationCase, Visit, AuditEvent, Program]
TABLES += [Group, Membership, GroupSession, Attendance]


def fill(households: int = SIZE, **options) -> None:
    call_command("demo", households=households, verbosity=0, **options)


@pytest.fixture
def demo(db, capsys):
    fill()


def counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in TABLES}


def fingerprint(up_to: int | None = None) -> str:
    """A digest of what the families are, without ids; `up_to` leaves out families with a later id."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT md5(string_agg(md5(concat_ws('|', h.kk, h.recipient_name, h.region_code, h.address, h.rt, h.phone,
                   h.latitude, h.longitude, h.account_digest, h.status, h.last_visited_on, u.username, a.started_on,
                   e.since, e.reason, e.letter, c.state, c.reasons, c.decided_on, m.niks, v.visits, s.lives)), ''
                   ORDER BY h.id))
               FROM beneficiaries_household h
               JOIN beneficiaries_assignment a ON a.household_id = h.id JOIN accounts_user u ON u.id = a.assistant_id
               JOIN beneficiaries_enrollment e ON e.household_id = h.id
               LEFT JOIN beneficiaries_graduationcase c ON c.enrollment_id = e.id
               LEFT JOIN LATERAL (SELECT array_agg(nik ORDER BY id) niks FROM beneficiaries_member
                   WHERE household_id = h.id) m ON true
               LEFT JOIN LATERAL (SELECT array_agg((uuid, happened_at, result, notes)::text ORDER BY id) visits
                   FROM assistance_logs_visit WHERE household_id = h.id) v ON true
               LEFT JOIN LATERAL (SELECT array_agg((assessed_on, floor, assets, monthly_income)::text ORDER BY id) lives
                   FROM beneficiaries_assessment WHERE household_id = h.id) s ON true
               WHERE %s::bigint IS NULL OR h.id <= %s""",
            [up_to, up_to],
        )
        return cursor.fetchone()[0]


def test_fifty_thousand_families_are_spread_as_in_2021():
    assert missing(50_000, {}) == families_2021()


@pytest.mark.parametrize("total", [0, 1, 7, 150, 1_999, 2_000])
def test_parts_add_up_and_stay_near_their_share(total):
    weights = families_2021()
    parts = allot(total, weights)
    assert sum(parts.values()) == total
    assert all(abs(parts[code] - total * weights[code] / 50_000) < 1 for code in weights)


def test_what_is_missing_adds_up_where_one_place_has_too_many():
    lacking = missing(100, {"3672": 60})
    assert lacking["3672"] == 0
    assert sum(lacking.values()) == 40
    assert not any(missing(50, {"3672": 60}).values())


def test_three_assistants_in_ten_do_below_half_of_their_visits():
    shares = [diligence(number) for number in range(1, 101)]
    assert sum(share < 0.5 for share in shares) == 30
    assert all(share < 0.5 or 0.7 <= share <= 1.1 for share in shares)


def test_visits_that_were_made_tell_three_assistants_in_ten_apart(db, capsys):
    fill(1_500)
    today = timezone.localdate()
    shares = {}
    for assistant in User.objects.filter(role=Role.PENDAMPING).exclude(username="pendamping2"):
        families = Assignment.objects.open().filter(
            assistant=assistant, started_on__lt=today - timedelta(days=360), household__status=EnrollmentStatus.ACTIVE
        )
        visits = Visit.objects.met_family().filter(household__in=families.values("household"))
        done = {
            (visit.household_id, (today - timezone.localdate(visit.happened_at)).days // 91)
            for visit in visits.only("household", "happened_at")
        }
        shares[assistant.username] = len(done) / (4 * families.count())
    late = {name for name, share in shares.items() if share < 0.5}
    assert late == {name for name in shares if name[-1] in "369"}
    assert 0.2 <= len(late) / len(shares) <= 0.4


def test_the_first_assistant_has_about_120_families(db, capsys):
    fill(2_000)
    own = Household.objects.for_user(User.objects.get(username="pendamping"))
    assert 105 <= own.count() <= 125
    assert User.objects.get(username="pendamping").region_codes == ["3602"]


def test_outside_demo_mode_nothing_is_made(db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="EJSIKA_DEMO=1"):
        fill()
    assert not User.objects.exists()


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


def test_the_same_families_come_every_time(db, capsys):
    found = set()
    for _ in range(2):
        with transaction.atomic():
            fill()
            found.add(fingerprint())
            transaction.set_rollback(True)
    assert len(found) == 1


def test_shares_of_statuses_and_points(demo):
    statuses = dict(Household.objects.values_list("status").annotate(Count("pk")))
    assert statuses[EnrollmentStatus.GRADUATED] == SIZE * 3 // 100
    assert statuses[EnrollmentStatus.ACTIVE] == SIZE * 92 // 100
    assert Household.objects.filter(latitude__isnull=True).count() == SIZE * 12 // 100


def test_a_fifth_of_cilegon_is_in_the_town_s_own_programme(db, capsys):
    fill(1_000)
    in_town = Enrollment.objects.filter(household__region__code__startswith="3672")
    assert in_town.filter(program__code="JSCM").count() == in_town.count() // 5 == 6
    assert Enrollment.objects.filter(program__code="JSCM").count() == 6
    assert Enrollment.objects.count() == Household.objects.count()
    jscm = Program.objects.get(code="JSCM")
    assert [program.code for program in jscm.excludes.all()] == ["JAMSOSRATU"]
    assert {rule.value for rule in rules_on(timezone.localdate(), RuleName.VISIT_EVERY_DAYS)} == {90}
    seen = Household.objects.for_user(User.objects.get(username="dinsos2"))
    assert {family.enrollments.get().program for family in seen} == {jscm}
    assert seen.count() == 6


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


def test_some_cases_wait_in_each_state(db, capsys):
    fill(1_000)
    states = GraduationCase.objects.count_by_state()
    assert all(states.values())
    for case in GraduationCase.objects.open().select_related("enrollment"):
        assert case.enrollment.status == EnrollmentStatus.ACTIVE


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


def test_stories_fit_the_families(db, capsys):
    fill(1_000)
    today = timezone.localdate()
    for case in GraduationCase.objects.select_related("enrollment"):
        members = Member.objects.filter(household=case.enrollment.household_id)
        people = [Person(m.name, m.sex, m.born_on, m.relationship, m.is_recipient, m.school_level) for m in members]
        for person, member in zip(people, members, strict=True):
            person.is_pregnant, person.is_disabled = member.is_pregnant, member.is_disabled
        has_component = any(person.is_component(today) for person in people)
        assert (case.kind == GraduationKind.NATURAL) == (not has_component)
    at_school = Member.objects.exclude(school_level="").values("household")
    assert Visit.objects.filter(topics__contains=["pendidikan"], household__in=at_school).exists()
    assert not Visit.objects.filter(topics__contains=["pendidikan"]).exclude(household__in=at_school).exists()
    for member in Member.objects.filter(is_recipient=True):
        assert member.age_on(member.joined_on) >= 18
