"""Assessments as a phone's outbox sends them."""

import datetime
from functools import partial

from django.contrib import messages
from django.db.models import Count
from django.utils import formats

from beneficiaries.assessment_choices import PhotoSubject
from beneficiaries.assessments.actions import attach_photo, find_own, record_assessment
from beneficiaries.assessments.forms import NONE, AssessmentForm, OutboxAssessmentForm
from beneficiaries.families import UNKNOWN_FAMILY, family_to_log
from beneficiaries.models import Assessment, Household, Member
from beneficiaries.models.assessment import CONTENT
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Permission
from ejsika.outbox import day, kinds
from ejsika.outbox.kinds import Answer, Kind


def register() -> None:
    day.register("assessments", answers_of)
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


def answers_of(user: User, today: datetime.date) -> list[dict]:
    """What the form of each family starts from, as its fields hold it. Cost: two queries."""
    own = Household.objects.for_user(user).values("pk")
    current = Assessment.objects.current().filter(household__in=own).select_related("officer")
    last = {one.household_id: one for one in current.order_by("household", "-assessed_on").distinct("household")}
    present = Member.objects.filter(household__in=own, left_on__isnull=True).order_by()
    residents = dict(present.values_list("household").annotate(Count("pk")))
    return [_plain(pk, last.get(pk), count) for pk, count in residents.items()]


def _plain(pk: int, last: Assessment | None, residents: int) -> dict:
    if last is None:
        return {"id": pk, "last": "", "answers": [["residents", residents]]}
    answers = [[name, part] for name in CONTENT if name != "note" for part in _written(getattr(last, name))]
    return {"id": pk, "last": f"{formats.date_format(last.assessed_on)} oleh {last.officer.name}", "answers": answers}


def _written(value) -> list:
    """A value as the fields of its name hold it, one each."""
    if isinstance(value, list):
        return value or [NONE]
    return [] if value in (None, "") else [value]
