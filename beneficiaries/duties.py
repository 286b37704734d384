"""What the registry tells an admin of a user who leaves: families nobody else looks after."""

from django.urls import reverse

from beneficiaries.models import Household
from ejsika.accounts.duties import Duty
from ejsika.lib.tags import id_number


def families(user, admin) -> Duty | None:
    """How many families are assigned to them today, as far as the admin sees. Cost: one query."""
    count = Household.objects.for_user(admin).assisted_by(user).count()
    if not count:
        return None
    return Duty(
        f"{id_number(count)} keluarga masih ditugaskan kepadanya",
        f"{reverse('beneficiaries:household_list')}?assistant={user.pk}",
    )
