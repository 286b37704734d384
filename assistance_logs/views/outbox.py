"""The doors of an assistant's phone: who is logged in, the day's families, and what was written without network."""

from functools import partial

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assistance_logs import phone
from assistance_logs.actions import UuidTakenError, attach_photo, log_visit
from assistance_logs.families import family_to_log
from assistance_logs.forms import OutboxForm, PhotoForm, VisitForm
from assistance_logs.views.visits import TAKEN, store, tell
from ejsika.accounts.permissions import Permission, requires
from ejsika.lib.http import render_page

UNKNOWN_FAMILY = (
    "Keluarga ini tidak ada dalam penugasan Anda. Minta koordinator memeriksa penugasannya, lalu kirim lagi."
)


@require_safe
@requires(Permission.VISIT_LOG)
def outbox(request):
    return render_page(request, "assistance_logs/outbox.html", {"form": VisitForm.bare()})


@require_safe
@login_not_required
def outbox_door(request):
    """Tell a phone who is logged in, with a token to send by; else 401, 403 for another role, 410 to forget it all."""
    user = request.user
    if not user.is_authenticated:
        gone = phone.is_disabled(request.headers.get("X-Phone-Key", ""))
        return JsonResponse({"state": "disabled" if gone else "login"}, status=410 if gone else 401)
    if not user.may(Permission.VISIT_LOG):
        return JsonResponse({"state": "role"}, status=403)
    return JsonResponse({"state": "open", "user": user.pk, "token": get_token(request)})


@require_safe
@requires(Permission.VISIT_LOG)
def outbox_day(request):
    user, today = request.user, timezone.localdate()
    day = {"user": user.pk, "key": phone.key_of(user), "today": today, "families": phone.day_of(user, today)}
    return JsonResponse(day)


@require_POST
@requires(Permission.VISIT_LOG)
def outbox_send(request):
    if request.POST.get("user") != str(request.user.pk):  # somebody else has logged in meanwhile: it waits
        return JsonResponse({"state": "other_user"}, status=409)
    household = family_to_log(request.user, request.POST.get("household", ""))
    if household is None:
        return _answer(request, reasons=[UNKNOWN_FAMILY])
    form = OutboxForm(request.POST, household=household, user=request.user, is_theirs_today=household.is_theirs_today)
    visit, _ = store(form, partial(log_visit, household=household, by=request.user))
    if visit and "page" in request.POST:  # somebody looks at it now: the next page says so
        tell(request, form, visit)
    return _answer(request, visit, form)


@require_POST
@requires(Permission.VISIT_LOG)
def outbox_photo(request):
    if request.POST.get("user") != str(request.user.pk):
        return JsonResponse({"state": "other_user"}, status=409)
    form = PhotoForm(request.POST, request.FILES, user=request.user)
    if form.is_valid():
        try:
            attach_photo(by=request.user, **form.cleaned_data)
        except UuidTakenError:
            form.add_error(None, TAKEN)
        except ValidationError as error:
            form.add_error(None, error)
    reasons = [error for errors in form.errors.values() for error in errors]
    return JsonResponse(
        {"state": "rejected" if reasons else "stored", "reasons": reasons}, status=422 if reasons else 200
    )


def _answer(request, visit=None, form=None, reasons=()):
    """What the phone keeps with the item: stored and where, or each reason why not, beside its field too."""
    answer = {"uuid": request.POST.get("uuid", ""), "state": "rejected", "reasons": list(reasons), "errors": {}}
    if visit is not None:
        answer |= {"state": "stored"}
        answer["url"] = visit.get_absolute_url() if form.is_theirs_today else ""
    elif form is not None:
        answer |= {"errors": form.errors.get_json_data(), "reasons": form.reasons()}
    if form is not None and form.position_unreadable:
        answer["warnings"] = ["position_unreadable"]
    return JsonResponse(answer, status=422 if visit is None else 200)
