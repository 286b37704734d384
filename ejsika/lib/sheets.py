"""Spreadsheets as they come: opened by their content, never by their name, and handed on as plain cells.

A cell is str, float, int, bool, date, datetime or time; an empty one is "". Formulae give their stored value, those
without one and those that failed a text of sheet_faults; macros, links and external references are never followed.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from ejsika.lib import sheet_faults
from ejsika.lib.sheet_errors import SheetError
from ejsika.lib.sheet_faults_xls import Faults, faults_of
from ejsika.lib.sheet_slices import UNREADABLE, LargeSheet, large_sheets, small_rest
from ejsika.lib.sheet_text import open_text

ZIP_MAGIC, OLE_MAGIC = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
# Other documents in the same wrapping.
OTHER_OLE = [name.encode("utf-16-le") for name in ("WordDocument", "PowerPoint Document")]
# A true roster unpacks to about 11 times its size; 500,000 rows by 20 columns to some 700 MB.
MAX_UNPACKED_BYTES, MAX_RATIO, MAX_ENTRIES = 1_000_000_000, 100, 1_000
RATIO_MATTERS_FROM = 10_000_000
# Memory goes with the rectangle around the cells, not with their number: one value in XFD1048576 would take 500 GB,
# which no process is given (ejsika.lib.sheet_reader); what can be had may still be too much to walk.
MAX_RECTANGLE = 40_000_000
# An XLS says right after its beginning that the rest is locked; its reader would only call it unknown.
_LOCKED_XLS = re.compile(
    rb"\x09\x08(?:\x10\x00.\x06\x05\x00.{12}|\x08\x00.\x05\x05\x00.{4})(?:\x86\x00\x00\x00)?\x2f\x00", re.DOTALL
)
_ODS_TAG = re.compile(rb"<table:(table|table-row|(?:covered-)?table-cell)(?=[\s/>])([^>]*)>")
_ODS_REPEATED = re.compile(rb"\bnumber-(?:columns|rows)-repeated=[\"'](\d{1,9})[\"']")
_ODS_SPANNED = re.compile(rb"\bnumber-rows-spanned=[\"'](\d{1,7})[\"']")
Spans = dict[int, list[tuple[int, int]]]  # cells merged over several lines, by their first line: (column, last line)
_PACKED = (".xlsx", ".xlsm", ".xls", ".ods", ".csv")
MANIFEST = "META-INF/manifest.xml"
MAX_TAG = 100_000  # bytes of one tag
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError)  # also: encrypted, unknown packing


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name and a way to walk its lines; line numbers are those that the spreadsheet shows, from 1.

    `height` is how many lines there are, None where only walking them would tell. `rows` gives them from the first one
    whenever it is called; a CSV may turn out to be no CSV while they are walked: SheetError.
    """

    name: str
    is_used: bool  # whether anything stands in it
    height: int | None
    rows: Callable[[], Iterator[list]]

    def lines(self) -> Iterator[tuple[int, list]]:
        return enumerate(self.rows(), 1)


def open_sheets(content: bytes) -> list[Sheet]:
    """Open a workbook or CSV. Errors: SheetError.

    A bomb is refused before it is unpacked where its own lists tell; what they hide takes all the memory that this
    process may have, so files from outside are opened by ejsika.lib.sheet_reader.
    """
    if not content.strip(b"\x00 \r\n\t"):
        raise SheetError("file_empty")
    if content.startswith(ZIP_MAGIC):
        return _open_workbook(content, _check_archive(content))
    if content.startswith(OLE_MAGIC):
        if ENCRYPTED_STREAM in content or _LOCKED_XLS.search(content):
            raise SheetError("file_encrypted")
        if any(stream in content for stream in OTHER_OLE):
            raise SheetError("file_type")
        return _with_faults(_open_workbook(content), faults_of(content))
    return [Sheet("CSV", True, None, open_text(content))]


def _check_archive(content: bytes) -> list[Spans]:
    """Judge a ZIP by its directory alone: is it a workbook, and would it unpack to something reasonable?

    Gives the merged cells of each sheet where the reader of workbooks would not (LibreOffice's).
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except _UNREADABLE:
        raise SheetError("file_corrupt") from None
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if _is_locked(archive, names):
        raise SheetError("file_encrypted")
    if not any(name.startswith("xl/") for name in names) and not _is_ods(archive, names):
        raise SheetError("zipped" if any(name.lower().endswith(_PACKED) for name in names) else "file_type")
    unpacked = sum(entry.file_size for entry in entries)
    blown_up = unpacked > RATIO_MATTERS_FROM and unpacked > MAX_RATIO * len(content)
    if unpacked > MAX_UNPACKED_BYTES or len(entries) > MAX_ENTRIES or blown_up:
        raise SheetError("file_bomb")
    if any(entry.flag_bits & 1 for entry in entries):
        raise SheetError("file_encrypted")
    for entry in entries:
        if entry.filename == "content.xml":
            return _check_repeats(archive, entry)
    return []


def _is_locked(archive: zipfile.ZipFile, names: set[str]) -> bool:
    """Whether LibreOffice locked this with a password: its list of contents says so, in clear."""
    if MANIFEST not in names:
        return False
    try:
        with archive.open(MANIFEST) as listed:
            return b"encryption-data" in listed.read(1_000_000)
    except _UNREADABLE:
        raise SheetError("file_corrupt") from None


def _is_ods(archive: zipfile.ZipFile, names: set[str]) -> bool:
    """Whether this is LibreOffice's spreadsheet, and not its text or picture, which are wrapped alike."""
    if "content.xml" not in names or "mimetype" not in names:
        return "content.xml" in names
    try:
        with archive.open("mimetype") as said:
            return b"spreadsheet" in said.read(100)
    except _UNREADABLE:
        raise SheetError("file_corrupt") from None


