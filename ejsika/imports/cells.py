"""What stands in a cell, as text, whatever kind of sheet it is: the same for every column that is read as words."""

import math
import re

APOSTROPHES = "'`’"  # typed before a number so that Excel keeps it as text
NOTHING = {
    "",
    "-",
    "--",
    "–",
    "—",
    "0",
    "TIDAK ADA",
    "BELUM PUNYA",
    "BELUM ADA",
    "TIDAK PUNYA",
    "TIDAK MEMILIKI",
    "BELUM MEMILIKI",
    "TDK ADA",
    "TDK PUNYA",
    "BLM ADA",
    "BLM PUNYA",
    "NIHIL",
    "N/A",
    "KOSONG",
    "NULL",
}
LONGEST_NOTHING = 20  # with some apostrophes before it


def text(cell: object) -> str:
    """A cell as text: whole numbers without ".0", blanks and control characters reduced to single blanks."""
    if type(cell) is str and cell.isprintable() and "  " not in cell:
        return cell.strip()  # nearly every cell: nothing to mend, and this runs a million times an import
    if isinstance(cell, bool):
        return "Ya" if cell else "Tidak"
    if isinstance(cell, float):
        cell = int(cell) if math.isfinite(cell) and cell.is_integer() else cell
    return " ".join(re.sub(r"[\x00-\x1f\x7f\u200b\ufeff\u00a0]", " ", str(cell)).split())


def plain_number(cell: object) -> str:
    """A cell as text, without the apostrophe that keeps a number from being cut."""
    return text(cell).lstrip(APOSTROPHES).strip()


def written(cell: object) -> str:
    """A cell as text; "" for one that says in a word that there is nothing."""
    raw = text(cell)
    return "" if says_nothing(raw) else raw


def is_nothing(cell: object) -> bool:
    return says_nothing(text(cell))


def says_nothing(raw: str) -> bool:
    """Whether a text, as text() or plain_number() gives it, means an empty cell."""
    if len(raw) > LONGEST_NOTHING:
        return False
    if raw[:1] in APOSTROPHES:
        raw = raw.lstrip(APOSTROPHES).strip()
    return raw.upper() in NOTHING
