"""Storing visits: each once, however often it is sent; a correction is a new version, the old one stays."""

import datetime
import uuid as uuids
from functools import wraps

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from assistance_logs.choices import MET, PlaceSource, VisitStatus
from assistance_logs.models import Visit, VisitPhoto
from assistance_logs.review.flags import refresh_flags
from beneficiaries import tallies
from beneficiaries.actions import set_first_point
from beneficiaries.choices import PointSource
from beneficiaries.models import Household
from beneficiaries.models.household import GONE, MERGED
from ejsika.accounts.models import User
from ejsika.audit.models import record
from ejsika.files.models import StoredPhoto
from ejsika.files.photos import Photo
from ejsika.lib.prepared import prepared
from ejsika.outbox.sending import UuidTakenError

MOST_PHOTOS = 5
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
    visit = next(iter(_sent(uuid=uuid)), None) if uuid else None
    if visit is None:
        return None
    same = (visit.assistant_id, visit.household_id, visit.replaces_id) == (
        by.pk,
        household.pk,
        replaces and replaces.pk,
    )
    if not same:
        raise UuidTakenError
    visit.is_repeat = True
    return visit


def find_own(uuid: uuids.UUID, *, by: User) -> Visit | None:
    """The entry that this person sent under a UUID, whoever has the family now."""
    return Visit.objects.filter(uuid=uuid, assistant=by).select_related("household").first()


@prepared(is_planned=True)
def _sent(uuid):
    return Visit.objects.filter(uuid=uuid)


def _once(act):
    """Store in a transaction, and tell by UuidTakenError where the UUID became another entry's meanwhile.

    Two families' locks do not meet: only the unique constraint sees one UUID sent for both at once.
    """

    @wraps(act)
    def run(*, uuid: uuids.UUID, **fields):
        try:
            with transaction.atomic():
                return act(uuid=uuid, **fields)
        except IntegrityError:
            if Visit.objects.filter(uuid=uuid).exists():
                raise UuidTakenError from None
            raise

    return run


@_once
def log_visit(
    *,
    household: Household,
    by: User,
    uuid: uuids.UUID,
    outbox_version: int,
    revision: uuids.UUID | None = None,
    sets_home: bool = False,
    **content,
) -> Visit:
    """Store a visit, or give the one that the same UUID stored before.

    With `sets_home` its position becomes the point of a family that has none, if it is accurate.
    A phone that edits what waits cannot know whether an earlier sending arrived: with a `revision` what differs from
    that one becomes its correction under this UUID.
    Errors: UuidTakenError as in find_sent; ValidationError as in correct_visit.
    """
    desa = _lock(household)
    if sent := find_sent(uuid, by=by, household=household):
        if revision is None or all(getattr(sent, name) == content[name] for name in content):
            return sent
        return correct_visit(visit=sent, by=by, uuid=revision, outbox_version=outbox_version, **content)
    visit = Visit.objects.create(household=household, assistant=by, uuid=uuid, outbox_version=outbox_version, **content)
    if sets_home:
        _set_home(visit, by)
    refresh_last_visits([household.pk])
    refresh_flags([visit.pk])
    tallies.refresh([desa], month=_month(visit))
    record("visit.logged", target=household, by=by, visit=visit.pk, kind=visit.kind, result=visit.result)
    return visit


@_once
def correct_visit(
    *, visit: Visit, by: User, uuid: uuids.UUID, outbox_version: int, dropped_photos=(), **content
) -> Visit:
    """Store a new version of a visit in the place of the current one, or give what the same UUID stored before.

    It takes the photos along, but those that are dropped (ids of VisitPhoto).

    Errors: ValidationError if `visit` is not the current version any more; UuidTakenError as in find_sent.
    """
    household = visit.household
    desa = _lock(household)
    if sent := find_sent(uuid, by=by, household=household, replaces=visit):
        return sent
    if not Visit.objects.current().filter(pk=visit.pk).update(is_current=False):
        raise ValidationError(
            "Kunjungan ini sudah diperbaiki lebih dulu. Buka versi terbarunya, lalu perbaiki yang itu."
        )
    newer = Visit.objects.create(
        household=household,
        assistant=visit.assistant,
        uuid=uuid,
        outbox_version=outbox_version,
        replaces=visit,
        **content,
    )
    VisitPhoto.objects.bulk_create(
        VisitPhoto(visit=newer, photo_id=row.photo_id) for row in visit.photos.exclude(pk__in=dropped_photos)
    )
    refresh_last_visits([household.pk])
    refresh_flags([newer.pk])
    tallies.refresh([desa], month=_month(visit) if _month(visit) == _month(newer) else None)
    changed = [name for name in CONTENT if getattr(newer, name) != getattr(visit, name)]
    changed += ["photos"] if dropped_photos else []
    record("visit.corrected", target=household, by=by, visit=newer.pk, replaces=visit.pk, changed=changed)
    return newer


