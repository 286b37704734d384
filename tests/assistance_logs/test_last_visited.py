"""What stands on a family about its visits equals what its visits say."""

import datetime
import random

from django.utils import timezone

from assistance_logs.choices import MET, VisitResult
from assistance_logs.models import Visit
from assistance_logs.storing import refresh_last_visits
from beneficiaries.models import Household
from tests.assistance_logs.sending import at, post_correction, post_visit
from tests.factories import make_household, make_visit


def recomputed(household):
    days = [
        timezone.localdate(visit.happened_at)
        for visit in Visit.objects.filter(household=household, is_current=True)
        if visit.result in MET
    ]
    return max(days, default=None)


def differing():
    return [family.pk for family in Household.objects.all() if family.last_visited_on != recomputed(family)]


def test_after_any_series_of_visits_and_corrections_the_last_day_is_true(client, budi, program):
    chance = random.Random(20261124)
    families = [make_household(assistant=budi) for _ in range(4)]
    client.force_login(budi)
    for _ in range(60):
        # hours at both ends of the day, where UTC has another date than Jakarta
        moment = at(datetime.date(2026, 1, chance.randint(1, 28)), chance.choice([0, 6, 7, 12, 23]))
        fields = {"result": chance.choice(VisitResult.values), "happened_at": f"{moment:%Y-%m-%dT%H:%M}"}
        current = list(Visit.objects.current())
        if current and chance.random() < 0.5:
            assert post_correction(client, chance.choice(current), **fields).status_code == 302
        else:
            assert post_visit(client, chance.choice(families), **fields).status_code == 302
        assert differing() == []
    assert Visit.objects.filter(is_current=False).count() > 10


def test_many_families_are_refreshed_in_one_statement(budi, program, django_assert_num_queries):
    families = [make_household(assistant=budi) for _ in range(3)]
    for family in families[:2]:
        make_visit(family, budi, datetime.date(2026, 1, 5))
    Household.objects.update(last_visited_on=datetime.date(2020, 1, 1))
    untouched = make_household(assistant=budi, last_visited_on=datetime.date(2020, 1, 1))
    with django_assert_num_queries(1):
        refresh_last_visits([family.pk for family in families])
    assert differing() == [untouched.pk]
