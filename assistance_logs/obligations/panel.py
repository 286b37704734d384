"""What is due for one family, and its excuses: a panel of the family's page."""

import datetime
from dataclasses import dataclass

from django.utils import timezone

from assistance_logs.models import Excuse
from assistance_logs.obligations.duties import DutyKind, date, in_programs, open_duties
from beneficiaries.figures import View
from ejsika.accounts.permissions import Permission
from ejsika.lib.prepared import prepared, rows

EXCUSES_SHOWN = 6


@dataclass(frozen=True)
class Open:
    """One open duty; `days_over` counts the days since it was due, 0 where it is not yet overdue."""

    label: str
    due_from: datetime.date
    due_until: datetime.date
    days_over: int
    is_excused: bool


def panel(household, user):
    """The open duties of a family and its last excuses. Cost: two queries."""
    today = timezone.localdate()
    month = View.of(user, today)
    excuses = _excuses(household=household.pk)
    holder = next((one.assistant_id for one in household.assignments.on(today)), None) if excuses else None
    in_force = [
        excuse for excuse in excuses if not excuse.revoked_at and (excuse.month, excuse.by_id) == (month.start, holder)
    ]
    duties = [
        Open(
            DutyKind(kind).label,
            due_from,
            due_until,
            max((today - due_until).days, 0),
            leave is not None or (bool(in_force) and due_until < month.end),
        )
        for kind, due_from, due_until, leave in _duties(household.pk, month, today)
    ]
    if not duties and not excuses:
        return None
    may_excuse = user.may(Permission.VISIT_LOG) and any(
        duty.due_until < month.end and not duty.is_excused for duty in duties
    )
    context = {
        "household": household,
        "duties": duties,
        "excuses": excuses,
        "can_excuse": may_excuse,
        "can_revoke": user.may(Permission.REVIEW),
        "today": today,
    }
    return "assistance_logs/_panel_duties.html", context


@prepared(is_planned=True)
def _excuses(household):
    """The last excuses of a family that its page has given to this person."""
    found = Excuse.objects.filter(household=household).select_related("by", "revoked_by")
    return found.order_by("-month", "-pk")[:EXCUSES_SHOWN]


def _duties(household: int, month: View, today: datetime.date) -> list[tuple]:
    duties = open_duties(date(today), "h.id = %(household)s")
    return rows(
        f"""SELECT DISTINCT kind, due_from, due_until, leave FROM ({duties}) d
        WHERE true{in_programs(month.program_ids)} ORDER BY due_until, kind""",
        {"household": household},
    )
