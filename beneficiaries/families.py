"""Which family an assistant may write about."""

from django.utils import timezone

from beneficiaries.models import Household, HouseholdMerge
from ejsika.accounts.models import User
from ejsika.lib.prepared import prepared

UNKNOWN_FAMILY = (
    "Keluarga ini tidak ada dalam penugasan Anda. Minta koordinator memeriksa penugasannya, lalu kirim lagi."
)


def family_to_log(user: User, pk) -> Household | None:
    """A family of this assistant, or one that was theirs when the visit was written (`is_theirs_today` tells).

    The form asks for the day; whom a family is handed to must not cost its old assistant a visit that is not sent yet.
    A family that was merged into another one since is that one.
    Cost: one query, two for a family that is not theirs today, four for one that never was.
    """
    if not str(pk).isdecimal() or len(str(pk)) > 18:
        return None
    if found := _found(user, int(pk)):
        return found
    kept = HouseholdMerge.objects.filter(merged=int(pk)).values_list("into", flat=True).first()
    return _found(user, kept) if kept else None


def _found(user: User, pk: int) -> Household | None:
    for find in (_theirs, _once_theirs):
        for household in find(user.reach, timezone.localdate(), household=pk):
            household.is_theirs_today = find is _theirs
            return household
    return None


@prepared(is_planned=True)
def _theirs(reach, day, household):
    return Household.objects.for_user(reach.user()).select_related("region").filter(pk=household)


@prepared(is_planned=True)
def _once_theirs(reach, day, household):
    return Household.objects.ever_assisted_by(reach.user()).select_related("region").filter(pk=household)
