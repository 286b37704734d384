"""What all work in the queue has in common, and the queue's upkeep: a killed worker's work is taken up again."""

from functools import wraps

from django.conf import settings
from django.db import connection
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from ejsika.database.base import GONE

# A database that went away in the middle of a task, or has no room, comes back: the task starts over, ever more slowly,
# and never gives up, since nobody could start it again by hand.
_AGAIN = RetryStrategy(wait=2, linear_wait=5, retry_exceptions=set(GONE))


def task(name: str, **options):
    """Make a function a task of the queue; it must be able to run again from its start.

    A worker has no requests, whose beginning and end would drop connections that died: each task does it instead.
    """

    def decorate(function):
        @wraps(function)
        def run(*args, **kwargs):
            _drop_dead_connection()
            try:
                return function(*args, **kwargs)
            finally:
                _drop_dead_connection()

        return app.task(name=name, retry=_AGAIN, **options)(run)

    return decorate


def _drop_dead_connection() -> None:
    if not connection.in_atomic_block:  # inside a caller's transaction it is the caller's business
        connection.close_if_unusable_or_obsolete()


@app.periodic(cron=settings.QUEUE_LOOKED_AFTER)
@app.task(name="jobs.retry_stalled", queueing_lock="jobs.retry_stalled", pass_context=True)
async def retry_stalled(context, timestamp: int) -> None:
    """Free the jobs of workers that have not been heard of for a while."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=settings.QUEUE_SILENCE_SECONDS):
        await manager.retry_job(job)
