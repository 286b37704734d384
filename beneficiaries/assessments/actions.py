"""Keeping an assessment: one a family and day; the officer may put it right on the day it was written."""

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import formats, timezone

from beneficiaries.models import Assessment, Household
from beneficiaries.models.assessment import INDICATORS
from ejsika.accounts.models import User
from ejsika.audit.models import record

CONTENT = [*INDICATORS, "note"]


@transaction.atomic
def record_assessment(*, household: Household, by: User, assessed_on: datetime.date, **values) -> bool:
    """Keep what was found on a day, or put right what the same officer wrote today; False where it stood so already.

    Errors: ValidationError if the day has an assessment that this person may not replace.
    """
    household = Household.objects.locked(household)
    standing = household.assessments.filter(assessed_on=assessed_on).select_related("officer").first()
    if standing is None:
        made = Assessment.objects.create(household=household, officer=by, assessed_on=assessed_on, **values)
        record("assessment.recorded", target=household, by=by, assessment=made.pk, on=assessed_on.isoformat())
        return True
    if not may_replace(standing, by):
        raise ValidationError(
            f"Asesmen {formats.date_format(assessed_on)} sudah dicatat {standing.officer.name}. "
            "Pilih tanggal lain, atau batalkan."
        )
    changes = {
        name: [getattr(standing, name), values[name]] for name in CONTENT if getattr(standing, name) != values[name]
    }
    for name, (_, value) in changes.items():
        setattr(standing, name, value)
    if changes:
        standing.save(update_fields=list(changes))
        record("assessment.corrected", target=household, by=by, assessment=standing.pk, changes=changes)
    return bool(changes)


def may_replace(assessment: Assessment, user: User) -> bool:
    """Whether this person may still put it right: it is their own, written today."""
    is_own = assessment.officer_id == user.pk
    return is_own and timezone.localdate(assessment.recorded_at) == timezone.localdate()
