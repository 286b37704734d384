"""Pages of what was due for a family, and of hindrances: an assistant's word, and a koordinator's taking it back."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assistance_logs.models import Excuse
from assistance_logs.obligations import actions
from assistance_logs.obligations.forms import ExcuseForm, RevokeForm
from assistance_logs.obligations.history import past_months
from beneficiaries.models import Household
from ejsika.accounts.permissions import Permission, requires
from ejsika.lib.http import render_page


@require_http_methods(["GET", "POST"])
@requires(Permission.VISIT_LOG)
def duty_excuse(request, pk):
    household = get_object_or_404(Household.objects.for_user(request.user).select_related("region"), pk=pk)
    form = ExcuseForm(request.POST if request.method == "POST" else None)
    tasks_url = reverse("assistance_logs:task_list")
    if form.is_valid():
        try:
            actions.excuse(household=household, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"Halangan {household.recipient_name} tercatat sampai akhir bulan ini.")
            return redirect(tasks_url)
    context = {"household": household, "form": form, "back_url": tasks_url, "today": timezone.localdate()}
    return render_page(request, "assistance_logs/duty_excuse.html", context, status=422 if form.errors else None)


@require_http_methods(["GET", "POST"])
@requires(Permission.REVIEW)
def excuse_revoke(request, pk):
    excuses = Excuse.objects.for_user(request.user).select_related("household__region", "by")
    excuse = get_object_or_404(excuses, pk=pk)
    form = RevokeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.revoke(excuse=excuse, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "Halangan dicabut. Tugasnya berlaku lagi.")
            return redirect(excuse.household)
    context = {
        "excuse": excuse,
        "household": excuse.household,
        "form": form,
        "back_url": excuse.household.get_absolute_url(),
    }
    return render_page(request, "assistance_logs/excuse_revoke.html", context, status=422 if form.errors else None)


@require_safe
@requires(Permission.VISIT_VIEW)
def duty_history(request, pk):
    household = get_object_or_404(Household.objects.for_user(request.user), pk=pk)
    context = {"household": household, "months": past_months(household, request.user)}
    context["back_url"] = household.get_absolute_url()
    return render_page(request, "assistance_logs/duty_history.html", context)
