"""Figures for people who have some programmes: what a family is elsewhere neither counts nor shows."""

import pytest
from django.utils import timezone

from beneficiaries import figures
from beneficiaries.models import Household
from ejsika.accounts.permissions import Role
from tests.factories import NORTH, enroll, make_household, make_program, make_user


@pytest.fixture
def programs(db):
    return make_program("JAMSOSRATU"), make_program("JSCM")


@pytest.fixture
def family(programs):
    """Active in JAMSOSRATU, out of JSCM."""
    household = make_household(region=NORTH, program=programs[0])
    enroll(household, program=programs[1], status="nonaktif")
    return household


def counts(user):
    view = figures.View.of(user, timezone.localdate())
    families = Household.objects.countable_by(user)
    return {name: families.filter(figures.get(name).condition(view)).count() for name in ("active", "inactive")}


def test_person_of_one_programme_sees_the_status_in_it(family, programs):
    jscm_only = make_user("dinsos2", Role.DINSOS, NORTH[:4], programs=[programs[1]])
    assert counts(jscm_only) == {"active": 0, "inactive": 1}


@pytest.mark.parametrize("with_all", [True, False])
def test_person_of_both_sees_the_leading_status_once(family, programs, with_all):
    user = make_user("dinsos", Role.DINSOS, NORTH[:4], programs=None if with_all else programs)
    assert counts(user) == {"active": 1, "inactive": 0}


def test_chosen_programme_goes_before_those_one_has(family, programs):
    user = make_user("dinsos", Role.DINSOS, NORTH[:4])
    view = figures.View.of(user, timezone.localdate(), programs[1])
    assert Household.objects.countable_by(user).filter(figures.get("inactive").condition(view)).count() == 1


def test_statuses_of_some_programmes_add_up_to_all_families(family, programs):
    make_household(region=NORTH, program=programs[1], status="ditangguhkan")
    user = make_user("dinsos", Role.DINSOS, NORTH[:4], programs=programs)
    view = figures.View.of(user, timezone.localdate())
    families = Household.objects.countable_by(user)
    names = ("active", "suspended", "candidate", "inactive", "graduated")
    assert sum(families.filter(figures.get(name).condition(view)).count() for name in names) == families.count() == 2
