"""Finding the table in a workbook: the sheet and line with the most known column words are its head."""

import re
from collections.abc import Iterator

from ejsika.imports.kinds import Head, Refusal, SheetKind, plain
from ejsika.lib.sheets import Sheet, SheetError, open_sheets

_REMARK = re.compile(r"\(.*?\)")  # "NIK Pengurus (wajib)"
SEARCHED_LINES = 60  # how far down a head is looked for: letterheads and titles stand above it
REASON_TITLE = "Alasan"
LONGEST_NAME, LONGEST_TITLE = 100, 60  # of what is kept; LibreOffice lets a sheet's name be longer


def find_table(content: bytes, kind: SheetKind) -> tuple[Head, Iterator[tuple[int, list]]]:
    """Open a file and find its head; gives it and the lines below it. Errors: Refusal."""
    try:
        sheets = open_sheets(content)
    except SheetError as error:
        raise Refusal(error.code, error.message) from None
    spellings = {word: column.field for column in kind.columns for word in column.spellings}
    found = [(head, sheet) for sheet in sheets if (head := _find_head(sheet, spellings))]
    if not found:
        raise Refusal(
            "header_missing",
            "Judul kolom tidak ditemukan. Perlu baris judul dengan No KK atau NIK dan paling sedikit dua kolom lain; "
            "pakai templat bila ragu.",
        )
    head, sheet = max(found, key=lambda pair: len(pair[0].fields))
    kind.check_head(head)
    return head, ((row, cells) for row, cells in sheet.lines() if row > head.row)


def is_reason(title: object) -> bool:
    """Whether a column holds the reasons that we wrote beside the rows of an earlier import."""
    return plain(title) == plain(REASON_TITLE)


def _find_head(sheet: Sheet, spellings: dict[str, str]) -> Head | None:
    best = None
    for row, cells in sheet.lines():
        if row > SEARCHED_LINES:
            break
        head = _read_head(sheet.name, row, cells, spellings)
        if (best is None or len(head.fields) > len(best.fields)) and _is_head(head):
            best = head
    return best


def _read_head(sheet: str, row: int, cells: list, spellings: dict[str, str]) -> Head:
    head = Head(sheet[:LONGEST_NAME], row, {}, {}, [], cells)
    for index, cell in enumerate(cells):
        title = " ".join(str(cell).split())
        field = spellings.get(plain(title)) or spellings.get(plain(_REMARK.sub("", title)))
        if field and field not in head.fields:
            head.fields[field], head.titles[field] = index, title[:LONGEST_TITLE]
        elif title and not is_reason(title):
            head.unknown.append(title[:LONGEST_NAME])
    return head


def _is_head(head: Head) -> bool:
    return ("kk" in head.fields or "nik" in head.fields) and len(head.fields) >= 3
