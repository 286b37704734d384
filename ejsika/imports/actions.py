"""An import from upload to undo. The screen and the commands call these same functions.

    receive -> check -> (the admin looks) -> commit -> (perhaps) undo

`check` may be run again from the start at any time before the commit: a killed worker loses nothing but time. It can be
cancelled while it runs; `commit` and `undo` are one transaction each, wholly done or not at all, and can be cancelled
until they begin.
"""

import gc
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from operator import itemgetter

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from ejsika.accounts.models import User
from ejsika.audit.models import record
from ejsika.imports import kinds, storage
from ejsika.imports.cells import text
from ejsika.imports.kinds import Head, Refusal, SheetKind, Since
from ejsika.imports.models import ImportBatch, Problem, SkippedLine
from ejsika.imports.tables import Found, open_tables
from ejsika.imports.wrong_rows import write_wrong_rows
from ejsika.jobs.models import Cancelled, Job
from ejsika.jobs.work import Work, at_work
from ejsika.lib.sealed import mask_within
from ejsika.lib.sheet_child import shortened
from ejsika.programs.models import Program

Status = ImportBatch.Status
_COMMIT_LOCK = 7_236_402  # one commit or undo at a time: they touch overlapping families
FILE_LOST = "Berkas unggahan ini tidak ada lagi di server, atau tidak utuh. Unggah lagi berkasnya."
CHANGED = "Data berubah sejak berkas ini diperiksa. Lihat lagi hasil periksa, lalu simpan."
LONGEST_LINE = 100_000  # characters; in a longer one cells are cut
LONGEST_SKIPPED = 200  # of a line that is left out, as it is listed
MOST_LEFT_OUT = 100_000  # lines that are no data: each is listed
TOO_MANY_LEFT_OUT = (
    "Lebih dari 100.000 baris di lembar ini bukan data. Hapus baris di bawah daftarnya, lalu unggah lagi."
)
NO_ROWS = "Tidak ada baris data di bawah judul kolom; baris contoh tidak dihitung. Periksa apakah berkasnya benar."


@transaction.atomic
def receive(*, kind: str, program: Program | None, by: User, name: str, content: bytes) -> ImportBatch:
    """Keep an uploaded file and open a batch for it; nothing is read yet.

    Errors: ValidationError when there is no room to keep it.
    """
    batch = ImportBatch.objects.create(
        kind=kind,
        program=program,
        file_name=name[-200:],
        file_digest=hashlib.sha256(content).hexdigest(),
        file_path=storage.store(content),
        uploaded_by=by,
        job=Job.objects.create(stage="Menunggu giliran"),
    )
    record("import.received", target=batch, by=by, size=len(content))
    return batch


def check(batch: ImportBatch) -> None:
    """Read, clean and compare a batch's file: afterwards it is checked, or refused with a reason.

    Errors: Cancelled, with nothing left of what was read; and those of at_work.
    """
    try:
        with at_work(batch.job, "Membuka berkas") as work:
            try:
                _read_and_compare(batch, kinds.get(batch.kind), work)
            except Refusal as refusal:
                _forget_rows(batch)
                batch.columns = refusal.columns
                _refuse(batch, refusal.code, refusal.message)
    except Cancelled:
        _forget_rows(batch)
        raise


def _read_and_compare(batch: ImportBatch, kind: SheetKind, work: Work) -> None:
    begun = time.monotonic()
    try:
        content = storage.load(batch.file_path)
    except storage.Lost:
        raise Refusal("file_lost", FILE_LOST) from None
    if len(content) > settings.ROSTER_MAX_BYTES:
        raise Refusal(
            "file_too_large", "Berkas terlalu besar. Pecah menjadi beberapa berkas, lalu unggah satu per satu."
        )
    with open_tables(content, kind, work.go_on) as found:
        del content
        with _without_collecting():
            _stage(batch, kind, found, work)
    work.report("Membandingkan dengan data yang ada", batch.rows, batch.rows)
    with transaction.atomic():
        batch.status, batch.checked_at = Status.CHECKED, timezone.now()  # before: what comes meanwhile is news
        kind.match(batch)
        batch.check_seconds = time.monotonic() - begun
        _require_uploaded(batch)
        batch.save()


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Leave Python's search for cycles out: lines make none, and looking at all of them costs a fifth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _refuse(batch: ImportBatch, code: str, message: str) -> None:
    batch.status, batch.refusal_code, batch.refusal_message = Status.REFUSED, code, message
    batch.rows = batch.skipped = 0
    with transaction.atomic():
        _require_uploaded(batch)
        batch.save(update_fields=["status", "refusal_code", "refusal_message", "rows", "skipped", "columns"])


