"""The migrated database that all test databases are copied from: made once for as long as no migration changes."""

import fcntl
import hashlib
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection

PREFIX = "migrated_"


def fingerprint() -> str:
    """A digest of every migration, ours and others', and of the versions that run them."""
    found = hashlib.sha256(Path(settings.BASE_DIR, "requirements.txt").read_bytes())
    for app in apps.get_app_configs():
        for path in sorted(Path(app.path, "migrations").rglob("*.py")):
            found.update(f"{app.label}/{path.name}".encode() + path.read_bytes())
    return found.hexdigest()[:16]


def migrated_template() -> str:
    """Give the template's name; whoever comes first makes it, the others wait."""
    name = PREFIX + fingerprint()
    with (settings.TEST_FOLDER / "template.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with connection._nodb_cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
            present = {row[0] for row in cursor.fetchall()}
            for older in present - {name}:
                cursor.execute(f'DROP DATABASE "{older}"')
        if name not in present:
            _make(name)
    return name


def _make(name: str) -> None:
    """Migrate a database, which gets its name once it is whole."""
    asked, test = connection.settings_dict["NAME"], connection.settings_dict["TEST"]
    own = test["NAME"]
    test["NAME"] = f"{PREFIX}half"
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        connection.close()
    finally:
        connection.settings_dict["NAME"], test["NAME"] = asked, own
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{PREFIX}half" RENAME TO "{name}"')