def _check_repeats(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> list[Spans]:
    """Refuse a sheet of LibreOffice's where one cell or row says that it stands there a million times.

    Gives the cells that are merged over several lines, by sheet.
    """
    sheets: list[Spans] = []
    width = height = row = column = repeated = 0
    rest = b""
    try:
        with archive.open(entry) as content:
            while chunk := content.read(1_000_000):
                text = rest + chunk
                end = text.rfind(b">") + 1
                rest = text[end:][-MAX_TAG:]
                for kind, attributes in _ODS_TAG.findall(text[:end]):
                    times = _times(attributes)
                    if kind == b"table":
                        row = repeated = 0
                        sheets.append({})
                    elif kind == b"table-row":
                        row, column, repeated = row + repeated, 0, times
                    else:
                        if sheets and (spanned := _ODS_SPANNED.search(attributes)) and int(spanned[1]) > 1:
                            sheets[-1].setdefault(row, []).append((column, row + int(spanned[1]) - 1))
                        column += times
                        if b":value-type" in attributes:
                            width, height = max(width, column), max(height, row + repeated)
    except _UNREADABLE:
        raise SheetError("file_corrupt") from None
    if width * height > MAX_RECTANGLE:
        raise SheetError("file_bomb")
    return sheets


def _times(attributes: bytes) -> int:
    found = _ODS_REPEATED.search(attributes)
    return int(found[1]) if found else 1


def _open_workbook(content: bytes, spans: Iterable[Spans] = ()) -> list[Sheet]:
    try:
        large = large_sheets(content) if content.startswith(ZIP_MAGIC) else {}
        if content.startswith(ZIP_MAGIC):
            content = sheet_faults.tell(small_rest(content, large), {sheet.part for sheet in large.values()})
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        named = zip_longest(workbook.sheet_names, spans)
        return [
            _large_sheet(large[name]) if name in large else _sheet(workbook.get_sheet_by_name(name), known or {})
            for name, known in named
            if name is not None
        ]
    except PasswordError:
        raise SheetError("file_encrypted") from None
    except (CalamineError, OSError, *UNREADABLE):
        raise SheetError("file_corrupt") from None


def _sheet(found: CalamineSheet, spans: Spans) -> Sheet:
    """Walk what the reader holds row by row: as Python's own objects it would all take several times the memory."""
    if found.start is None:
        return Sheet(found.name, False, 0, lambda: iter(()))
    if found.height * (found.width + found.start[1]) > MAX_RECTANGLE:
        raise SheetError("file_bomb")
    left = [""] * found.start[1]  # the reader begins at the first column that holds anything
    _add_merged(spans, found.merged_cell_ranges or ())
    return Sheet(found.name, True, found.height, lambda: _spread((left + row for row in found.iter_rows()), spans))


def _large_sheet(sheet: LargeSheet) -> Sheet:
    """Walk a sheet that is too large to be held at once."""
    spans: Spans = {}
    _add_merged(spans, sheet.merged)

    def rows() -> Iterator[list]:
        cells, width = 0, 1 + max((column for span in spans.values() for column, _ in span), default=-1)
        try:
            for row in _spread((row + [""] * (width - len(row)) for row in sheet.rows(_read_slice)), spans):
                cells += len(row)
                if cells > MAX_RECTANGLE:
                    raise SheetError("file_bomb")
                yield row
        except (CalamineError, OSError, *UNREADABLE):
            raise SheetError("file_corrupt") from None

    return Sheet(sheet.name, True, sheet.height, rows)


def _read_slice(workbook: bytes, name: str) -> tuple[int, int, list[list]]:
    found = CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_name(name)
    if found.start is None:
        return 0, 0, []
    if found.height * (found.width + found.start[1]) > MAX_RECTANGLE:
        raise SheetError("file_bomb")
    return *found.start, found.to_python()


def _with_faults(sheets: list[Sheet], faults: list[Faults]) -> list[Sheet]:
    """Let what is shown in place of a value stand in cells that came empty."""
    return [_with_its_faults(sheet, found or {}) for sheet, found in zip_longest(sheets, faults) if sheet is not None]


def _with_its_faults(sheet: Sheet, faults: Faults) -> Sheet:
    if not faults:
        return sheet

    def rows() -> Iterator[list]:
        by_line: dict[int, list[tuple[int, str]]] = {}
        for (line, column), shown in faults.items():
            by_line.setdefault(line, []).append((column, shown))
        for line, row in enumerate(sheet.rows()):
            for column, shown in by_line.get(line, ()):
                if column < len(row) and row[column] == "":
                    row[column] = shown
            yield row

    return replace(sheet, rows=rows)


def _add_merged(spans: Spans, merged: Iterable[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    for (first, column), (last, _) in merged:
        if last > first:
            spans.setdefault(first, []).append((column, last))


def _spread(rows: Iterator[list], spans: Spans) -> Iterator[list]:
    """Let a cell that was merged over several lines stand in each of them, as it is seen; `spans` is by first line."""
    if not spans:
        yield from rows
        return
    standing: dict[int, tuple[object, int]] = {}  # column -> what stands in it, down to which line
    for number, row in enumerate(rows):
        for column, (cell, last) in list(standing.items()):
            if number > last:
                del standing[column]
            elif row[column] == "":
                row[column] = cell
        standing |= {column: (row[column], last) for column, last in spans.get(number, ()) if column < len(row)}
        yield row
