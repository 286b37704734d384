"""Progress of long work, on a row of its own so that a page can show it while the work goes on."""

import uuid

from django.db import models, transaction
from django.db.models.functions import Now
from django.utils import timezone

PROCESS = uuid.uuid4().hex  # tells this process from one that died before
MOST_DEATHS = 3


class Cancelled(Exception):
    """Somebody asked to stop, before the point from which there is no stopping."""


class GivenUp(Exception):
    """So many processes ended in the middle of this work that it seems to be what ends them."""


class Job(models.Model):
    """One piece of long work, as its starter sees it; the queue keeps its own tables."""

    class State(models.TextChoices):
        WAITING = "waiting", "Menunggu"
        RUNNING = "running", "Berjalan"
        DONE = "done", "Selesai"
        FAILED = "failed", "Gagal"
        CANCELLED = "cancelled", "Dihentikan"

    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    stage = models.CharField(max_length=60, blank=True)
    read = models.PositiveIntegerField(default=0)  # taken in so far, ahead of what is done
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(db_default=Now())  # the last sign of life, of whoever asks for it or works on it
    process = models.CharField(max_length=32, blank=True)  # the PROCESS that has it or had it last
    deaths = models.PositiveSmallIntegerField(default=0)  # processes that ended in the middle of it

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="job_state_known",
                condition=models.Q(state__in=["waiting", "running", "done", "failed", "cancelled"]),
            ),
        ]

    def __str__(self):
        return f"{self.stage} {self.done}/{self.total or '?'}"

    def wait(self, stage: str) -> None:
        """Stand in the queue again, for a next step."""
        self.state, self.stage, self.process, self.deaths = self.State.WAITING, stage, "", 0
        self.read, self.done, self.total = 0, 0, None
        self.started_at, self.finished_at, self.seen_at = None, None, timezone.now()
        self.save()

    @transaction.atomic
    def start(self, stage: str) -> None:
        """Begin, or begin again after a killed worker. Errors: Cancelled; GivenUp after the third death."""
        found = Job.objects.select_for_update(no_key=True).get(pk=self.pk)
        if found.state == self.State.CANCELLED:
            raise Cancelled
        has_died = found.state == self.State.RUNNING and found.process != PROCESS
        self.deaths, self.process = found.deaths + has_died, PROCESS
        if self.deaths >= MOST_DEATHS:
            raise GivenUp
        self.state, self.stage = self.State.RUNNING, stage
        self.read, self.done, self.total = 0, 0, None
        self.started_at, self.finished_at, self.seen_at = timezone.now(), None, timezone.now()
        self.save()

    def cancel(self, to: str, *states: str) -> bool:
        """Let it be over in state `to`, if it is in one of these states; tells whether it was."""
        return bool(Job.objects.filter(pk=self.pk, state__in=states).update(state=to))

    def finish(self, state: State = State.DONE) -> None:
        self.state, self.finished_at = state, timezone.now()
        self.save(update_fields=["state", "finished_at"])
