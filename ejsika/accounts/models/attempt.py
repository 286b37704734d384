"""Wrong passwords, counted. Neither names nor addresses are kept, only keyed digests of them."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class LoginAttemptsQuerySet(models.QuerySet):
    def untouched_for(self, age):
        """Counters that nothing was added to for so long."""
        return self.filter(last_at__lt=timezone.now() - age)


class LoginAttempts(models.Model):
    """Attempts to log in since the last success, of one user name, address or known device."""

    class Kind(models.TextChoices):
        NAME = "name"
        ADDRESS = "address"
        DEVICE = "device"

    kind = models.CharField(max_length=7, choices=Kind)
    digest = models.BinaryField(max_length=32)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)

    objects = LoginAttemptsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "login attempts"
        constraints = [
            models.UniqueConstraint(fields=["kind", "digest"], name="login_attempts_one_counter"),
            models.CheckConstraint(
                name="login_attempts_kind_known", condition=Q(kind__in=["name", "address", "device"])
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.failures}"
