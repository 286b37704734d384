"""What lists and pages show of families that for_user has given a person: each for many families in one query."""

import datetime
from collections.abc import Collection
from typing import NamedTuple

from beneficiaries.choices import EnrollmentStatus
from beneficiaries.models import Assignment, Enrollment, Household, Member
from ejsika.lib.prepared import prepared

COLUMNS = ("pk", "recipient_name", "rt", "rw", "last_visited_on", "region__name", "region__parent__name")
_STATUS_WORDS = dict(EnrollmentStatus.choices)


def add_enrollments(households: Collection[Household], user) -> None:
    """Add the enrollments in programmes that this person may know of, as `known_enrollments`. Cost: one query."""
    by_id = {household.pk: household for household in households}
    for household in households:
        household.known_enrollments = []
    for enrollment in _enrollments(households=list(by_id), programs=user.known_programs):
        by_id[enrollment.household_id].known_enrollments.append(enrollment)


def present_members(families):
    """The persons who belong to these families (a scoped queryset) today."""
    return Member.objects.filter(household__in=families.order_by().values("pk"), left_on__isnull=True)


class ListedEnrollment(NamedTuple):
    status: str
    program: str

    def get_status_display(self) -> str:
        return _STATUS_WORDS[self.status]


class ListedFamily(NamedTuple):
    """A family as a list tells of it. Plain values: making objects of models took longer than asking for them."""

    pk: int
    recipient_name: str
    rt: int | None
    rw: int | None
    last_visited_on: datetime.date | None
    desa: str
    district: str
    enrollments: list[ListedEnrollment]  # in programmes that this person may know of
    assistant: str | None


def listed(rows: Collection[tuple], user, day: datetime.date) -> list[ListedFamily]:
    """Tell of families whose COLUMNS are given what else a list says of them on a day. Cost: two queries."""
    ids = [pk for pk, *_ in rows]
    enrollments = {pk: [] for pk in ids}
    for pk, *enrollment in _listed_enrollments(households=ids, programs=user.known_programs):
        enrollments[pk].append(ListedEnrollment(*enrollment))
    assistants = dict(_assistants(households=ids, day=day))
    return [ListedFamily(*row, enrollments[row[0]], assistants.get(row[0])) for row in rows]


@prepared
def _enrollments(households, programs):
    found = Enrollment.objects.in_known_family(programs).filter(household=households.any)
    return found.select_related("program").order_by("program__code")


@prepared(is_planned=True)
def _listed_enrollments(households, programs):
    found = Enrollment.objects.in_known_family(programs).filter(household=households.any).order_by("program__code")
    return found.values_list("household", "status", "program__name")


@prepared(is_planned=True)
def _assistants(households, day):
    found = Assignment.objects.on(day).filter(household=households.any)
    return found.values_list("household", "assistant__name")
