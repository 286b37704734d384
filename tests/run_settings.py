"""Settings of the test that starts `manage.py run` for real: no demo families, which would take most of its time."""

from tests.settings import *  # noqa: F403

DEMO = False
