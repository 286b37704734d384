"""Meetings of groups: writing one down, reading it, putting it right."""

from functools import partial
from uuid import uuid5

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_safe

from assistance_logs.actions import UuidTakenError
from assistance_logs.figures import day_start
from assistance_logs.groups.actions import add_photo, correct_session, log_session
from assistance_logs.groups.models import Group, GroupSession, SessionPhoto
from assistance_logs.groups.page import session_context
from assistance_logs.groups.session_form import SessionForm
from assistance_logs.views.photos import content_of, jpeg
from ejsika.accounts.permissions import Permission, requires
from ejsika.files.photos import small
from ejsika.lib.http import render_page

TAKEN = "Nomor kirim formulir ini sudah dipakai catatan lain, jadi belum tersimpan. Periksa isinya, lalu simpan lagi."


@require_http_methods(["GET", "POST"])
@requires(Permission.SESSION_LOG)
def session_new(request, pk):
    if request.POST.get("user", str(request.user.pk)) != str(request.user.pk):  # a phone's outbox of somebody else
        return JsonResponse({"state": "other_user"}, status=409)
    group = get_object_or_404(Group.objects.for_user(request.user).select_related("region"), pk=pk)
    form = SessionForm(*_sent(request), group=group, user=request.user)
    today = day_start(timezone.localdate())
    context = {"group": group, "back_url": group.get_absolute_url()}
    context["session_of_today"] = (
        GroupSession.objects.for_user(request.user).current().filter(group=group, happened_at__gte=today).first()
    )
    page = partial(render_page, request, "groups/session_new.html")
    return _answer(request, form, partial(log_session, group=group, by=request.user), page, context)


@require_safe
@requires(Permission.GROUP_VIEW)
def session_detail(request, pk):
    sessions = GroupSession.objects.for_user(request.user)
    session = get_object_or_404(sessions.select_related("group__region", "assistant"), pk=pk)
    return render_page(request, "groups/session_detail.html", session_context(session, request.user))


@require_http_methods(["GET", "POST"])
@requires(Permission.SESSION_LOG)
def session_correct(request, pk):
    own = GroupSession.objects.for_user(request.user).filter(assistant=request.user)
    session = get_object_or_404(own.select_related("group__region"), pk=pk)
    if request.method == "GET" and not session.is_current:
        messages.error(request, "Versi ini sudah diperbaiki. Yang dapat diperbaiki adalah versi terbaru, di bawah ini.")
        return redirect(session.versions()[0])
    form = SessionForm(*_sent(request), group=session.group, user=request.user, replaces=session)
    context = {"session": session, "group": session.group, "back_url": session.get_absolute_url()}
    page = partial(render_page, request, "groups/session_correct.html")
    return _answer(request, form, partial(correct_session, session=session, by=request.user), page, context)


def _sent(request) -> tuple:
    return (request.POST, request.FILES) if request.method == "POST" else ()


def _answer(request, form, act, page, context):
    """Show the form, or store what was sent, once, or say why not: to a person by a page, to an outbox by JSON."""
    if not form.is_bound:
        return page(context | {"form": form})
    session, status = None, 422
    try:
        session = act(**form.cleaned_data) if form.is_valid() else form.sent_before()
    except UuidTakenError:
        form.add_error(None, ValidationError(TAKEN, code="uuid_taken"))
        status = 409
    except ValidationError as error:
        form.add_error(None, error)
        status = 409
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        if session and "page" in request.POST:  # somebody looks at it now: the next page says so
            _tell(request, form, session)
        return _json_answer(form, session)
    if session is None:
        form.renew_uuid()
        return page(context | {"form": form}, status=status)
    _tell(request, form, session)
    return redirect(session)


def _tell(request, form, session):
    if session.is_repeat:
        messages.info(request, "Pertemuan ini sudah tersimpan sebelumnya. Untuk mengubahnya, pilih Perbaiki.")
    else:
        messages.success(request, "Perbaikan tersimpan." if form.replaces else "Pertemuan tersimpan.")
    for number, photo in enumerate(form.photos, 1):
        try:  # each has a number of its own, so that a repeat of the form adds none
            add_photo(session=session, by=request.user, uuid=uuid5(session.uuid, f"photo {number}"), photo=photo)
        except ValidationError as error:
            messages.warning(request, f"Foto ke-{number} tidak ikut disimpan. {error.message}")
    if form.position_unreadable:
        messages.warning(request, "Lokasi dari ponsel tidak terbaca, jadi tidak ikut disimpan.")


def _json_answer(form, session):
    """As a phone's outbox reads it of a visit: stored and where, or each reason why not, beside its field too."""
    stored = session is not None
    answer = {
        "uuid": str(session.uuid) if stored else form.data.get("uuid", ""),
        "state": "stored" if stored else "rejected",
        "reasons": [] if stored else form.reasons(),
        "errors": {} if stored else form.errors.get_json_data(),
        "warnings": ["position_unreadable"] if form.position_unreadable else [],
    }
    if stored:
        answer["url"] = session.get_absolute_url()
    response = JsonResponse(answer, status=200 if stored else 422)
    patch_vary_headers(response, ["Accept"])
    return response


@require_safe
@requires(Permission.GROUP_VIEW)
def session_photo(request, pk):
    return jpeg(_content(request.user, pk))


@require_safe
@requires(Permission.GROUP_VIEW)
def session_photo_small(request, pk):
    return jpeg(small(_content(request.user, pk)))


def _content(user, pk) -> bytes:
    return content_of(get_object_or_404(SessionPhoto.objects.for_user(user).select_related("photo"), pk=pk))
