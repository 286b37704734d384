"""Whom for_user and countable_by let through, on families and enrollments."""

import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from beneficiaries.models import Assignment, Enrollment, Household
from beneficiaries.page import find_family
from ejsika.accounts.permissions import Role
from tests.factories import NORTH, SOUTH, enroll, make_household, make_program, make_user

ONE_DAY = datetime.timedelta(days=1)


@pytest.fixture
def today():
    return timezone.localdate()


def assign(household, assistant, started_on, ended_on=None):
    Assignment.objects.create(household=household, assistant=assistant, started_on=started_on, ended_on=ended_on)


@pytest.mark.parametrize("person", ["ayu", "dewi"])
def test_an_officer_sees_the_families_of_the_own_region_alone(request, person, north_family, south_family):
    user = request.getfixturevalue(person)
    assert list(Household.objects.for_user(user)) == [north_family]
    assert list(Enrollment.objects.for_user(user)) == list(north_family.enrollments.all())
    assert Household.objects.countable_by(user).count() == 1


def test_an_admin_of_the_province_sees_all(admin, north_family, south_family):
    assert set(Household.objects.for_user(admin)) == {north_family, south_family}


def test_a_region_whose_code_only_begins_alike_is_another(program, ayu):
    make_household(region="3612122001")
    make_household(region="3620122001")
    assert not Household.objects.for_user(ayu).exists()


def test_a_scope_may_be_a_single_desa(program):
    user = make_user("desa", Role.KOORDINATOR, NORTH)
    own = make_household(region=NORTH)
    make_household(region="3602122002")
    assert list(Household.objects.for_user(user)) == [own]


def test_an_assistant_sees_the_own_families_alone_but_counts_the_region(budi, north_family, south_family):
    make_household(region=NORTH)
    assert list(Household.objects.for_user(budi)) == [north_family]
    assert list(Enrollment.objects.for_user(budi)) == list(north_family.enrollments.all())
    assert Household.objects.countable_by(budi).count() == 2


@pytest.mark.parametrize(
    ("start", "end", "seen"),
    [
        (0, None, True),
        (-30, None, True),
        (1, None, False),
        (-30, 0, False),
        (-30, 1, True),
        (-30, -1, False),
        (0, 0, False),
    ],
)
def test_an_assignment_counts_from_its_first_day_to_the_day_before_its_end(program, budi, today, start, end, seen):
    household = make_household()
    assign(household, budi, today + start * ONE_DAY, None if end is None else today + end * ONE_DAY)
    assert Household.objects.for_user(budi).exists() is seen
    assert Enrollment.objects.for_user(budi).exists() is seen


def test_an_assignment_outside_the_own_region_shows_nothing(program, budi):
    make_household(region=SOUTH, assistant=budi)
    assert not Household.objects.for_user(budi).exists()


def test_a_programme_scope_narrows_the_region(program):
    jscm = make_program("JSCM")
    user = make_user("jscm", Role.DINSOS, NORTH[:4], programs=[jscm])
    own, other, both = make_household(program=jscm), make_household(), make_household()
    enroll(both, program=jscm)
    assert set(Household.objects.for_user(user)) == set(Household.objects.countable_by(user)) == {own, both}
    assert {enrollment.program for enrollment in Enrollment.objects.for_user(user)} == {jscm}
    assert not Household.objects.for_user(user).filter(pk=other.pk).exists()


def test_an_assistant_of_one_programme_keeps_to_it(program):
    jscm = make_program("JSCM")
    user = make_user("jscm", Role.PENDAMPING, NORTH[:4], programs=[jscm])
    own = make_household(program=jscm, assistant=user)
    make_household(assistant=user)
    assert list(Household.objects.for_user(user)) == [own]


def test_who_has_no_programme_and_not_all_sees_nothing(north_family):
    user = make_user("none", Role.DINSOS, NORTH[:4], programs=[])
    assert not Household.objects.for_user(user).exists()
    assert not Household.objects.countable_by(user).exists()
    assert not Enrollment.objects.for_user(user).exists()


def test_a_family_in_two_programmes_counts_once(ayu, admin, north_family):
    enroll(north_family, program=make_program("JSCM"))
    both = make_user("both", Role.DINSOS, NORTH[:4], programs=[make_program(), make_program("JSCM")])
    for user in (ayu, admin, both):
        assert Household.objects.for_user(user).count() == Household.objects.countable_by(user).count() == 1


def test_overlapping_regions_count_a_family_once(north_family):
    user = make_user("twice", Role.DINSOS, NORTH[:4])
    user.regions.add(NORTH[:6], NORTH)
    assert Household.objects.for_user(user).count() == Household.objects.countable_by(user).count() == 1


@pytest.mark.parametrize("person", ["eko", "fitri"])
def test_who_may_only_count_gets_no_family(request, person, north_family, south_family):
    user = request.getfixturevalue(person)
    assert not Household.objects.for_user(user).exists()
    assert not Enrollment.objects.for_user(user).exists()
    assert Household.objects.countable_by(user).count() == 2


def test_nobody_without_region_login_or_active_account(program, ayu, north_family):
    ayu.is_active = False
    for user in (ayu, AnonymousUser(), make_user("nowhere", Role.ADMIN, "")):
        assert not Household.objects.for_user(user).exists()
        assert not Household.objects.countable_by(user).exists()
        assert not Enrollment.objects.for_user(user).exists()


@pytest.mark.parametrize("person", ["admin", "ayu", "dewi", "budi", "eko", "fitri"])
def test_a_reach_lets_through_whom_its_person_may_see(request, person, north_family, south_family):
    user = request.getfixturevalue(person)
    same = user.reach.user()
    for families in ("for_user", "countable_by"):
        found, expected = (set(getattr(Household.objects, families)(who)) for who in (same, user))
        assert found == expected


def test_a_query_kept_for_a_reach_is_not_used_for_another(program, ayu, budi, north_family, south_family, today):
    assert find_family(ayu, north_family.pk) == find_family(budi, north_family.pk) == north_family
    assert find_family(ayu, south_family.pk) is None
    ayu.regions.set([south_family.region])
    ayu.forget_scope()
    assert (find_family(ayu, north_family.pk), find_family(ayu, south_family.pk)) == (None, south_family)
    ayu.is_active = False
    assert find_family(ayu, south_family.pk) is None
    north_family.assignments.update(ended_on=today)
    assert find_family(budi, north_family.pk) is None


def test_a_programme_that_is_taken_away_takes_its_families_along(program, north_family):
    user = make_user("program", Role.KOORDINATOR, NORTH, programs=[program])
    assert find_family(user, north_family.pk) == north_family
    user.programs.clear()
    user.forget_scope()
    assert find_family(user, north_family.pk) is None
