"""Assessments as a phone's outbox sends them."""

from functools import partial

from django.contrib import messages

from beneficiaries.assessment_choices import PhotoSubject
from beneficiaries.assessments.actions import attach_photo, find_own, record_assessment
from beneficiaries.assessments.forms import AssessmentForm, OutboxAssessmentForm
from beneficiaries.families import UNKNOWN_FAMILY, family_to_log
from beneficiaries.models import Assessment
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Permission
from ejsika.outbox import kinds
from ejsika.outbox.kinds import Answer, Kind


def register() -> None:
    kinds.register(
        Kind(
            name="assessment",
            label="Asesmen",
            permission=Permission.ASSESSMENT_RECORD,
            store=store,
            find_own=find_own,
            attach=attach,
            has_subjects=True,
            template="beneficiaries/_phone_assessment.html",
            bare=AssessmentForm.bare,
        )
    )


def store(user: User, fields) -> Answer:
    household = family_to_log(user, fields.get("household", ""))
    if household is None:
        return Answer(False, reasons=[UNKNOWN_FAMILY])
    replaces = _replaced(user, household, fields.get("replaces", ""))
    about = {"household": household, "user": user, "replaces": replaces, "is_theirs_today": household.is_theirs_today}
    last = None if replaces else household.assessments.last_one()
    form = OutboxAssessmentForm(fields, last=last, **about)
    act = partial(record_assessment, household=household, by=user, replaces=replaces)
    return kinds.answer(form, act, url=partial(_url, household), told=told)


def _replaced(user: User, household, pk: str) -> Assessment | None:
    if not (pk.isascii() and pk.isdecimal() and len(pk) <= 18):
        return None
    return Assessment.objects.for_user(user).filter(household=household, pk=int(pk)).select_related("officer").first()


def _url(household, assessment: Assessment) -> str:
    return household.get_absolute_url() if household.is_theirs_today else ""


def attach(assessment: Assessment, *, subject: str, **photo) -> None:
    """Add a photo; one of a subject that this server does not know shows the house."""
    known = subject if subject in PhotoSubject.values else PhotoSubject.FRONT.value
    attach_photo(assessment=assessment, subject=known, **photo)


def told(form: AssessmentForm, assessment: Assessment):
    """What the writer reads once an assessment is stored: messages by level."""
    if assessment.is_repeat:
        yield messages.INFO, "Asesmen ini sudah tersimpan."
    else:
        yield messages.SUCCESS, "Perbaikan tersimpan." if assessment.replaces_id else "Asesmen tersimpan."
