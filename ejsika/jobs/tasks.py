"""Upkeep of the queue: work whose worker was killed is taken up again."""

from procrastinate.contrib.django import app

STALLED_AFTER_SECONDS = 30


@app.periodic(cron="* * * * *")
@app.task(name="jobs.retry_stalled", queueing_lock="jobs.retry_stalled", pass_context=True)
async def retry_stalled(context, timestamp: int) -> None:
    """Free the jobs of workers that have not been heard of for half a minute."""
    await retry_stalled_jobs(context.app.job_manager)


async def retry_stalled_jobs(job_manager) -> int:
    """Put stalled jobs back into the queue; gives how many. Also called when a worker starts."""
    stalled = list(await job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS))
    for job in stalled:
        await job_manager.retry_job(job)
    return len(stalled)
