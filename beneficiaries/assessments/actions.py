"""Keeping an assessment: one a family and day, sent once; a correction is a new version, the old one stays."""

import datetime
import uuid as uuids
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import formats

from beneficiaries.models import Assessment, AssessmentPhoto, Household
from beneficiaries.models.assessment import CONTENT
from ejsika.accounts.models import User
from ejsika.audit.models import AuditEvent, record
from ejsika.files.models import StoredPhoto
from ejsika.files.photos import Photo
from ejsika.lib.prepared import prepared
from ejsika.outbox.sending import UuidTakenError

# A photo that takes the place of another makes a version of its own, always the same however often it is sent.
_REPLACING = uuids.UUID("5f0c2f0e-6c0e-4b7b-9a55-2f3e0f6f5a11")


def find_sent(uuid: uuids.UUID | None, *, by: User, household: Household) -> Assessment | None:
    """Give the assessment that this same sending stored before, or None.

    Errors: UuidTakenError if it is known, but not as this person's for this family.
    """
    found = Assessment.objects.filter(uuid=uuid).first() if uuid else None
    if found is None:
        return None
    if found.household_id != household.pk or not _is_senders(found, by):
        raise UuidTakenError
    found.is_repeat = True
    return found


def find_own(uuid: uuids.UUID, *, by: User) -> Assessment | None:
    """What this person sent under a UUID, whoever has the family now."""
    return next((found for found in _with_number(uuid=uuid) if _is_senders(found, by)), None)


@prepared(is_planned=True)
def _with_number(uuid):
    return Assessment.objects.filter(uuid=uuid).select_related("household")


def _is_senders(assessment: Assessment, by: User) -> bool:
    """Whether this person sent it. Its officer is who found it; who has put it right since is told by the audit."""
    if not assessment.replaces_id:
        return assessment.officer_id == by.pk
    sent = AuditEvent.objects.filter(actor=by, action="assessment.corrected", data__assessment=assessment.pk)
    return sent.exists()


@transaction.atomic
def record_assessment(
    *,
    household: Household,
    by: User,
    uuid: uuids.UUID,
    assessed_on: datetime.date,
    revision: uuids.UUID | None = None,
    replaces: Assessment | None = None,
    pictured: Iterable[str] = (),
    **values,
) -> Assessment:
    """Keep what was found on a day, or give what the same UUID kept before.

    It takes the place of what it `replaces`, or of this person's own of that day: as a new version, which takes the
    photos along but those of the `pictured` subjects, of which new ones follow. A phone that edits what waits cannot
    know whether an earlier sending arrived: with a `revision` what differs from that one becomes its correction.
    Errors: ValidationError if the day has another's assessment, `replaces` is an old version;
    UuidTakenError as in find_sent.
    """
    household = Household.objects.locked(household)
    if sent := find_sent(uuid, by=by, household=household):
        if revision is None or _is_same(sent, assessed_on, values):
            return sent
        if later := find_sent(revision, by=by, household=household):
            return later
        uuid, replaces = revision, sent.versions()[0]
    replaces = _replaced(household, by, assessed_on, replaces)
    if replaces and _is_same(replaces, assessed_on, values) and not pictured:
        replaces.is_repeat = True
        return replaces
    made = _keep(household, by, uuid, assessed_on, replaces, values)
    if replaces:
        AssessmentPhoto.objects.bulk_create(
            AssessmentPhoto(assessment=made, photo_id=row.photo_id, subject=row.subject)
            for row in replaces.photos.exclude(subject__in=list(pictured))
        )
        told = {"assessment": made.pk, "replaces": replaces.pk, "changes": _changes(replaces, made)}
        record("assessment.corrected", target=household, by=by, **told)
    else:
        record("assessment.recorded", target=household, by=by, assessment=made.pk, on=assessed_on.isoformat())
    return made


def _replaced(household: Household, by: User, day: datetime.date, replaces: Assessment | None) -> Assessment | None:
    """The current assessment whose place the new one takes; None where the day is free."""
    standing = household.assessments.current().filter(assessed_on=day).select_related("officer").first()
    if replaces and not household.assessments.current().filter(pk=replaces.pk).exists():
        raise ValidationError("Asesmen ini sudah diperbaiki lebih dulu. Buka versi terbarunya, lalu perbaiki yang itu.")
    if standing and standing != replaces and (replaces or standing.officer_id != by.pk):
        raise ValidationError(
            {
                "assessed_on": f"Asesmen {formats.date_format(day)} sudah dicatat {standing.officer.name}. "
                "Pilih tanggal lain, atau perbaiki yang itu."
            }
        )
    return replaces or standing


def _keep(household, by, uuid, assessed_on, replaces, values) -> Assessment:
    officer = replaces.officer if replaces else by
    if replaces:
        Assessment.objects.filter(pk=replaces.pk).update(is_current=False)
    try:
        with transaction.atomic():
            return Assessment.objects.create(
                household=household, officer=officer, uuid=uuid, assessed_on=assessed_on, replaces=replaces, **values
            )
    except IntegrityError:
        if Assessment.objects.filter(uuid=uuid).exists():  # sent for another family at the same moment
            raise UuidTakenError from None
        raise


def _is_same(standing: Assessment, day: datetime.date, values: dict) -> bool:
    return standing.assessed_on == day and all(getattr(standing, name) == value for name, value in values.items())


def _changes(old: Assessment, new: Assessment) -> dict[str, list]:
    """{column: [old, new]} as an audit entry can hold it."""
    pairs = {name: [getattr(old, name), getattr(new, name)] for name in CONTENT}
    pairs["assessed_on"] = [old.assessed_on.isoformat(), new.assessed_on.isoformat()]
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


@transaction.atomic
def attach_photo(*, assessment: Assessment, by: User, uuid: uuids.UUID, subject: str, photo: Photo) -> None:
    """Add a photo to an assessment's newest version, once, however often it is sent; another of its subject makes way.

    Errors: UuidTakenError if the UUID is another photo's.
    """
    household = Household.objects.locked(assessment.household)
    if known := StoredPhoto.objects.filter(uuid=uuid).first():
        own = AssessmentPhoto.objects.filter(photo=known, assessment__household=household)
        if known.stored_by_id != by.pk or not own.exists():
            raise UuidTakenError
        return
    version = assessment.versions()[0]
    if version.photos.filter(subject=subject).exists():
        values = {name: getattr(version, name) for name in CONTENT}
        version = record_assessment(
            household=household, by=by, uuid=uuids.uuid5(_REPLACING, str(uuid)), assessed_on=version.assessed_on,
            replaces=version, pictured=[subject], **values,
        )  # fmt: skip
    stored = StoredPhoto.keep(photo, uuid=uuid, by=by)
    AssessmentPhoto.objects.create(assessment=version, photo=stored, subject=subject)
    record("assessment.photo_added", target=household, by=by, assessment=version.pk, subject=subject)
