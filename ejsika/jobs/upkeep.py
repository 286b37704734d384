"""What the queue tidies by itself every night."""

import datetime

from procrastinate.contrib.django import app

from ejsika.accounts.models import LoginAttempts, UserSession
from ejsika.jobs.tasks import task

ATTEMPTS_KEPT = datetime.timedelta(days=7)


@app.periodic(cron="17 18 * * *")  # UTC: after one in the morning in Jakarta
@task("jobs.forget_accesses")
def forget_accesses(timestamp: int) -> None:
    """Delete sessions that are over, and counters of failed log-ins that nothing was added to for a week."""
    UserSession.get_session_store_class().clear_expired()
    LoginAttempts.objects.untouched_for(ATTEMPTS_KEPT).delete()
