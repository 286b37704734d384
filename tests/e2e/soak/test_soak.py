"""Visits with photos, written without network by two people on one phone, sent over a network that loses them.

The browser dies and starts again, the server is killed while it stores, answers are lost, log-ins end. In the end: none
lost, none doubled, nothing shown to the wrong person. SOAK_VISITS says how many (short by default), SOAK_SEED repeats a
run.
"""

import itertools
import os
import time

import pytest

from assistance_logs.models import Visit
from ejsika.accounts.models import UserSession
from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent
from ejsika.files.models import StoredPhoto
from tests.factories import NORTH, make_household, make_user

VISITS = int(os.environ.get("SOAK_VISITS", "4"))
BADNESS = 0.4
PUSHES = 4  # in the bad network, before the next person has the phone


@pytest.fixture
def people(transactional_db):
    """Two assistants with families of their own, whose names tell whose they are."""
    users = [make_user(name, Role.PENDAMPING, NORTH[:4]) for name in ("budi", "citra")]
    share = {users[0]: VISITS - VISITS // 2, users[1]: VISITS // 2}
    return {
        user: [make_household(name=f"Keluarga {user.name} {n:02}", assistant=user) for n in range(count)]
        for user, count in share.items()
    }


def turns(people, chance):
    """In which order they have the phone, and how many visits each writes then."""
    waiting = {user: list(families) for user, families in people.items()}
    for user in itertools.cycle(people):
        if not any(waiting.values()):
            return
        count = min(len(waiting[user]), chance.randint(2, 6))
        yield user, [waiting[user].pop() for _ in range(count)]


def sees_nothing_of(phone, others):
    shown = phone.page.content()
    assert not any(f"Keluarga {other.name}" in shown for other in others)


def test_none_lost_none_doubled_none_shown_to_the_wrong_person(network, phone, people, photos, chance):
    begun, expected = time.monotonic(), {}
    for turn, (user, families) in enumerate(turns(people, chance)):
        others = [other for other in people if other != user]
        phone.log_in(user)
        sees_nothing_of(phone, others)
        network.is_down = chance.random() < 0.5  # no network, or a network without a server behind it
        phone.context.set_offline(not network.is_down)
        for place, family in enumerate(families):
            words = f"{user.username} {family.pk} {chance.getrandbits(64):x}"
            taken = chance.sample(photos, chance.randint(0, 2))
            phone.write(family, words, taken)
            expected[words] = (user.pk, family.pk, len(taken))
            sees_nothing_of(phone, others)
            if chance.random() < 0.3 or (turn == 0 and place == 0):
                network.is_down = True  # a service worker that starts anew does not hear of the browser's own switch
                phone.kill()
        assert len(phone.unsent(user)) >= len(families)
        send_badly(network, phone, user, chance)
        if chance.random() < 0.5:
            network.heal()
            log_out_or_end(phone, chance)
    deliver(network, phone, people)
    check(expected)
    print(f"{len(expected)} visits in {time.monotonic() - begun:.0f} s; {network.met}; browser killed {phone.deaths}x")


def send_badly(network, phone, user, chance):
    network.is_down, network.badness = False, BADNESS
    phone.context.set_offline(False)
    for _ in range(PUSHES):
        phone.push()
        if chance.random() < 0.25:
            UserSession.objects.of(user).end()
        if not phone.unsent(user):
            break
    network.heal()


def log_out_or_end(phone, chance):
    if chance.random() < 0.5 or "/accounts/login/" in phone.page.url:
        UserSession.objects.all().end()
    else:
        phone.page.goto("/")
        if "/accounts/login/" not in phone.page.url:
            phone.log_out()


def deliver(network, phone, people):
    """The network is well again: whoever comes back to the phone gets everything sent."""
    network.heal()
    for user in people:
        UserSession.objects.all().end()
        phone.log_in(user)
        phone.push()
        phone.wait(lambda user=user: not phone.unsent(user), seconds=60)


def check(expected):
    stored = {
        visit.notes: (visit.assistant_id, visit.household_id, visit.photos.count()) for visit in Visit.objects.all()
    }
    assert stored == expected
    assert Visit.objects.count() == len(expected)
    assert StoredPhoto.objects.count() == sum(count for _, _, count in expected.values())
    assert AuditEvent.objects.filter(action="visit.logged").count() == len(expected)
