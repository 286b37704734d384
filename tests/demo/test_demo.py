"""The invented programme: its size and spread, its people, and that it keeps the rules that real data keep."""

from datetime import timedelta

import pytest
from django.core.management import CommandError
from django.db import transaction
from django.utils import timezone

from assistance_logs.models import Visit
from beneficiaries.choices import EnrollmentStatus
from beneficiaries.models import Assignment, Household
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Role
from ejsika.demo.places import allot, families_2021, missing
from ejsika.demo.visits import diligence
from tests.demo.register import fill, fingerprint


def test_fifty_thousand_families_are_spread_as_in_2021():
    assert missing(50_000, {}) == families_2021()


@pytest.mark.parametrize("total", [0, 1, 7, 150, 1_999, 2_000])
def test_parts_add_up_and_stay_near_their_share(total):
    weights = families_2021()
    parts = allot(total, weights)
    assert sum(parts.values()) == total
    assert all(abs(parts[code] - total * weights[code] / 50_000) < 1 for code in weights)


def test_what_is_missing_adds_up_where_one_place_has_too_many():
    lacking = missing(100, {"3672": 60})
    assert lacking["3672"] == 0
    assert sum(lacking.values()) == 40
    assert not any(missing(50, {"3672": 60}).values())


def test_three_assistants_in_ten_do_below_half_of_their_visits():
    shares = [diligence(number) for number in range(1, 101)]
    assert sum(share < 0.5 for share in shares) == 30
    assert all(share < 0.5 or 0.7 <= share <= 1.1 for share in shares)


def test_visits_that_were_made_tell_three_assistants_in_ten_apart(db, capsys):
    fill(1_500)
    today = timezone.localdate()
    shares = {}
    for assistant in User.objects.filter(role=Role.PENDAMPING).exclude(username="pendamping2"):
        families = Assignment.objects.open().filter(
            assistant=assistant, started_on__lt=today - timedelta(days=360), household__status=EnrollmentStatus.ACTIVE
        )
        visits = Visit.objects.met_family().filter(household__in=families.values("household"))
        done = {
            (visit.household_id, (today - timezone.localdate(visit.happened_at)).days // 91)
            for visit in visits.only("household", "happened_at")
        }
        shares[assistant.username] = len(done) / (4 * families.count())
    late = {name for name, share in shares.items() if share < 0.5}
    assert late == {name for name in shares if name[-1] in "369"}
    assert 0.2 <= len(late) / len(shares) <= 0.4


def test_the_first_assistant_has_about_120_families(db, capsys):
    fill(2_000)
    own = Household.objects.for_user(User.objects.get(username="pendamping"))
    assert 105 <= own.count() <= 125
    assert User.objects.get(username="pendamping").region_codes == ["3602"]


def test_outside_demo_mode_nothing_is_made(db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="EJSIKA_DEMO=1"):
        fill()
    assert not User.objects.exists()


def test_the_same_families_come_every_time(db, capsys):
    found = set()
    for _ in range(2):
        with transaction.atomic():
            fill()
            found.add(fingerprint())
            transaction.set_rollback(True)
    assert len(found) == 1
