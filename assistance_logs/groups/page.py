"""What the page of a group shows: its families with how often they took part, its meetings, whom to follow up."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from assistance_logs.groups import attendance
from assistance_logs.groups.attendance import Rate
from assistance_logs.groups.choices import TOOK_PART
from assistance_logs.groups.models import Attendance, Group, GroupSession, Membership
from beneficiaries.models import Assignment, Household
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Permission

SESSIONS_SHOWN = 24


@dataclass(frozen=True)
class MemberLine:
    membership: Membership
    family: Household
    rate: Rate


def group_context(group: Group, user) -> dict:
    """Cost: eight queries."""
    today = timezone.localdate()
    memberships = list(members_of(group))
    families = Household.objects.for_user(user).in_bulk([each.household_id for each in memberships])
    rates = attendance.rates_of_families(families, today)
    members = [
        MemberLine(each, families[each.household_id], rates.get(each.household_id, Rate()))
        for each in memberships
        if each.household_id in families
    ]
    sessions = with_counts(GroupSession.objects.for_user(user).current().filter(group=group))
    sessions = list(sessions.order_by("-happened_at", "-pk")[:SESSIONS_SHOWN])
    return {
        "group": group,
        "members": sorted(
            members, key=lambda line: (not line.membership.is_leader, line.family.recipient_name.lower())
        ),
        "others": len(memberships) - len(members),
        "assistants": User.objects.filter(pk__in=_assistants(memberships, today)).order_by("name"),
        "sessions": sessions,
        "last": sessions[0] if sessions else None,
        "absent": absent_of(sessions[0], user) if sessions else [],
        "rate": attendance.rates_of_groups([group.pk], today).get(group.pk, Rate()),
        "next_meeting": None if group.closed_on else group.next_meeting(today),
        "can_edit": user.may(Permission.GROUP_EDIT) and group.closed_on is None,
        "can_visit": user.may(Permission.VISIT_LOG),
        "can_log": user.may(Permission.SESSION_LOG) and group.closed_on is None,
    }


def session_context(session: GroupSession, user) -> dict:
    """What the page of a meeting shows. Cost: three queries."""
    noted = attendances_of(session, user)
    return {
        "session": session,
        "group": session.group,
        "noted": noted,
        "absent": [each for each in noted if not each.took_part],
        "took_part": sum(each.took_part for each in noted),
        "versions": session.versions(),
        "can_correct": session.is_current and user.may(Permission.SESSION_LOG) and session.assistant_id == user.pk,
        "can_visit": user.may(Permission.VISIT_LOG),
        "back_url": session.group.get_absolute_url(),
    }


def members_of(group: Group):
    """The memberships of today; of a dissolved group those that it ended with."""
    ended = Q(left_on=group.closed_on) if group.closed_on else Q(left_on__isnull=True)
    return group.memberships.filter(ended)


def _assistants(memberships: list[Membership], today):
    households = [each.household_id for each in memberships]
    return Assignment.objects.on(today).filter(household__in=households).values("assistant")


def with_counts(sessions):
    """Meetings with `noted` and `took_part`: families, of all assistants."""
    return sessions.annotate(
        noted=Count("attendances"), took_part=Count("attendances", filter=Q(attendances__presence__in=TOOK_PART))
    )


def absent_of(session: GroupSession, user) -> list[Attendance]:
    """Those of this person's families who did not take part, whom to ask why. Cost: one query."""
    return [each for each in attendances_of(session, user) if not each.took_part]


def attendances_of(session: GroupSession, user) -> list[Attendance]:
    """Who was noted how, of the families that this person may read of, by name. Cost: one query."""
    own = Household.objects.for_user(user).values("pk")
    found = session.attendances.filter(household__in=own).select_related("household")
    return sorted(found, key=lambda each: (each.household.recipient_name.lower(), each.household_id))
