"""The cast of the tests: people of every role in two regions, north (Kab. Lebak) and south (Kab. Pandeglang)."""

import pytest

from ejsika.accounts.permissions import Role
from tests.factories import NORTH, SOUTH, make_household, make_program, make_user


@pytest.fixture
def program(db):
    return make_program()


@pytest.fixture
def admin(db):
    """Admin of the whole province."""
    return make_user("admin", Role.ADMIN, "36")


@pytest.fixture
def ayu(db):
    """Koordinator in the north."""
    return make_user("ayu", Role.KOORDINATOR, NORTH[:4])


@pytest.fixture
def budi(db):
    """Pendamping in the north; his two families are north_family and second_family."""
    return make_user("budi", Role.PENDAMPING, NORTH[:4])


@pytest.fixture
def citra(db):
    """Pendamping in the south."""
    return make_user("citra", Role.PENDAMPING, SOUTH[:4])


@pytest.fixture
def dewi(db):
    """Dinsos in the north."""
    return make_user("dewi", Role.DINSOS, NORTH[:4])


@pytest.fixture
def eko(db):
    """Pimpinan of the whole province."""
    return make_user("eko", Role.PIMPINAN, "36")


@pytest.fixture
def fitri(db):
    """Of another agency (OPD), whole province."""
    return make_user("fitri", Role.OPD, "36")


@pytest.fixture
def north_family(program, budi):
    return make_household(region=NORTH, assistant=budi, name="Siti Utara")


@pytest.fixture
def second_family(program, budi):
    return make_household(region=NORTH, assistant=budi, name="Tini Utara")


@pytest.fixture
def south_family(program, citra):
    return make_household(region=SOUTH, assistant=citra, name="Wati Selatan")
