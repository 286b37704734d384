"""The program that opens one spreadsheet, in a process of its own: a file can break this and nothing else.

It says that it is ready, takes the file's length and the file, says which sheets there are with their first lines, and
then sends the other lines of each sheet whose number it is asked for. All that it sends is plain: see sheet_reader.
It has no settings, no database, and no more memory and time than it is given: `python -m ejsika.lib.sheet_child
BYTES SECONDS`.
"""

import gc
import io
import pickle
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from ejsika.database.processes import die_with_parent
from ejsika.lib.sheet_errors import SheetError
from ejsika.lib.sheets import Sheet, open_sheets

HEAD_LINES = 60  # sent at once, for whoever looks for a head
CHUNK_CELLS, CHUNK_LINES = 100_000, 5_000
LONGEST_CELL = 32_767  # characters: what Excel lets stand in a cell


def confine(memory: int, seconds: int) -> None:
    """Give up what opening a file does not need; whoever stops the service stops our parent, which ends us."""
    die_with_parent()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
    }
    for what, limit in limits.items():
        resource.setrlimit(what, (limit, limit))
    with suppress(OSError):  # where the machine runs out of memory, this is to end before the register does
        Path("/proc/self/oom_score_adj").write_text("1000")


def send(target: BinaryIO, message: object) -> None:
    packed = io.BytesIO()
    pickler = pickle.Pickler(packed, protocol=5)
    pickler.fast = True  # no memory of what was sent: nothing comes twice
    pickler.dump(message)
    with packed.getbuffer() as content:
        target.write(len(content).to_bytes(8, "big"))
        target.write(content)
    target.flush()


def described(sheet: Sheet) -> tuple[str, bool, int | None, list[list]]:
    return sheet.name, sheet.is_used, sheet.height, [shortened(row) for row in islice(sheet.rows(), HEAD_LINES)]


def shortened(row: list) -> list:
    """A line without what no person has written: one endless cell would keep whoever looks at it for minutes."""
    return [cell[:LONGEST_CELL] if isinstance(cell, str) else cell for cell in row]


def chunks(sheet: Sheet) -> Iterator[list[list]]:
    """The lines after the first ones, so many at a time that a wide sheet makes no larger message than a narrow one."""
    rows = islice(sheet.rows(), HEAD_LINES, None)
    for row in rows:
        more = islice(rows, min(CHUNK_LINES, CHUNK_CELLS // (len(row) + 1)))
        yield [row, *more]


def serve(asked: BinaryIO, answers: BinaryIO) -> None:
    send(answers, "ready")
    try:
        sheets = open_sheets(asked.read(int.from_bytes(asked.read(8), "big")))
        send(answers, [described(sheet) for sheet in sheets])
        while number := asked.read(4):
            for chunk in chunks(sheets[int.from_bytes(number, "big")]):
                send(answers, chunk)
            send(answers, [])
    except SheetError as refused:
        send(answers, refused.reason)
    except MemoryError:
        send(answers, "file_bomb")


if __name__ == "__main__":
    confine(*map(int, sys.argv[1:]))
    gc.disable()  # cells make no cycles, and there are millions of them
    with suppress(BrokenPipeError):  # nobody wants to know any more
        serve(sys.stdin.buffer, sys.stdout.buffer)
