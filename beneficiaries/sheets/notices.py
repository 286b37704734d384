"""What the registry tells an admin on the page of imports."""

from django.urls import reverse
from django.utils import timezone

from beneficiaries import figures
from beneficiaries.models import Household
from ejsika.imports.notices import Notice
from ejsika.lib.tags import id_number


def without_assistant(user) -> Notice | None:
    """How many active families nobody looks after. Cost: one query."""
    view = figures.View.of(user, timezone.localdate())
    count = Household.objects.for_user(user).filter(figures.get("without_assistant").condition(view)).count()
    if not count:
        return None
    return Notice(
        f"{id_number(count)} KPM aktif tanpa pendamping",
        f"{reverse('beneficiaries:household_list')}?figure=without_assistant",
    )
