"""Rows about a family: who may read of it may read them."""

from django.db.models import Exists, OuterRef, Q

from beneficiaries.models.enrollment import household_in_programs
from beneficiaries.models.household import Household
from ejsika.regions.models import ScopedQuerySet


class OfFamilyQuerySet(ScopedQuerySet):
    region_field = "household__region__code"

    def person_rule(self, user):
        return Q(Exists(Household.objects.for_user(user).filter(pk=OuterRef("household"))))

    def program_rule(self, user):
        if user.all_programs:
            return Q()
        return Q(Exists(Household.objects.countable_by(user).filter(pk=OuterRef("household"))))

    def in_known_family(self, programs):
        return self if programs is None else self.filter(household_in_programs(programs))
