"""The graduation's own cast: one of each step in the north, and their like elsewhere."""

import pytest

from ejsika.accounts.permissions import Role
from tests.factories import NORTH, SOUTH, make_case, make_user


@pytest.fixture
def south_koordinator(db):
    return make_user("gani", Role.KOORDINATOR, SOUTH[:4])


@pytest.fixture
def south_dinsos(db):
    return make_user("hana", Role.DINSOS, SOUTH[:4])


@pytest.fixture
def second_dinsos(db):
    return make_user("indra", Role.DINSOS, NORTH[:4])


@pytest.fixture
def proposed(north_family, budi):
    return make_case(north_family, by=budi)


@pytest.fixture
def verified(north_family, budi, ayu):
    return make_case(north_family, by=budi, verified_by=ayu)


@pytest.fixture
def decided(north_family, budi, ayu, dewi):
    return make_case(north_family, by=budi, verified_by=ayu, decided_by=dewi)
