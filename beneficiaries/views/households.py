"""The families: their list, the search above it, the page of one, and what may be changed there."""

import json

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beneficiaries import actions, panels, timeline
from beneficiaries.edits import EditConflict
from beneficiaries.forms.assigning import AssignForm
from beneficiaries.forms.changes import HouseholdEditForm
from beneficiaries.forms.households import COUNTED_UP_TO, HouseholdFilterForm, SearchForm
from beneficiaries.handover import MOST
from beneficiaries.merging.addresses import kept_of
from beneficiaries.models import Household
from beneficiaries.outbox import subject_of
from beneficiaries.page import family_context, find_family, picker_context
from beneficiaries.search import digits_of, find_by_number, keep_name
from ejsika.accounts.permissions import Permission, Role, requires
from ejsika.lib.http import render_page

ENTRIES = 50
NO_SUCH_NUMBER = "Tidak ada keluarga di wilayah Anda dengan nomor ini. Periksa lagi ke-16 angkanya."


@require_safe
@requires(Permission.HOUSEHOLD_VIEW)
def household_list(request):
    return _list_page(request, request.GET, SearchForm())


@require_POST
@requires(Permission.HOUSEHOLD_VIEW)
def household_search(request):
    form = SearchForm(request.POST)
    if form.is_valid():
        text = form.cleaned_data["q"]
        if not digits_of(text):
            kept = HouseholdFilterForm(request.POST, user=request.user, session=request.session)
            reference = keep_name(request.session, text)
            return redirect(f"{reverse('beneficiaries:household_list')}?{kept.query(search=reference)}")
        household = find_by_number(Household.objects.for_user(request.user), text)
        if household:
            return redirect(household)
        form.add_error("q", NO_SUCH_NUMBER)
    return _list_page(request, request.POST, form)


@require_safe
@requires(Permission.HOUSEHOLD_VIEW)
def household_detail(request, pk):
    household = find_family(request.user, pk)
    if household is None:
        return _old_address(request, pk)
    context = {
        "household": household,
        **family_context(household, request.user),
        "panels": [render_to_string(*panel) for panel in panels.build_all(household, request.user)],
        "entries": timeline.entries(household, request.user, ENTRIES),
        "limit": ENTRIES,
        "today": timezone.localdate(),
    }
    return render_page(request, "beneficiaries/household_detail.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.HOUSEHOLD_EDIT)
def household_edit(request, pk):
    household = get_object_or_404(Household.objects.for_user(request.user).select_related("region__parent"), pk=pk)
    form = HouseholdEditForm(request.POST if request.method == "POST" else None, household=household)
    if form.is_valid():
        try:
            edit = actions.edit_household(household=household, by=request.user, **form.edit())
        except EditConflict as conflict:
            form = form.after(conflict)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            _tell_edit(request, edit, kept=[form.name_of(unit) for unit in edit.kept])
            return redirect(household)
    context = {"household": household, "form": form, **picker_context(household, request.user)}
    context["back_url"] = household.get_absolute_url()
    if request.method == "GET" and request.user.may(Permission.VISIT_LOG):  # who has an outbox
        subject = subject_of(form)
        context |= {"subject": subject, "base": json.dumps(subject["base"])}
    return render_page(request, "beneficiaries/household_edit.html", context, status=422 if form.has_problems else None)


@require_http_methods(["GET", "POST"])
@requires(Permission.HOUSEHOLD_ASSIGN)
def household_assign(request, pk):
    household = get_object_or_404(Household.objects.for_user(request.user).select_related("region__parent"), pk=pk)
    current = household.assignments.open().select_related("assistant").first()
    form = AssignForm(request.POST if request.method == "POST" else None, household=household, current=current)
    if form.is_valid():
        try:
            actions.assign(household=household, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.renew_seen(current)
            form.add_error(None, error)
        else:
            chosen = form.cleaned_data["assistant"]
            messages.success(request, f"Mulai hari ini pendampingnya {chosen}." if chosen else "Penugasan dilepas.")
            return redirect(household)
    context = {"household": household, "current": current, "form": form, "back_url": household.get_absolute_url()}
    return render_page(request, "beneficiaries/household_assign.html", context, status=422 if form.errors else None)


def _old_address(request, pk):
    """A family that was merged into another one is found there."""
    household = kept_of(pk, Household.objects.for_user(request.user))
    if household is None:
        raise Http404
    messages.info(request, "Keluarga yang Anda buka sudah digabung ke dalam keluarga ini.")
    return redirect(household)


def _tell_edit(request, edit, *, kept):
    if edit.has_changed:
        messages.success(request, "Perubahan tersimpan.")
    else:
        messages.info(request, "Tidak ada yang berubah, jadi tidak ada yang disimpan.")
    if kept:
        messages.info(request, f"Yang diubah orang lain sementara itu tetap tersimpan: {', '.join(kept)}.")


def _list_page(request, data: QueryDict, search: SearchForm):
    """The list that `data` asks for, from a URL or from what a search that failed sent along."""
    form = HouseholdFilterForm(data, user=request.user, session=request.session)
    families = Household.objects.for_user(request.user)
    page, count = form.page(families)
    context = {
        "form": form,
        "search": search,
        "page": page,
        "previous": form.page_url(page.previous_cursor),
        "next": form.page_url(page.next_cursor),
        "count": min(count, COUNTED_UP_TO),
        "is_more": count > COUNTED_UP_TO,
        "can_import": request.user.may(Permission.ROSTER_IMPORT),
        "can_assign": request.user.may(Permission.HOUSEHOLD_ASSIGN),
        "shows_assistant": request.user.role != Role.PENDAMPING,  # who has only own families
        "may_take_all": count <= MOST,
        "today": timezone.localdate(),
    }
    return render_page(request, "beneficiaries/household_list.html", context)