def _require_uploaded(batch: ImportBatch) -> None:
    """Errors: Cancelled, where somebody stopped this check at its very end."""
    found = ImportBatch.objects.select_for_update(no_key=True).only("status").get(pk=batch.pk)
    if found.status != Status.UPLOADED:
        raise Cancelled


def _stage(batch: ImportBatch, kind: SheetKind, found: Found, work: Work) -> None:
    _forget_rows(batch)
    (first, _), *others = found.tables
    batch.sheet, batch.head_row, batch.titles = first.sheet, first.row, first.titles
    batch.more_sheets = [{"name": head.sheet, "head_row": head.row, "titles": head.titles} for head, _ in others]
    batch.sheets_left, batch.columns = found.left, found.columns
    batch.unknown_columns = list(dict.fromkeys(title for head, _ in found.tables for title in head.unknown))
    work.total = found.lines
    reader = _Reader(batch, kind, work)
    for head, lines in found.tables:
        kind.stage(batch, head, reader.read(head, lines), reader.report)
    if not reader.rows:
        raise Refusal("file_empty", NO_ROWS)
    SkippedLine.objects.bulk_create(reader.skipped, batch_size=1000)
    batch.rows, batch.skipped = reader.rows, len(reader.skipped)


class _Reader:
    """Walks the lines below the head: hands on data, remembers what it leaves out, counts for the progress bar."""

    def __init__(self, batch: ImportBatch, kind: SheetKind, work: Work):
        self.batch, self.kind, self.work = batch, kind, work
        self.rows, self.checked = 0, 0
        self.skipped: list[SkippedLine] = []

    def read(self, head: Head, lines):
        seen, blanks = set(), []
        known = sorted(head.fields.values())
        cells_known = itemgetter(*known)
        for row, cells in lines:
            self.work.read += 1
            shown = [str(cell).strip() for cell in cells]
            line = "\x1f".join(shown)
            if not line.strip("\x1f"):
                blanks.append(row)
                continue
            if len(line) > LONGEST_LINE:
                cells = shortened(cells)
            for blank in blanks:  # those at the very end are no lines at all
                self._skip(blank, SkippedLine.Reason.BLANK)
            blanks = []
            if self.kind.is_example(head, cells):
                self._skip(row, SkippedLine.Reason.EXAMPLE, cells)
                continue
            if not self.kind.is_data(head, cells):
                self._skip(row, SkippedLine.Reason.NO_DATA, cells)
                continue
            words = cells_known(shown) if len(shown) > known[-1] else [shown[i] for i in known if i < len(shown)]
            fingerprint = hashlib.blake2b("\x1f".join(words).encode(errors="replace"), digest_size=16).digest()
            if fingerprint in seen:
                self._skip(row, SkippedLine.Reason.REPEAT, cells)
                continue
            seen.add(fingerprint)
            self.rows += 1
            if self.rows > settings.ROSTER_MAX_ROWS:
                raise Refusal("too_many_rows", f"Lebih dari {settings.ROSTER_MAX_ROWS} baris. Pecah berkasnya.")
            yield row, cells

    def _skip(self, row: int, reason: str, cells: list = ()) -> None:
        first = islice(filter(None, map(text, cells)), LONGEST_SKIPPED)
        words = " · ".join(mask_within(word[: 3 * LONGEST_SKIPPED]) for word in first)
        self.skipped.append(SkippedLine(batch=self.batch, row=row, reason=reason, text=words[:LONGEST_SKIPPED]))
        if len(self.skipped) > MOST_LEFT_OUT:
            raise Refusal("too_many_rows", TOO_MANY_LEFT_OUT)

    def report(self, count: int) -> None:
        self.checked += count
        self.work.report("Memeriksa baris", self.checked, self.work.total)


def _forget_rows(batch: ImportBatch) -> None:
    """Empty the staging of an earlier, interrupted check."""
    staging = kinds.get(batch.kind).staging
    staging.objects.filter(batch=batch)._raw_delete("default")
    Problem.objects.filter(batch=batch)._raw_delete("default")
    SkippedLine.objects.filter(batch=batch)._raw_delete("default")


def commit(batch: ImportBatch, by: User) -> None:
    """Write a checked batch, whole or not at all.

    The rows are compared once more first, unless nothing has happened since. Errors: ValidationError if the batch is
    not waiting for this, or if the register has changed since the check so that other families would be written than
    those that were shown.
    """
    expected = (batch.counts, batch.compared)
    with at_work(batch.job, "Membandingkan sekali lagi") as work, transaction.atomic():
        _lock()
        batch = _reload(batch, Status.COMMITTING if batch.status == Status.COMMITTING else Status.CHECKED)
        kind = kinds.get(batch.kind)
        if (since := kind.hold(batch)) is not Since.NOTHING:
            kind.match(batch)
        is_as_shown = (batch.counts, batch.compared) == expected and since is not Since.OWN
        if is_as_shown:
            batch.on_written = _Written(work, batch.to_write)
            kind.write(batch, by)
            batch.status, batch.committed_by, batch.committed_at = Status.COMMITTED, by, timezone.now()
            record("import.committed", target=batch, by=by, counts=batch.counts)
        else:
            batch.status, batch.checked_at, batch.failure = Status.CHECKED, timezone.now(), CHANGED
        batch.save()
    if not is_as_shown:
        raise ValidationError(CHANGED)


