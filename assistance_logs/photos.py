"""Photos of visits: with a new version or after it, each once, however often it is sent."""

import uuid as uuids

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Exists

from assistance_logs.models import Visit, VisitPhoto
from assistance_logs.storing import hold, settle_photos
from ejsika.accounts.models import User
from ejsika.audit.models import record_values
from ejsika.files.models import StoredPhoto
from ejsika.files.photos import Photo
from ejsika.lib.prepared import prepared
from ejsika.outbox.sending import UuidTakenError

MOST_PHOTOS = 5
TOO_MANY = f"Satu kunjungan memuat paling banyak {MOST_PHOTOS} foto."


def add_photos(version: Visit, by: User, photos: list[Photo], *, kept: int = 0) -> int:
    """Store photos with a version that was just stored, before it is settled; gives how many it took.

    A visit is not lost for a photo: what was left out is told on it (`photo_trouble`). `kept` are there already.
    """
    taken = dict(list(_numbered(version, photos))[: MOST_PHOTOS - kept])
    version.photo_trouble = TOO_MANY if len(taken) < len(photos) else ""
    if not taken:
        return 0
    try:
        stored = StoredPhoto.keep_all(taken, by=by)
    except ValidationError as error:
        version.photo_trouble = error.message
        return 0
    VisitPhoto.objects.bulk_create(VisitPhoto(visit=version, photo=photo) for photo in stored)
    return len(stored)


def add_again(visit: Visit, by: User, photos: list[Photo]) -> None:
    """The same for a visit that was sent once more: those that did not arrive then."""
    for uuid, photo in _numbered(visit, photos):
        try:
            attach_photo(visit=visit, by=by, uuid=uuid, photo=photo)
        except ValidationError as error:
            visit.photo_trouble = error.message


def _numbered(visit: Visit, photos: list[Photo]):
    """Photos with UUIDs that are the same however often a form is sent."""
    return ((uuids.uuid5(visit.uuid, f"photo {number}"), photo) for number, photo in enumerate(photos))


@transaction.atomic
def attach_photo(*, visit: Visit, by: User, uuid: uuids.UUID, photo: Photo) -> None:
    """Add a photo to a visit's current version, once, however often it is sent.

    Errors: ValidationError when there are as many as there may be; UuidTakenError if the UUID is another photo's.
    """
    hold(visit.household)
    version = visit
    ((is_current, count, is_known),) = _standing(visit=visit.pk, uuid=uuid)
    if is_known:
        _check_own(visit, by, uuid)
        return
    if not is_current:
        version = visit.versions()[0]
        count = version.photos.count()
    if count >= MOST_PHOTOS:
        raise ValidationError(TOO_MANY)
    VisitPhoto.objects.create(visit=version, photo=StoredPhoto.keep(photo, uuid=uuid, by=by))
    settle_photos(version, record_values("visit.photo_added", target=visit.household, by=by, visit=version.pk))


@prepared(is_planned=True)
def _standing(visit, uuid):
    """Whether a version is the current one, how many photos it has, and whether one with this UUID is stored."""
    known = Exists(StoredPhoto.objects.filter(uuid=uuid))
    return Visit.objects.filter(pk=visit).values_list("is_current", Count("photos"), known)


def _check_own(visit: Visit, by: User, uuid: uuids.UUID) -> None:
    own = VisitPhoto.objects.filter(visit__household=visit.household_id, visit__assistant=visit.assistant_id)
    if not own.filter(photo__uuid=uuid, photo__stored_by=by).exists():
        raise UuidTakenError
