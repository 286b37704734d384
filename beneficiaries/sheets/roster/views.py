"""The families that a complete roster does not name: said to be complete, listed, chosen; written by the commit."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from beneficiaries.sheets.roster import missing
from beneficiaries.sheets.roster.forms import CompleteForm, LeavingForm, MissingPage
from ejsika.accounts.permissions import Permission, requires
from ejsika.imports.models import ImportBatch
from ejsika.imports.tabs import Tabs
from ejsika.lib.http import render_page

SHOWN = (ImportBatch.Status.CHECKED, ImportBatch.Status.COMMITTED, ImportBatch.Status.UNDONE)


@require_safe
@requires(Permission.ROSTER_IMPORT)
def missing_list(request, pk):
    batch = _roster(request, pk)
    if batch.status not in SHOWN:
        return redirect(batch)
    context = {
        "batch": batch,
        "tabs": Tabs(batch, request.GET, session=request.session, user=request.user, elsewhere="missing"),
        "page": MissingPage(batch, request.user, request.GET),
        "complete_form": CompleteForm(batch=batch, user=request.user),
        "form": LeavingForm(),
        "is_open": batch.status == batch.Status.CHECKED,
        "back_url": batch.get_absolute_url(),
    }
    return render_page(request, "beneficiaries/roster_missing.html", context)


@require_POST
@requires(Permission.ROSTER_IMPORT)
def missing_declare(request, pk):
    """Say for which region the roster is complete; none takes it back."""
    batch = _roster(request, pk)
    form = CompleteForm(request.POST, batch=batch, user=request.user)
    if not form.is_valid():
        messages.error(request, "Wilayah itu tidak ada di daftar ini atau di luar wilayah Anda. Pilih dari daftar.")
        return _back(batch)
    return _act(request, batch, "Daftar keluarga diperbarui.", missing.declare, region=form.cleaned_data["region"])


@require_POST
@requires(Permission.ROSTER_IMPORT)
def missing_choose(request, pk):
    """Which of one page's families become non-active; or all of them, or none."""
    batch = _roster(request, pk)
    form = LeavingForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Pilih alasan dari daftar.")
        return _back(batch)
    reason, saved = form.cleaned_data["reason"], "Pilihan disimpan. Data KPM belum berubah."
    if request.POST.get("all") == "stay":
        return _act(request, batch, saved, missing.keep_all)
    if request.POST.get("all") == "leave":
        return _act(request, batch, saved, missing.choose, reason=reason)
    return _act(request, batch, saved, missing.choose, reason=reason, leaving=form.ticked, staying=form.unticked)


def _act(request, batch, done: str, act, **values):
    try:
        act(batch, request.user, **values)
    except ValidationError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, done)
    after = request.POST.get("after", "")
    return _back(batch, f"?after={after}" if after.isascii() and after.isdecimal() and len(after) < 19 else "")


def _back(batch, query: str = ""):
    return redirect(reverse("rosters:missing_list", args=[batch.pk]) + query)


def _roster(request, pk) -> ImportBatch:
    batches = ImportBatch.objects.for_user(request.user).select_related("uploaded_by", "program")
    batch = get_object_or_404(batches, pk=pk)
    if batch.kind != "roster":
        raise Http404
    return batch
