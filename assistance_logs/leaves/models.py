"""Leaves: an assistant's days away, of which nobody asks what falls due in them."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.db.models.functions import Now
from django.utils import timezone

from beneficiaries.models import Assignment, Household
from ejsika.accounts.permissions import Role


class LeaveReason(models.TextChoices):
    """Codes as in ExcuseReason: a card tells both alike."""

    LEAVE = "cuti", "Cuti"
    ILLNESS = "sakit", "Sakit"
    DISASTER = "bencana", "Bencana"


class LeaveQuerySet(models.QuerySet):
    def for_user(self, user):
        """An assistant's own; for others those of assistants who have families that they may read of today."""
        if user.role == Role.PENDAMPING:
            return self.filter(assistant=user)
        today = Assignment.objects.on(timezone.localdate()).filter(assistant=OuterRef("assistant"))
        return self.filter(Exists(today.filter(household__in=Household.objects.for_user(user))))

    def standing(self):
        """Those that nobody has taken back."""
        return self.filter(revoked_at__isnull=True)

    def waiting(self):
        """Those that nobody has decided yet."""
        return self.standing().filter(granted_at__isnull=True)


class Leave(models.Model):
    """Days away, first and last included: asked for by the assistant, and in force once a koordinator has granted it.

    What falls due within it is excused to the end of the month in which it ends (obligations.duties); taken back, all
    of that is due again.
    """

    assistant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="leaves")
    started_on = models.DateField("mulai")
    ended_on = models.DateField("sampai dengan")
    reason = models.CharField("alasan", max_length=12, choices=LeaveReason)
    note = models.CharField("keterangan", max_length=300, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField("diajukan", db_default=Now())
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    granted_at = models.DateTimeField("disetujui", null=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    revoked_at = models.DateTimeField("dibatalkan", null=True)
    revoke_reason = models.CharField("alasan dibatalkan", max_length=300, blank=True)

    objects = LeaveQuerySet.as_manager()

    class Meta:
        verbose_name = "cuti"
        verbose_name_plural = "cuti"
        constraints = [
            models.CheckConstraint(name="leave_reason_known", condition=Q(reason__in=LeaveReason.values)),
            models.CheckConstraint(name="leave_validity", condition=Q(ended_on__gte=F("started_on"))),
            models.CheckConstraint(
                name="leave_granted_complete",
                condition=Q(granted_by__isnull=True, granted_at__isnull=True)
                | Q(granted_by__isnull=False, granted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="leave_not_granted_by_its_assistant",
                condition=Q(granted_by__isnull=True) | ~Q(granted_by=F("assistant")),
            ),
            models.CheckConstraint(
                name="leave_revoked_complete",
                condition=Q(revoked_by__isnull=True, revoked_at__isnull=True, revoke_reason="")
                | Q(revoked_by__isnull=False, revoked_at__isnull=False) & ~Q(revoke_reason=""),
            ),
            ExclusionConstraint(
                name="leave_one_at_a_time",
                expressions=[
                    ("assistant", "="),
                    (Func("started_on", "ended_on", Value("[]"), function="daterange"), "&&"),
                ],
                condition=Q(revoked_at__isnull=True),
            ),
        ]

    def __str__(self):
        return f"cuti {self.pk}"

    @property
    def is_waiting(self) -> bool:
        return self.granted_at is None and self.revoked_at is None

    @property
    def days(self) -> int:
        return (self.ended_on - self.started_on).days + 1

    @property
    def state(self) -> str:
        if self.revoked_at:
            return "dibatalkan" if self.granted_at else "tidak disetujui"
        return "menunggu persetujuan" if self.is_waiting else "disetujui"
