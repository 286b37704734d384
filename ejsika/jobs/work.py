"""Long work while it goes on: told of on a connection of its own, stopped when somebody asks, never done twice at once.

A thread beside the work writes how far it is, so that pages see it although the work's own transaction is open, and
looks whether it was cancelled: then it ends the statement that the work is waiting for.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError, OperationalError, connection, connections
from django.db.models.functions import Now

from ejsika.database.base import GONE
from ejsika.jobs.models import Cancelled, Job

LOOK_SECONDS = 0.3
_LOCK = 7_236_403  # with the job's id: who works on it
_LARGEST_KEY = 2**31


class StillAtWork(OperationalError):
    """Another process has this work in hand: the queue asks again later."""


class Work:
    """What the work says of itself; saying it costs nothing, and raises Cancelled when somebody asked to stop."""

    def __init__(self, job: Job):
        self.job, self.is_cancelled = job, False
        self.stage, self.read, self.done, self.total = job.stage, 0, 0, None
        self._over = threading.Event()
        self._worker = connections["default"]
        self._thread = threading.Thread(target=self._look_after, daemon=True)

    def report(self, stage: str, done: int = 0, total: int | None = None) -> None:
        self.stage, self.done, self.total = stage, done, total
        self.go_on()

    def go_on(self) -> None:
        """Errors: Cancelled, if that was asked for."""
        if self.is_cancelled:
            raise Cancelled

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join(timeout=5)

    def _look_after(self) -> None:
        try:
            while not self._over.wait(LOOK_SECONDS):
                try:
                    self._look()
                except (DatabaseError, *GONE):
                    connection.close()  # the next look has a new one
        finally:
            connection.close()

    def _look(self) -> None:
        row = Job.objects.filter(pk=self.job.pk)
        said = {"stage": self.stage, "read": self.read, "done": self.done, "total": self.total, "seen_at": Now()}
        if row.filter(state=Job.State.RUNNING).update(**said):
            return
        if row.filter(state=Job.State.CANCELLED).exists() and not self._over.is_set():
            self.is_cancelled = True
            if self._worker.connection is not None:
                self._worker.connection.cancel_safe(timeout=2)


@contextmanager
def at_work(job: Job, stage: str) -> Iterator[Work]:
    """Do a piece of work under its job's row, once at a time.

    Errors: Cancelled, when somebody asks for it; GivenUp; StillAtWork. A database that goes away leaves the job as it
    is, to be begun again.
    """
    with _alone(job):
        job.start(stage)
        work = Work(job)
        work.start()
        try:
            yield work
            work.stop()
            job.finish()
        except Cancelled:
            raise
        except GONE:
            if work.is_cancelled:
                raise Cancelled from None
            raise
        except BaseException:
            work.stop()
            with suppress(DatabaseError, *GONE):
                job.finish(Job.State.FAILED)
            raise
        finally:
            work.stop()


@contextmanager
def _alone(job: Job) -> Iterator[None]:
    """Hold a lock that PostgreSQL frees with the connection, so that a dead worker holds nothing."""
    keys = [_LOCK, job.pk % _LARGEST_KEY]
    if not _ask("SELECT pg_try_advisory_lock(%s, %s)", keys):
        raise StillAtWork
    try:
        yield
    finally:
        with suppress(DatabaseError, *GONE):
            _ask("SELECT pg_advisory_unlock(%s, %s)", keys)


def _ask(sql: str, parameters: list) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchone()[0]
