"""One database a size, filled with the demo once and kept."""

import os
import subprocess
import sys

from django.db import connections


def prepare(database: str, households: int) -> None:
    """Make the database if it is missing, and fill it up to its size (a repeat adds nothing)."""
    connection = connections["default"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
        if not cursor.fetchone():
            cursor.execute(f'CREATE DATABASE "{database}"')
    connection.close()
    for command in (
        ["migrate", "-v", "0"],
        ["load_regions"],
        ["demo", "--households", str(households)],
        ["check_tallies", "--mend"],
    ):
        subprocess.run(
            [sys.executable, "manage.py", *command],
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.bench.settings", "BENCH_DATABASE": database},
            stdout=subprocess.DEVNULL,
            check=True,
        )
