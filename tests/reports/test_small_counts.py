"""The one rule for small numbers: what a person who may not read names is told of a single desa, on every page."""

import itertools
import re

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from assistance_logs.targets.actions import set_targets
from beneficiaries import tallies
from beneficiaries.models import Household
from ejsika.regions.models import Region
from reports.small_counts import in_fives, told
from tests.factories import (
    NORTH,
    NORTH_2,
    make_case,
    make_household,
    make_member,
    make_program,
    make_region,
    make_visit,
)
from tests.reports.test_exports import fetch

KECAMATAN = {"region": NORTH[:6]}
EXPORTS = {
    "dashboard": "dashboard_export",
    "components": "component_export",
    "map_table": "map_export",
    "graduated": "graduated_count_export",
}


@pytest.fixture(params=["counted", "tallied"])
def some(request, budi, ayu, dewi):
    """Seven families in one desa and two in the next, all with a point and a toddler; one of each is graduated."""
    jscm, point = make_program("JSCM"), {"latitude": "-6.4", "longitude": "106.2"}
    make_region(NORTH, latitude="-6.4", longitude="106.2")
    make_region(NORTH_2, latitude="-6.41", longitude="106.21")
    for region, n in ((NORTH, 7), (NORTH_2, 2)):
        families = [make_household(region=region, assistant=budi, **point) for _ in range(n)]
        for family in families:
            make_member(family, age=2)
        make_case(families[0], by=budi, verified_by=ayu, decided_by=dewi)
    for _ in range(2):
        make_household(region=NORTH, program=jscm)
    if request.param == "tallied":
        tallies.refresh_all()


def rows(client, name, region):
    """The table of a page as it is downloaded: {place: {column: cell}}."""
    found = fetch(client, reverse(f"reports:{EXPORTS[name]}"), f"?region={region}")
    return {next(iter(row.values())): row for row in found}


@pytest.mark.parametrize("name", EXPORTS)
@pytest.mark.parametrize("region", [NORTH[:6], NORTH, NORTH_2])
def test_a_desa_is_told_in_fives_on_every_page_and_in_every_file(client, eko, some, name, region):
    client.force_login(eko)
    for place, row in rows(client, name, region).items():
        numbers = [cell for column, cell in row.items() if column not in ("Wilayah", "Nama", "Kode Wilayah")]
        assert numbers
        if place.startswith("Desa"):
            assert all(cell == "< 5" or (cell >= 5 and cell % 5 == 0) for cell in numbers), place
    page = client.get(reverse(f"reports:{name}"), {"region": NORTH_2}).text
    assert "&lt; 5" in page and "kelipatan 5" in page


@pytest.mark.parametrize("name", EXPORTS)
def test_a_kecamatan_is_told_exactly_and_who_reads_names_is_told_all(client, eko, ayu, some, name):
    client.force_login(eko)
    of_eko = rows(client, name, NORTH[:4])
    client.force_login(ayu)
    assert rows(client, name, NORTH[:4]) == of_eko
    exact = rows(client, name, NORTH[:6])
    numbers = [cell for row in exact.values() for cell in row.values() if isinstance(cell, int | float)]
    assert set(numbers) & {1, 2, 3, 4, 6, 7, 9, 11}


def test_what_stands_around_the_table_of_a_desa_tells_no_more(client, eko, admin, some):
    for region in Region.objects.filter(pk__in=[NORTH, NORTH_2]):
        begun = timezone.localdate().replace(month=1, day=1)
        set_targets(users=[], region=region, numbers={"graduasi": 20}, starting_on=begun, by=admin)
    client.force_login(eko)
    for region, active, toddlers in ((NORTH, 5, 5), (NORTH_2, None, None)):
        context = client.get(reverse("reports:dashboard"), {"region": region}).context
        everything = context["everything"]
        assert (everything["active"].n, everything["late"].n, everything.without_status) == (active, None, 0)
        assert dict(context["components"])["Balita"] == toddlers
        assert {*context["trend"], *context["graduated"]} == {None}
        assert (context["target"].done, context["target"].percent) == (0, 0)
        assert [item.get("n") for item in context["attention"]] == [None, None, None]
        everything = client.get(reverse("reports:components"), {"region": region}).context["table"].everything
        assert everything["balita"].persons == toddlers
        assert client.get(reverse("reports:map"), {"region": region}).context["without_point"] is None


def test_the_map_draws_desas_in_fives_and_those_too_where_there_may_be_nobody(client, eko, some):
    make_region("3602122003", latitude="-6.42", longitude="106.22")
    client.force_login(eko)
    around = {"bbox": "106.1,-6.5,106.3,-6.3", "zoom": "13"}
    areas = client.get(reverse("reports:map_cells"), around).json()["cells"]
    assert [(area["n"], area["states"], area["shape"]) for area in areas] == [
        (5, [None, None, 5, None], "never_visited"),
        (None, [None] * 4, "few"),
        (None, [None] * 4, "few"),
    ]


def test_a_kecamatan_of_one_desa_is_told_as_that_desa_is(client, eko, program):
    for _ in range(3):
        make_household(region=NORTH)
    client.force_login(eko)
    assert client.get(reverse("reports:dashboard"), KECAMATAN).context["everything"]["active"].n is None


def test_taking_one_told_number_from_another_leaves_no_number():
    for whole, part in itertools.combinations_with_replacement(range(40), 2):
        possible = {
            one - other
            for one in range(in_fives(part), in_fives(part) + 5)
            for other in range(in_fives(whole), in_fives(whole) + 5)
            if one >= other
        }
        assert len(possible) > 1, (whole, part)


def test_told():
    assert [told(n, is_exact=False) for n in (0, 1, 4, 5, 9, 10)] == [None, None, None, 5, 5, 10]
    assert [told(n, is_exact=True) for n in (0, 4, 5)] == [0, 4, 5]


def test_one_family_more_in_a_desa_changes_nothing_that_is_shown_there(client, eko, some, budi, ayu, dewi):
    """Whatever a page will show one day: it is the same while no number becomes a full five."""
    client.force_login(eko)
    names = [*EXPORTS, "map", "map_cells"]
    around = {"bbox": "106.1,-6.5,106.3,-6.3", "zoom": "13"}

    def pages():
        if tallies.is_current():
            tallies.refresh_all()
        found = {name: client.get(reverse(f"reports:{name}"), {"region": NORTH_2} | around).text for name in names}
        return {name: re.sub(r"\w{64}", "", page) for name, page in found.items()}  # without tokens of forms

    with time_machine.travel(timezone.now(), tick=False):
        # How many assistants are silent is told: of them, not of families.
        make_visit(Household.objects.filter(region=NORTH)[1], budi, timezone.localdate())
        before = pages()
        family = make_household(region=NORTH_2, assistant=budi, latitude="-6.4", longitude="106.2")
        for age in (1, 8, 14, 17, 70):
            make_member(family, age=age, is_pregnant=True, is_disabled=True)
        make_visit(family, budi, timezone.localdate())
        make_case(family, by=budi, verified_by=ayu, decided_by=dewi)
        make_household(region=NORTH_2)
        for name, page in pages().items():
            assert page == before[name], name
