"""From proposal to decision: the list of cases, the page of one, and a view for each step."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beneficiaries import evidence
from beneficiaries.graduation.actions import decide, propose, send_back, verify
from beneficiaries.graduation.forms import CaseFilterForm, DecisionForm, ProposalForm, ReturnForm, VerificationForm
from beneficiaries.graduation.models import GraduationCase
from beneficiaries.graduation.timeline import steps_of
from beneficiaries.models import Household
from ejsika.accounts.permissions import Permission, requires
from ejsika.lib.http import render_page

CASES_A_PAGE = 30
# The forms that may stand on a case's page, each with who may send it and why it may not be sent now.
STEPS = {
    "verification": (Permission.GRADUATION_VERIFY, VerificationForm, GraduationCase.why_not_verify),
    "decision": (Permission.GRADUATION_DECIDE, DecisionForm, GraduationCase.why_not_decide),
    "sending_back": (Permission.GRADUATION_RETURN, ReturnForm, GraduationCase.why_not_send_back),
}


@require_safe
@requires(Permission.GRADUATION_VIEW)
def case_list(request):
    form = CaseFilterForm(request.GET, user=request.user)
    cases = form.apply(GraduationCase.objects.for_user(request.user))
    counts = cases.count_by_state()
    state = form.chosen_state(counts)
    page = Paginator(form.in_state(cases, state).for_page().order_by("-pk"), CASES_A_PAGE).get_page(
        request.GET.get("page")
    )
    context = {"form": form, "page": page, "state": state, "tabs": form.tabs(counts, state)}
    context |= {"asked_state": form.cleaned_data.get("state"), "sees_counts": request.user.may(Permission.COUNTS_VIEW)}
    return render_page(request, "graduation/case_list.html", context)


@require_safe
@requires(Permission.GRADUATION_VIEW)
def case_detail(request, pk):
    return _case_page(request, _find(request, pk))


@require_http_methods(["GET", "POST"])
@requires(Permission.GRADUATION_PROPOSE)
def case_propose(request, pk):
    household = get_object_or_404(Household.objects.for_user(request.user).select_related("region"), pk=pk)
    cases = GraduationCase.objects.for_user(request.user).filter(enrollment__household=household)
    returned = cases.returned().order_by("-pk").first()
    data = request.POST if request.method == "POST" else None
    form = ProposalForm(data, household=household, user=request.user, returned=returned)
    if form.is_bound and form.is_valid():
        try:
            case = propose(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "Usulan graduasi tersimpan. Koordinator akan memverifikasinya.")
            return redirect(case)
    context = {
        "form": form,
        "household": household,
        "returned": returned,
        "running": cases.running().first(),
        "facts": evidence.gather(household, request.user, timezone.localdate()),
        "back_url": household.get_absolute_url(),
    }
    return render_page(request, "graduation/case_propose.html", context, status=422 if form.is_bound else None)


@require_POST
@requires(Permission.GRADUATION_VERIFY)
def case_verify(request, pk):
    case = _find(request, pk)
    form = VerificationForm(request.POST, case=case)
    if not form.is_valid():
        return _case_page(request, case, verification=form)
    return _step(request, case, verify, form, "Usulan terverifikasi. Dinsos akan menetapkannya.")


@require_POST
@requires(Permission.GRADUATION_DECIDE)
def case_decide(request, pk):
    case = _find(request, pk)
    form = DecisionForm(request.POST, case=case)
    if not form.is_valid():
        return _case_page(request, case, decision=form)
    return _step(request, case, decide, form, "Keluarga dinyatakan lulus (graduasi).")


@require_POST
@requires(Permission.GRADUATION_RETURN)
def case_return(request, pk):
    case = _find(request, pk)
    form = ReturnForm(request.POST, case=case)
    if not form.is_valid():
        return _case_page(request, case, sending_back=form)
    return _step(request, case, send_back, form, "Usulan dikembalikan kepada pendamping.")


def _find(request, pk):
    return get_object_or_404(GraduationCase.objects.for_user(request.user).for_page(), pk=pk)


def _step(request, case, act, form, done):
    """Take one step, or say why it cannot be taken; the case's page shows how it stands now."""
    try:
        act(case=case, by=request.user, **form.cleaned_data)
    except ValidationError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, done)
    return redirect(case)


def _case_page(request, case, **bound):
    """The page of a case with the forms of what this person may do now; a form sent with errors keeps what it said."""
    user = request.user
    context = {
        "case": case,
        "household": case.household,
        "facts": evidence.gather(case.household, user, case.decided_on or timezone.localdate()),
        "history": steps_of([case.pk]),
        "verify_url": reverse("graduation:case_verify", args=[case.pk]),
        "decide_url": reverse("graduation:case_decide", args=[case.pk]),
        "return_url": reverse("graduation:case_return", args=[case.pk]),
        "can_propose": user.may(Permission.GRADUATION_PROPOSE) and case.is_returned,
    }
    for name, (permission, form, why_not) in STEPS.items():
        if user.may(permission):
            refusal = why_not(case, user)
            if not refusal:
                context[name] = bound.get(name) or form(case=case)
            elif name in bound or case.waits_for(user):
                context["refusal"] = refusal
    return render_page(request, "graduation/case_detail.html", context, status=422 if bound else None)
