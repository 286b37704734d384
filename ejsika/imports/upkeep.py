"""What is kept of an import, and for how long: the file, what was read of it, and what nobody will ask for again."""

import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from ejsika.imports import kinds, storage
from ejsika.imports.models import ImportBatch, Problem, SkippedLine
from ejsika.jobs.tasks import task

Status = ImportBatch.Status
# Nobody looks at their rows again.
OVER = [Status.REFUSED, Status.CANCELLED, Status.DISCARDED]
AT_WORK = [Status.COMMITTING, Status.UNDOING]
ORPHANED_SECONDS = 24 * 3600
NOT_SAVED = (
    "Tidak disimpan dalam {} hari, maka berkas dan hasil periksanya sudah dihapus. Unggah lagi bila masih perlu."
)


@app.periodic(cron="47 18 * * *")  # UTC: before two in the morning in Jakarta
@task("imports.forget_files")
def forget_files(timestamp: int = 0) -> None:
    """Delete uploads after so many days, with what was read of them; the batch, its counts and who did it stay.

    What a commit wrote keeps its staged rows, sealed as they are: its undo needs them.
    """
    today = timezone.localdate()
    until = timezone.now() - datetime.timedelta(days=settings.ROSTER_KEPT_DAYS)
    old = ImportBatch.objects.filter(forgotten_on__isnull=True, uploaded_at__lt=until)
    for batch in old.exclude(status__in=AT_WORK):
        _forget(batch, today)
    for batch in ImportBatch.objects.filter(forgotten_on__isnull=True, status__in=OVER):
        _delete_rows(batch)
    known = set(ImportBatch.objects.exclude(file_path="").values_list("file_path", flat=True))
    for path in storage.older_than(ORPHANED_SECONDS):
        if path not in known:  # kept for a batch that never came to be
            storage.forget(path)


@transaction.atomic
def _forget(batch: ImportBatch, today: datetime.date) -> None:
    batch = ImportBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if batch.status in AT_WORK:  # somebody has asked for its next step since it was listed: another night
        return
    if batch.status in (Status.UPLOADED, Status.CHECKED):
        batch.status, batch.failure = Status.DISCARDED, NOT_SAVED.format(settings.ROSTER_KEPT_DAYS)
    if batch.status != Status.COMMITTED:
        _delete_rows(batch)
    batch.columns = []
    path, batch.file_path, batch.forgotten_on = batch.file_path, "", today
    batch.save(update_fields=["status", "failure", "file_path", "forgotten_on", "columns"])
    transaction.on_commit(lambda: storage.forget(path))


def _delete_rows(batch: ImportBatch) -> None:
    for model in (kinds.get(batch.kind).staging, Problem, SkippedLine):
        model.objects.filter(batch=batch)._raw_delete("default")
