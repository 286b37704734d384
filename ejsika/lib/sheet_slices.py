"""A large sheet of an XLSX a slice at a time: the library that reads workbooks holds all cells of a sheet at once, some
120 bytes each, and gives none before it has them all.

The sheet's XML is cut between two lines; each piece goes into a small workbook of its own beside the parts that all
share (styles, texts), and is read as any other workbook. What cannot be cut is left to be read whole.
"""

import html
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from ejsika.lib.sheet_faults import tell_in_sheet
from ejsika.lib.sheet_texts import PART as TEXTS
from ejsika.lib.sheet_texts import SharedTexts, names_texts

LARGE, SLICE, FIRST_SLICE = 8_000_000, 4_000_000, 500_000  # bytes of XML; one line of sixteen cells has some 950
# Of texts apart: bytes that may be read again with each slice, and of a sheet that is worth it to number them anew.
FEW_TEXTS, LARGE_WITH_TEXTS = 200_000, 60_000_000
PIECE = 1_000_000  # unpacked at once
WORKBOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
SHARED = re.compile(r"xl/(?!worksheets/|drawings/|media/|charts/|pivot|externalLinks/)[^.]+\.(xml|rels|xml\.rels)")
_SHEET = re.compile(r"<sheet\s[^>]*>")
_RELATION = re.compile(r"<Relationship\s[^>]*>")
_BEGIN, _END, _LINE_END = b"<sheetData>", b"</sheetData>", b"</row>"
_LINE = re.compile(rb"<row\s[^>]*?\br=\"(\d{1,7})\"")
_DIMENSION = re.compile(rb"<dimension\s[^>]*/>")  # the library would make room for all that it names
_NO_SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>'
_MERGED = re.compile(rb"<mergeCell\s[^>]*\bref=\"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})\"")
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, RuntimeError)


