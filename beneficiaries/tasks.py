"""The tallies' upkeep in the queue: a new day or new rules recompute them, and every night they are checked."""

import logging

from procrastinate.contrib.django import app

from beneficiaries import tallies
from ejsika.jobs.tasks import task

logger = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@task("tallies.keep")
def keep(timestamp: int = 0) -> None:
    """Recompute the tallies once they do not hold any more: after midnight, and after a rule was changed."""
    if not tallies.is_current():
        tallies.refresh_all()


@app.periodic(cron="30 16 * * *")
@task("tallies.check")
def check(timestamp: int = 0) -> None:
    """Report each difference between tallies and families as an error, and mend it. 16.30 UTC is 23.30 in Jakarta."""
    if tallies.is_current() and (found := tallies.differences()):
        for difference in found:
            logger.error("Hitungan berbeda: %s", difference)
        tallies.refresh_all()
