"""What stands in a cell, as text, whatever kind of sheet it is: the same for every column that is read as words."""

import math
import re

from ejsika.lib.sheet_faults import FAULTS

APOSTROPHES = "'`’‘´′"  # typed before a number so that Excel keeps it as text
FAULT_MESSAGE = "Rumus di sel ini gagal atau belum dihitung. Buka di Excel, perbaiki rumusnya atau ketik isinya."
_WORD_OF_NOTHING = re.compile(
    r"(TIDAK|TDK|TAK|BELUM|BLM) (ADA|PUNYA|MEMILIKI|MEMPUNYAI)"
    r"( (NO |NOMOR )?(NIK|KTP|E-KTP|KK|HP|WA|TELP|REK|REKENING))?"
    r"|NIHIL|N/A|KOSONG|NULL"
)
_MARKS_OF_NOTHING = set("-–—_.,?~ ")
_BEGINS_NOTHING = {*_MARKS_OF_NOTHING, *APOSTROPHES, *"0TtBbNnKk"}
_WORDS_BEGIN = {"TI", "TD", "TA", "BE", "BL", "NI", "N/", "KO", "NU"}
LONGEST_NOTHING = 40  # with some apostrophes before it
# What stands between letters unseen, copied along from a telephone or a PDF; joiners within a name are none.
_UNSEEN = "\xad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
_BLANKS, _UNSEEN_MARKS = re.compile(r"[\x00-\x1f\x7f\u00a0]"), re.compile(f"[{_UNSEEN}]")


def text(cell: object) -> str:
    """A cell as text: whole numbers without ".0", blanks and control characters reduced to single blanks."""
    if type(cell) is str and cell.isprintable() and "  " not in cell:
        return cell.strip()  # nearly every cell: nothing to mend, and this runs a million times an import
    if isinstance(cell, bool):
        return "Ya" if cell else "Tidak"
    if isinstance(cell, float):
        cell = int(cell) if math.isfinite(cell) and cell.is_integer() else cell
    return " ".join(_BLANKS.sub(" ", _UNSEEN_MARKS.sub("", str(cell))).split())


def plain_number(cell: object) -> str:
    """A cell as text, without the apostrophe that keeps a number from being cut."""
    return text(cell).lstrip(APOSTROPHES).strip()


def written(cell: object) -> str:
    """A cell as text; "" for one that says in a word that there is nothing, and where a formula has failed."""
    raw = text(cell)
    is_empty = is_fault(raw) if raw[:1] == "#" else says_nothing(raw)
    return "" if is_empty else raw


def is_nothing(cell: object) -> bool:
    return says_nothing(text(cell))


def says_nothing(raw: str) -> bool:
    """Whether a text, as text() or plain_number() gives it, means an empty cell."""
    if raw and (raw[0] not in _BEGINS_NOTHING or len(raw) > LONGEST_NOTHING):
        return False
    if raw[:1] in APOSTROPHES:
        raw = raw.lstrip(APOSTROPHES).strip()
    if raw[:1].isalpha():
        return raw[:2].upper() in _WORDS_BEGIN and bool(_WORD_OF_NOTHING.fullmatch(raw.upper()))
    return raw == "0" or _MARKS_OF_NOTHING.issuperset(raw)


def is_fault(raw: str) -> bool:
    """Whether a text, as text() gives it, is what a spreadsheet shows where a formula has failed."""
    return raw[:1] == "#" and raw.upper() in FAULTS
