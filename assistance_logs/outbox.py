"""Visits as a phone's outbox sends them, and the families that it works from without network."""

import datetime
from functools import partial

from django.contrib import messages

from assistance_logs import worklist
from assistance_logs.actions import find_own, log_visit
from assistance_logs.forms import OutboxForm, VisitForm
from assistance_logs.models import Visit
from assistance_logs.photos import attach_photo
from beneficiaries.families import UNKNOWN_FAMILY, family_to_log
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Permission
from ejsika.outbox import day, kinds
from ejsika.outbox.kinds import Answer, Kind


def register() -> None:
    day.register("families", families_of)
    kinds.register(
        Kind(
            name=kinds.VISIT,
            label="Kunjungan",
            permission=Permission.VISIT_LOG,
            store=store,
            find_own=find_own,
            attach=attach,
            template="assistance_logs/_phone_form.html",
            bare=VisitForm.bare,
        )
    )


def store(user: User, fields) -> Answer:
    household = family_to_log(user, fields.get("household", ""))
    if household is None:
        return Answer(False, reasons=[UNKNOWN_FAMILY])
    form = OutboxForm(fields, household=household, user=user, is_theirs_today=household.is_theirs_today)
    act = partial(log_visit, household=household, by=user)
    return kinds.answer(form, act, url=partial(_url, form), told=told)


def _url(form, visit) -> str:
    return visit.get_absolute_url() if form.is_theirs_today else ""


def attach(visit: Visit, **photo) -> None:
    attach_photo(visit=visit, **photo)


def told(form: VisitForm, visit):
    """What the writer reads once a visit is stored: messages by level."""
    if visit.is_repeat:
        yield messages.INFO, "Kunjungan ini sudah tersimpan sebelumnya. Untuk mengubahnya, pilih Perbaiki."
    else:
        yield messages.SUCCESS, "Perbaikan tersimpan." if form.replaces else "Kunjungan tersimpan."
    if form.cleaned_data.get("sets_home") and not visit.can_set_home:
        yield messages.WARNING, "Titik rumah belum dicatat, karena lokasinya tidak ada atau kurang teliti."
    if form.position_unreadable:
        yield messages.WARNING, "Lokasi dari ponsel tidak terbaca, jadi tidak ikut disimpan."
    if visit.photo_trouble:
        yield messages.WARNING, f"Ada foto yang tidak ikut disimpan. {visit.photo_trouble}"


def families_of(user: User, today: datetime.date) -> list[dict]:
    """All families to visit, in the order of need, with what a card and a form of one must say and nothing more.

    Shape: neither numbers of identity or telephone nor the point of the house. Cost: two queries.
    """
    return [_plain(task) for task in worklist.with_follow_ups(worklist.day_of(user, today).tasks)]


def _plain(task: worklist.Task) -> dict:
    return {
        "id": task.pk,
        "name": task.recipient_name,
        "place": f"{task.address_line or 'Alamat belum diisi'} · {task.desa}",
        "late": task.is_overdue,
        "due": "" if task.excuse or not task.first_due else task.first_due.isoformat(),
        "reason": " · ".join(line.words for line in task.lines),
        "follow_up": task.open_words,
        "has_point": task.latitude is not None,
    }
