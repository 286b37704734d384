"""What a real server must be given, and what it refuses: each asked of a fresh process with its own environment."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
REAL = {
    "EJSIKA_DEMO": "0",
    "SECRET_KEY": "x" * 60,
    "SEAL_KEY": "y" * 60,
    "DATABASE_URL": "postgres://ejsika@127.0.0.1/ejsika",
    "EJSIKA_EMBEDDED_DATABASE": "0",
}


def load(**changes):
    """Load the settings in a process of their own; gives its exit code and last line."""
    environment = {name: value for name, value in (REAL | changes).items() if value is not None}
    done = subprocess.run(
        [sys.executable, "-c", "from ejsika import settings; print(settings.SESSION_COOKIE_SECURE)"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).strip().rpartition("\n")[2]


def test_server_with_its_own_secrets_starts_with_secure_cookies():
    assert load() == (0, "True")


@pytest.mark.parametrize("name", ["SECRET_KEY", "SEAL_KEY", "DATABASE_URL"])
def test_missing_value_stops_the_start_and_is_named(name):
    code, words = load(**{name: None})
    assert code != 0
    assert f"{name} belum diisi" in words


@pytest.mark.parametrize("name", ["SECRET_KEY", "SEAL_KEY"])
def test_demo_secret_is_refused_outside_demo_mode(name):
    code, words = load(**{name: "demo-" + "z" * 43})
    assert code != 0
    assert f"{name} berisi rahasia demo" in words


def test_embedded_database_outside_demo_mode_takes_a_word():
    assert load(DATABASE_URL=None, EJSIKA_EMBEDDED_DATABASE="1")[0] == 0


def test_command_says_what_is_missing_in_one_line():
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]} | REAL | {"SECRET_KEY": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.strip().startswith("SECRET_KEY belum diisi")
    assert len(done.stderr.strip().splitlines()) == 1
