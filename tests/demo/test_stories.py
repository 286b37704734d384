"""What 1,000 invented families tell fits them: their programme, their cases, their visits."""

import pytest
from django.utils import timezone

from assistance_logs.models import Visit
from beneficiaries.choices import EnrollmentStatus, GraduationKind
from beneficiaries.models import Enrollment, GraduationCase, Household, Member
from ejsika.accounts.models import User
from ejsika.demo.people import Person
from ejsika.programs.models import Program, RuleName, rules_on
from tests.demo.register import fill


@pytest.fixture(scope="module")
def _register(kept):
    kept(lambda: fill(1_000))


@pytest.fixture
def demo(_register, db, capsys):
    """1000 families that are there for every test."""


def test_a_fifth_of_cilegon_is_in_the_town_s_own_programme(demo):
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


def test_some_cases_wait_in_each_state(demo):
    states = GraduationCase.objects.count_by_state()
    assert all(states.values())
    for case in GraduationCase.objects.open().select_related("enrollment"):
        assert case.enrollment.status == EnrollmentStatus.ACTIVE


def test_stories_fit_the_families(demo):
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
