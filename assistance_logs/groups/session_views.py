"""Meetings of groups: writing one down, reading it, putting it right."""

from functools import partial
from uuid import uuid5

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assistance_logs.figures import day_start
from assistance_logs.groups.actions import add_photo, correct_session, log_session
from assistance_logs.groups.models import Group, GroupSession, SessionPhoto
from assistance_logs.groups.outbox import told
from assistance_logs.groups.page import session_context
from assistance_logs.groups.session_form import SessionForm
from ejsika.accounts.permissions import Permission, requires
from ejsika.files.photos import small
from ejsika.files.views import content_of, jpeg
from ejsika.lib.http import render_page
from ejsika.outbox.sending import store


@require_http_methods(["GET", "POST"])
@requires(Permission.SESSION_LOG)
def session_new(request, pk):
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
    """Show the form, or store what was sent, once, or say why not."""
    if not form.is_bound:
        return page(context | {"form": form})
    session, status = store(form, act)
    if session is None:
        form.renew_uuid()
        return page(context | {"form": form}, status=status or 422)
    for level, words in told(form, session):
        messages.add_message(request, level, words)
    for number, photo in enumerate(form.photos, 1):
        try:  # each has a number of its own, so that a repeat of the form adds none
            add_photo(session=session, by=request.user, uuid=uuid5(session.uuid, f"photo {number}"), photo=photo)
        except ValidationError as error:
            messages.warning(request, f"Foto ke-{number} tidak ikut disimpan. {error.message}")
    return redirect(session)


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
