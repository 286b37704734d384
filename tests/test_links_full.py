"""The same walk through a full register: no link leads to a refusal, none leads away."""

import pytest

from ejsika.accounts.permissions import Role
from tests.factories import NORTH
from tests.walk import Walk


@pytest.mark.parametrize("role", Role)
def test_every_link_of_a_full_register_leads_somewhere(client, full_world, role):
    client.force_login(full_world.person(role, NORTH))
    walk = Walk(client, role)
    walk.go()
    assert not walk.wrong, "\n".join(walk.wrong)
    assert len(walk.seen) > 3
