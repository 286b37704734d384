"""Writing down how a family lives."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from beneficiaries.assessments.actions import may_replace, record_assessment
from beneficiaries.assessments.forms import AssessmentForm
from beneficiaries.models import Assessment, Household
from ejsika.accounts.permissions import Permission, requires
from ejsika.lib.http import render_page


@require_http_methods(["GET", "POST"])
@requires(Permission.ASSESSMENT_RECORD)
def assessment_new(request, pk):
    household = get_object_or_404(Household.objects.for_user(request.user).select_related("region__parent"), pk=pk)
    last = Assessment.objects.for_user(request.user).filter(household=household).select_related("officer").last_one()
    form = AssessmentForm(request.POST if request.method == "POST" else None, last=last)
    if form.is_valid():
        try:
            is_new = record_assessment(household=household, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("assessed_on", error)
        else:
            messages.success(request, "Asesmen tersimpan." if is_new else "Asesmen ini sudah tersimpan.")
            return redirect(household)
    context = {
        "household": household,
        "form": form,
        "last": last,
        "is_correction": bool(last) and may_replace(last, request.user),
        "back_url": household.get_absolute_url(),
    }
    return render_page(request, "beneficiaries/assessment_new.html", context, status=422 if form.errors else None)
