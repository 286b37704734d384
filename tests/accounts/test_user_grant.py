"""What is granted is looked at once more when it is written: the giver may have less by then."""

import pytest
from django.core.exceptions import ValidationError

from ejsika.accounts.actions import change_user, create_user
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Role
from tests.factories import NORTH, SOUTH, make_region, make_user


@pytest.fixture
def narrowed(program):
    """An admin of two kabupaten who has lost one of them since they filled in the form."""
    by = make_user("operator", Role.ADMIN, NORTH[:4])
    by.regions.add(make_region(SOUTH[:4]))
    assert len(by.region_codes) == 2  # as the form saw them
    User.objects.get(pk=by.pk).regions.remove(make_region(SOUTH[:4]))
    return by


def scope(region):
    return {"role": Role.PENDAMPING, "regions": [make_region(region)], "programs": [], "all_programs": True}


def test_new_user_gets_nothing_that_the_giver_lost(narrowed):
    with pytest.raises(ValidationError):
        create_user(by=narrowed, username="baru", name="Baru", **scope(SOUTH[:6]))
    assert not User.objects.filter(username="baru").exists()
    assert create_user(by=narrowed, username="baru", name="Baru", **scope(NORTH[:6])).pk


def test_changed_user_gets_nothing_that_the_giver_lost(narrowed):
    user = make_user("budi", Role.PENDAMPING, NORTH[:6])
    with pytest.raises(ValidationError):
        change_user(user=user, by=narrowed, username="budi", name="Budi", **scope(SOUTH[:6]))
    assert [region.code for region in User.objects.get(pk=user.pk).regions.all()] == [NORTH[:6]]
