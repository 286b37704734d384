import pytest

from tests.factories import NORTH_2, make_group, make_household


@pytest.fixture
def third_family(program, budi):
    return make_household(region=NORTH_2, assistant=budi, name="Uum Utara")


@pytest.fixture
def group(north_family, second_family):
    """Budi's group of two."""
    return make_group(north_family, second_family, leader=north_family)
