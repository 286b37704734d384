"""The queue's side of an import: each task runs one action to its end, and may be run again from the start."""

import datetime
import logging
import traceback
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from ejsika.accounts.models import User
from ejsika.database.base import GONE
from ejsika.imports import actions
from ejsika.imports.models import ImportBatch
from ejsika.jobs.models import Cancelled, GivenUp, Job
from ejsika.jobs.tasks import task

logger = logging.getLogger(__name__)
Status = ImportBatch.Status
BROKEN = "Ada kesalahan di program; tidak ada yang berubah. Coba lagi, atau laporkan nomor impor ini."
GIVEN_UP = (
    "Pekerjaan ini terhenti tiga kali di tengah jalan, maka tidak dicoba lagi; tidak ada yang berubah. Coba pecah "
    "berkasnya, atau laporkan nomor impor ini."
)


@task("imports.check")
def check(batch_id: int) -> None:
    batch = _batch(batch_id)
    if batch.status == Status.UPLOADED:
        _run(batch, lambda: actions.check(batch), back_to=Status.REFUSED)


@task("imports.commit")
def commit(batch_id: int, by_id: int) -> None:
    batch = _batch(batch_id)
    if batch.status == Status.COMMITTING:
        by = User.objects.get(pk=by_id)
        _run(batch, lambda: actions.commit(batch, by), back_to=Status.CHECKED)


@task("imports.undo")
def undo(batch_id: int, by_id: int) -> None:
    batch = _batch(batch_id)
    if batch.status == Status.UNDOING:
        by = User.objects.get(pk=by_id)
        _run(batch, lambda: actions.undo(batch, by), back_to=Status.COMMITTED)


@app.periodic(cron=settings.QUEUE_LOOKED_AFTER)
@task("imports.pick_up", queueing_lock="imports.pick_up")
def pick_up(timestamp: int = 0) -> None:
    """Give the queue once more what it lost: a batch that waits for a step which nobody has in hand or in the queue.

    A step that was given twice does nothing the second time.
    """
    silent = timezone.now() - datetime.timedelta(seconds=settings.QUEUE_SILENCE_SECONDS)
    for batch in ImportBatch.objects.at_work().filter(job__seen_at__lt=silent):
        waiting = ProcrastinateJob.objects.filter(
            status="todo", task_name__startswith="imports.", args__batch_id=batch.pk
        )
        if not waiting.exists():
            hand_over(batch)


def hand_over(batch: ImportBatch) -> None:
    """Give the queue the step that a batch waits for."""
    if batch.status == Status.UPLOADED:
        check.defer(batch_id=batch.pk)
    else:
        step = commit if batch.status == Status.COMMITTING else undo
        step.defer(batch_id=batch.pk, by_id=batch.asked_by_id or batch.uploaded_by_id)


def _batch(pk: int) -> ImportBatch:
    return ImportBatch.objects.select_related("job", "uploaded_by", "program").get(pk=pk)


def _run(batch: ImportBatch, action: Callable, *, back_to: str) -> None:
    """Run the action that a batch's status asks for. What a person can mend is told to them; anything else too."""
    begun_as = batch.status
    try:
        action()
    except GONE:
        raise
    except Cancelled:
        return  # who asked for it has said so on the batch
    except ValidationError as error:
        _fail(batch, begun_as, back_to, error.message)
    except GivenUp:
        logger.error("import %s: given up in %s", batch.pk, batch.status)
        _fail(batch, begun_as, back_to, GIVEN_UP)
    except Exception as error:
        # No exception text: it may quote a cell. Its kind and the way to it are enough to mend the program.
        way = " > ".join(
            f"{Path(place.filename).name}:{place.lineno}" for place in traceback.extract_tb(error.__traceback__)
        )
        logger.error("import %s: %s at %s", batch.pk, type(error).__name__, way)
        _fail(batch, begun_as, back_to, BROKEN)


def _fail(batch: ImportBatch, begun_as: str, back_to: str, message: str) -> None:
    """Put a batch back to where its step began, unless a process that was taken for dead has finished it."""
    said = {"status": back_to, "failure": message}
    if back_to == Status.REFUSED:
        said |= {"refusal_code": "internal_error", "refusal_message": message}
    if ImportBatch.objects.filter(pk=batch.pk, status=begun_as).update(**said):
        batch.job.finish(Job.State.FAILED)
