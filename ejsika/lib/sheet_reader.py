"""Spreadsheets read in a process of their own (ejsika.lib.sheet_child), with limits on its memory and its time.

Whatever a file does to the program that opens it, memory without end, a loop, a crash, ends as a SheetError here. The
cells come in pieces through a pipe, so that nobody holds all of them as Python's objects.
"""

import datetime
import io
import os
import pickle
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fcntl import F_SETPIPE_SZ, fcntl
from pathlib import Path

from ejsika.lib.sheet_child import HEAD_LINES
from ejsika.lib.sheet_errors import MESSAGES, SheetError
from ejsika.lib.sheets import Sheet

ROOT = Path(__file__).resolve().parents[2]
PIPE_BYTES = 1 << 20
PULSE_SECONDS = 0.2
SILENCE = 3  # times the seconds of computing: on a busy machine these take longer
TOO_SLOW = "Berkas ini terlalu lama dibuka. Salin datanya ke buku kerja baru, lalu unggah."
_OUT_OF_MEMORY = {-signal.SIGABRT, -signal.SIGKILL}  # the reader's own end without memory, and the machine's
_CELLS = {"date", "datetime", "time", "timedelta"}


@dataclass(frozen=True)
class Limits:
    """What the process may use: bytes of memory, seconds of computing."""

    memory: int
    seconds: int


@contextmanager
def read_sheets(content: bytes, limits: Limits, pulse: Callable[[], None] = lambda: None) -> Iterator[list[Sheet]]:
    """Open a workbook or CSV for as long as the block lasts; the lines of one sheet at a time can be walked.

    `pulse` is called several times a second while there is nothing to do but wait; what it raises ends the reading.
    Errors: SheetError, here or while lines are walked. Cost: a process, some 80 ms.
    """
    child = _Child(limits, pulse)
    try:
        child.give(content)
        del content  # the child has its own; a caller that keeps none saves the memory of one
        yield [
            Sheet(name, is_used, height, _rows(child, number, head))
            for number, (name, is_used, height, head) in enumerate(child.receive())
        ]
    finally:
        child.end()


def _rows(child: "_Child", number: int, head: list[list]) -> Callable[[], Iterator[list]]:
    def rows() -> Iterator[list]:
        yield from head
        if len(head) == HEAD_LINES:
            yield from child.rest_of(number)

    return rows


class _Plain(pickle.Unpickler):
    """Opens lists of plain cells and nothing else: no other class is found, whatever the message says."""

    def find_class(self, module: str, name: str):
        if module == "datetime" and name in _CELLS:
            return getattr(datetime, name)
        raise pickle.UnpicklingError(f"{module}.{name}")


class _Child:
    def __init__(self, limits: Limits, pulse: Callable[[], None]):
        self.limits, self.pulse = limits, pulse
        self.is_sending = False  # lines of a sheet that somebody asked for
        command = [sys.executable, "-s", "-B", "-m", "ejsika.lib.sheet_child", str(limits.memory), str(limits.seconds)]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},  # none of our secrets
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what it says when it breaks may quote a cell
            bufsize=0,
        )
        self.answers = self.process.stdout.fileno()
        with suppress(OSError):  # a smaller pipe does too
            fcntl(self.answers, F_SETPIPE_SZ, PIPE_BYTES)
        self.poll = select.poll()
        self.poll.register(self.answers, select.POLLIN)

    def give(self, content: bytes) -> None:
        """Hand over the file once the program stands. Errors: RuntimeError when it does not start at all."""
        try:
            ready = self.receive()
        except SheetError:
            ready = None
        if ready != "ready":
            raise RuntimeError("the reader of spreadsheets does not start")
        with suppress(BrokenPipeError):  # how it ended is told by receive()
            for part in (len(content).to_bytes(8, "big"), content):
                view = memoryview(part)
                while view:
                    view = view[self.process.stdin.write(view) :]

    def rest_of(self, number: int) -> Iterator[list]:
        """The lines of a sheet after the first ones; of another sheet that was left half way the rest is dropped."""
        while self.is_sending:
            self.is_sending = bool(self.receive())
        self.is_sending = True
        with suppress(BrokenPipeError):
            self.process.stdin.write(number.to_bytes(4, "big"))
        while chunk := self.receive():
            yield from chunk
        self.is_sending = False

    def receive(self):
        """Wait for the next message. Errors: SheetError for a refusal and for whatever ended the program."""
        size = int.from_bytes(self._read(8), "big")
        message = _Plain(io.BytesIO(self._read(size))).load()
        if isinstance(message, str) and message in MESSAGES:
            raise SheetError(message)
        return message

    def _read(self, size: int) -> bytearray:
        content = bytearray()
        silent_since = time.monotonic()
        while len(content) < size:
            if not self.poll.poll(PULSE_SECONDS * 1000):
                self.pulse()
                if time.monotonic() - silent_since > SILENCE * self.limits.seconds:
                    raise SheetError("file_bomb", TOO_SLOW)
                continue
            part = os.read(self.answers, min(size - len(content), PIPE_BYTES))
            if not part:
                raise self._told_by_its_end()
            content += part
            silent_since = time.monotonic()
        return content

    def _told_by_its_end(self) -> SheetError:
        code = self.process.wait()
        if code == -signal.SIGXCPU:
            return SheetError("file_bomb", TOO_SLOW)
        return SheetError("file_bomb" if code in _OUT_OF_MEMORY else "file_corrupt")

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
