"""Storing visits: each once, however often it is sent; a correction is a new version, the old one stays."""

import datetime
import uuid as uuids
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from assistance_logs.choices import PlaceSource, VisitStatus
from assistance_logs.models import Visit, VisitPhoto
from assistance_logs.photos import add_again, add_photos
from assistance_logs.storing import hold, insert, settle
from beneficiaries import tallies
from beneficiaries.actions import set_first_point
from beneficiaries.choices import PointSource
from beneficiaries.models import Household
from ejsika.accounts.models import User
from ejsika.audit.models import record, record_values
from ejsika.files.photos import Photo
from ejsika.lib.prepared import prepared
from ejsika.outbox.sending import UuidTakenError, again

# What a correction may change; the audit entry names which of them it did.
CONTENT = [
    "kind",
    "happened_at",
    "ended_at",
    "result",
    "person_met",
    "topics",
    "notes",
    "follow_up",
    "follow_up_due",
    "latitude",
    "longitude",
    "accuracy_m",
    "position_source",
]


def find_sent(uuid: uuids.UUID | None, *, by: User, household: Household, replaces: Visit | None = None):
    """Give the visit that this same sending stored before, or None.

    Errors: UuidTakenError if the UUID is known, but not as this person's entry for this family.
    """
    found = next(iter(_sent(uuid=uuid)), None) if uuid else None
    return again(found, assistant_id=by.pk, household_id=household.pk, replaces_id=replaces and replaces.pk)


def find_own(uuid: uuids.UUID, *, by: User) -> Visit | None:
    """The entry that this person sent under a UUID, whoever has the family now."""
    return next(iter(_own(uuid=uuid, by=by.pk)), None)


@prepared(is_planned=True)
def _own(uuid, by):
    return Visit.objects.filter(uuid=uuid, assistant=by).select_related("household")


@prepared(is_planned=True)
def _sent(uuid):
    return Visit.objects.filter(uuid=uuid)


@transaction.atomic
def log_visit(
    *,
    household: Household,
    by: User,
    uuid: uuids.UUID,
    outbox_version: int,
    revision: uuids.UUID | None = None,
    sets_home: bool = False,
    photos: Sequence[Photo] = (),
    **content,
) -> Visit:
    """Store a visit with its photos, or give the one that the same UUID stored before.

    With `sets_home` its position becomes the point of a family that has none, if it is accurate.
    A phone that edits what waits cannot know whether an earlier sending arrived: with a `revision` what differs from
    that one becomes its correction under this UUID.
    Errors: UuidTakenError as in find_sent; ValidationError as in correct_visit.
    """
    visit = Visit(household=household, assistant=by, uuid=uuid, outbox_version=outbox_version, **content)
    desa = insert(visit)
    if desa is None:
        sent = find_sent(uuid, by=by, household=household)
        if revision and any(getattr(sent, name) != content[name] for name in content):
            renewed = {"outbox_version": outbox_version, "photos": photos, **content}
            return correct_visit(visit=sent, by=by, uuid=revision, **renewed)
        add_again(sent, by, photos)
        return sent
    if sets_home:
        _set_home(visit, by)
    told = {"visit": visit.pk, "kind": visit.kind, "result": visit.result}
    if taken := add_photos(visit, by, photos):
        told["photos"] = taken
    settle(visit, desa, record_values("visit.logged", target=household, by=by, **told))
    tallies.refresh_held(desa, month=_month(visit))
    return visit


@transaction.atomic
def correct_visit(
    *,
    visit: Visit,
    by: User,
    uuid: uuids.UUID,
    outbox_version: int,
    dropped_photos=(),
    photos: Sequence[Photo] = (),
    **content,
) -> Visit:
    """Store a new version of a visit in the place of the current one, or give what the same UUID stored before.

    It takes the old photos along, but those that are dropped (ids of VisitPhoto), and has the new ones.
    Errors: ValidationError if `visit` is not the current version any more; UuidTakenError as in find_sent.
    """
    household = visit.household
    hold(household)
    if sent := find_sent(uuid, by=by, household=household, replaces=visit):
        add_again(sent, by, photos)
        return sent
    if not Visit.objects.current().filter(pk=visit.pk).update(is_current=False):
        raise ValidationError(
            "Kunjungan ini sudah diperbaiki lebih dulu. Buka versi terbarunya, lalu perbaiki yang itu."
        )
    given = {"household": household, "assistant": visit.assistant, "uuid": uuid, "outbox_version": outbox_version}
    newer = Visit(replaces=visit, **given, **content)
    if (desa := insert(newer)) is None:  # sent for another family at the same moment
        raise UuidTakenError
    kept = VisitPhoto.objects.bulk_create(
        VisitPhoto(visit=newer, photo_id=row.photo_id) for row in visit.photos.exclude(pk__in=dropped_photos)
    )
    taken = add_photos(newer, by, photos, kept=len(kept))
    changed = [name for name in CONTENT if getattr(newer, name) != getattr(visit, name)]
    changed += ["photos"] if dropped_photos or taken else []
    told = {"visit": newer.pk, "replaces": visit.pk, "changed": changed}
    settle(newer, desa, record_values("visit.corrected", target=household, by=by, **told))
    tallies.refresh_held(desa, month=_month(visit) if _month(visit) == _month(newer) else None)
    return newer


@transaction.atomic
def return_visit(*, visit: Visit, by: User, remark: str) -> None:
    """Send a visit back to its assistant with a remark; the correction that follows is sent anew.

    Errors: ValidationError if it has been corrected or returned already.
    """
    hold(visit.household)
    waiting = Visit.objects.current().filter(pk=visit.pk, status=VisitStatus.SENT)
    if not waiting.update(status=VisitStatus.RETURNED, returned_by=by, returned_at=timezone.now(), remark=remark):
        raise ValidationError("Kunjungan ini sudah diperbaiki atau sudah dikembalikan. Muat ulang halamannya.")
    record("visit.returned", target=visit.household, by=by, visit=visit.pk, remark=remark)


def _set_home(visit: Visit, by: User) -> None:
    if visit.can_set_home:
        source = PointSource.PIN if visit.position_source == PlaceSource.PIN else PointSource.GPS
        point = {"latitude": visit.latitude, "longitude": visit.longitude, "point_accuracy_m": visit.accuracy_m}
        set_first_point(household=visit.household, by=by, point_source=source, **point)


def _month(visit: Visit) -> datetime.date:
    """The first day of the local month that a visit counts in."""
    return timezone.localdate(visit.happened_at).replace(day=1)
