"""How a family lives: writing it down, reading it, putting it right, its photos."""

from functools import partial
from uuid import uuid5

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from beneficiaries.assessments.actions import attach_photo, record_assessment
from beneficiaries.assessments.forms import AssessmentForm
from beneficiaries.assessments.outbox import told
from beneficiaries.assessments.page import assessment_context
from beneficiaries.models import Assessment, AssessmentPhoto, Household
from ejsika.accounts.permissions import Permission, requires
from ejsika.files.photos import small
from ejsika.files.views import content_of, jpeg
from ejsika.lib.http import render_page
from ejsika.outbox.sending import store


@require_http_methods(["GET", "POST"])
@requires(Permission.ASSESSMENT_RECORD)
def assessment_new(request, pk):
    household = get_object_or_404(Household.objects.for_user(request.user).select_related("region__parent"), pk=pk)
    last = Assessment.objects.for_user(request.user).filter(household=household).select_related("officer").last_one()
    form = AssessmentForm(*_sent(request), household=household, user=request.user, last=last)
    context = {"household": household, "last": last, "back_url": household.get_absolute_url()}
    return _answer(request, form, partial(record_assessment, household=household, by=request.user), context)


@require_http_methods(["GET", "POST"])
@requires(Permission.ASSESSMENT_RECORD)
def assessment_correct(request, pk):
    found = Assessment.objects.for_user(request.user).select_related("household__region__parent", "officer")
    assessment = get_object_or_404(found, pk=pk)
    if request.method == "GET" and not assessment.is_current:
        messages.error(request, "Versi ini sudah diperbaiki. Yang dapat diperbaiki adalah versi terbaru, di bawah ini.")
        return redirect(assessment.versions()[0])
    household = assessment.household
    form = AssessmentForm(*_sent(request), household=household, user=request.user, replaces=assessment)
    act = partial(record_assessment, household=household, by=request.user, replaces=assessment)
    context = {"household": household, "replaces": assessment, "back_url": assessment.get_absolute_url()}
    return _answer(request, form, act, context)


@require_safe
@requires(Permission.HOUSEHOLD_VIEW)
def assessment_detail(request, pk):
    found = Assessment.objects.for_user(request.user).select_related("household__region__parent", "officer")
    context = assessment_context(get_object_or_404(found, pk=pk), request.user)
    return render_page(request, "beneficiaries/assessment_detail.html", context)


@require_safe
@requires(Permission.HOUSEHOLD_VIEW)
def assessment_photo(request, pk):
    return jpeg(_content(request.user, pk))


@require_safe
@requires(Permission.HOUSEHOLD_VIEW)
def assessment_photo_small(request, pk):
    return jpeg(small(_content(request.user, pk)))


def _content(user, pk) -> bytes:
    return content_of(get_object_or_404(AssessmentPhoto.objects.for_user(user).select_related("photo"), pk=pk))


def _sent(request) -> tuple:
    return (request.POST, request.FILES) if request.method == "POST" else ()


def _answer(request, form, act, context):
    """Show the form, or keep what was sent, once, or say why not."""
    assessment = store(form, act)[0] if form.is_bound else None
    if assessment is None:
        if form.is_bound:
            form.renew_uuid()
        page = "beneficiaries/assessment_new.html"
        return render_page(request, page, context | {"form": form}, status=422 if form.is_bound else None)
    for level, words in told(form, assessment):
        messages.add_message(request, level, words)
    for subject, photo in form.photos.items():
        try:  # each has a number of its own, so that a repeat of the form adds none
            uuid = uuid5(form.cleaned_data["uuid"], f"photo {subject}")
            attach_photo(assessment=assessment, by=request.user, uuid=uuid, subject=subject, photo=photo)
        except ValidationError as error:
            messages.warning(request, f"Satu foto tidak ikut disimpan. {error.message}")
    return redirect(assessment.household)
