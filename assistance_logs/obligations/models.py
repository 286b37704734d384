"""Excuses: why what is due for a family cannot be done this month."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from beneficiaries.models import Assignment, Household
from beneficiaries.models.of_family import OfFamilyQuerySet


class ExcuseReason(models.TextChoices):
    LEAVE = "cuti", "Saya cuti"
    ILLNESS = "sakit", "Saya sakit"
    DISASTER = "bencana", "Bencana, misalnya banjir atau longsor"
    EMPTY_HOUSE = "rumah_kosong", "Rumah kosong dua kali"
    AWAY = "bepergian", "Keluarga bepergian bulan ini"
    NO_ACCESS = "akses", "Jalan terputus"
    OTHER = "lain", "Lainnya"


class ExcuseQuerySet(OfFamilyQuerySet):
    def in_force(self, today: datetime.date):
        """Those of this month, not revoked, by whose family it is today: a successor gives their own."""
        own = Assignment.objects.on(today).filter(household=OuterRef("household"), assistant=OuterRef("by"))
        return self.filter(Exists(own), month=today.replace(day=1), revoked_at__isnull=True)


class Excuse(models.Model):
    """An assistant's word that what is due for a family cannot be done in a month (its first day).

    It takes the family out of what counts as due or overdue until the month ends; a koordinator may revoke it.
    """

    household = models.ForeignKey(Household, models.PROTECT, related_name="excuses")
    month = models.DateField("bulan")
    reason = models.CharField("alasan", max_length=12, choices=ExcuseReason)
    note = models.CharField("keterangan", max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="pendamping")
    created_at = models.DateTimeField("dicatat", db_default=Now())
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField("dicabut", null=True)
    revoke_reason = models.CharField("alasan dicabut", max_length=300, blank=True)

    objects = ExcuseQuerySet.as_manager()

    class Meta:
        verbose_name = "halangan"
        verbose_name_plural = "halangan"
        constraints = [
            models.UniqueConstraint(
                fields=["household", "month", "by"], condition=Q(revoked_at__isnull=True), name="excuse_once_a_month"
            ),
            models.CheckConstraint(name="excuse_reason_known", condition=Q(reason__in=ExcuseReason.values)),
            models.CheckConstraint(name="excuse_month_first_day", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="excuse_other_says_what", condition=~Q(reason=ExcuseReason.OTHER) | ~Q(note="")
            ),
            models.CheckConstraint(
                name="excuse_revoked_complete",
                condition=Q(revoked_by__isnull=True, revoked_at__isnull=True, revoke_reason="")
                | Q(revoked_by__isnull=False, revoked_at__isnull=False) & ~Q(revoke_reason=""),
            ),
        ]

    def __str__(self):
        return f"halangan {self.pk}"
