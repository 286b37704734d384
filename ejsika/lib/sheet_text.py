"""Tables as text: CSV in whatever encoding and with whatever mark, and what is text but no table."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from ejsika.lib.formulae import unwrap
from ejsika.lib.sheet_errors import SheetError

OTHER_TEXT = ("%pdf-", "{\\rtf")
# What other programs save as .xls: a web page, also one wrapped as a letter, and Excel's XML of 2003.
_WEB_PAGE = re.compile(
    r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*"
    r"(<!doctype html|</?(html|head|meta|title|style|body|div|table|center|font)[\s>])"
    r"|\s*mime-version:.{0,2000}?text/html",
    re.IGNORECASE | re.DOTALL,
)
_XML_SHEET = re.compile(r"\s*<\?xml.{0,500}?(progid=.Excel\.Sheet|<(\w+:)?workbook\b)", re.IGNORECASE | re.DOTALL)
DELIMITERS = ";,\t"
SNIFFED_LINES = 30
LEAST_SWALLOWED = 4  # marks in one line of a cell
LONGEST_FIELD = 1_000_000  # characters of one cell of a CSV


def open_text(content: bytes) -> Callable[[], Iterator[list]]:
    """Find out how a text is written; gives a way to walk its lines. Errors: SheetError, also while they are walked."""
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
    return lambda: _rows_of_text(text, delimiter)


def _rows_of_text(text: str, delimiter: str) -> Iterator[list]:
    try:
        for row in _cut(io.StringIO(text, newline=""), delimiter):
            if any("\n" in cell and _holds_lines(cell, delimiter) for cell in row):
                raise SheetError("quote_open")
            yield [unwrap(cell) for cell in row]
    except csv.Error:
        raise SheetError("file_corrupt") from None


def _cut(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """The cells of each line, also of one that was quoted whole when a program saved it anew."""
    for row in csv.reader(lines, delimiter=delimiter, skipinitialspace=True):
        is_whole = len(row) == 1 and row[0].count(delimiter) >= LEAST_SWALLOWED
        yield next(csv.reader(row, delimiter=delimiter)) if is_whole else row


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
    for encoding, first in (("utf-16-le", 1), ("utf-16-be", 0)):  # the mark was left out
        if start[first::2].count(0) > len(start) // 4 and not start[1 - first :: 2].count(0):
            return content.decode(encoding, errors="replace")
    content = content.rstrip(b"\x00")  # as a copy that was cut short is filled up
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _delimiter(head: list[str]) -> str:
    """Take the mark that cuts the most lines into the same, largest number of cells."""

    def score(mark: str) -> tuple[int, int]:
        widths = [len(row) for row in _cut(head, mark) if len(row) > 1]
        common = max(set(widths), key=widths.count, default=0)
        return widths.count(common) * common, common

    return max(DELIMITERS, key=score)
