"""The programme at its size: as many families a kabupaten/kota as there were, as many visits as are asked for."""

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, F, Q
from django.db.models.functions import Substr
from django.utils import timezone

from assistance_logs.choices import MET
from assistance_logs.models import Visit
from beneficiaries.components import Component, condition
from beneficiaries.models import Assignment, Household, Member
from ejsika.audit.models import AuditEvent
from ejsika.demo.places import allot, families_2021, missing

SIZE = 200


def fill(households: int = SIZE, **options) -> None:
    call_command("demo", households=households, verbosity=0, **options)


def by_regency() -> dict[str, int]:
    rows = Household.objects.values(regency=Substr("region", 1, 4)).annotate(families=Count("pk"))
    return {row["regency"]: row["families"] for row in rows}


def visited_periods() -> set[tuple[int, int]]:
    """Which families have a visit in which of the last four periods of 90 days."""
    today, found = timezone.localdate(), set()
    for household, at in Visit.objects.values_list("household", "happened_at"):
        period = (today - timezone.localdate(at)).days - 1
        if period < 360:
            found.add((household, period // 90))
    return found


@pytest.mark.parametrize("sizes", [[300], [100, 300], [1, 7, 300]])
def test_families_lie_where_they_did_in_2021_however_often_there_is_a_top_up(db, capsys, sizes):
    for size in sizes:
        fill(size)
    assert by_regency() == allot(300, families_2021())


@pytest.mark.parametrize("first", [0, 1, 300, 2_000, 5_000, 49_999])
def test_fifty_thousand_are_exactly_those_of_2021_from_any_smaller_size(first):
    present = allot(first, families_2021())
    lacking = missing(50_000, present)
    assert {code: present[code] + lacking[code] for code in present} == families_2021()


def test_every_component_is_there(db, capsys):
    fill(400)
    today = timezone.localdate()
    for component in Component:
        assert Member.objects.filter(condition(component, today)).exists(), component


def test_visits_are_filled_up_to_a_number_once(db, capsys):
    fill(visits=2_000)
    assert Visit.objects.count() == 2_000
    before = set(Visit.objects.values_list("uuid", flat=True))
    fill(visits=2_000)
    fill(visits=10)
    assert set(Visit.objects.values_list("uuid", flat=True)) == before
    fill(visits=2_500)
    assert Visit.objects.count() == 2_500
    assert before < set(Visit.objects.values_list("uuid", flat=True))


def test_new_families_and_more_visits_come_together(db, capsys):
    fill(visits=1_500)
    fill(SIZE + 100, visits=2_500)
    assert (Household.objects.count(), Visit.objects.count()) == (SIZE + 100, 2_500)


def test_a_full_log_fits_the_families(db, capsys):
    fill()
    visited = visited_periods()
    fill(visits=3_000)
    now = timezone.now()
    assert visited_periods() == visited, "who was not visited in time must stay so"
    assert not Visit.objects.filter(happened_at__gt=now).exists()
    oldest = (now - Visit.objects.earliest("happened_at").happened_at).days
    assert 500 < oldest <= 731
    hours = {timezone.localtime(at).hour for at in Visit.objects.values_list("happened_at", flat=True)}
    assert hours - {21} == set(range(8, 17)), "but who is to be looked at by a koordinator"
    own = Q(household__assignments__assistant=F("assistant"), happened_at__gte=F("household__assignments__started_on"))
    own &= Q(household__assignments__ended_on=None) | Q(happened_at__lt=F("household__assignments__ended_on"))
    assert not Visit.objects.exclude(pk__in=Visit.objects.filter(own).values("pk")).exists()
    for family in Household.objects.prefetch_related("visits"):
        met = [timezone.localdate(visit.happened_at) for visit in family.visits.all() if visit.result in MET]
        assert family.last_visited_on == max(met, default=None)


def test_every_visit_is_on_record_in_the_order_of_its_id(db, capsys):
    fill(visits=1_500)
    told = AuditEvent.objects.filter(action="visit.logged").order_by("pk")
    visits = list(Visit.objects.filter(replaces=None).order_by("pk").values_list("pk", "household", "assistant"))
    assert sorted((event.data["visit"], event.target_id, event.actor_id) for event in told) == visits


def test_the_diligent_log_more_than_the_others(db, capsys):
    fill(1_500, visits=20_000)
    share = {}
    for row in Assignment.objects.open().values("assistant", "assistant__username").annotate(families=Count("pk")):
        if row["families"] > 80:
            share[row["assistant__username"]] = (
                Visit.objects.filter(assistant=row["assistant"]).count() / row["families"]
            )
    late = [value for name, value in share.items() if name[-1] in "369"]
    others = [value for name, value in share.items() if name[-1] not in "369"]
    assert max(late) < min(others)


def test_more_than_a_visit_a_day_is_refused_and_changes_nothing(db, capsys):
    with pytest.raises(CommandError, match="paling banyak"):
        fill(20, visits=1_000_000)
    assert not Household.objects.exists()


def test_negative_numbers_are_refused(db, capsys):
    for wrong in ({"households": -1}, {"visits": -1}):
        with pytest.raises(CommandError, match="0 atau lebih"):
            fill(**wrong)
