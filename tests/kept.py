"""Rows that are made once for all tests of a module, each of which takes back what it changes."""

import copy
import datetime
import io
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings
from django.utils import timezone

from ejsika.accounts.permissions import Role
from tests.factories import NORTH, SOUTH
from tests.pages import World
from tests.scenes import FullWorld


def is_transactional(item) -> bool:
    marker = item.get_closest_marker("django_db")
    names = {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    return bool(names or (marker and marker.kwargs.get("transaction")))


@pytest.fixture(scope="module")
def kept(request, django_db_setup, django_db_blocker):
    """Give a function that makes rows for the whole module: every test begins with them, and they go after the last.

    They lie in a transaction around the tests' own, so that a test which commits cannot stand in such a module.
    """
    committing = [item.name for item in request.session.items if item.path == request.path and is_transactional(item)]
    assert not committing, f"rows cannot be kept beside tests that commit: {committing}"

    def make(build: Callable):
        with django_db_blocker.unblock():
            return build()

    around = transaction.atomic()
    make(around.__enter__)
    yield make
    make(lambda: transaction.set_rollback(True))
    make(lambda: around.__exit__(None, None, None))


@pytest.fixture(scope="module")
def official_regions(kept):
    kept(lambda: call_command("load_regions", stdout=io.StringIO()))


@pytest.fixture(scope="module")
def kept_full_world(kept, tmp_path_factory):
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files")):
        yield kept(lambda: FullWorld(timezone.localdate()))


@pytest.fixture
def full_world(kept_full_world, db):
    """The full register, with files of its own; what a test makes or changes of it is gone after it."""
    return copy.deepcopy(kept_full_world)


@pytest.fixture(scope="module")
def kept_world(kept):
    """A small world with its people, all of them logged in."""

    def build() -> World:
        world = World(datetime.date(2026, 11, 1))
        for role in Role:
            for person in (world.person(role, NORTH), world.person(role, SOUTH)):
                world.log_in(Client(), person)
        return world

    return kept(build)


@pytest.fixture
def world(kept_world, db):
    """The small world; what a test makes or changes of it is gone after it."""
    return copy.deepcopy(kept_world)
