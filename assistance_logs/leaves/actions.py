"""Asking for leave, granting it and taking it back: each one atomic act with its audit entry."""

import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from assistance_logs.leaves.models import Leave
from beneficiaries import tallies
from beneficiaries.models import Assignment
from ejsika.accounts.models import User
from ejsika.audit.models import record


@transaction.atomic
def ask(
    *, assistant: User, by: User, started_on: datetime.date, ended_on: datetime.date, reason: str, note: str = ""
) -> Leave:
    """Keep an assistant's leave; one that somebody else writes for them is granted at once.

    Errors: ValidationError if another one that stands has a day of it.
    """
    with connection.cursor() as cursor:  # two at once would both find the days free
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('leaves'), %s)", [assistant.pk])
    others = Leave.objects.standing().filter(assistant=assistant, started_on__lte=ended_on, ended_on__gte=started_on)
    if others.exists():
        raise ValidationError(
            "Sebagian hari ini sudah tercatat sebagai cuti. Batalkan yang lama dulu, atau ubah harinya."
        )
    days = {"started_on": started_on, "ended_on": ended_on}
    leave = Leave.objects.create(assistant=assistant, asked_by=by, reason=reason, note=note, **days)
    told = {name: day.isoformat() for name, day in days.items()} | {"reason": reason, "note": note}
    record("leave.asked", target=assistant, by=by, leave=leave.pk, **told)
    return leave if by == assistant else grant(leave=leave, by=by)


@transaction.atomic
def grant(*, leave: Leave, by: User) -> Leave:
    """Let a leave be in force. Errors: ValidationError if that is decided already, or it is one's own."""
    leave = _held(leave)
    if not leave.is_waiting:
        raise ValidationError("Cuti ini sudah diputuskan. Muat ulang halamannya.")
    if leave.assistant_id == by.pk:
        raise ValidationError("Cuti sendiri disetujui koordinator.")
    leave.granted_by, leave.granted_at = by, timezone.now()
    leave.save(update_fields=["granted_by", "granted_at"])
    _refresh(leave)
    record("leave.granted", target=leave.assistant, by=by, leave=leave.pk)
    return leave


@transaction.atomic
def revoke(*, leave: Leave, by: User, reason: str) -> None:
    """Take a leave back, or refuse it: what was due is due again.

    Errors: ValidationError if somebody did so already.
    """
    leave = _held(leave)
    if leave.revoked_at:
        raise ValidationError("Cuti ini sudah dibatalkan.")
    leave.revoked_by, leave.revoked_at, leave.revoke_reason = by, timezone.now(), reason
    leave.save(update_fields=["revoked_by", "revoked_at", "revoke_reason"])
    if leave.granted_at:
        _refresh(leave)
    record("leave.revoked", target=leave.assistant, by=by, leave=leave.pk, reason=reason)


def _held(leave: Leave) -> Leave:
    return Leave.objects.select_for_update(of=("self",)).select_related("assistant").get(pk=leave.pk)


def _refresh(leave: Leave) -> None:
    """Count anew in all desas where the assistant has families today, also those that they are given at this moment."""
    tallies.hold_all()
    today = timezone.localdate()
    families = Assignment.objects.on(today).filter(assistant=leave.assistant).values_list("household", flat=True)
    tallies.refresh(tallies.desas_of(families), month=today.replace(day=1))