class _Written:
    """Counts what a commit writes, table after table, for the progress bar."""

    def __init__(self, work: Work, expected: int):
        self.work, self.expected, self.table, self.count = work, expected, "", 0

    def __call__(self, table: str, count: int) -> None:
        self.count = count if table != self.table else self.count + count
        self.table = table
        self.work.report(f"Menyimpan {table}"[:60], min(self.count, self.expected), self.expected)


def undo(batch: ImportBatch, by: User) -> list[dict]:
    """Take a committed batch back; gives what was left standing. Errors: ValidationError if it is not committed."""
    with at_work(batch.job, "Mengembalikan nilai lama"), transaction.atomic():
        _lock()
        batch = _reload(batch, Status.UNDOING if batch.status == Status.UNDOING else Status.COMMITTED)
        kind = kinds.get(batch.kind)
        kind.hold(batch)
        batch.kept = kind.undo(batch, by)
        batch.status, batch.undone_by, batch.undone_at = Status.UNDONE, by, timezone.now()
        batch.save()
        record("import.undone", target=batch, by=by, kept=len(batch.kept))
    return batch.kept


@transaction.atomic
def hand_back(batch: ImportBatch, by: User, target) -> None:
    """Write the rows that stay out into a file for who uploaded them, with its audit entry.

    Errors: ValidationError for anybody else (the cells are as they came, numbers in clear), if there is no such row,
    or if the upload is not kept any more.
    """
    if batch.uploaded_by_id != by.pk:
        raise ValidationError("Baris aslinya hanya untuk yang mengunggah berkas ini. Unduh daftar masalahnya saja.")
    if not batch.has_wrong_rows:
        raise ValidationError("Tidak ada baris yang salah di impor ini.")
    try:
        count = write_wrong_rows(batch, target)
    except storage.Lost:
        raise ValidationError("Berkas aslinya sudah dihapus. Unggah lagi berkas itu, lalu unduh.") from None
    record("import.rows_handed_back", target=batch, by=by, rows=count)


@transaction.atomic
def discard(batch: ImportBatch, by: User) -> None:
    """Put a checked batch aside that was never committed."""
    batch = _reload(batch, Status.CHECKED)
    batch.status = Status.DISCARDED
    batch.save(update_fields=["status"])
    record("import.discarded", target=batch, by=by)


@transaction.atomic
def cancel(batch: ImportBatch, by: User) -> str:
    """Stop a check, or a commit or undo that has not begun; gives in words what comes of it.

    A check that runs is ended by whoever runs it, within a second. Errors: ValidationError where it is too late.
    """
    batch = _reload(batch, Status.UPLOADED, Status.COMMITTING, Status.UNDOING)
    was, states = batch.status, Job.State
    if was == Status.UPLOADED:
        batch.job.cancel(states.CANCELLED, states.WAITING, states.RUNNING)
    elif not batch.job.cancel(states.DONE, states.WAITING):
        raise ValidationError("Sudah dimulai dan tidak dapat dihentikan lagi. Tunggu sampai selesai.")
    batch.status, words = _CANCELLED[was]
    batch.failure = ""
    batch.save(update_fields=["status", "failure"])
    record("import.cancelled", target=batch, by=by, step=was)
    return words


_CANCELLED = {
    Status.UPLOADED: (Status.CANCELLED, "Pemeriksaan dibatalkan; tidak ada data yang berubah."),
    Status.COMMITTING: (Status.CHECKED, "Penyimpanan dibatalkan sebelum dimulai; tidak ada data yang berubah."),
    Status.UNDOING: (Status.COMMITTED, "Impor tetap tersimpan: pembatalannya dihentikan sebelum dimulai."),
}


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_COMMIT_LOCK])


def _reload(batch: ImportBatch, *allowed: str) -> ImportBatch:
    """Lock the batch's row and make sure that it is where this step begins.

    Rows that point to it, staged ones, may be written meanwhile: a click on *Batalkan* does not wait for them.
    """
    batch = ImportBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if batch.status not in allowed:
        raise ValidationError(f"Impor ini tidak dapat diteruskan: {batch.get_status_display().lower()}.")
    return batch
