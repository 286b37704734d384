"""An admin says what the unknown columns of a head are: remembered for that head, and the file is checked again."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from ejsika.accounts.models import User
from ejsika.audit.models import record
from ejsika.imports.columns import HeadMapping
from ejsika.imports.kinds import plain
from ejsika.imports.models import ImportBatch


@transaction.atomic
def name_columns(batch: ImportBatch, by: User, fields: dict[int, str]) -> ImportBatch:
    """Keep what columns (by their place in batch.columns) are, and let the batch wait for a new check.

    What is not in `fields` is not read. Errors: ValidationError where there is nothing to be named any more.
    """
    batch = ImportBatch.objects.select_for_update(no_key=True, of=["self"]).select_related("job").get(pk=batch.pk)
    if not batch.may_name_columns:
        raise ValidationError("Kolom impor ini tidak dapat ditentukan lagi. Unggah lagi berkasnya.")
    said = {}
    for head in dict.fromkeys(column["head"] for column in batch.columns):
        its = {batch.columns[n]["title"]: field for n, field in fields.items() if batch.columns[n]["head"] == head}
        _remember(batch, by, head, {plain(title): field for title, field in its.items()})
        said |= its
    batch.status, batch.asked_by, batch.failure = ImportBatch.Status.UPLOADED, by, ""
    batch.refusal_code = batch.refusal_message = ""
    batch.save(update_fields=["status", "asked_by", "failure", "refusal_code", "refusal_message"])
    batch.job.wait("Menunggu giliran")
    titles = {column.field: column.title for column in batch.sheet_kind.columns}
    words = [f"{title}: {titles[name]}" for title, name in said.items()]
    record("import.columns_named", target=batch, by=by, columns=words)
    return batch


def _remember(batch: ImportBatch, by: User, head: str, fields: dict[str, str]) -> None:
    of_this_head = HeadMapping.objects.filter(kind=batch.kind, fingerprint=head)
    if not fields:
        of_this_head.delete()
        return
    HeadMapping.objects.update_or_create(
        kind=batch.kind,
        fingerprint=head,
        defaults={"fields": fields, "saved_by": by, "saved_at": timezone.now()},
    )
