"""Finding the tables in a workbook: in each sheet the line with the most known column words is the head."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice, zip_longest

from django.conf import settings

from ejsika.imports.columns import (
    REASON_TITLE,
    HeadMapping,
    as_title,
    describe,
    fingerprint,
    looks_like_head,
    mappings_of,
)
from ejsika.imports.kinds import Head, Refusal, SheetKind, plain
from ejsika.imports.models import SHEET_LINES
from ejsika.lib.sheet_child import HEAD_LINES
from ejsika.lib.sheet_errors import SheetError
from ejsika.lib.sheet_reader import Limits, read_sheets
from ejsika.lib.sheets import Sheet

_REMARK = re.compile(r"\(.*?\)|\[.*?\]|^\s*\d+\s*[.)]")  # "NIK Pengurus (wajib)", "3. NIK"
HEAD_DEPTH = 3  # lines that a head may have
_BY_AN_ADMIN = 2  # of the ways to read a title
LONGEST_NAME, LONGEST_TITLE = 100, 60  # of what is kept; LibreOffice lets a sheet's name be longer


@dataclass
class Found:
    """What a file holds: the tables to be read, in order, and the sheets that are not."""

    tables: list[tuple[Head, Iterator[tuple[int, list]]]]
    lines: int | None  # below the heads; None where only reading tells
    columns: list[dict]  # of the heads, as ejsika.imports.columns describes them
    left: list[dict]  # {"name", "has_head"}: one with a head is a list that somebody may have meant to import


@contextmanager
def open_tables(content: bytes, kind: SheetKind, pulse: Callable[[], None] = lambda: None) -> Iterator[Found]:
    """Open a file in a process of its own and find the tables in it, to be read while the block lasts.

    Errors: Refusal, here or while lines are read. `pulse` is called while waiting for the process.
    """
    limits = Limits(settings.ROSTER_READER_MEMORY, settings.ROSTER_READER_SECONDS)
    try:
        with read_sheets(content, limits, pulse) as sheets:
            del content
            yield find_tables(sheets, kind, mappings_of(kind))
    except SheetError as error:
        raise Refusal(error.code, error.message) from None


def find_tables(sheets: list[Sheet], kind: SheetKind, mappings: dict[str, HeadMapping]) -> Found:
    """Find the head of each sheet; lines are numbered on from sheet to sheet. Errors: Refusal."""
    words = _Words(kind, mappings)
    heads = [_find_head(sheet, kind, words) for sheet in sheets]
    try:
        chosen = _choose(heads, kind)
    except Refusal as refusal:
        refusal.columns = _describe(sheets, heads, [_likeliest(sheets, heads)], mappings)
        raise
    tables = []
    for number, head in enumerate(chosen):
        head.number = number
        sheet = next(sheet for sheet, found in zip(sheets, heads, strict=True) if found is head)
        tables.append((head, _lines(sheet, head)))
    others = [(sheet, head) for sheet, head in zip(sheets, heads, strict=True) if all(head is not c for c in chosen)]
    left = [
        {"name": sheet.name[:LONGEST_NAME], "has_head": head is not None} for sheet, head in others if sheet.is_used
    ]
    heights = [sheet.height for sheet, head in zip(sheets, heads, strict=True) if any(head is c for c in chosen)]
    lines = None if None in heights else sum(heights) - sum(head.row for head in chosen)
    return Found(tables, lines, _describe(sheets, heads, chosen, mappings), left)


def _choose(heads: list[Head | None], kind: SheetKind) -> list[Head]:
    if not any(heads):
        keys = " atau ".join(column.title for column in kind.columns if column.field in kind.keys)
        raise Refusal(
            "header_missing",
            f"Judul kolom tidak ditemukan. Perlu baris judul dengan {keys} dan paling sedikit "
            f"{kind.least_columns - 1} kolom lain; pakai templat bila ragu.",
        )
    chosen = kind.choose([head for head in heads if head])
    kind.check_head(chosen[0])
    return chosen


def _likeliest(sheets: list[Sheet], heads: list[Head | None]) -> Head | None:
    """The head that lacks a column, else the first line that looks like one; kept beside its sheet in `heads`."""
    if any(heads):
        return max((head for head in heads if head), key=lambda head: len(head.fields))
    for number, sheet in enumerate(sheets):
        above: list = []
        for row, cells in islice(sheet.lines(), HEAD_LINES):
            if looks_like_head(above, cells):
                heads[number] = Head(sheet.name[:LONGEST_NAME], row - 1, {}, {}, [], above)
                return heads[number]
            above = cells
    return None


def _describe(sheets: list[Sheet], heads: list[Head | None], chosen: list[Head | None], mappings: dict) -> list[dict]:
    """Describe the columns of some heads, by what stands in the first lines below each."""
    found = [head for head in chosen if head]
    below = []
    for head in found:
        sheet = next(sheet for sheet, its in zip(sheets, heads, strict=True) if its is head)
        below.append([cells for row, cells in islice(sheet.lines(), HEAD_LINES) if row > head.row])
    return describe(found, below, mappings)


def _lines(sheet: Sheet, head: Head) -> Iterator[tuple[int, list]]:
    """The lines below a head."""
    first = head.number * SHEET_LINES
    return ((first + row, cells) for row, cells in sheet.lines() if row > head.row)


def is_reason(title: object) -> bool:
    """Whether a column holds the reasons that we wrote beside the rows of an earlier import."""
    return plain(title) == plain(REASON_TITLE)


def _find_head(sheet: Sheet, kind: SheetKind, words: "_Words") -> Head | None:
    """The line with the most known words, or several lines that are one head: what stands lower hides what is above."""
    best, above = None, []
    for row, cells in islice(sheet.lines(), HEAD_LINES):  # one line more would ask for all of them
        above = [*above, cells][-HEAD_DEPTH:]
        for depth in range(1, len(above) + 1):
            head = _read_head(sheet.name, row, _seen_from_below(above[-depth:]), words)
            if (best is None or len(head.fields) > len(best.fields)) and kind.is_head(head):
                best = head
    return best


def _seen_from_below(lines: list[list]) -> list:
    """Each column's lowest title: "Alamat" stands over "RT" and "RW", "Tanggal Lahir" over nothing."""
    columns = zip_longest(*reversed(lines), fillvalue="")
    return [next((cell for cell in column if str(cell).strip()), "") for column in columns]


