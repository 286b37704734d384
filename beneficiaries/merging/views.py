"""Merging a family with another one of the register: find it, compare the two, make them one."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beneficiaries.merging import carry
from beneficiaries.merging.actions import merge
from beneficiaries.merging.candidates import candidates
from beneficiaries.merging.comparison import Comparison
from beneficiaries.merging.forms import MergeForm, NumberForm
from beneficiaries.models import Household
from beneficiaries.search import find_by_number
from ejsika.accounts.permissions import Permission, requires
from ejsika.lib.http import render_page

LONGEST_ID = 18  # digits
NO_SUCH_FAMILY = "Tidak ada keluarga lain di wilayah Anda dengan nomor ini. Periksa lagi ke-16 angkanya."


@require_safe
@requires(Permission.HOUSEHOLD_MERGE)
def household_merge(request, pk):
    families = Household.objects.for_user(request.user).select_related("region__parent")
    return _pick_page(request, get_object_or_404(families, pk=pk), NumberForm())


@require_POST
@requires(Permission.HOUSEHOLD_MERGE)
def household_merge_find(request, pk):
    families = Household.objects.for_user(request.user).select_related("region__parent")
    kept = get_object_or_404(families, pk=pk)
    form = NumberForm(request.POST)
    if form.is_valid():
        other = find_by_number(families, form.cleaned_data["number"])
        if other and other != kept:
            return redirect(f"{reverse('beneficiaries:household_merge_compare', args=[kept.pk])}?other={other.pk}")
        form.add_error("number", NO_SUCH_FAMILY)
    return _pick_page(request, kept, form)


@require_http_methods(["GET", "POST"])
@requires(Permission.HOUSEHOLD_MERGE)
def household_merge_compare(request, pk):
    families = Household.objects.for_user(request.user).select_related("region__parent")
    asked = (request.POST if request.method == "POST" else request.GET).get("other", "")
    kept, merged = get_object_or_404(families, pk=pk), _other(families, pk, asked)
    comparison = Comparison(kept, merged)
    form = MergeForm(request.POST if request.method == "POST" else None, comparison=comparison)
    if form.is_valid():
        try:
            merge(kept=kept, merged=merged, by=request.user, **form.decision())
        except ValidationError as error:
            comparison = Comparison(get_object_or_404(families, pk=pk), _other(families, pk, asked))
            form = form.after(error, comparison)
        else:
            messages.success(request, "Kedua keluarga sudah menjadi satu. Alamat lama membuka keluarga ini.")
            return redirect(kept)
    return _compare_page(request, comparison, form)


def _other(families, pk: int, asked: str) -> Household:
    if not (asked.isascii() and asked.isdigit() and len(asked) <= LONGEST_ID) or int(asked) == pk:
        raise Http404
    return get_object_or_404(families, pk=int(asked))


def _pick_page(request, kept: Household, form: NumberForm):
    context = {
        "household": kept,
        "form": form,
        "candidates": candidates(kept, Household.objects.for_user(request.user)),
        "back_url": kept.get_absolute_url(),
    }
    return render_page(request, "beneficiaries/household_merge.html", context, status=422 if form.errors else None)


def _compare_page(request, comparison: Comparison, form: MergeForm):
    context = {
        "household": comparison.kept,
        "other": comparison.merged,
        "rows": comparison.rows(),
        "members": [comparison.members[family.pk] for family in (comparison.kept, comparison.merged)],
        "carried": list(carry.counts(comparison.merged)),
        "form": form,
        "back_url": reverse("beneficiaries:household_merge", args=[comparison.kept.pk]),
    }
    try:
        comparison.require_mergeable(request.user)
    except ValidationError as error:
        context["obstacle"] = error.message
    status = 422 if form.errors else None
    return render_page(request, "beneficiaries/household_merge_compare.html", context, status=status)
