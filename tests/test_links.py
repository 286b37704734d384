"""A walk through all that a role can click from its first screen: no link leads to a refusal, none leads away."""

import pytest
from django.urls import reverse
from django.utils import timezone

from ejsika.accounts.permissions import Role
from tests.pages import World
from tests.walk import Walk


@pytest.mark.parametrize("role", Role)
def test_every_link_of_an_empty_register_leads_somewhere(client, db, role):
    client.force_login(World(timezone.localdate()).person(role, "3601012001"))
    walk = Walk(client, role)
    walk.go()
    assert not walk.wrong, "\n".join(walk.wrong)


def test_walk_notes_a_refusal_and_a_foreign_address(client, budi):
    client.force_login(budi)
    walk = Walk(client, Role.PENDAMPING)
    commit = reverse("imports:batch_commit", args=[1])
    walk.read(
        '<a href="/tidak/ada/">a</a><img src="https://lain.example/a.png">'
        f'<form method="post" action="{commit}"></form>',
        "/",
    )
    walk.go()
    assert [line.split(",")[0] for line in walk.wrong] == [
        "foreign https://lain.example/a.png",
        f"form to {commit} that pendamping may not send",
        "404 /tidak/ada/",
    ]
