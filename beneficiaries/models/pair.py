"""What people have said of two persons who resemble each other: the same, or not. It is asked once for ever."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class PersonPair(models.Model):
    """Two persons by their sealed numbers, the smaller one first: the NIK or, without one, the family's KK."""

    one = models.BinaryField()
    other = models.BinaryField()
    is_same = models.BooleanField("orang yang sama")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="pair_once"),
            models.CheckConstraint(name="pair_in_order", condition=Q(one__lt=F("other"))),
        ]

    def __str__(self):
        return f"pasangan {self.pk}"