class _Words:
    """Which field a title names: by the words that people use, and by what an admin said of this very head."""

    def __init__(self, kind: SheetKind, mappings: dict[str, HeadMapping]):
        self.own = {plain(column.title): column.field for column in kind.columns}
        self.spellings = {word: column.field for column in kind.columns for word in column.spellings}
        self.loose = {word: field for word, field in self.spellings.items() if field in kind.loose_fields}
        self.loose_words, self.mappings = kind.loose_words, mappings

    def readings(self, titles: list[str]) -> list[Callable[[str], str | None]]:
        """Ways to find the field of one of these titles, the surest first; what an admin said is the third."""
        mapping = self.mappings.get(fingerprint(titles)) if self.mappings else None
        named = mapping.fields if mapping else {}
        return [
            lambda title: self.own.get(plain(title)),
            self.usual,
            lambda title: named.get(plain(title)),
            self.loosely,
        ]

    def usual(self, title: str) -> str | None:
        return self.spellings.get(plain(title)) or self.spellings.get(plain(_REMARK.sub("", title)))

    def loosely(self, title: str) -> str | None:
        """The field of a title that says at its end whose it is: "Tgl Lahir Pengurus"."""
        words = re.findall(r"[^\W_]+", _REMARK.sub("", title[:LONGEST_TITLE]).upper())
        while len(words) > 1 and words[-1] in self.loose_words:
            words.pop()
            if field := self.loose.get("".join(words)):
                return field
        return None


def _read_head(sheet: str, row: int, cells: list, words: _Words) -> Head:
    head = Head(sheet[:LONGEST_NAME], row, {}, {}, [], cells)
    titles = [as_title(cell) for cell in cells]
    left = {index: title for index, title in enumerate(titles) if title}
    for number, read in enumerate(words.readings(titles)):
        for index, title in list(left.items()):
            if (field := read(title)) and field not in head.fields:
                head.fields[field], head.titles[field] = index, title[:LONGEST_TITLE]
                del left[index]
                if number == _BY_AN_ADMIN:
                    head.named.add(field)
    head.unknown = [title[:LONGEST_NAME] for title in left.values() if not is_reason(title)]
    return head
