"""The doors of an assistant's phone: who is logged in, the day, and what was written without network."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from ejsika.accounts.permissions import Permission, requires
from ejsika.lib.http import render_page
from ejsika.outbox import day, keys, kinds
from ejsika.outbox.forms import PhotoForm
from ejsika.outbox.kinds import Answer
from ejsika.outbox.sending import TAKEN, TOO_NEW, UuidTakenError


@require_safe
@requires(Permission.VISIT_LOG)
def outbox(request):
    return render_page(request, "outbox/outbox.html", {"kinds": kinds.every()})


@require_safe
@login_not_required
def door(request):
    """Tell a phone who is logged in, with a token to send by; else 401, 403 for another role, 410 to forget it all."""
    user = request.user
    if not user.is_authenticated:
        gone = keys.is_disabled(request.headers.get("X-Phone-Key", ""))
        return JsonResponse({"state": "disabled" if gone else "login"}, status=410 if gone else 401)
    if not user.may(Permission.VISIT_LOG):
        return JsonResponse({"state": "role"}, status=403)
    return JsonResponse({"state": "open", "user": user.pk, "token": get_token(request)})


@require_safe
@requires(Permission.VISIT_LOG)
def today(request):
    now = timezone.localdate()
    about = {"user": request.user.pk, "key": keys.key_of(request.user), "today": now}
    return JsonResponse(about | day.of(request.user, now))


@require_POST
@requires(Permission.VISIT_LOG)
def send(request):
    if _is_anothers(request):
        return JsonResponse({"state": "other_user"}, status=409)
    kind = kinds.find(request.POST.get("item_kind", kinds.VISIT), request.user)
    answer = kind.store(request.user, request.POST) if kind else Answer(False, reasons=[TOO_NEW])
    if "page" in request.POST:  # somebody looks at it now: the next page says so
        for level, words in answer.told:
            messages.add_message(request, level, words)
    said = {"uuid": request.POST.get("uuid", ""), "state": "stored" if answer.is_stored else "rejected"}
    said |= {"reasons": answer.reasons, "errors": answer.errors, "warnings": answer.warnings}
    said |= {"url": answer.url} if answer.is_stored else {}
    said |= {"asked": answer.asked} if answer.asked else {}
    return JsonResponse(said, status=200 if answer.is_stored else 422)


@require_POST
@requires(Permission.VISIT_LOG)
def photo(request):
    if _is_anothers(request):
        return JsonResponse({"state": "other_user"}, status=409)
    sent = {"item": request.POST.get("visit", "")} | request.POST.dict()  # the first versions know visits alone
    form = PhotoForm(sent, request.FILES)
    if form.is_valid():
        try:
            kinds.attach(by=request.user, **form.cleaned_data)
        except UuidTakenError:
            form.add_error(None, TAKEN)
        except ValidationError as error:
            form.add_error(None, error)
    reasons = [error for errors in form.errors.values() for error in errors]
    said = {"state": "rejected" if reasons else "stored", "reasons": reasons}
    return JsonResponse(said, status=422 if reasons else 200)


def _is_anothers(request) -> bool:
    """Whether somebody else has logged in since this was written: it waits on the phone."""
    return request.POST.get("user") != str(request.user.pk)
