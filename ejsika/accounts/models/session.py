"""Where people are logged in: Django's sessions, with whose they are and on which device."""

import hashlib

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.base_session import BaseSessionManager as StockManager
from django.db import models
from django.utils import timezone


class UserSessionQuerySet(models.QuerySet):
    def of(self, user):
        """The sessions that this person is logged in with now, the one used last first."""
        return self.filter(user=user, expire_date__gt=timezone.now()).order_by("-seen_at", "-started_at")

    def end(self) -> int:
        """Log these devices out; gives how many they were. The next request of each finds no session."""
        return self.delete()[0]


class UserSession(AbstractBaseSession):
    """One session. What stands beside its data is copied from it by ejsika.accounts.sessions whenever it is saved."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="sessions")
    device = models.CharField(max_length=60, blank=True)
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    objects = StockManager.from_queryset(UserSessionQuerySet)()

    class Meta(AbstractBaseSession.Meta):
        verbose_name = "sesi"
        verbose_name_plural = "sesi"

    @classmethod
    def get_session_store_class(cls):
        from ejsika.accounts.sessions import SessionStore  # it names this model

        return SessionStore

    @property
    def reference(self) -> str:
        """A name for this session that a page may show: the key itself would let its reader in."""
        return hashlib.sha256(self.session_key.encode()).hexdigest()
