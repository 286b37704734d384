"""How much is to be done in a year: by an assistant, by the assistants of a koordinator, in a region."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce, Now

from ejsika.regions.models import Region

LARGEST = 1_000_000


class TargetKind(models.TextChoices):
    VISITS = "kunjungan", "Kunjungan"
    SESSIONS = "pertemuan", "Pertemuan kelompok"
    ASSESSMENTS = "asesmen", "Asesmen"
    GRADUATIONS = "graduasi", "Graduasi"


class TargetQuerySet(models.QuerySet):
    def on(self, day):
        """Targets in force on a day, its first and last ones included."""
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day), valid_from__lte=day)


class Target(models.Model):
    """A number a calendar year for one person or one region, while it holds."""

    kind = models.CharField("apa", max_length=10, choices=TargetKind)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="targets")
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+", db_column="region_code")
    per_year = models.PositiveIntegerField("setahun")
    valid_from = models.DateField("berlaku sejak")
    valid_until = models.DateField("berlaku sampai", null=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    set_at = models.DateTimeField(db_default=Now())

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = "target"
        verbose_name_plural = "target"
        constraints = [
            models.CheckConstraint(name="target_kind_known", condition=Q(kind__in=TargetKind.values)),
            models.CheckConstraint(
                name="target_one_holder",
                condition=Q(user__isnull=True, region__isnull=False) | Q(user__isnull=False, region__isnull=True),
            ),
            models.CheckConstraint(name="target_range", condition=Q(per_year__range=(1, LARGEST))),
            models.CheckConstraint(
                name="target_validity", condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from"))
            ),
            ExclusionConstraint(
                name="target_one_at_a_time",
                expressions=[
                    ("kind", "="),
                    (Coalesce("user", Value(0)), "="),
                    (Coalesce("region", Value("")), "="),
                    (Func("valid_from", "valid_until", Value("[]"), function="daterange"), "&&"),
                ],
            ),
        ]

    def __str__(self):
        return f"target {self.pk}"
