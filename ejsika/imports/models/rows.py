"""The lines of an upload: those that were cleaned, what somebody unticked of them, and those that are no data."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from ejsika.imports.models.batch import ImportBatch


class Outcome(models.TextChoices):
    CREATE = "create", "Baru"
    CHANGE = "change", "Berubah"
    SAME = "same", "Sama"
    LEFT = "left", "Tidak dipilih"
    ERROR = "error", "Salah"
    SKIPPED = "skipped", "Dilewati"


class StagedRow(models.Model):
    """A line of the sheet as cleaned, before anything is written; each kind of sheet adds its columns."""

    # Rows of a batch come and go with it, all at once: the database need not ask for the batch at each of them.
    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    row = models.PositiveIntegerField()
    outcome = models.CharField(max_length=7, choices=Outcome, blank=True)

    class Meta:
        abstract = True


class Choice(models.Model):
    """What an admin unticked before the commit: a family (field ""), or a field of it or of a person, by its line.

    The lines of a file are numbered alike whenever it is checked, so a choice outlives a new check.
    """

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="choices", db_index=False)
    row = models.PositiveIntegerField()
    field = models.CharField(max_length=40, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "row", "field"], name="choice_once")]

    def __str__(self):
        return f"baris {self.row} tidak dipilih"


class SkippedLine(models.Model):
    """A line below the head that is no data: a total, a signature, a blank or an exact repeat."""

    class Reason(models.TextChoices):
        BLANK = "blank", "Kosong"
        REPEAT = "repeat", "Sama persis dengan baris sebelumnya"
        NO_DATA = "no_data", "Bukan data (jumlah, tanda tangan, judul)"
        EXAMPLE = "example", "Contoh dari templat"

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="skipped_lines")
    row = models.PositiveIntegerField()
    reason = models.CharField(max_length=7, choices=Reason)
    text = models.CharField(max_length=200, blank=True)

    def __str__(self):
        return f"baris {self.row} dilewati"


class AccountRow(StagedRow):
    """A line of the sheet of accounts. Empty or None: the sheet does not say, and nothing changes.

    `user` is the account of that name where there is one; `changes` is what would be written: [field, old, new].
    """

    username = models.CharField(max_length=60)
    name = models.CharField(max_length=150, blank=True)
    role = models.CharField(max_length=12, blank=True)
    regions = models.JSONField(default=list)  # codes
    programs = models.JSONField(null=True)  # codes, or "all"
    user = models.BigIntegerField(null=True)
    changes = models.JSONField(default=list)

    def __str__(self):
        return f"baris {self.row}"
