"""The rows of an import that stay out, as a workbook: their cells as they were uploaded, and why they are wrong.

It is mended and uploaded as it is: the column of reasons is known and not read. Cells come from the kept file, since
staging holds sealed numbers; so only who uploaded that file may have them back.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable

import xlsxwriter

from ejsika.imports import kinds, storage
from ejsika.imports.columns import REASON_TITLE
from ejsika.imports.kinds import Head
from ejsika.imports.models import ImportBatch, Problem
from ejsika.imports.tables import is_reason, open_tables
from ejsika.lib.sheet_formats import FIRST_DAY, TEXT, Workbook

SHEET = "Perlu diperbaiki"
LONGEST_CELL = 32_767  # characters that a workbook's cell can hold
OF_THE_FAMILY = "Baris lain dari keluarga ini salah; keluarga disimpan utuh atau tidak sama sekali."
WIDTHS = {False: 18, True: 80}


def write_wrong_rows(batch: ImportBatch, target) -> int:
    """Write the rows that stay out into a binary file; gives how many.

    Cost: two queries, and the upload is read once more. Errors: FileNotFoundError when it is not kept any more.
    """
    kind = kinds.get(batch.kind)
    reasons = dict.fromkeys(kind.rows_left_out(batch), OF_THE_FAMILY) | _reasons(batch)
    count = 0
    with (
        open_tables(storage.load(batch.file_path), kind) as found,
        xlsxwriter.Workbook(target, Workbook.options) as book,
    ):
        for number, (head, lines) in enumerate(found.tables):
            name = f"{SHEET} {number + 1}" if len(found.tables) > 1 else SHEET
            rows = _Rows(book, name, head, kind.kept_as_text)
            for row, cells in lines:
                if row in reasons:
                    rows.add(cells, reasons[row])
            count += rows.count
    return count


def _reasons(batch: ImportBatch) -> dict[int, str]:
    """What is wrong with each row, all of it, in one sentence after the other."""
    found = defaultdict(dict)
    errors = batch.problems.filter(level=Problem.Level.ERROR).order_by("row", "id")
    for row, column, message in errors.values_list("row", "column", "message"):
        found[row][f"{column}: {message}"] = None
    return {row: " ".join(sentences) for row, sentences in found.items()}


class _Rows:
    """One sheet of rows below their own head, the reason in its own column."""

    def __init__(self, book, name: str, head: Head, kept_as_text: Iterable[str]):
        self.sheet, self.count = book.add_worksheet(name), 0
        self.reason = next((i for i, title in enumerate(head.cells) if is_reason(title)), len(head.cells))
        self.text = book.add_format({"num_format": TEXT})
        self.day, self.moment = (book.add_format({"num_format": f}) for f in ("dd/mm/yyyy", "dd/mm/yyyy hh:mm:ss"))
        self.bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self.styles = {head.fields[name]: self.text for name in kept_as_text if name in head.fields}
        for column in range(self.reason + 1):
            self.sheet.set_column(column, column, WIDTHS[column == self.reason], self.styles.get(column))
        self.sheet.freeze_panes(1, 0)
        self.sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        self._write(0, head.cells, REASON_TITLE, self.bold)

    def add(self, cells: list, reason: str) -> None:
        self.count += 1
        self._write(self.count, cells, reason)

    def _write(self, number: int, cells: list, reason: str, style=None) -> None:
        row = [*cells[: self.reason], *[""] * (self.reason - len(cells)), reason, *cells[self.reason + 1 :]]
        for column, cell in enumerate(row):
            self._write_cell(number, column, cell, style or self.styles.get(column))

    def _write_cell(self, number: int, column: int, cell, style) -> None:
        """Write one cell as the kind that it was: reading it again gives the same."""
        if isinstance(cell, str):
            if cell:
                self.sheet.write_string(number, column, cell[:LONGEST_CELL], style)
        elif isinstance(cell, bool):
            self.sheet.write_boolean(number, column, cell, style)
        elif isinstance(cell, int | float):
            self.sheet.write_number(number, column, cell, style)
        elif isinstance(cell, datetime.date) and datetime.date(*cell.timetuple()[:3]) < FIRST_DAY:
            self.sheet.write_string(number, column, cell.isoformat(), style)
        elif isinstance(cell, datetime.datetime):
            self.sheet.write_datetime(number, column, cell, self.moment if any(cell.timetuple()[3:6]) else self.day)
        elif isinstance(cell, datetime.date):
            self.sheet.write_datetime(number, column, cell, self.day)
        else:
            self.sheet.write_string(number, column, str(cell), style)
