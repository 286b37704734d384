"""What every test may use, and the life of the tests' own PostgreSQL."""

import fcntl
import shutil
import tempfile
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.crypto import get_random_string

from ejsika.accounts.sessions import SessionStore
from tests.template import migrated_template

SLOWEST = {
    "test_access.py",
    "test_engine.py",
    "test_links_full.py",
    "test_markup_full.py",
    "test_plans.py",
    "test_run.py",
}

pytest_plugins = ["tests.cast", "tests.kept"]


def pytest_configure(config):
    """Keep two runs out of one folder: both would make and drop the same databases."""
    if hasattr(config, "workerinput"):
        return
    lock = (settings.TEST_FOLDER / "lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        pytest.exit(
            f"{settings.TEST_FOLDER} sedang dipakai pytest lain: tunggu, atau pilih EJSIKA_TEST_FOLDER.", returncode=2
        )
    config.ejsika_lock = lock


def pytest_collection_modifyitems(items):
    """Begin with the files that take longest: a minute of one at the end would leave the other core idle."""
    items.sort(key=lambda item: item.path.name not in SLOWEST)


def pytest_unconfigure(config):
    """Stop the cluster once nothing connects any more; a session's end would be too early."""
    if getattr(config, "ejsika_lock", None) is None:
        return
    from django.db import connections

    from ejsika.database.base import embedded_server

    connections.close_all()
    embedded_server(connections["default"].settings_dict).stop(patience=5)
    config.ejsika_lock.close()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, django_test_environment, django_db_blocker):
    """Let the test database be copied instead of migrated: its own copy for each process of the run."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = migrated_template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Let every id have a thousands separator, so that a page which writes one for a machine is found out."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            """DO $$ DECLARE s record; BEGIN
                FOR s IN SELECT schemaname, sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
                    EXECUTE format('ALTER SEQUENCE %I.%I RESTART WITH 12345', s.schemaname, s.sequencename);
                END LOOP; END $$"""
        )


class Visitor(Client):
    """Logs in by a session that is just there: django.test.Client takes eight statements more."""

    def force_login(self, user, backend=None):
        store = SessionStore(get_random_string(32, VALID_KEY_CHARS))
        store._session_cache = {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
        }
        store.create_model_instance(store._session_cache).save(force_insert=True)
        type(user).objects.filter(pk=user.pk).update(last_login=timezone.now())
        self.cookies[settings.SESSION_COOKIE_NAME] = store.session_key


@pytest.fixture
def client():
    return Visitor()


@pytest.fixture
def open_folder():
    """A folder that every user reaches, unlike pytest's own: as root the server then runs as nobody."""
    folder = Path(tempfile.mkdtemp(prefix="ejsika-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)
