"""Settings of the server that the soak test kills: the tests' own, over the database and files of the running test."""

import os
from pathlib import Path

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES

DATABASES["default"]["NAME"] = os.environ["SOAK_DATABASE"]
MEDIA_ROOT = Path(os.environ["SOAK_FILES"])
