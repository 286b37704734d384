"""Which family an assistant may write about."""

from beneficiaries.models import Household
from ejsika.accounts.models import User


def family_to_log(user: User, pk) -> Household | None:
    """A family of this assistant, or one that was theirs when the visit was written (`is_theirs_today` tells).

    The form asks for the day; whom a family is handed to must not cost its old assistant a visit that is not sent yet.
    Cost: one query, two for a family that is not theirs today.
    """
    if not str(pk).isdecimal() or len(str(pk)) > 18:
        return None
    household = Household.objects.for_user(user).select_related("region").filter(pk=pk).first()
    is_theirs_today = household is not None
    if household is None:
        household = Household.objects.ever_assisted_by(user).select_related("region").filter(pk=pk).first()
    if household is not None:
        household.is_theirs_today = is_theirs_today
    return household
