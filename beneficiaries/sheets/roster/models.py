"""Staging for the KPM roster: one row a person, so that both layouts meet in one shape."""

from django.db import models
from django.db.models import Q

from beneficiaries.choices import InactiveReason
from ejsika.imports.models import StagedRow


class RosterRow(StagedRow):
    """A person as the sheet gives them. None means "the sheet does not say": it never erases what is known.

    `family` numbers the families of the file. `household` and `member` are the ones found in the register,
    or the id that a new family will have; numbers are sealed before they get here.
    """

    family = models.PositiveIntegerField()
    kk = models.BinaryField(null=True)
    nik = models.BinaryField(null=True)
    name = models.CharField(max_length=150, null=True)
    sex = models.CharField(max_length=1, null=True)
    born_on = models.DateField(null=True)
    relationship = models.CharField(max_length=1, null=True)
    is_recipient = models.BooleanField(default=False)
    school_level = models.CharField(max_length=3, null=True)
    grade = models.PositiveSmallIntegerField(null=True)
    is_pregnant = models.BooleanField(null=True)
    is_disabled = models.BooleanField(null=True)
    region_code = models.CharField(max_length=10, null=True)
    address = models.CharField(max_length=200, null=True)
    rt = models.PositiveSmallIntegerField(null=True)
    rw = models.PositiveSmallIntegerField(null=True)
    phone = models.CharField(max_length=20, null=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    bank = models.CharField(max_length=20, null=True)
    account_sealed = models.BinaryField(null=True)
    account_digest = models.BinaryField(null=True)
    cohort_year = models.PositiveSmallIntegerField(null=True)
    status = models.CharField(max_length=12, null=True)
    assistant = models.BigIntegerField(null=True)
    also_row = models.PositiveIntegerField(null=True)  # the line of a second sheet that tells of the same person
    household = models.BigIntegerField(null=True)
    member = models.BigIntegerField(null=True)  # the register's person where somebody has said that it is the same one
    changes = models.PositiveIntegerField(db_default=0)  # what would change in the family: fields.BITS
    withheld = models.PositiveIntegerField(db_default=0)  # what of it an admin has unticked

    class Meta:
        indexes = [
            # What is not compared yet has none: each line enters the index once.
            models.Index(fields=["batch", "outcome", "row"], condition=~Q(outcome=""), name="roster_by_outcome"),
            models.Index(fields=["batch", "family"], name="roster_by_family"),
        ]

    def __str__(self):
        return f"baris {self.row}"


class RosterSuspect(models.Model):
    """A new family's recipient who resembles one of the register, found anew at each check: who, and why."""

    class Reason(models.TextChoices):
        DAY = "day", "Nama mirip, tanggal lahir dan desa sama"
        DIGIT = "digit", "Nama mirip, NIK berbeda satu angka"
        DECIDED = "decided", "Pernah diputuskan orang yang sama"

    batch = models.ForeignKey("imports.ImportBatch", models.CASCADE, related_name="+", db_index=False)
    row = models.PositiveIntegerField()
    family = models.PositiveIntegerField()
    member = models.BigIntegerField()
    reason = models.CharField(max_length=7, choices=Reason)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "row", "member"], name="suspect_once")]

    def __str__(self):
        return f"baris {self.row} diduga ganda"


class RosterComplete(models.Model):
    """That an admin says: this roster names every active family of its programme in this region."""

    batch = models.OneToOneField("imports.ImportBatch", models.CASCADE, related_name="complete_roster")
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    def __str__(self):
        return f"roster lengkap {self.region_id}"


class RosterMissing(models.Model):
    """An active family that a complete roster does not name; with a reason it becomes non-active by the commit."""

    batch = models.ForeignKey("imports.ImportBatch", models.CASCADE, related_name="+", db_index=False)
    household = models.BigIntegerField()
    reason = models.CharField(max_length=20, choices=InactiveReason, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "household"], name="missing_once")]

    def __str__(self):
        return f"KPM {self.household} tidak ada di daftar"
