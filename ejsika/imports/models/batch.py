"""One upload of a spreadsheet from check to undo, whatever kind of sheet it is."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.functional import cached_property

from ejsika.accounts.models import User
from ejsika.imports import kinds
from ejsika.imports.kinds import SHEET_LINES
from ejsika.imports.progress import Progress
from ejsika.jobs.models import Job
from ejsika.lib.tags import id_number
from ejsika.programs.models import Program


def line_of(row: int) -> int:
    """The line as its own sheet shows it."""
    return row % SHEET_LINES


class ImportBatchQuerySet(models.QuerySet):
    def at_work(self):
        return self.filter(status__in=AT_WORK)

    def for_user(self, user):
        """Batches of this person, and those of others whose regions and programmes all lie inside this person's own;
        only of kinds that this person may upload."""
        if not (user.is_authenticated and user.sees_people):
            return self.none()
        known = self.filter(kind__in=[kind.name for kind in kinds.open_to(user)])
        within = known.filter(Q(uploaded_by=user) | Q(uploaded_by__in=User.objects.for_user(user)))
        if user.all_programs:
            return within
        return within.filter(Q(program__in=user.program_ids) | Q(program__isnull=True))


AT_WORK = ("uploaded", "committing", "undoing")
MOST_KEPT = 200  # that one page lists


class ImportBatch(models.Model):
    class Status(models.TextChoices):
        UPLOADED = "uploaded", "Menunggu diperiksa"
        CHECKED = "checked", "Sudah diperiksa"
        COMMITTING = "committing", "Sedang disimpan"
        COMMITTED = "committed", "Tersimpan"
        UNDOING = "undoing", "Sedang dibatalkan"
        UNDONE = "undone", "Dibatalkan"
        REFUSED = "refused", "Ditolak"
        CANCELLED = "cancelled", "Pemeriksaan dibatalkan"
        DISCARDED = "discarded", "Tidak jadi"

    kind = models.CharField(max_length=30)
    program = models.ForeignKey(Program, models.PROTECT, null=True, verbose_name="program")
    status = models.CharField(max_length=10, choices=Status, default=Status.UPLOADED)
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64)
    file_path = models.CharField(max_length=200, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(db_default=Now())
    checked_at = models.DateTimeField(null=True)
    check_seconds = models.FloatField(null=True)  # how long the check took, from the opening of the file on
    committed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    committed_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")  # last step
    forgotten_on = models.DateField(null=True)  # when the file went, and what was only of use with it
    job = models.OneToOneField(Job, models.PROTECT, null=True)
    sheet = models.CharField(max_length=100, blank=True)
    head_row = models.PositiveIntegerField(null=True)
    titles = models.JSONField(default=dict)  # field -> title as the sheet writes it
    unknown_columns = models.JSONField(default=list)
    columns = models.JSONField(default=list)  # of the heads, with samples: ejsika.imports.columns
    more_sheets = models.JSONField(default=list)  # those read after the first: {"name", "head_row", "titles"}
    sheets_left = models.JSONField(default=list)  # those not read: {"name", "has_head"}
    rows = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)  # create, change, same, error, suspect; left and fields where unticked
    compared = models.CharField(max_length=20, blank=True)  # what the last comparison found, family by family, as a sum
    compared_with = models.CharField(max_length=40, blank=True)  # what the register was like then: the kind's own mark
    choices_made = models.PositiveIntegerField(default=0)  # how often somebody unticked, ticked or decided something
    kept = models.JSONField(default=list)  # what an undo left standing because somebody had changed it since
    refusal_code = models.CharField(max_length=30, blank=True)
    refusal_message = models.TextField(blank=True)
    failure = models.TextField(blank=True)  # why the last step did not go through, for the person who asked for it

    objects = ImportBatchQuerySet.as_manager()
    on_written = None  # what a commit tells of each table that it writes: (name, rows)

    class Meta:
        verbose_name = "impor"
        verbose_name_plural = "impor"
        indexes = [
            models.Index(fields=["-id"], name="batch_newest"),
            models.Index(fields=["file_digest"], name="batch_by_file"),
        ]
        constraints = [
            models.CheckConstraint(
                name="batch_status_known",
                condition=Q(
                    status__in=[
                        *("uploaded", "checked", "committing", "committed", "undoing", "undone"),
                        *("refused", "cancelled", "discarded"),
                    ]
                ),
            ),
            models.CheckConstraint(
                name="batch_refusal_said",
                condition=~Q(status="refused") | ~Q(refusal_code="") & ~Q(refusal_message=""),
            ),
            models.CheckConstraint(
                name="batch_committed_by",
                condition=~Q(status__in=["committed", "undoing", "undone"])
                | Q(committed_by__isnull=False, committed_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"impor {self.pk}"

    def get_absolute_url(self):
        return reverse("imports:batch_detail", args=[self.pk])

    def sheet_of(self, row: int) -> str:
        """The name of the sheet that a line stands in."""
        number = row // SHEET_LINES
        return self.more_sheets[number - 1]["name"] if number else self.sheet

    def title_of(self, row: int, field: str) -> str | None:
        """The title of a column as the sheet of this line writes it; None where it has no such column."""
        number = row // SHEET_LINES
        return (self.more_sheets[number - 1]["titles"] if number else self.titles).get(field)

    def place_of(self, row: int) -> str:
        """A line in words, with its sheet where several were read."""
        line = f"baris {id_number(line_of(row))}"
        return f"{line}, lembar {self.sheet_of(row)}" if self.more_sheets else line

    @property
    def sheet_kind(self) -> kinds.SheetKind:
        return kinds.get(self.kind)

    @property
    def about(self) -> str:
        """What kind of sheet it is, and for which programme."""
        return f"{self.sheet_kind.label} · {self.program.name}" if self.program else self.sheet_kind.label

    @cached_property
    def kept_in_words(self) -> list[kinds.Kept]:
        """What an undo left standing, the first of it."""
        return self.sheet_kind.describe_kept(self, self.kept[:MOST_KEPT])

    @property
    def overlooked(self) -> list[str]:
        """Sheets that look like a list and were not read."""
        return [sheet["name"] for sheet in self.sheets_left if sheet["has_head"]]

    @property
    def is_at_work(self) -> bool:
        """Whether the queue has it: waiting to be checked, being written or taken back."""
        return self.status in AT_WORK

    @property
    def state_in_words(self) -> str:
        is_read = self.status == self.Status.UPLOADED and self.job and self.job.state == Job.State.RUNNING
        return "Sedang diperiksa" if is_read else self.get_status_display()

    @property
    def has_wrong_rows(self) -> bool:
        """Whether it was checked and rows stay out."""
        never_checked = (self.Status.UPLOADED, self.Status.REFUSED, self.Status.CANCELLED)
        return self.status not in never_checked and self.counts.get("error", 0) > 0

    @property
    def named_columns(self) -> list[dict]:
        """Columns that are read as an admin said, with the field's own title."""
        titles = {column.field: column.title for column in self.sheet_kind.columns}
        named = (column for column in self.columns if column.get("by"))
        return [column | {"label": titles.get(column["field"], "")} for column in named]

    @property
    def may_name_columns(self) -> bool:
        """Whether there are columns to be named, and it can be checked again."""
        is_open = self.status in (self.Status.CHECKED, self.Status.REFUSED) and bool(self.file_path)
        return is_open and any(not column["field"] or column.get("by") for column in self.columns)

    @property
    def progress(self) -> Progress | None:
        """How far the queue is with it; None where it has nothing to do."""
        return Progress(self) if self.is_at_work and self.job else None

    @property
    def to_write(self) -> int:
        """Families, or whatever the kind counts, that a commit writes."""
        return self.counts.get("create", 0) + self.counts.get("change", 0)

    @property
    def to_leave(self) -> int:
        """Families that a commit leaves out: wrong or unticked."""
        return self.counts.get("error", 0) + self.counts.get("left", 0)

    @property
    def shown(self) -> str:
        """What a page shows before the commit, in short: another choice or comparison gives another text."""
        return f"{self.choices_made}-{self.to_write}-{self.to_leave}-{self.compared}"
