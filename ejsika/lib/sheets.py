"""Spreadsheets as they come: opened by their content, never by their name, and handed on as plain cells.

A cell is str, float, int, bool, date, datetime or time; an empty one is "". Formulae give their stored value;
macros, links and external references are never followed.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, zip_longest

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from ejsika.lib.formulae import unwrap
from ejsika.lib.sheet_slices import UNREADABLE, LargeSheet, large_sheets

ZIP_MAGIC, OLE_MAGIC = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
# Other documents in the same wrapping, and text that is no table.
OTHER_OLE = [name.encode("utf-16-le") for name in ("WordDocument", "PowerPoint Document")]
OTHER_TEXT = ("%pdf-", "{\\rtf")
# What other programs save as .xls: a web page, also one wrapped as a letter, and Excel's XML of 2003.
_WEB_PAGE = re.compile(
    r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*"
    r"(<!doctype html|</?(html|head|meta|title|style|body|div|table|center|font)[\s>])"
    r"|\s*mime-version:.{0,2000}?text/html",
    re.IGNORECASE | re.DOTALL,
)
_XML_SHEET = re.compile(r"\s*<\?xml.{0,500}?(progid=.Excel\.Sheet|<(\w+:)?workbook\b)", re.IGNORECASE | re.DOTALL)
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
MANIFEST = "META-INF/manifest.xml"
MAX_TAG = 100_000  # bytes of one tag
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError)  # also: encrypted, unknown packing
DELIMITERS = ";,\t"
SNIFFED_LINES = 30
LEAST_SWALLOWED = 4  # marks in one line of a cell
LONGEST_FIELD = 1_000_000  # characters of one cell of a CSV

MESSAGES = {
    "file_type": "Berkas ini bukan lembar kerja. Unggah XLSX, XLS, ODS atau CSV.",
    "web_page": "Berkas ini halaman web, walau namanya lembar kerja. Buka di Excel, simpan ulang sebagai XLSX, lalu "
    "unggah.",
    "xml_sheet": "Berkas ini XML Spreadsheet 2003. Buka di Excel, simpan ulang sebagai XLSX, lalu unggah.",
    "file_corrupt": "Berkas rusak atau terpotong. Buka lagi di Excel, simpan ulang sebagai XLSX, lalu unggah.",
    "quote_open": 'Ada tanda kutip (") yang tidak ditutup di CSV ini, sehingga baris sesudahnya menempel menjadi satu. '
    "Buka di Excel, simpan ulang sebagai XLSX, lalu unggah.",
    "file_encrypted": "Berkas terkunci kata sandi. Buka di Excel, hapus kata sandinya, simpan, lalu unggah.",
    "file_empty": "Berkas ini kosong. Periksa apakah Anda memilih berkas yang benar.",
    "file_bomb": "Berkas ini mengembang terlalu besar saat dibuka. Salin datanya ke buku kerja baru, lalu unggah.",
}


# Reasons with a sentence of their own, and the code that they are told by.
CODES = {"web_page": "file_type", "xml_sheet": "file_type", "quote_open": "file_corrupt"}


class SheetError(Exception):
    """A file that cannot be read as a spreadsheet: `reason` as in MESSAGES, its code, and a sentence for the person."""

    def __init__(self, reason: str, message: str = ""):
        self.reason, self.code = reason, CODES.get(reason, reason)
        self.message = message or MESSAGES[reason]
        super().__init__(reason)


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
        return _open_workbook(content)
    return [_open_text(content)]


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
        raise SheetError("file_type")
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
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        large = large_sheets(content) if content.startswith(ZIP_MAGIC) else {}
        named = zip_longest(workbook.sheet_names, spans)
        return [
            _large_sheet(large[name]) if name in large else _sheet(workbook.get_sheet_by_name(name), known or {})
            for name, known in named
            if name is not None
        ]
    except PasswordError:
        raise SheetError("file_encrypted") from None
    except (CalamineError, OSError, ValueError):
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


def _open_text(content: bytes) -> Sheet:
    text = _decode(content)
    if not text.strip():
        raise SheetError("file_empty")
    if reason := _other_sheet(text):
        raise SheetError(reason)
    head = [line.rstrip("\r\n") for line in islice(io.StringIO(text, newline=None), SNIFFED_LINES)]
    if _is_other_text(text) or not any(mark in line for line in head for mark in DELIMITERS):
        raise SheetError("file_type")
    csv.field_size_limit(LONGEST_FIELD)
    try:
        delimiter = _delimiter(head)
    except csv.Error:
        raise SheetError("file_corrupt") from None
    return Sheet("CSV", True, None, lambda: _rows_of_text(text, delimiter))


def _rows_of_text(text: str, delimiter: str) -> Iterator[list]:
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if any("\n" in cell and _holds_lines(cell, delimiter) for cell in row):
                raise SheetError("quote_open")
            yield [unwrap(cell) for cell in row]
    except csv.Error:
        raise SheetError("file_corrupt") from None


def _holds_lines(cell: str, delimiter: str) -> bool:
    """Whether a cell has swallowed whole lines, as behind a quote that nobody has closed."""
    return any(line.count(delimiter) >= LEAST_SWALLOWED for line in cell.splitlines())


def _other_sheet(text: str) -> str:
    """The reason not to read a table that Excel can open and we do not; "" for what is no such thing."""
    start = text[:10_000]
    return "web_page" if _WEB_PAGE.match(start) else "xml_sheet" if _XML_SHEET.match(start) else ""


def _is_other_text(text: str) -> bool:
    """Whether this is no table: a PDF, or a picture or archive that happens to decode."""
    start = text[:10_000]
    return (
        "\x00" in text
        or start.lstrip().lower().startswith(OTHER_TEXT)
        or bool(re.search("[\x01-\x08\x0e-\x19]", start))
    )


def _decode(content: bytes) -> str:
    """Decode by the byte-order mark, else UTF-8, else what Excel writes on an Indonesian Windows."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    start = content[:400]
    if start[1::2].count(0) > len(start) // 4 and not start[::2].count(0):
        return content.decode("utf-16-le", errors="replace")  # the mark was left out
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _delimiter(head: list[str]) -> str:
    """Take the mark that cuts the most lines into the same, largest number of cells."""

    def score(mark: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(head, delimiter=mark) if len(row) > 1]
        common = max(set(widths), key=widths.count, default=0)
        return widths.count(common) * common, common

    return max(DELIMITERS, key=score)