def large_sheets(content: bytes) -> dict[str, "LargeSheet"]:
    """The sheets of an XLSX that are large and can be cut, by name."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    try:
        workbook, relations = (archive.read(name).decode() for name in (WORKBOOK, RELATIONS))
        targets = {_attribute(tag, "Id"): _attribute(tag, "Target") for tag in _RELATION.findall(relations)}
        sheets = []
        for tag in _SHEET.findall(workbook):
            part = posixpath.normpath(posixpath.join("/xl", targets[_attribute(tag, "r:id")])).lstrip("/")
            sheets.append(LargeSheet(archive, _attribute(tag, "name"), part))
        texts = archive.getinfo(TEXTS).file_size if TEXTS in archive.namelist() else 0
        if texts <= FEW_TEXTS:
            return {sheet.name: sheet for sheet in sheets if sheet.length > LARGE and sheet.can_be_cut}
        return _with_texts(archive, sheets)
    except UNREADABLE:
        return {}


def _with_texts(archive: zipfile.ZipFile, sheets: list["LargeSheet"]) -> dict[str, "LargeSheet"]:
    """The sheets that can be cut, small ones too, where one is so large that not all texts should be read at once."""
    if not any(sheet.length > LARGE_WITH_TEXTS and sheet.can_be_cut for sheet in sheets):
        return {}
    texts = SharedTexts(archive.read(TEXTS))
    if not texts.can_be_taken_apart:
        return {}
    found = {sheet.name: sheet for sheet in sheets if sheet.can_be_cut}
    for sheet in found.values():
        sheet.texts = texts
    return found


def small_rest(content: bytes, large: dict[str, "LargeSheet"]) -> bytes:
    """A workbook without what its large sheets hold, and without the texts that are handed to these one by one.

    As it is where another sheet names texts.
    """
    if not any(sheet.texts for sheet in large.values()):
        return content
    archive, target = next(iter(large.values())).archive, io.BytesIO()
    cut = {sheet.part for sheet in large.values()}
    with zipfile.ZipFile(target, "w") as rest:
        for entry in archive.infolist():
            name = entry.filename
            if name in cut:
                rest.writestr(name, _NO_SHEET)
            elif name.startswith("xl/worksheets/") and name.endswith(".xml"):
                xml = archive.read(name) if entry.file_size <= LARGE else b""
                if not xml or names_texts(xml):
                    return content
                rest.writestr(name, xml)
            elif name != TEXTS and (SHARED.fullmatch(name) or name.startswith(("[", "_rels"))):
                rest.writestr(name, archive.read(name))
    return target.getvalue()


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf"\s{name}=(?:\"([^\"]*)\"|'([^']*)')", tag)
    if found is None:
        raise KeyError(name)
    return html.unescape(found[1] if found[1] is not None else found[2])


@dataclass
class LargeSheet:
    """A sheet's XML in its archive. `height` is the number of its last line, `merged` its cells that are one."""

    archive: zipfile.ZipFile
    name: str
    part: str
    texts: SharedTexts | None = None  # where there are too many to be read again with each slice
    height: int = 0
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)

    @property
    def length(self) -> int:
        """Bytes of its XML."""
        return self.archive.getinfo(self.part).file_size

    @cached_property
    def can_be_cut(self) -> bool:
        """Whether this is a sheet as all common programs write it: its lines are numbered, nothing has a prefix.

        Finds its last line and its merged cells, which stand at the very end.
        """
        start, end = b"", b""
        with self.archive.open(self.part) as xml:
            while piece := xml.read(PIECE):
                start = start or piece
                end = end[-PIECE:] + piece if _END not in end else end + piece
        lines, _, after = end.rpartition(_END)
        numbers = _LINE.findall(lines, max(lines.rfind(b"<row"), 0))
        if _BEGIN not in start or not _LINE.search(start) or not after or not numbers:
            return False
        self.height = int(numbers[-1])
        self.merged = [
            ((int(top) - 1, _column(left)), (int(bottom) - 1, _column(right)))
            for left, top, right, bottom in _MERGED.findall(after)
        ]
        return True

    def rows(self, read: Callable[[bytes, str], tuple[int, int, list[list]]]) -> Iterator[list]:
        """The lines from the first one on, those that the sheet leaves out as empty ones.

        `read` opens a small workbook: the first line and column (from 0) in which anything stands, and the lines from
        there. Errors: ValueError, where lines do not follow one another; and UNREADABLE.
        """
        line = 0
        for xml in self._slices():
            first, column, rows = read(self._workbook(xml), self.name)
            if not rows:
                continue
            if first < line:
                raise ValueError("lines out of order")
            yield from ([] for _ in range(first - line))
            left = [""] * column
            yield from (left + row for row in rows)
            line = first + len(rows)

    def _slices(self) -> Iterator[bytes]:
        """The sheet's XML in pieces, each a sheet by itself."""
        with self.archive.open(self.part) as xml:
            rest = xml.read(PIECE)
            begin = rest.index(_BEGIN) + len(_BEGIN)
            head, rest = _DIMENSION.sub(b"", rest[:begin]), rest[begin:]
            wanted, is_last = FIRST_SLICE, False
            while not is_last:
                while len(rest) < wanted and (piece := xml.read(PIECE)):
                    rest += piece
                is_last = len(rest) < wanted
                cut = rest.rfind(_END) if is_last else rest.rfind(_LINE_END, 0, wanted) + len(_LINE_END)
                if cut < len(_LINE_END) and not is_last:
                    wanted *= 2  # a line that is longer than a slice
                    continue
                yield b"".join((head, tell_in_sheet(rest[:cut]), _END, b"</worksheet>"))
                rest, wanted = rest[cut:], SLICE

    def _workbook(self, xml: bytes) -> bytes:
        parts = dict(self._shared)
        if self.texts:
            xml, parts[TEXTS] = self.texts.of_slice(xml)
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for name, part in (parts | {self.part: xml}).items():
                archive.writestr(name, part)
        return target.getvalue()

    @cached_property
    def _shared(self) -> dict[str, bytes]:
        names = [name for name in self.archive.namelist() if SHARED.fullmatch(name) or name.startswith(("[", "_rels"))]
        return {name: self.archive.read(name) for name in names if name != TEXTS or not self.texts}


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
