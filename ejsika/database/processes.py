"""Linux's own ways to keep processes together: none is left when another one is killed. Standard library only."""

import ctypes
import os
import signal
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def die_with_parent() -> None:
    """End this process at once when the one that started it ends, however that happens."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def adopt_orphans() -> None:
    """Become the parent of what our children leave behind, so that we can wait for it and see it go."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def children() -> list[int]:
    """Give the pids of this process's children, adopted ones included."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and parent_of(int(entry.name)) == os.getpid():
            found.append(int(entry.name))
    return found


def parent_of(pid: int) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None


class Parent:
    """The make process above us, which may want to end without saying so.

    On SIGTERM make passes the signal on; on SIGINT to itself alone it only waits for its child, inside the handler of
    the signal, which shows as a blocked SIGINT; after kill -9 it is just gone. While make starts a child it blocks its
    signals too: on a busy machine the child may look before that is over.
    """

    def __init__(self):
        self.pid = os.getppid()
        self.blocked = self._blocks_interrupt()

    def wants_end(self) -> bool:
        before, self.blocked = self.blocked, self._blocks_interrupt()
        return os.getppid() != self.pid or self.blocked > before

    def _blocks_interrupt(self) -> bool:
        try:
            status = Path(f"/proc/{self.pid}/status").read_text()
        except OSError:
            return False
        mask = next(line for line in status.splitlines() if line.startswith("SigBlk:"))
        return bool(int(mask.split()[1], 16) >> (signal.SIGINT - 1) & 1)
