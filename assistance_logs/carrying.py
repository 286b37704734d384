"""What the log has of a family goes along when it is merged into another one."""

import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from assistance_logs.groups.models import Attendance, Membership
from assistance_logs.models import Visit
from assistance_logs.obligations.models import Excuse
from assistance_logs.storing import refresh_last_visits
from beneficiaries.merging import carry
from beneficiaries.models import Household


def register() -> None:
    carry.register(Visit, "kunjungan", _visits, lambda visits: visits.current())
    carry.register(Excuse, "halangan", carry.moving(Excuse, _own_excuse))
    carry.register(Membership, "keanggotaan kelompok", _memberships)
    carry.register(Attendance, "kehadiran di pertemuan", _attendances, lambda noted: noted.current())


def _visits(kept: Household, merged: Household) -> None:
    Visit.objects.filter(household=merged).update(household=kept)
    refresh_last_visits([kept.pk, merged.pk])


def _own_excuse(kept: Household) -> Q:
    """One word a family, month and assistant: the same assistant's second one for a month stays where it is."""
    same = Excuse.objects.filter(household=kept, month=OuterRef("month"), by=OuterRef("by"), revoked_at__isnull=True)
    return Q(revoked_at__isnull=False) | ~Q(Exists(same))


def _memberships(kept: Household, merged: Household) -> None:
    """A family is in one group at a time: its own goes before. What lies beside it in time comes along."""
    mine = list(Membership.objects.filter(household=kept))
    today, is_grouped = timezone.localdate(), any(one.left_on is None for one in mine)
    for one in Membership.objects.filter(household=merged).order_by("joined_on", "pk"):
        if one.left_on is None and is_grouped:
            one.left_on = max(today, one.joined_on)
        if not any(_overlap(one, other) for other in mine):
            one.household = kept
        one.save(update_fields=["left_on", "household"])


def _overlap(one: Membership, other: Membership) -> bool:
    ends = [each.left_on or datetime.date.max for each in (one, other)]
    return max(one.joined_on, other.joined_on) < min(ends)


def _attendances(kept: Household, merged: Household) -> None:
    """Of a meeting at which both were noted one word stands: that somebody took part, if one of them did."""
    mine = {one.session_id: one for one in Attendance.objects.filter(household=kept)}
    twice = Attendance.objects.filter(household=merged, session__in=mine)
    for theirs in twice:
        own = mine[theirs.session_id]
        if theirs.took_part and not own.took_part:
            own.presence, theirs.presence = theirs.presence, own.presence
            own.save(update_fields=["presence"])
            theirs.save(update_fields=["presence"])
    Attendance.objects.filter(household=merged).exclude(session__in=mine).update(household=kept)
