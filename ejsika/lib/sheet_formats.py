"""Spreadsheets as they go out: text stays text, numbers and dates stay what they are, nothing becomes a formula.

Formats of django-import-export, whose own writers would turn "==1+1" into a formula. They write row by row, so
memory does not grow with the list. A cell is str, int, float, Decimal, bool, date, aware datetime, or None for what is
not known; anything else is written as str() says it, which masks a SealedNumber.
"""

import csv
import datetime
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

import xlsxwriter
from django.utils import timezone
from import_export.formats import base_formats

from ejsika.lib.formulae import guard

DATA_SHEET, NOTES_SHEET = "Data", "Keterangan"
USUAL_WIDTH = 16  # characters
TEXT = 49  # the number of the format that a spreadsheet program calls Text
EXACT_BELOW = 10**15  # a spreadsheet's numbers have 15 digits: longer ones go out as text
FIRST_DAY = datetime.date(1900, 1, 1)  # a spreadsheet's calendar begins here


@dataclass
class Table:
    """Rows to write, once: `count` and `notes` are complete when the last one went out.

    `widths` in characters, one a column; `notes` are pairs of words that a workbook tells on its last sheet,
    `more` what it has on the ones before. `name` is the sheet's, where there is one.
    """

    headers: list[str]
    rows: Iterable[list]
    widths: list[int] = field(default_factory=list)
    notes: list[tuple[str, object]] = field(default_factory=list)
    name: str = ""
    more: list["Table"] = field(default_factory=list)
    count: int = 0

    def __iter__(self) -> Iterator[list]:
        for row in self.rows:
            self.count += 1
            yield row


class RowFormat(base_formats.Format):
    """A format that writes a Table into a binary file."""

    extension = content_type = ""
    is_packed = False

    def write(self, target, table: Table) -> None:
        raise NotImplementedError

    def export_data(self, dataset: Table, **kwargs) -> bytes:
        content = io.BytesIO()
        self.write(content, dataset)
        return content.getvalue()

    def get_extension(self) -> str:
        return self.extension

    def get_content_type(self) -> str:
        return self.content_type

    def can_export(self) -> bool:
        return True


class Workbook(RowFormat):
    extension = "xlsx"
    is_packed = True
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
    }

    def write(self, target, table: Table) -> None:
        with xlsxwriter.Workbook(target, self.options) as book:
            cells = _Cells(book)
            for one in (table, *table.more):
                self._write_sheet(book, cells, one)
            notes = book.add_worksheet(NOTES_SHEET)
            notes.set_column(0, 0, 24)
            notes.set_column(1, 1, 60)
            for number, note in enumerate([*table.notes, ("Jumlah baris", table.count)]):
                cells.write(notes, number, note)

    def _write_sheet(self, book, cells: "_Cells", table: Table) -> None:
        sheet = book.add_worksheet(table.name or DATA_SHEET)
        for column, _ in enumerate(table.headers):
            width = table.widths[column] if column < len(table.widths) else USUAL_WIDTH
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        cells.write(sheet, 0, table.headers, cells.bold)
        for number, row in enumerate(table, 1):
            cells.write(sheet, number, row)
        sheet.autofilter(0, 0, table.count, len(table.headers) - 1)


class _Cells:
    """Writes the cells of one workbook, each by its kind."""

    def __init__(self, book):
        self.bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self.day = book.add_format({"num_format": "dd/mm/yyyy"})
        self.moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})

    def write(self, sheet, number: int, row: Iterable, style=None) -> None:
        for column, cell in enumerate(row):
            if type(cell) is str:
                if cell:
                    sheet.write_string(number, column, cell, style)
            elif cell is not None:
                self._write_other(sheet, number, column, plain(cell))

    def _write_other(self, sheet, number: int, column: int, cell) -> None:
        if isinstance(cell, datetime.datetime):
            sheet.write_datetime(number, column, cell, self.moment)
        elif isinstance(cell, datetime.date):
            sheet.write_datetime(number, column, cell, self.day)
        elif isinstance(cell, str):
            sheet.write_string(number, column, cell)
        else:
            sheet.write_number(number, column, cell)


class Csv(RowFormat):
    """With a byte-order mark, by which Excel knows it for UTF-8; commas; days as 2026-11-24."""

    extension = "csv"
    content_type = "text/csv; charset=utf-8"

    def write(self, target, table: Table) -> None:
        text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=False)
        writer = csv.writer(text)
        writer.writerow(map(guard, table.headers))
        writer.writerows(map(self._row, table))
        text.detach()  # flushes; the file stays open for its reader

    def _row(self, row: Iterable) -> list:
        return [guard(cell) if type(cell) is str else self._written(cell) for cell in row]

    def _written(self, cell) -> str:
        cell = "" if cell is None else plain(cell)
        if isinstance(cell, datetime.datetime):
            return f"{cell:%Y-%m-%d %H:%M}"
        return guard(cell) if isinstance(cell, str) else str(cell)


def plain(cell):
    """A cell as text, number, day or moment in Jakarta's time: what both formats can tell apart."""
    if isinstance(cell, bool):
        return "Ya" if cell else "Tidak"
    if isinstance(cell, datetime.datetime):
        return timezone.localtime(cell)
    if isinstance(cell, datetime.date):
        return cell if cell >= FIRST_DAY else cell.isoformat()
    if isinstance(cell, int | float | Decimal):
        return cell if abs(cell) < EXACT_BELOW else str(cell)
    return str(cell)


FORMATS = {kind.extension: kind for kind in (Workbook, Csv)}
