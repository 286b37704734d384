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

LARGE, SLICE, FIRST_SLICE = 8_000_000, 4_000_000, 500_000  # bytes of XML; one line of sixteen cells has some 950
SLICES_PER_TEXTS = 4  # a slice is so many times as large as the texts that are read again with each
PIECE = 1_000_000  # unpacked at once
WORKBOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
SHARED = re.compile(r"xl/(?!worksheets/|drawings/|media/|charts/|pivot|externalLinks/)[^.]+\.(xml|rels|xml\.rels)")
_SHEET = re.compile(r"<sheet\s[^>]*>")
_RELATION = re.compile(r"<Relationship\s[^>]*>")
_BEGIN, _END, _LINE_END = b"<sheetData>", b"</sheetData>", b"</row>"
_LINE = re.compile(rb"<row\s[^>]*?\br=\"(\d{1,7})\"")
_DIMENSION = re.compile(rb"<dimension\s[^>]*/>")  # the library would make room for all that it names
_MERGED = re.compile(rb"<mergeCell\s[^>]*\bref=\"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})\"")
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, RuntimeError)


def large_sheets(content: bytes) -> dict[str, "LargeSheet"]:
    """The sheets of an XLSX that are large and can be cut, by name."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    try:
        workbook, relations = (archive.read(name).decode() for name in (WORKBOOK, RELATIONS))
        targets = {_attribute(tag, "Id"): _attribute(tag, "Target") for tag in _RELATION.findall(relations)}
        texts = sum(entry.file_size for entry in archive.infolist() if entry.filename == "xl/sharedStrings.xml")
        found = {}
        for tag in _SHEET.findall(workbook):
            part = posixpath.normpath(posixpath.join("/xl", targets[_attribute(tag, "r:id")])).lstrip("/")
            size = archive.getinfo(part).file_size
            if size > max(LARGE, 2 * SLICES_PER_TEXTS * texts):
                sheet = LargeSheet(archive, _attribute(tag, "name"), part, max(SLICE, SLICES_PER_TEXTS * texts))
                if sheet.can_be_cut:
                    found[sheet.name] = sheet
        return found
    except UNREADABLE:
        return {}


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
    size: int  # of a slice, in bytes of XML
    height: int = 0
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)

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
                rest, wanted = rest[cut:], self.size

    def _workbook(self, xml: bytes) -> bytes:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for name, shared in self._shared.items():
                archive.writestr(name, shared)
            archive.writestr(self.part, xml)
        return target.getvalue()

    @cached_property
    def _shared(self) -> dict[str, bytes]:
        names = [name for name in self.archive.namelist() if SHARED.fullmatch(name) or name.startswith(("[", "_rels"))]
        return {name: self.archive.read(name) for name in names}


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