@transaction.atomic
def return_visit(*, visit: Visit, by: User, remark: str) -> None:
    """Send a visit back to its assistant with a remark; the correction that follows is sent anew.

    Errors: ValidationError if it has been corrected or returned already.
    """
    _lock(visit.household)
    waiting = Visit.objects.current().filter(pk=visit.pk, status=VisitStatus.SENT)
    if not waiting.update(status=VisitStatus.RETURNED, returned_by=by, returned_at=timezone.now(), remark=remark):
        raise ValidationError("Kunjungan ini sudah diperbaiki atau sudah dikembalikan. Muat ulang halamannya.")
    record("visit.returned", target=visit.household, by=by, visit=visit.pk, remark=remark)


def _set_home(visit: Visit, by: User) -> None:
    if visit.can_set_home:
        source = PointSource.PIN if visit.position_source == PlaceSource.PIN else PointSource.GPS
        point = {"latitude": visit.latitude, "longitude": visit.longitude, "point_accuracy_m": visit.accuracy_m}
        set_first_point(household=visit.household, by=by, point_source=source, **point)


def attach_photo(*, visit: Visit, by: User, uuid: uuids.UUID, photo: Photo) -> None:
    """Add a photo to a visit's current version, once, however often it is sent.

    Errors: ValidationError when there are as many as there may be; UuidTakenError if the UUID is another photo's.
    """
    with transaction.atomic():
        _lock(visit.household)
        version = visit if Visit.objects.current().filter(pk=visit.pk).exists() else visit.versions()[0]
        if known := StoredPhoto.objects.filter(uuid=uuid).first():
            if known.stored_by_id != by.pk or not VisitPhoto.objects.filter(
                photo=known, visit__household=visit.household_id, visit__assistant=visit.assistant_id
            ):
                raise UuidTakenError
            return
        if version.photos.count() >= MOST_PHOTOS:
            raise ValidationError(f"Satu kunjungan memuat paling banyak {MOST_PHOTOS} foto.")
        stored = StoredPhoto.keep(photo, uuid=uuid, by=by)
        VisitPhoto.objects.create(visit=version, photo=stored)
        refresh_flags([version.pk])
        record("visit.photo_added", target=visit.household, by=by, visit=version.pk)


def refresh_last_visits(household_ids) -> None:
    """Set Household.last_visited_on to the day of the last visit that met the family, for many in one statement.

    Call it in the transaction that changed their visits. The day is the local one.
    """
    ids = list(household_ids)
    with connection.planned_cursor() if len(ids) == 1 else connection.cursor() as cursor:
        cursor.execute(
            """UPDATE beneficiaries_household h SET last_visited_on = last.day
               FROM unnest(%s::bigint[]) AS asked(id)
               LEFT JOIN LATERAL (
                   SELECT max((v.happened_at AT TIME ZONE %s)::date) AS day FROM assistance_logs_visit v
                   WHERE v.household_id = asked.id AND v.is_current AND v.result = ANY(%s)) last ON true
               WHERE h.id = asked.id AND h.last_visited_on IS DISTINCT FROM last.day""",
            [ids, settings.TIME_ZONE, [result.value for result in MET]],
        )


def _month(visit: Visit) -> datetime.date:
    """The first day of the local month that a visit counts in."""
    return timezone.localdate(visit.happened_at).replace(day=1)


def _lock(household: Household) -> str:
    """Let the changes to one family's visits happen one after the other; gives the desa that it lies in by now.

    Errors: as in HouseholdQuerySet.locked.
    """
    for region in _held(household=household.pk):
        if region is None:
            raise ValidationError(MERGED)
        return region
    raise ValidationError(GONE)


@prepared
def _held(household):
    return Household.objects.select_for_update().filter(pk=household).values_list("region", flat=True)
