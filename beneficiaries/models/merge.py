"""Two families of the register that were one: which was merged into which, and the numbers that this retired."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from beneficiaries.models.household import Household


class HouseholdMerge(models.Model):
    """That a family turned out to be another one of the register: what it had is the other's now, its row stays.

    `values` are the columns of both as they were before, sealed ones in hexadecimal. A family that is merged later
    takes along those that were merged into it, so `into` always names one that stands.
    """

    merged = models.OneToOneField(Household, models.PROTECT, related_name="merge")
    into = models.ForeignKey(Household, models.PROTECT, related_name="merges")
    reason = models.CharField("alasan", max_length=300)
    values = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(name="merge_of_two", condition=~Q(merged=F("into"))),
            models.CheckConstraint(name="merge_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self):
        return f"penggabungan {self.pk}"


class RetiredNumber(models.Model):
    """A NIK or No KK that a merge has put aside: who writes it means the family, or the person, that it leads to.

    It counts only as long as nobody else has it.
    """

    class Kind(models.TextChoices):
        NIK = "nik", "NIK"
        KK = "kk", "No KK"

    kind = models.CharField(max_length=3, choices=Kind)
    number = models.BinaryField()
    merge = models.ForeignKey(HouseholdMerge, models.PROTECT, related_name="retired_numbers")
    member = models.BigIntegerField(null=True)  # of a NIK: the person whose other number is right

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number", "kind"], name="retired_number_once"),
            models.CheckConstraint(name="retired_kind_known", condition=Q(kind__in=["nik", "kk"])),
            models.CheckConstraint(
                name="retired_nik_has_person",
                condition=Q(kind="nik", member__isnull=False) | Q(kind="kk", member__isnull=True),
            ),
        ]

    def __str__(self):
        return f"nomor lama {self.pk}"
