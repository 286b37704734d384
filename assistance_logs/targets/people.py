"""Whose targets a page is about: the assistants and koordinators of a region, as far as somebody's scope reaches."""

from django.db.models import Exists, OuterRef
from django.utils import timezone

from beneficiaries.models import Assignment, Household
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Role


def assistants_in(user, code: str):
    """Assistants who have families in a region today, by name; never a ranking."""
    families = Household.objects.countable_by(user).filter(region__code__startswith=code)
    today = Assignment.objects.on(timezone.localdate()).filter(assistant=OuterRef("pk"), household__in=families)
    return User.objects.active().assistants().filter(Exists(today)).with_name_key().order_by("name_key", "pk")


def coordinators_in(code: str):
    """Koordinators one of whose regions is this one or lies below it, by name."""
    people = User.objects.active().filter(role=Role.KOORDINATOR).in_region(code).prefetch_related("regions")
    return people.with_name_key().order_by("name_key", "pk")
