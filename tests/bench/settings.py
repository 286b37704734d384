"""Settings of the benchmark: a demo with a PostgreSQL of its own under var/bench, one database a size."""

import os
from pathlib import Path

os.environ |= {
    "DEBUG": "0",
    "DATABASE_URL": "",
    "EJSIKA_DEMO": "1",
    "SECRET_KEY": "demo-bench",
    "SEAL_KEY": "demo-bench",
}

from ejsika.settings import *  # noqa: F403
from ejsika.settings import BASE_DIR, DATABASES, INSTALLED_APPS, env

FOLDER = Path(BASE_DIR, "var", "bench")
DATABASES["default"] |= {"EMBEDDED": FOLDER / "pg", "NAME": env.str("BENCH_DATABASE", default="ejsika")}
MEDIA_ROOT = FOLDER / "files"
STATIC_ROOT = FOLDER / "static"
ROOT_URLCONF = "tests.bench.urls"
INSTALLED_APPS += ["tests.bench"]  # for the flat table of the stock import
