"""What was asked for one family month by month, and what came of it: for a page."""

import datetime
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from django.utils import timezone

from assistance_logs.models import Visit
from assistance_logs.obligations.past import Asked, history_of
from beneficiaries.figures import View
from beneficiaries.models import Household
from ejsika.accounts.models import User

MONTHS_SHOWN = 12


@dataclass(frozen=True)
class Line:
    """One thing that was due, and the visit that did it, if it was one."""

    asked: Asked
    visit: Visit | None


@dataclass(frozen=True)
class PastMonth:
    """A month in which something was due; `assistant` had the family on its last day (None: nobody)."""

    start: datetime.date
    assistant: User | None
    is_running: bool
    lines: list[Line]


def past_months(household: Household, viewer: User) -> list[PastMonth]:
    """The last twelve months, this one among them, the newest first. Cost: three queries."""
    view = View.of(viewer, timezone.localdate())
    found = history_of(household, view, MONTHS_SHOWN)
    people = User.objects.in_bulk({assistant for _, assistant, _ in found if assistant})
    visits = Visit.objects.for_user(viewer).select_related("assistant")
    done = visits.in_bulk({asked.visit for *_, asked in found if asked.visit})
    months = []
    for (month, assistant), rows in groupby(found, itemgetter(0, 1)):
        lines = [Line(one, done.get(one.visit)) for *_, one in rows]
        months.append(PastMonth(month, people.get(assistant), month == view.start, lines))
    return months
