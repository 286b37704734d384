"""What lists and pages show of families that for_user has given a person: each for many families in one query."""

import datetime
from collections.abc import Collection

from beneficiaries.models import Assignment, Enrollment, Household
from ejsika.lib.prepared import prepared


def add_enrollments(households: Collection[Household], user) -> None:
    """Add the enrollments in programmes that this person may know of, as `known_enrollments`. Cost: one query."""
    by_id = {household.pk: household for household in households}
    for household in households:
        household.known_enrollments = []
    for enrollment in _enrollments(households=list(by_id), programs=user.known_programs):
        by_id[enrollment.household_id].known_enrollments.append(enrollment)


def add_assistants(households: Collection[Household], day: datetime.date) -> None:
    """Add the name of who looks after each family on a day, None for nobody, as `assistant`. Cost: one query."""
    names = dict(_assistants(households=[household.pk for household in households], day=day))
    for household in households:
        household.assistant = names.get(household.pk)


@prepared
def _enrollments(households, programs):
    found = Enrollment.objects.in_known_family(programs).filter(household=households.any)
    return found.select_related("program").order_by("program__code")


@prepared
def _assistants(households, day):
    found = Assignment.objects.on(day).filter(household=households.any)
    return found.values_list("household", "assistant__name")
