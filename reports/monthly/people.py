"""Whose monthly report somebody may read."""

from django.db.models import Exists, OuterRef, QuerySet

from beneficiaries.models import Assignment, Household
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Role


def readable_assistants(viewer: User) -> QuerySet:
    """The assistant themself; for others the assistants of families that they may read of, now or once."""
    if viewer.role == Role.PENDAMPING:
        return User.objects.filter(pk=viewer.pk)
    families = Household.objects.for_user(viewer)
    looked_after = Assignment.objects.filter(
        Exists(families.filter(pk=OuterRef("household"))), assistant=OuterRef("pk")
    )
    return User.objects.filter(Exists(looked_after))
