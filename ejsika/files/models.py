"""What stands in the database of a stored file; whose it is say the rows that point to it."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from ejsika.files.storage import Room
from ejsika.regions.models import ScopedQuerySet

PHOTOS = Room("photos", "photo", is_spread=True)


class StoredPhoto(models.Model):
    """A photo on the disk. Units: pixels, bytes. The phone gives it a UUID, so that a repeat is no second one."""

    uuid = models.UUIDField(unique=True)
    path = models.CharField(max_length=60, unique=True)
    digest = models.CharField(max_length=64, db_index=True)  # SHA-256 of what came: the same photo sent twice
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    stored_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "foto"
        verbose_name_plural = "foto"

    def __str__(self):
        return f"foto {self.pk}"

    @classmethod
    def keep(cls, photo, *, uuid, by) -> "StoredPhoto":
        """Write a Photo to the disk and its row to the database, or neither. Errors: ValidationError: no room."""
        return cls.keep_all({uuid: photo}, by=by)[0]

    @classmethod
    def keep_all(cls, photos: dict, *, by) -> list["StoredPhoto"]:
        """The same for some Photos by their UUID: all of them or none. Cost: one statement."""
        rows = []
        try:
            for uuid, photo in photos.items():
                row = cls(uuid=uuid, digest=photo.digest, width=photo.width, height=photo.height, stored_by=by)
                row.path, row.size = PHOTOS.store(photo.content), len(photo.content)
                rows.append(row)
            return cls.objects.bulk_create(rows)
        except BaseException:
            for row in rows:
                PHOTOS.forget(row.path)
            raise

    def content(self) -> bytes:
        """The JPEG. Errors: Lost."""
        return PHOTOS.load(self.path)


class PhotoOfQuerySet(ScopedQuerySet):
    """Rows that say what a photo is of: seen by whoever may see that. `of` names the field that points to it."""

    of: str

    def for_user(self, user):
        return self._of(self._shown.for_user(user))

    def countable_by(self, user):
        return self._of(self._shown.countable_by(user))

    @property
    def _shown(self):
        return self.model._meta.get_field(self.of).related_model.objects

    def _of(self, rows):
        return self.filter(Exists(rows.filter(pk=OuterRef(self.of))))
