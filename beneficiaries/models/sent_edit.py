"""Edits that phones sent: each is taken once, however often it comes."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from beneficiaries.models.household import Household


class SentEdit(models.Model):
    """One edit that was taken from a phone, by its UUID.

    `wrote`: what it and its later editions wrote, by unit, and whom they added.
    """

    uuid = models.UUIDField(unique=True)
    household = models.ForeignKey(Household, models.CASCADE, related_name="sent_edits")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    wrote = models.JSONField()
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "perubahan terkirim"
        verbose_name_plural = "perubahan terkirim"

    def __str__(self):
        return f"perubahan {self.pk}"
