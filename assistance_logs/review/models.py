"""A koordinator's look at visits: what flagged one, by which limits, and what was decided of it."""

import datetime

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Func, Q, Value

from assistance_logs.review.words import words_of
from ejsika.programs.models import LegalBasis


class Limit(models.TextChoices):
    """What a visit is measured by; in brackets the unit. LIMITS holds where no row says otherwise."""

    FAR = "far", "Jarak dari rumah (meter)"
    ACCURACY = "accuracy", "Akurasi lokasi (meter)"
    BURST = "burst", "Jarak waktu ke kunjungan keluarga lain (menit)"
    SPEED = "speed", "Kecepatan antara dua kunjungan (km/jam)"
    LATE = "late", "Dicatat sesudah kunjungan (hari)"
    EVENING = "evening", "Malam sejak (jam)"
    MORNING = "morning", "Malam sampai (jam)"
    COPIED = "copied", "Panjang catatan yang sama (huruf)"


LIMITS = {
    Limit.FAR: 500,
    Limit.ACCURACY: 100,
    Limit.BURST: 5,
    Limit.SPEED: 80,
    Limit.LATE: 7,
    Limit.EVENING: 21,
    Limit.MORNING: 5,
    Limit.COPIED: 80,
}


class ReviewLimit(models.Model):
    """A limit that holds for a time: beyond it a visit is flagged."""

    name = models.CharField("batas", max_length=10, choices=Limit)
    value = models.PositiveIntegerField("nilai")
    valid_from = models.DateField("berlaku sejak")
    valid_until = models.DateField("berlaku sampai", null=True, blank=True)
    legal_basis = models.ForeignKey(LegalBasis, models.PROTECT, null=True, blank=True, verbose_name="dasar hukum")

    class Meta:
        verbose_name = "batas tinjauan"
        verbose_name_plural = "batas tinjauan"
        constraints = [
            models.CheckConstraint(name="review_limit_known", condition=Q(name__in=Limit.values)),
            models.CheckConstraint(
                name="review_limit_hour",
                condition=~Q(name__in=[Limit.EVENING, Limit.MORNING]) | Q(value__range=(0, 24)),
            ),
            models.CheckConstraint(
                name="review_limit_validity",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
            ),
            ExclusionConstraint(
                name="review_limit_one_at_a_time",
                expressions=[
                    ("name", "="),
                    (Func("valid_from", "valid_until", Value("[]"), function="daterange"), "&&"),
                ],
            ),
        ]

    def __str__(self):
        return f"{self.get_name_display()}: {self.value}"


class VisitReview(models.Model):
    """One flagged version of a visit: why it was flagged, and who has approved it. A return stands on the visit.

    `flags` is a list of objects: kind, value, limit and, where there is one, the other visit (review.flags).
    """

    visit = models.OneToOneField(
        "assistance_logs.Visit", models.CASCADE, primary_key=True, related_name="review", verbose_name="kunjungan"
    )
    flags = models.JSONField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name="peninjau"
    )
    at = models.DateTimeField("disetujui", null=True)

    class Meta:
        verbose_name = "tinjauan kunjungan"
        verbose_name_plural = "tinjauan kunjungan"
        indexes = [models.Index(fields=["-visit"], name="review_waiting", condition=Q(at__isnull=True))]
        constraints = [
            models.CheckConstraint(
                name="review_approved_complete",
                condition=Q(by__isnull=True, at__isnull=True) | Q(by__isnull=False, at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"tinjauan {self.pk}"

    @property
    def reasons(self) -> list[tuple[str, int | None]]:
        """(why it was flagged, in words with its numbers; the other visit that it is about) of each flag."""
        return [(words_of(flag), flag.get("other")) for flag in self.flags]


def limits_sql(day: datetime.date) -> str:
    """A query of one row with the limits of a day, each under its name."""
    on = f"DATE '{day.isoformat()}'"
    limits = (
        f"coalesce(max(value) FILTER (WHERE name = '{name}'), {default}) AS {name}" for name, default in LIMITS.items()
    )
    return f"""SELECT {", ".join(limits)} FROM assistance_logs_reviewlimit
        WHERE valid_from <= {on} AND (valid_until IS NULL OR valid_until >= {on})"""
