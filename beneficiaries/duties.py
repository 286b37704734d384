"""What the registry tells an admin of a user who leaves: families nobody else looks after."""

from django.urls import reverse

from beneficiaries.models import Household
from ejsika.accounts.duties import Duty
from ejsika.accounts.permissions import Role
from ejsika.lib.tags import id_number


def families(user, admin) -> Duty | None:
    """How many families are assigned to them today, as far as the admin sees. Cost: one query."""
    count = Household.objects.for_user(admin).assisted_by(user).count()
    if not count:
        return None
    return Duty(f"{id_number(count)} keluarga masih ditugaskan kepadanya", _list_of(user))


def families_out_of_sight(user, admin) -> Duty | None:
    """How many of those an assistant cannot see: they lie outside the assistant's regions or programmes."""
    if not (user.is_active and user.role == Role.PENDAMPING):
        return None
    seen = Household.objects.for_user(user).values("pk")
    count = Household.objects.for_user(admin).assisted_by(user).exclude(pk__in=seen).count()
    if not count:
        return None
    text = f"{id_number(count)} keluarga tugasannya di luar wilayah atau programnya, jadi tidak tampak baginya"
    return Duty(text, _list_of(user), is_urgent=True)


def _list_of(user) -> str:
    return f"{reverse('beneficiaries:household_list')}?assistant={user.pk}"
