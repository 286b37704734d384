"""What an admin chooses between the check and the commit: what to leave out, and that it stays out."""

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from ejsika.accounts.models import User
from ejsika.audit.models import record
from ejsika.imports import kinds
from ejsika.imports.models import Choice, ImportBatch

Keys = set[tuple[int, str]]  # (row, field); the field "" means the whole family of that row
_CHUNK = 5_000


@transaction.atomic
def choose(batch: ImportBatch, by: User, *, leave: Keys = frozenset(), take: Keys = frozenset()) -> ImportBatch:
    """Untick rows and fields of a checked batch, or tick them again, and compare their families anew.

    What may not be chosen is passed over. Errors: ValidationError if the batch is not open any more.
    """
    batch = open_batch(batch)
    kind = kinds.get(batch.kind)
    known = set(batch.choices.values_list("row", "field"))
    new, gone = kind.choosable(batch, leave - known), take & known
    if new or gone:
        choices = (Choice(batch=batch, row=row, field=field, by=by) for row, field in sorted(new))
        Choice.objects.bulk_create(choices, batch_size=_CHUNK)
        for field in {field for _, field in gone}:
            batch.choices.filter(field=field, row__in=[row for row, named in gone if named == field]).delete()
        note_choice(batch)
        if len(new) > _CHUNK:  # else the planner would take the table for as short as it was
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE imports_choice")
        kind.reconsider(batch, {row for row, _ in new | gone})
        record("import.chosen", target=batch, by=by, left=len(new), taken=len(gone))
    return batch


def choose_field(batch: ImportBatch, by: User, field: str, *, is_left: bool) -> ImportBatch:
    """Leave all changes of one field as they are, or take them all again."""
    keys = kinds.get(batch.kind).keys_of_field(batch, field)
    return choose(batch, by, leave=keys) if is_left else choose(batch, by, take=keys)


@transaction.atomic
def decide(batch: ImportBatch, by: User, *, row: int, key: str, answer: str, seen: str) -> ImportBatch:
    """Say whether a row's person and one of the register are the same; it is remembered for every import to come.

    Errors: ValidationError if the batch is not open any more, or somebody has said something else meanwhile.
    """
    batch = open_batch(batch)
    note_choice(batch)
    kinds.get(batch.kind).decide(batch, by, row, key, answer, seen)
    return batch


def agree(batch: ImportBatch, shown: str | None) -> None:
    """Make sure that a commit writes and leaves out what the page showed. Call in the transaction that hands it over.

    Errors: ValidationError if something was chosen or compared since, or if rows stay out and nobody was shown so.
    """
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.status != ImportBatch.Status.CHECKED:
        return
    if shown is None and (batch.to_leave or batch.choices_made):
        raise ValidationError("Sebagian keluarga tidak akan disimpan. Lihat dahulu yang mana, lalu simpan.")
    if shown is not None and shown != batch.shown:
        raise ValidationError("Pilihan berubah sejak halaman ini dibuka. Lihat lagi hasilnya, lalu simpan.")


def open_batch(batch: ImportBatch) -> ImportBatch:
    """Lock a batch about which one may still choose. Errors: ValidationError if it is not so."""
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.status != ImportBatch.Status.CHECKED:
        state = batch.get_status_display().lower()
        raise ValidationError(f"Impor ini {state}; pilihannya tidak dapat diubah lagi.")
    return batch


def note_choice(batch: ImportBatch) -> None:
    """Let every page that was opened before know that it is no longer what stands."""
    batch.choices_made += 1
    batch.save(update_fields=["choices_made"])
