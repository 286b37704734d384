"""Which assistant looks after which family, from when to when."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class AssignmentQuerySet(models.QuerySet):
    def on(self, day):
        """Assignments in force on that day: the first day counts, the last one belongs to the successor."""
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=day), started_on__lte=day)

    def touching(self, day):
        """Assignments in force on any part of that day, the last one too: its morning was still this assistant's."""
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=day), started_on__lte=day)

    def open(self):
        return self.filter(ended_on__isnull=True)


class Assignment(models.Model):
    household = models.ForeignKey("beneficiaries.Household", models.CASCADE, related_name="assignments")
    assistant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="assignments", db_index=False)
    started_on = models.DateField("mulai")
    ended_on = models.DateField("berakhir", null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = "penugasan"
        verbose_name_plural = "penugasan"
        indexes = [models.Index(fields=["assistant", "household"], name="assignment_by_assistant")]
        constraints = [
            models.UniqueConstraint(
                fields=["household"], condition=Q(ended_on__isnull=True), name="assignment_one_open"
            ),
            models.CheckConstraint(
                name="assignment_ends_after_start",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
            ),
        ]

    def __str__(self):
        return f"penugasan {self.pk}"

    def covers(self, day) -> bool:
        """Whether it is in force on that day, as in AssignmentQuerySet.on."""
        return self.started_on <= day and (self.ended_on is None or self.ended_on > day)
