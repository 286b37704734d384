"""What an assistant has to do: the month's progress, and the families in the order of need."""

import datetime
import math
from dataclasses import dataclass

from django.db.models import BooleanField, Case, Count, F, Q, Value, When
from django.utils import timezone

from assistance_logs.figures import day_start
from assistance_logs.models import Visit
from beneficiaries import figures
from beneficiaries.choices import EnrollmentStatus
from beneficiaries.models import Household
from ejsika.lib.prepared import prepared
from ejsika.lib.tags import day, day_month

# Families that are graduated or out of the programme are no task; they stay in the list of families.
ON_THE_LIST = [EnrollmentStatus.ACTIVE, EnrollmentStatus.SUSPENDED, EnrollmentStatus.CANDIDATE]


@dataclass(frozen=True)
class Progress:
    """How far a month's visits are. Units: families; days_left counts today."""

    visited: int
    total: int
    days_left: int

    @property
    def left(self) -> int:
        return self.total - self.visited

    @property
    def percent(self) -> int:
        """Whole percent, rounded down: 100 only when all are visited."""
        return 100 * self.visited // self.total

    @property
    def per_day(self) -> int:
        """Families a day that suffice until the month's end."""
        return math.ceil(self.left / self.days_left)


@dataclass(frozen=True)
class Task:
    """A family to visit (one of `families`), with the newest visit that left something open."""

    family: Household
    follow_up: Visit | None
    today: datetime.date

    @property
    def days_unvisited(self) -> int | None:
        """Days since the family was last met; None where it never was."""
        last = self.family.last_visited_on
        return None if last is None else (self.today - last).days

    @property
    def is_follow_up_late(self) -> bool:
        due = self.follow_up and self.follow_up.follow_up_due
        return due is not None and due < self.today

    @property
    def open_words(self) -> str:
        """What the family's newest visit left to be done, by when; "" where nothing is open."""
        if self.follow_up is None:
            return ""
        due = self.follow_up.follow_up_due
        passed = " (sudah lewat)" if self.is_follow_up_late else ""
        return self.follow_up.follow_up + (f", jatuh tempo {day_month(due)}{passed}" if due else "")

    @property
    def reason(self) -> str:
        """Why this family is on the list."""
        if self.follow_up:
            return f"Tindak lanjut: {self.open_words}"
        family = self.family
        last = family.last_visited_on and day(family.last_visited_on)
        if family.status != EnrollmentStatus.ACTIVE:
            return family.get_status_display() + (f", terakhir dikunjungi {last}" if last else "")
        return f"Kunjungan rutin, terakhir {last}" if last else "Kunjungan pertama"


def month_progress(visited: int, total: int, *, today: datetime.date) -> Progress | None:
    """Say how far the month is; None where no family is due, for there is nothing to measure."""
    if not total:
        return None
    return Progress(visited, total, (figures.View.month(today).end - today).days)


def families(user, view: figures.View):
    """The user's families to visit: late ones first, then the rest, each longest unvisited first."""
    late = figures.get("late").condition(view) | figures.get("never_visited").condition(view)
    return (
        Household.objects.for_user(user)
        .filter(status__in=ON_THE_LIST)
        .annotate(is_late=Case(When(late, then=Value(True)), default=Value(False), output_field=BooleanField()))
        .select_related("region")
        .order_by("-is_late", F("last_visited_on").asc(nulls_first=True), "pk")
    )


def counts(households, view: figures.View) -> dict[str, int]:
    """Count the families to visit: `listed` and `late`, and `visited` and `active` of the month. Cost: one query."""
    return households.aggregate(
        listed=Count("pk"),
        late=Count("pk", filter=Q(is_late=True)),
        active=Count("pk", filter=figures.get("active").condition(view)),
        visited=Count("pk", filter=figures.get("visited_this_period").condition(view)),
    )


def tasks(households, today: datetime.date) -> list[Task]:
    """Give each of these families with what makes it a task. Cost: one query, and that of the families."""
    households = list(households)
    open_ones = follow_ups([household.pk for household in households])
    return [Task(household, open_ones.get(household.pk), today) for household in households]


def follow_ups(household_ids) -> dict[int, Visit]:
    """The newest visit with an open follow-up of each family, by the family's id. Cost: one query."""
    return {visit.household_id: visit for visit in _follow_ups(households=list(household_ids))}


@prepared
def _follow_ups(households):
    visits = Visit.objects.with_open_follow_up().filter(household=households.any)
    return visits.order_by("household", "-happened_at").distinct("household")


def visit_of_today(user, household: Household) -> Visit | None:
    """The user's newest visit to this family today: who comes back to the form may only want to mend it."""
    visits = Visit.objects.for_user(user).current().filter(household=household, assistant=user)
    return visits.filter(happened_at__gte=day_start(timezone.localdate())).order_by("-happened_at").first()


def next_tasks(user, *, after: Household) -> list[Task]:
    """The one family to go to after this one; empty where there is no other. Cost: three queries."""
    today = timezone.localdate()
    return tasks(families(user, figures.View.of(user, today)).exclude(pk=after.pk)[:1], today)
