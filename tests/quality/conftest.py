"""One stage for all tests that look at pages in a browser: a server over a full register, and people who log in."""

import os
from dataclasses import dataclass, field

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import setup_databases, teardown_databases
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from ejsika.accounts.permissions import Role
from tests.e2e.conftest import browser_type_launch_args  # noqa: F401
from tests.factories import NORTH, SOUTH, make_user
from tests.scenes import FullWorld, give_name

# Playwright runs an event loop in the test's thread; Django would take its own queries there for a mistake.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@dataclass
class Stage:
    """The server's address, the full world, and who opens its pages: people of the place, and people with nothing."""

    url: str
    world: FullWorld
    insiders: dict[str, object] = field(default_factory=dict)
    outsiders: dict[str, object] = field(default_factory=dict)
    clients: dict[int, Client] = field(default_factory=dict)

    def __post_init__(self):
        for role in Role:
            self.insiders[role] = self.world.person(role, NORTH)
            self.outsiders[role] = give_name(make_user(f"far_{role}", role, SOUTH[:4]), "Wati")

    def client_of(self, user) -> Client:
        """A client that is logged in for as long as the stage stands, for looking alone."""
        if user.pk not in self.clients:
            self.clients[user.pk] = Client()
            self.clients[user.pk].force_login(user)
        return self.clients[user.pk]


@pytest.fixture(scope="session")
def database(django_db_setup, django_db_blocker):
    """The test database; no test is marked to use it, so rows stay from test to test, and go at the end."""
    with django_db_blocker.unblock():
        made = []
        if not connection.settings_dict["NAME"].startswith("test_"):  # no marked test in this run
            made = setup_databases(verbosity=0, interactive=False, aliases={"default"})
        yield
        if made:
            teardown_databases(made, verbosity=0)
        else:
            call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="session")
def stage(database, tmp_path_factory):
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files")):
        server = LiveServer("localhost")
        with server._live_server_modified_settings:
            yield Stage(server.url, FullWorld(timezone.localdate()))
        server.stop()
        end_connections()


def end_connections():
    """End what the server's threads still hold, so that the test database can be dropped."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture
def client_of():
    """Give a function that logs a user in and gives their client; None stays anonymous."""

    def log_in(user):
        client = Client()
        if user:
            client.force_login(user)
        return client

    return log_in


@pytest.fixture
def tab_of(browser, stage, client_of):
    """Give a function that opens a browser's tab for a user: no service worker, Indonesian, far from no network."""
    contexts = []

    def open_tab(user, **options):
        options = {"locale": "id-ID", "timezone_id": "Asia/Jakarta", "service_workers": "block"} | options
        context = browser.new_context(base_url=stage.url, **options)
        contexts.append(context)
        if user:
            session = client_of(user).cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": stage.url}])
        return context.new_page()

    yield open_tab
    for context in contexts:
        context.close()
