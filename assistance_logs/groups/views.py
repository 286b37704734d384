"""Groups of families: the list, the page of one, making and changing it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assistance_logs.groups import attendance
from assistance_logs.groups.actions import close_group, edit_group, make_group
from assistance_logs.groups.candidates import (
    candidates_for,
    candidates_for_new,
    proposals,
    usual,
    with_leader,
)
from assistance_logs.groups.forms import GroupFilterForm, GroupForm
from assistance_logs.groups.models import Group
from assistance_logs.groups.page import group_context
from beneficiaries.models import Household
from ejsika.accounts.permissions import Permission, requires
from ejsika.lib.http import render_page

LIST = "groups:group_list"
GROUPS_A_PAGE = 30


@require_safe
@requires(Permission.GROUP_VIEW)
def group_list(request):
    form = GroupFilterForm(request.GET, user=request.user)
    groups = form.apply(Group.objects.for_user(request.user))
    context = {"form": form, "can_edit": request.user.may(Permission.GROUP_EDIT)}
    if form.is_valid():
        counts = form.counts(groups)
        found = with_leader(form.chosen(groups), request.user).order_by("region", "name", "pk")
        paginator = Paginator(found, GROUPS_A_PAGE)
        paginator.count = counts[form.cleaned_data["met"]]  # counted already
        page = paginator.get_page(request.GET.get("page"))
        standings = attendance.standings([group.pk for group in page], timezone.localdate())
        context |= {"page": page, "rows": [(group, standings[group.pk]) for group in page], "tabs": form.tabs(counts)}
    if context["can_edit"]:
        waiting = proposals(request.user)
        context |= {"waiting": waiting, "waiting_families": sum(proposal.families for proposal in waiting)}
    return render_page(request, "groups/group_list.html", context)


@require_safe
@requires(Permission.GROUP_VIEW)
def group_detail(request, pk):
    group = get_object_or_404(Group.objects.for_user(request.user).select_related("region__parent"), pk=pk)
    return render_page(request, "groups/group_detail.html", group_context(group, request.user))


@require_safe
@requires(Permission.GROUP_EDIT)
def group_choose(request):
    return render_page(
        request, "groups/group_choose.html", {"waiting": proposals(request.user), "back_url": reverse(LIST)}
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.GROUP_EDIT)
def group_new(request, pk):
    first = get_object_or_404(Household.objects.for_user(request.user).select_related("region"), pk=pk)
    candidates = candidates_for_new(request.user, first)
    data = request.POST if request.method == "POST" else None
    form = GroupForm(data, candidates=candidates, initial=usual(request.user, first, candidates))
    if form.is_bound and form.is_valid():
        try:
            group = make_group(desa=first.region_id, by=request.user, members=form.joining, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "Kelompok tersimpan.")
            return redirect(group)
    context = {"form": form, "desa": first.region, "waiting": len(candidates), "back_url": reverse(LIST)}
    return render_page(request, "groups/group_new.html", context, status=422 if form.is_bound else None)


@require_http_methods(["GET", "POST"])
@requires(Permission.GROUP_EDIT)
def group_edit(request, pk):
    group = get_object_or_404(Group.objects.for_user(request.user).select_related("region"), pk=pk)
    data = request.POST if request.method == "POST" else None
    form = GroupForm(data, candidates=candidates_for(group, request.user), group=group)
    if form.is_bound and form.is_valid():
        moved = {"joining": form.joining, "leaving": form.leaving}
        try:
            changed = edit_group(group=group, by=request.user, **moved, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            done = "Perubahan tersimpan." if changed else "Tidak ada yang berubah, jadi tidak ada yang disimpan."
            messages.success(request, done)
            return redirect(group)
    context = {"form": form, "group": group, "back_url": group.get_absolute_url()}
    return render_page(request, "groups/group_edit.html", context, status=422 if form.is_bound else None)


@require_POST
@requires(Permission.GROUP_EDIT)
def group_close(request, pk):
    group = get_object_or_404(Group.objects.for_user(request.user), pk=pk)
    try:
        close_group(group=group, by=request.user)
    except ValidationError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "Kelompok dibubarkan. Keluarganya dapat masuk kelompok lain.")
    return redirect(group)
