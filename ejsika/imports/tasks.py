"""The queue's side of an import: each task runs one action to its end, and may be run again from the start."""

import logging
import traceback
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import OperationalError

from ejsika.accounts.models import User
from ejsika.imports import actions
from ejsika.imports.models import ImportBatch
from ejsika.jobs.models import Job
from ejsika.jobs.tasks import task

logger = logging.getLogger(__name__)
Status = ImportBatch.Status


@task("imports.check")
def check(batch_id: int) -> None:
    batch = ImportBatch.objects.select_related("job", "uploaded_by", "program").get(pk=batch_id)
    if batch.status == Status.UPLOADED:
        _run(batch, lambda: actions.check(batch), "Memeriksa berkas", back_to=Status.REFUSED)


@task("imports.commit")
def commit(batch_id: int, by_id: int) -> None:
    batch = ImportBatch.objects.select_related("job").get(pk=batch_id)
    if batch.status == Status.COMMITTING:
        by = User.objects.get(pk=by_id)
        _run(batch, lambda: actions.commit(batch, by), "Menyimpan", back_to=Status.CHECKED)


@task("imports.undo")
def undo(batch_id: int, by_id: int) -> None:
    batch = ImportBatch.objects.select_related("job").get(pk=batch_id)
    if batch.status == Status.UNDOING:
        by = User.objects.get(pk=by_id)
        _run(batch, lambda: actions.undo(batch, by), "Membatalkan", back_to=Status.COMMITTED)


def _run(batch: ImportBatch, action, stage: str, *, back_to: str) -> None:
    """Run one action under its progress row. What a person can mend goes back to them; anything else is said too."""
    batch.job.start(stage)
    try:
        action()
    except OperationalError:
        raise
    except ValidationError as error:
        _fail(batch, back_to, error.message)
    except Exception as error:
        # No exception text: it may quote a cell. Its kind and the way to it are enough to mend the program.
        way = " > ".join(
            f"{Path(place.filename).name}:{place.lineno}" for place in traceback.extract_tb(error.__traceback__)
        )
        logger.error("import %s: %s at %s", batch.pk, type(error).__name__, way)
        _fail(
            batch,
            back_to,
            "Ada kesalahan di program; tidak ada yang berubah. Coba lagi, atau laporkan nomor impor ini.",
        )
    else:
        batch.job.finish()


def _fail(batch: ImportBatch, back_to: str, message: str) -> None:
    batch.refresh_from_db()
    batch.status, batch.failure = back_to, message
    if back_to == Status.REFUSED:
        batch.refusal_code, batch.refusal_message = "internal_error", message
    batch.save(update_fields=["status", "failure", "refusal_code", "refusal_message"])
    batch.job.finish(Job.State.FAILED)
