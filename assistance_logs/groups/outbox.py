"""Meetings as a phone's outbox sends them, and the groups that it notes them of without network."""

import datetime
from collections import defaultdict
from functools import partial

from django.contrib import messages

from assistance_logs.groups.actions import add_photo, find_own, log_session
from assistance_logs.groups.candidates import group_to_note
from assistance_logs.groups.choices import LESSONS, lesson_after
from assistance_logs.groups.models import Group, GroupSession, Membership
from assistance_logs.groups.session_form import OutboxSessionForm, SessionForm
from assistance_logs.worklist import ON_THE_LIST
from beneficiaries.models import Household
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Permission
from ejsika.lib.tags import rt_rw
from ejsika.outbox import day, kinds
from ejsika.outbox.kinds import Answer, Kind

UNKNOWN_GROUP = (
    "Kelompok ini tidak ada dalam penugasan Anda. Minta koordinator memeriksa penugasannya, lalu kirim lagi."
)


def register() -> None:
    day.register("groups", groups_of)
    kinds.register(
        Kind(
            name="session",
            label="Pertemuan",
            permission=Permission.SESSION_LOG,
            store=store,
            find_own=find_own,
            attach=attach,
            template="groups/_phone_form.html",
            bare=SessionForm.bare,
        )
    )


def store(user: User, fields) -> Answer:
    group = group_to_note(user, fields.get("group", ""))
    if group is None:
        return Answer(False, reasons=[UNKNOWN_GROUP])
    form = OutboxSessionForm(fields, group=group, user=user, is_theirs_today=group.is_theirs_today)
    act = partial(log_session, group=group, by=user)
    return kinds.answer(form, act, url=partial(_url, group), told=told)


def _url(group, session) -> str:
    return session.get_absolute_url() if group.is_theirs_today else ""


def attach(session: GroupSession, **photo) -> None:
    add_photo(session=session, **photo)


def told(form, session):
    """What the writer reads once a meeting is stored: messages by level."""
    if session.is_repeat:
        yield messages.INFO, "Pertemuan ini sudah tersimpan sebelumnya. Untuk mengubahnya, pilih Perbaiki."
    else:
        yield messages.SUCCESS, "Perbaikan tersimpan." if form.replaces else "Pertemuan tersimpan."
    if form.position_unreadable:
        yield messages.WARNING, "Lokasi dari ponsel tidak terbaca, jadi tidak ikut disimpan."


def groups_of(user: User, today: datetime.date) -> list[dict]:
    """The groups whose meetings this person notes, with the families to tap and what a new meeting probably is.

    Shape: names and RT/RW, no number of anybody. Cost: three queries.
    """
    groups = list(Group.objects.for_user(user).filter(closed_on=None).select_related("region").order_by("name", "pk"))
    own = Household.objects.for_user(user).filter(status__in=ON_THE_LIST)
    members = defaultdict(list)
    open_ = Membership.objects.open().filter(group__in=groups, household__in=own.values("pk"))
    for member in open_.select_related("household"):
        members[member.group_id].append(member.household)
    last = GroupSession.objects.current().filter(group__in=groups).order_by("group", "-happened_at").distinct("group")
    lessons = {group: (module, lesson) for group, module, lesson in last.values_list("group", "module", "lesson")}
    return [_plain(group, members[group.pk], lessons.get(group.pk), today) for group in groups if members[group.pk]]


def _plain(group: Group, families: list[Household], last: tuple[int, int] | None, today: datetime.date) -> dict:
    module, lesson = lesson_after(*last) if last else LESSONS[0]
    meeting = group.next_meeting(today)
    families.sort(key=lambda family: (family.recipient_name.lower(), family.pk))
    return {
        "id": group.pk,
        "name": group.name,
        "place": group.region.name,
        "schedule": group.schedule,
        "lesson": f"{module}-{lesson}",
        "meets_place": group.place,
        "meets_on": meeting.isoformat() if meeting else "",
        "meets_at": group.meets_at.isoformat("minutes") if group.meets_at else "",
        "members": [{"id": family.pk, "name": family.recipient_name, "place": rt_rw(family)} for family in families],
    }
