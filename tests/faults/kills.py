"""Imports while web, worker or PostgreSQL is killed with -9 at random moments: each ends whole or not at all."""

import datetime
import hashlib
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.register import PATIENCE, Browser, Register
from tests.sheets import write_roster

STEPS = ("upload", "check", "commit", "undo")
# A step may be over before its kill: then the next one meets it, or a register at rest.
LONGEST_WAIT = {"upload": 0.5, "check": 2.5, "commit": 2.5, "undo": 1.5}
DESA = "3602122001"


@dataclass
class Outcome:
    """What came of all imports. A half import, a lost or a stuck one is a fault; the kills are told by kind."""

    imports: int = 0
    half: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    kills: Counter = field(default_factory=Counter)
    longest: float = 0.0

    @property
    def faults(self) -> list[str]:
        return [*self.half, *self.lost, *self.stuck]


def lines(number: int, count: int) -> list[dict]:
    """So many families of the import of this number, told from those of the others by their birth dates and names."""
    born_on = datetime.date(1960, 1, 1) + datetime.timedelta(days=37 * number)
    return [
        {
            "No KK": f"{DESA[:6]}{born_on:%d%m%y}{row:04}",
            "NIK Pengurus": f"{DESA[:6]}{born_on.day + 40:02}{born_on:%m%y}{row:04}",
            "Nama Pengurus": f"Siti Impor {number} Nomor {row}",
            "Alamat": f"Kp. Cikadu No. {row}",
            "Kode Desa": DESA,
            "Tahun Masuk": 2021,
        }
        for row in range(1, count + 1)
    ]


class Trial:
    """Imports one after the other, each with one death, and each one in four taken back again."""

    def __init__(self, register: Register, seed: int, rows: int, say=lambda line: None):
        self.register, self.rows, self.say = register, rows, say
        self.dice, self.outcome = random.Random(seed), Outcome()
        self.browser = Browser(register.port)

    def run(self, count: int) -> Outcome:
        # Every victim in turn, so that a short run has them all; the moments are random.
        victims = [("worker", "postgres", "web")[number % 3] for number in range(count)]
        for number, victim in enumerate(victims):
            started = time.monotonic()
            step = self.dice.choice(STEPS)
            try:
                ended = self._import(number, victim, step)
            except TimeoutError as error:
                self.outcome.stuck.append(f"import {number}: {error}, {victim} killed in {step}")
                ended = "stuck"
            self.outcome.imports += 1
            self.outcome.longest = max(self.outcome.longest, time.monotonic() - started)
            self.say(f"{number + 1:3} {victim:9} {step:7} {ended:10} {time.monotonic() - started:5.1f} s")
        self._look_whole("at the end")
        return self.outcome

    def _import(self, number: int, victim: str, step: str) -> str:
        path = Path(self.register.folder, f"{number}.xlsx")
        content = write_roster(path, lines(number, self.rows)).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        wants_undo = step == "undo" or self.dice.random() < 0.1
        self._arm(victim, step, "upload")
        batch = self._upload(path.name, content, digest)
        self._arm(victim, step, "check")
        self._wait(batch, "checked")
        self._arm(victim, step, "commit")
        self._press(batch, "commit", "checked")
        self._wait(batch, "committed")
        if wants_undo:
            self._arm(victim, step, "undo")
            self._press(batch, "undo", "committed")
            self._wait(batch, "undone")
        self.timer.join()
        self._look_whole(f"after import {number}, {victim} killed in {step}")
        expected = "Dibatalkan" if wants_undo else "keluarga baru"
        self.browser.wait_for(
            lambda: expected in self.browser.get(f"/imports/{batch}/"), f"page of {batch} says {expected}"
        )
        return "undone" if wants_undo else "committed"

    def _arm(self, victim: str, step: str, now: str) -> None:
        """Let the death come at a random moment of its step."""
        if step == now:
            self.timer = threading.Timer(self.dice.uniform(0, LONGEST_WAIT[step]), self._kill, [victim, step])
            self.timer.start()

    def _kill(self, victim: str, step: str) -> None:
        if self.register.kill(victim):
            self.outcome.kills[victim, step] += 1

    def _upload(self, name: str, content: bytes, digest: str) -> int:
        """Upload until there is a batch; what the server has said to have is never allowed to be missing."""
        found = []

        def is_there() -> bool:
            try:
                status, place = self.browser.upload(name, content)
                acknowledged = status == 302 and place.startswith("/imports/") and place.count("/") == 3
            finally:  # also without an answer
                found[:] = self.register.ask(
                    "SELECT id FROM imports_importbatch WHERE file_digest = %s ORDER BY id", digest
                )
            if acknowledged and not found:
                self.outcome.lost.append(f"{name}: acknowledged as {place}, and not there")
            return bool(found)

        self.browser.wait_for(lambda: found or is_there(), f"upload of {name}")
        return found[0][0]

    def _press(self, batch: int, button: str, before: str) -> None:
        def is_taken() -> bool:
            if self._status(batch) == before:
                self.browser.press(batch, button)
            return self._status(batch) != before

        self.browser.wait_for(is_taken, f"{button} of {batch} taken")

    def _status(self, batch: int) -> str:
        rows = self.register.ask("SELECT status FROM imports_importbatch WHERE id = %s", batch)
        if not rows:
            self.outcome.lost.append(f"batch {batch} is gone")
            return "lost"
        return rows[0][0]

    def _wait(self, batch: int, status: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while (found := self._status(batch)) != status:
            if time.monotonic() > deadline or found in ("refused", "discarded", "cancelled", "lost"):
                raise TimeoutError(f"batch {batch} is {found}, not {status}")
            time.sleep(0.05)

    def _look_whole(self, when: str) -> None:
        """Each batch has all of its families, with their members and enrollments, or none: seen in one statement."""
        for name, status, *counts in self.register.ask(
            """SELECT b.file_name, b.status, count(h.id), count(m.id), count(e.id) FROM imports_importbatch b
               LEFT JOIN beneficiaries_household h
                   ON h.recipient_name LIKE 'Siti Impor ' || split_part(b.file_name, '.', 1) || ' %%'
               LEFT JOIN beneficiaries_member m ON m.household_id = h.id AND m.left_on IS NULL
               LEFT JOIN beneficiaries_enrollment e ON e.household_id = h.id
               GROUP BY b.id ORDER BY b.id"""
        ):
            expected = self.rows if status in ("committed", "undoing") else 0
            if set(counts) != {expected}:
                self.outcome.half.append(f"{when}: {name} is {status} with {counts} of {expected}")
