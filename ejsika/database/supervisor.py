"""Web, worker and PostgreSQL under one roof: started together, started again when one dies, ended together.

All signals are blocked and taken one by one (sigtimedwait), so none is lost, none interrupts the ending, and it does
not matter that a script's `make run &` has SIGINT ignored. Children live in sessions of their own: a signal to our
process group reaches us alone, and we choose the order.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from ejsika.database.processes import adopt_orphans, children, die_with_parent
from ejsika.database.server import Server

ENDING = {signal.SIGINT, signal.SIGTERM}
TICK_SECONDS = 0.5
# Together with PostgreSQL's own end within the five seconds that whoever stops us waits.
GRACE_SECONDS = 2.5
DATABASE_GRACE_SECONDS = 1.0
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0


class Child:
    """One process that is kept running."""

    def __init__(self, name: str, command: list[str]):
        self.name = name
        self.command = command
        self.process: subprocess.Popen | None = None
        self.pause = FIRST_PAUSE
        self.started_at = self.next_start = 0.0

    def start(self, folder: Path) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command, cwd=folder, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=_become_child
        )

    def ended(self, code: int) -> None:
        """Note the end; who dies soon after the start waits longer and longer for the next one."""
        self.process.returncode = code
        self.process = None
        lived = time.monotonic() - self.started_at
        self.pause = FIRST_PAUSE if lived > LONGEST_PAUSE else min(self.pause * 2, LONGEST_PAUSE)
        self.next_start = time.monotonic() + self.pause

    def kill(self, how: int) -> None:
        with suppress(ProcessLookupError):
            if how == signal.SIGKILL:
                os.killpg(self.process.pid, how)
            else:
                self.process.send_signal(how)


def _become_child() -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    die_with_parent()


class Supervisor:
    def __init__(self, folder: Path, server: Server | None, say: Callable[[str], None]):
        self.folder = folder
        self.server = server
        self.say = say
        self.wants_end: Callable[[], bool] = lambda: False
        self.is_ending = False
        self.running: list[Child] = []
        adopt_orphans()
        for number in (*ENDING, signal.SIGCHLD):
            signal.signal(number, lambda *_: None)  # an ignored signal would not even wait for us
        signal.pthread_sigmask(signal.SIG_BLOCK, {*ENDING, signal.SIGCHLD})

    def turns(self) -> Iterator[dict[Child, int]]:
        """Give, after each signal or tick, the children that have ended since; stop when we shall end."""
        while not self.is_ending:
            taken = signal.sigtimedwait({*ENDING, signal.SIGCHLD}, TICK_SECONDS)
            self.is_ending = (taken is not None and taken.si_signo in ENDING) or self.wants_end()
            yield self._reap()

    def complete(self, child: Child) -> int | None:
        """Run a child once; give its exit code, or None when we shall end."""
        self._start(child)
        for ended in self.turns():
            if child in ended:
                return ended[child]
        return None

    def keep(self, kept: list[Child], waker: Child | None) -> None:
        """Keep children running, and PostgreSQL through `waker`, a short command that starts it, until the end."""
        for child in kept:
            self._start(child)
        for ended in self.turns():
            for child, code in ended.items():
                if child is not waker and not self.is_ending:
                    self.say(f"{child.name} berhenti (kode {code}): dimulai lagi.")
            due = list(kept)
            if waker and waker not in self.running and not self.server.running():
                due.append(waker)
            for child in due:
                if child not in self.running and child.next_start < time.monotonic() and not self.is_ending:
                    self._start(child)

    def end(self) -> None:
        """End everything, PostgreSQL last: web and worker would only start it again."""
        self.is_ending = True
        for child in self.running:
            child.kill(signal.SIGTERM)
        if not self._wait_for(lambda: not self.running, GRACE_SECONDS):
            for child in self.running:
                child.kill(signal.SIGKILL)
            self._wait_for(lambda: not self.running, 1)
        if self.server:
            self.server.stop(patience=DATABASE_GRACE_SECONDS)
        if not self._wait_for(lambda: not children(), 0.3):
            for pid in children():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self._wait_for(lambda: not children(), 1)

    def _start(self, child: Child) -> None:
        child.start(self.folder)
        self.running.append(child)

    def _reap(self) -> dict[Child, int]:
        """Take in every process that has ended, those that we adopted too."""
        ended = {}
        with suppress(ChildProcessError):
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                for child in [child for child in self.running if child.process.pid == found[0]]:
                    ended[child] = os.waitstatus_to_exitcode(found[1])
                    self.running.remove(child)
                    child.ended(ended[child])
        return ended

    def _wait_for(self, condition: Callable[[], bool], seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while True:
            self._reap()
            if condition() or time.monotonic() > deadline:
                return condition()
            time.sleep(0.02)
