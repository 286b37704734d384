"""Settings of the fault test: as in operation, but who is silent is missed after seconds: many deaths fit in."""

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, PROCRASTINATE_WORKER_DEFAULTS

DEMO = False
# What was committed is there after a death; that it reaches the disk matters only where the machine itself dies.
DATABASES["default"]["EMBEDDED_OPTIONS"] |= {"synchronous_commit": "on", "full_page_writes": "on"}
# Without statistics comparing with thousands of families takes minutes, which would look like a job that is stuck.
DATABASES["default"]["EMBEDDED_OPTIONS"] |= {"autovacuum": "on", "autovacuum_naptime": "2"}
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
QUEUE_SILENCE_SECONDS = 3
QUEUE_LOOKED_AFTER = "* * * * * */2"
PROCRASTINATE_WORKER_DEFAULTS |= {"update_heartbeat_interval": 0.5, "stalled_worker_timeout": 3}
