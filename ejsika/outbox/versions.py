"""What is sent stays as it came: a correction is a new row in the place of the old one, which can be read for ever."""

from typing import Self

from django.db import models
from django.db.models.functions import Now


class VersionQuerySet(models.QuerySet):
    def current(self):
        """The newest version of each."""
        return self.filter(is_current=True)


class Version(models.Model):
    """One version of something that was sent: its UUID is that of the sending, so that a repeat is no second one."""

    uuid = models.UUIDField(unique=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    is_current = models.BooleanField(default=True)
    recorded_at = models.DateTimeField("diterima server", db_default=Now())

    is_repeat = False  # of one that the same sending stored before: see sending.again

    class Meta:
        abstract = True

    def possible_versions(self) -> models.QuerySet:
        """Rows among which all versions of this one are: those about the same, mostly."""
        raise NotImplementedError

    def versions(self) -> list[Self]:
        """All versions of this, newest first, itself among them. Cost: one query."""
        rows = self.possible_versions().in_bulk()
        newer = {row.replaces_id: row for row in rows.values() if row.replaces_id}
        version = self
        while version.pk in newer:
            version = newer[version.pk]
        found = [version]
        while found[-1].replaces_id in rows:  # a merge of families may have left an older one behind
            found.append(rows[found[-1].replaces_id])
        return found
