"""What meetings add to a family's page: lines of time, and a panel with its group and how often it took part."""

from django.utils import timezone

from assistance_logs.groups import attendance
from assistance_logs.groups.attendance import Rate
from assistance_logs.groups.models import Attendance, Membership
from beneficiaries.timeline import Entry
from ejsika.lib.prepared import prepared


def meetings(household, user, limit: int) -> list[Entry]:
    """The newest meetings that the family was noted at. Cost: one query."""
    return [
        Entry(
            at=each.session.happened_at,
            icon="users-round",
            title=f"Pertemuan kelompok {each.session.group.name}",
            detail=f"{each.session.lesson_label} · {each.get_presence_display().lower()}",
            url=each.session.get_absolute_url() if user.covers(each.session.group.region_id) else "",
        )
        for each in _attendances(limit, household=household.pk)
    ]


@prepared(is_planned=True)
def _attendances(limit, household):
    found = Attendance.objects.current().filter(household=household).select_related("session__group")
    return found.order_by("-session__happened_at")[:limit]


def panel(household, user):
    """The group of the family, since when, and how often it took part in a year. Cost: two queries."""
    memberships = _memberships(household=household.pk)
    if not memberships:
        return None
    for each in memberships:
        each.url = each.group.get_absolute_url() if each.left_on is None and user.covers(each.group.region_id) else ""
    rate = attendance.rates_of_families([household.pk], timezone.localdate()).get(household.pk, Rate())
    return "groups/_panel.html", {"memberships": memberships, "rate": rate}


@prepared(is_planned=True)
def _memberships(household):
    return Membership.objects.filter(household=household).select_related("group").order_by("-joined_on", "-pk")
