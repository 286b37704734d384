"""What an admin chooses between the check and the commit: what to leave out, and that it stays out."""

from django.core.exceptions import EmptyResultSet, ValidationError
from django.db import connection, transaction

from ejsika.accounts.models import User
from ejsika.audit.models import record
from ejsika.imports import kinds
from ejsika.imports.models import Choice, ImportBatch

Keys = set[tuple[int, str]]  # (row, field); the field "" means the whole family of that row
_CHUNK = 5_000
_COUNT_ANEW = "ANALYZE imports_choice"  # else the planner would take the table for as short as it was


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
        if len(new) > _CHUNK:
            with connection.cursor() as cursor:
                cursor.execute(_COUNT_ANEW)
        kind.reconsider(batch, {row for row, _ in new | gone})
        record("import.chosen", target=batch, by=by, left=len(new), taken=len(gone))
    return batch


@transaction.atomic
def choose_field(batch: ImportBatch, by: User, field: str, *, is_left: bool) -> ImportBatch:
    """Leave all changes of one field as they are, or take them all again; in one statement, however many they are.

    Errors: ValidationError if the batch is not open any more.
    """
    batch = open_batch(batch)
    kind = kinds.get(batch.kind)
    rows = kind.rows_of_field(batch, field).order_by().values("row")
    count = _leave(batch, by, field, rows) if is_left else batch.choices.filter(field=field, row__in=rows).delete()[0]
    if count:
        note_choice(batch)
        kind.reconsider(batch, None)
        record("import.chosen", target=batch, by=by, left=count * is_left, taken=count * (not is_left))
    return batch


def _leave(batch: ImportBatch, by: User, field: str, rows) -> int:
    """Untick a field of many rows; gives of how many it was not so before."""
    try:
        sql, parameters = rows.query.sql_with_params()
    except EmptyResultSet:  # no field of this name
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO imports_choice (batch_id, row, field, by_id)
                SELECT %s, row, %s, %s FROM ({sql}) AS changing(row) ON CONFLICT DO NOTHING""",
            [batch.pk, field, by.pk, *parameters],
        )
        if (count := cursor.rowcount) > _CHUNK:
            cursor.execute(_COUNT_ANEW)
    return count


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
