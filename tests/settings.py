"""Settings of the tests: a PostgreSQL cluster of their own, without the care for crashes that costs time.

EJSIKA_TEST_FOLDER names another folder than var/test, so that two runs can go side by side in one clone:
EJSIKA_TEST_FOLDER=var/test-b .venv/bin/python -m pytest
"""

import os
from pathlib import Path

# A developer's .env, or a real database in the environment, must not reach the tests.
os.environ |= {
    "DEBUG": "0",
    "DATABASE_URL": "",
    "EJSIKA_DEMO": "1",
    "SECRET_KEY": "demo-tests",
    "SEAL_KEY": "demo-tests",
    "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
}

from ejsika.settings import *  # noqa: F403
from ejsika.settings import BASE_DIR, DATABASES, env

TEST_FOLDER = Path(BASE_DIR, env.str("EJSIKA_TEST_FOLDER", default="var/test"))

DATABASES["default"] |= {
    "CONN_MAX_AGE": 0,  # threads of a live server and of a worker end with their connection closed
    "EMBEDDED": TEST_FOLDER / "pg",
    "EMBEDDED_OPTIONS": {
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "autovacuum": "off",
        "max_connections": "200",
    },
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

MEDIA_ROOT = TEST_FOLDER / "files"
STATIC_ROOT = TEST_FOLDER / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns of a missing one, and a warning is an error
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True  # look for a file when it is asked for: each test's client would look for all of them
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
