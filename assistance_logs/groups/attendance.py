"""How often families take part in their groups' meetings: rates that show what they rest on."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Max, Q

from assistance_logs.figures import day_start
from assistance_logs.groups.choices import TOOK_PART
from assistance_logs.groups.models import Attendance, GroupSession, Membership
from ejsika.lib.shares import whole_percent

WINDOW_DAYS = 365
FEWEST = 3  # of fewer meetings no share is told: one absence more or less would turn it around

_PART = Q(presence__in=TOOK_PART)


@dataclass(frozen=True)
class Rate:
    """Of so many times that families were noted at meetings, they took part so often."""

    took_part: int = 0
    noted: int = 0
    meetings: int = 0

    @property
    def percent(self) -> int | None:
        """In whole percent; None where there were too few meetings to say."""
        return whole_percent(self.took_part, self.noted) if self.meetings >= FEWEST else None


@dataclass(frozen=True)
class Standing:
    """What a list tells of a group: its families today, its last meeting, and how often they took part in a year."""

    families: int = 0
    last_met: datetime.datetime | None = None
    rate: Rate = Rate()


def _in_window(today: datetime.date) -> Q:
    since = day_start(today - datetime.timedelta(days=WINDOW_DAYS))
    return Q(session__happened_at__gte=since, session__is_current=True)


def standings(group_ids, today: datetime.date) -> dict[int, Standing]:
    """Tell of each of these groups. Cost: three queries."""
    ids = list(group_ids)
    families = dict(Membership.objects.on(today).filter(group__in=ids).values_list("group").annotate(Count("pk")))
    last = GroupSession.objects.current().filter(group__in=ids).values_list("group").annotate(Max("happened_at"))
    last, rates = dict(last.order_by()), rates_of_groups(ids, today)
    return {pk: Standing(families.get(pk, 0), last.get(pk), rates.get(pk, Rate())) for pk in ids}


def rates_of_groups(group_ids, today: datetime.date) -> dict[int, Rate]:
    """How often the families of each group took part in the year up to today. Cost: one query."""
    noted = Attendance.objects.filter(_in_window(today), session__group__in=group_ids)
    return _rates(noted, "session__group")


def rates_of_families(household_ids, today: datetime.date) -> dict[int, Rate]:
    """How often each family took part in the year up to today, in whatever group it was. Cost: one query."""
    return _rates(Attendance.objects.filter(_in_window(today), household__in=household_ids), "household")


def _rates(noted, key: str) -> dict[int, Rate]:
    rows = noted.values_list(key).annotate(
        took_part=Count("pk", filter=_PART), noted=Count("pk"), meetings=Count("session", distinct=True)
    )
    return {pk: Rate(*counts) for pk, *counts in rows}
