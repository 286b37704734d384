"""Progress of long work, on a row of its own so that a page can show it while the work goes on."""

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone


class Job(models.Model):
    """One piece of long work, as its starter sees it; the queue keeps its own tables."""

    class State(models.TextChoices):
        WAITING = "waiting", "Menunggu"
        RUNNING = "running", "Berjalan"
        DONE = "done", "Selesai"
        FAILED = "failed", "Gagal"

    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    stage = models.CharField(max_length=60, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="job_state_known", condition=models.Q(state__in=["waiting", "running", "done", "failed"])
            ),
        ]

    def __str__(self):
        return f"{self.stage} {self.done}/{self.total or '?'}"

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED)

    def wait(self, stage: str) -> None:
        """Stand in the queue again, for a next step."""
        self.state, self.stage, self.done, self.total = self.State.WAITING, stage, 0, None
        self.started_at = self.finished_at = None
        self.save(update_fields=["state", "stage", "done", "total", "started_at", "finished_at"])

    def start(self, stage: str) -> None:
        """Begin, or begin again after a killed worker."""
        self.state, self.stage, self.done, self.total = self.State.RUNNING, stage, 0, None
        self.started_at, self.finished_at = timezone.now(), None
        self.save(update_fields=["state", "stage", "done", "total", "started_at", "finished_at"])

    def report(self, stage: str, done: int = 0, total: int | None = None) -> None:
        self.stage, self.done, self.total = stage, done, total
        self.save(update_fields=["stage", "done", "total"])

    def finish(self, state: State = State.DONE) -> None:
        self.state, self.finished_at = state, timezone.now()
        self.save(update_fields=["state", "finished_at"])
