"""How far the queue is with a batch, step by step, for its page and for the list of imports."""

from dataclasses import dataclass

from ejsika.jobs.models import Job

TITLES = {
    "uploaded": "Berkas sedang diperiksa",
    "committing": "Sedang disimpan",
    "undoing": "Sedang dibatalkan",
}
CANCEL = {
    "uploaded": "Batalkan pemeriksaan",
    "committing": "Batalkan penyimpanan",
    "undoing": "Jangan batalkan impor",
}


@dataclass(frozen=True)
class Step:
    """One bar: `total` is None where nobody knows it yet, `done` None before the step begins."""

    label: str
    unit: str
    done: int | None
    total: int | None

    @property
    def is_over(self) -> bool:
        return self.total is not None and self.done is not None and self.done >= self.total


class Progress:
    """The steps of what is being done with a batch."""

    def __init__(self, batch):
        self.batch, self.job = batch, batch.job
        self.title = TITLES[batch.status]
        self.is_waiting = self.job.state == Job.State.WAITING

    @property
    def steps(self) -> list[Step]:
        job, batch = self.job, self.batch
        unit = batch.sheet_kind.unit
        written = Step("Disimpan", unit, None, None)
        if batch.status == "uploaded":
            begun = not self.is_waiting and job.read > 0
            read, checked = (job.read, job.done) if begun else (None, None)
            return [Step("Dibaca", "baris", read, job.total), Step("Diperiksa", "baris", checked, job.total), written]
        if batch.status == "committing":
            rows = [Step(label, "baris", batch.rows, batch.rows) for label in ("Dibaca", "Diperiksa")]
            return [*rows, Step("Disimpan", unit, job.done, batch.to_write) if not self.is_waiting else written]
        return [Step("Dikembalikan", unit, None, None)]

    @property
    def current(self) -> Step:
        """The step that is going on, for where there is room for one."""
        begun = [step for step in self.steps if step.done is not None]
        return next((step for step in begun if not step.is_over), begun[-1] if begun else self.steps[0])

    @property
    def cancel(self) -> str:
        """What the button to stop says; empty where it is too late."""
        is_check = self.batch.status == "uploaded"
        return CANCEL[self.batch.status] if is_check or self.is_waiting else ""
