"""Where the faults stand in an XLS: its records tell them, the library that reads it gives an empty cell.

Only what is needed of the format is read: the chain of sectors in which the workbook lies (OLE2), and of its records
(BIFF8) those of sheets, of faults and of formulae. What cannot be followed tells of no faults.
"""

import re
import struct
from collections.abc import Iterator

Faults = dict[tuple[int, int], str]  # line and column from 0 -> what is shown
_CODES = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
_CODE = b"[" + b"".join(re.escape(bytes([code])) for code in _CODES) + b"]"
# A record of a fault, or of a formula that came to one, wherever it lies: without any there is nothing to look for.
_ANY = re.compile(rb"\x05\x02\x08\x00.{6}" + _CODE + rb"\x01|\x06\x00..{7}\x02." + _CODE + rb".{3}\xff\xff", re.DOTALL)
_WORKBOOKS = {name.encode("utf-16-le") for name in ("Workbook", "Book")}
_FORMULA, _FAULT, _SHEET, _END = 0x0006, 0x0205, 0x0085, 0x000A
_LAST_SECTOR = 0xFFFFFFFA  # above it stand marks
_ENTRY, _HEADER_FATS, _SECTOR_SIZES = 128, 109, {9: 512, 12: 4096}


def faults_of(content: bytes) -> list[Faults]:
    """The faults of each sheet of an XLS, in its order; none for what is not as expected."""
    if not _ANY.search(content):
        return []
    try:
        return _of_sheets(_workbook(content))
    except (struct.error, IndexError, KeyError):
        return []


def _workbook(content: bytes) -> bytes:
    """Put together the stream that holds the workbook. Errors: KeyError, IndexError, struct.error."""
    size = _SECTOR_SIZES[struct.unpack_from("<H", content, 30)[0]]
    count, directory = struct.unpack_from("<I I", content, 44)
    fats = list(struct.unpack_from(f"<{_HEADER_FATS}I", content, 76))
    more = struct.unpack_from("<I", content, 68)[0]
    while len(fats) < count <= len(content) // size and more < _LAST_SECTOR:  # of more than 7 MB
        *entries, more = struct.unpack_from(f"<{size // 4}I", content, (more + 1) * size)
        fats += entries
    table: list[int] = []
    for sector in fats[:count]:
        table += struct.unpack_from(f"<{size // 4}I", content, (sector + 1) * size)
    listed = b"".join(_sectors(content, table, directory, size))
    for at in range(0, len(listed), _ENTRY):
        entry = listed[at : at + _ENTRY]
        if entry[: max(struct.unpack_from("<H", entry, 64)[0] - 2, 0)] in _WORKBOOKS:
            return b"".join(_sectors(content, table, struct.unpack_from("<I", entry, 116)[0], size))
    raise KeyError("Workbook")


def _sectors(content: bytes, table: list[int], sector: int, size: int) -> Iterator[bytes]:
    for _ in range(len(table)):  # a chain that bites its tail ends too
        if sector >= _LAST_SECTOR:
            return
        yield content[(sector + 1) * size : (sector + 2) * size]
        sector = table[sector]


def _of_sheets(stream: bytes) -> list[Faults]:
    starts = [struct.unpack_from("<I", data)[0] for kind, data in _records(stream, 0) if kind == _SHEET]
    return [dict(_found(stream, start)) for start in starts]


def _found(stream: bytes, start: int) -> Iterator[tuple[tuple[int, int], str]]:
    for kind, data in _records(stream, start):
        if kind == _FAULT and len(data) >= 8 and data[7] == 1:
            code = data[6]
        elif kind == _FORMULA and len(data) >= 14 and data[6] == 2 and data[12:14] == b"\xff\xff":
            code = data[8]
        else:
            continue
        yield struct.unpack_from("<H H", data), _CODES.get(code, "#N/A")


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records from a place on, up to the end of what begins there."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<H H", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length
        depth += (kind == 0x0809) - (kind == _END)  # a chart within a sheet has an end of its own
        if depth <= 0:
            return
