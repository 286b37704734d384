"""Pages of leaves: an assistant asks, a koordinator grants or writes one down, either takes it back."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assistance_logs.leaves import actions
from assistance_logs.leaves.forms import LeaveForm, RevokeForm
from assistance_logs.leaves.models import Leave
from ejsika.accounts.permissions import Permission, requires
from ejsika.lib.http import render_page

LEAVES_A_PAGE = 30
LIST = "assistance_logs:leave_list"


@require_safe
@requires(Permission.LEAVE)
def leave_list(request):
    leaves = Leave.objects.for_user(request.user).select_related("assistant", "granted_by", "revoked_by")
    waiting = leaves.waiting().order_by("started_on", "pk")
    others = leaves.exclude(pk__in=waiting).order_by("-started_on", "-pk")
    context = {
        "waiting": waiting,
        "page": Paginator(others, LEAVES_A_PAGE).get_page(request.GET.get("page")),
        "can_grant": request.user.may(Permission.REVIEW),
        "today": timezone.localdate(),
    }
    return render_page(request, "assistance_logs/leave_list.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.LEAVE)
def leave_new(request):
    form = LeaveForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_valid():
        try:
            leave = actions.ask(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "Cuti diajukan kepada koordinator." if leave.is_waiting else "Cuti tercatat.")
            return redirect(LIST)
    context = {"form": form, "back_url": reverse(LIST)}
    return render_page(request, "assistance_logs/leave_new.html", context, status=422 if form.errors else None)


@require_POST
@requires(Permission.REVIEW)
def leave_grant(request, pk):
    leave = get_object_or_404(Leave.objects.for_user(request.user).select_related("assistant"), pk=pk)
    try:
        actions.grant(leave=leave, by=request.user)
    except ValidationError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"Cuti {leave.assistant.name} disetujui.")
    return redirect(LIST)


@require_http_methods(["GET", "POST"])
@requires(Permission.LEAVE)
def leave_revoke(request, pk):
    leave = get_object_or_404(Leave.objects.for_user(request.user).select_related("assistant"), pk=pk)
    form = RevokeForm(request.POST if request.method == "POST" else None, label_suffix="")
    if form.is_valid():
        try:
            actions.revoke(leave=leave, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "Cuti dibatalkan. Tugas pada hari-hari itu berlaku lagi.")
            return redirect(LIST)
    context = {"leave": leave, "form": form, "back_url": reverse(LIST)}
    return render_page(request, "assistance_logs/leave_revoke.html", context, status=422 if form.errors else None)
