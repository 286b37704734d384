"""A template workbook for kinds with one row a line: columns, choices as drop-downs, one example, notes, lists."""

from dataclasses import dataclass, field

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from ejsika.lib.sheet_formats import TEXT, Workbook

OPTIONS = Workbook.options | {"constant_memory": False}
LISTS, LAST_ROW = "Daftar", 1_048_575  # rows of a sheet count from 0 here
NUMBERS_AS_TEXT = {"number_stored_as_text": "A1:XFD1048576"}


def drop_down(source: str) -> dict:
    """A drop-down that warns of other words and lets them pass: the import reads more spellings than a list has."""
    return {
        "validate": "list",
        "source": source,
        "error_type": "warning",
        "error_title": "Tidak ada di daftar",
        "error_message": "Pilih dari daftar, atau teruskan bila yakin: impor akan memeriksanya.",
    }


def head_style(book, *, required: bool):
    colour = "#FDEED3" if required else "#DCEFEC"
    return book.add_format({"bold": True, "bg_color": colour, "bottom": 1, "text_wrap": True, "valign": "top"})


def example_style(book):
    return book.add_format({"italic": True, "font_color": "#55635F", "num_format": TEXT})


def write_notes(book, notes: list[tuple[str, str]]) -> None:
    sheet = book.add_worksheet("Petunjuk")
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 100)
    for number, note in enumerate(notes):
        sheet.write_row(number, 0, note)


def write_table(book, name: str, titles: list[str], rows: list) -> None:
    """A sheet to look up and to copy from."""
    sheet = book.add_worksheet(name)
    sheet.set_column(0, len(titles) - 1, 24)
    for number, row in enumerate([titles, *rows]):
        sheet.write_row(number, 0, row)
    sheet.autofilter(0, 0, len(rows), len(titles) - 1)
    sheet.freeze_panes(1, 0)


@dataclass
class LineTemplate:
    """What stands in the workbook; `lists` are words to choose from by field, `tables` (name, titles, rows)."""

    sheet: str
    notes: list[tuple[str, str]]
    example: dict
    lists: dict[str, list[str]] = field(default_factory=dict)
    tables: list[tuple[str, list[str], list]] = field(default_factory=list)
    width: int = 24

    def write(self, target, kind) -> None:
        with xlsxwriter.Workbook(target, OPTIONS) as book:
            sheet = book.add_worksheet(self.sheet)
            styles = {required: head_style(book, required=required) for required in (True, False)}
            as_text, example = book.add_format({"num_format": TEXT}), example_style(book)
            for index, column in enumerate(kind.columns):
                style = as_text if column.field in kind.kept_as_text else None
                sheet.set_column(index, index, self.width, style)
                sheet.write_string(0, index, column.title, styles[column.required])
                sheet.write_string(1, index, self.example.get(column.field, ""), example)
            sheet.freeze_panes(1, 0)
            sheet.ignore_errors(NUMBERS_AS_TEXT)
            write_notes(book, self.notes)
            for table in self.tables:
                write_table(book, *table)
            self._offer(book, sheet, [column.field for column in kind.columns])

    def _offer(self, book, sheet, names: list[str]) -> None:
        """Write the lists on a hidden sheet, each with a name, and offer them below their columns."""
        lists = book.add_worksheet(LISTS)
        lists.hide()
        for at, (name, words) in enumerate((name, words) for name, words in self.lists.items() if words):
            letter, column = xl_col_to_name(at), names.index(name)
            lists.write_column(0, at, words)
            book.define_name(f"daftar_{name}", f"={LISTS}!${letter}$1:${letter}${len(words)}")
            sheet.data_validation(1, column, LAST_ROW, column, drop_down(f"=daftar_{name}"))
