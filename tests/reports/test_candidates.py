"""Counts for other agencies: rounded down, small ones hidden, and no sum that gives them away."""

import pytest
from django.urls import reverse

from beneficiaries import tallies
from beneficiaries.models import Enrollment, Household, Member
from tests.factories import NORTH, SOUTH, make_household, make_program

URL = reverse("reports:candidates")
OTHER_DISTRICT = "3602142001"


@pytest.fixture
def some(program):
    """13 families in one kecamatan, 3 in the next, 4 in another kabupaten."""
    for region, n in ((NORTH, 13), (OTHER_DISTRICT, 3), (SOUTH, 4)):
        for _ in range(n):
            make_household(region=region, name="Siti Rahasia")


def shown(answer):
    return {row.region.code: row.at_least["active"] for row in answer.context["rows"]}


def test_numbers_are_rounded_down_and_small_ones_hidden(client, fitri, some):
    client.force_login(fitri)
    answer = client.get(URL, {"region": "3602"})
    assert shown(answer) == {"360212": 10, "360214": 0}
    page = answer.content.decode()
    assert "&lt; 5" in page
    assert ">13<" not in page
    assert ">3<" not in page


def test_sums_hold_only_what_is_shown(client, fitri, some):
    client.force_login(fitri)
    province = client.get(URL)
    assert shown(province) == {"3601": 0, "3602": 10}
    assert province.context["everything"].at_least["active"] == 10
    assert client.get(URL, {"region": "3602"}).context["everything"].at_least["active"] == 10


def test_nothing_smaller_than_the_kecamatan_is_counted_apart(client, fitri, some):
    client.force_login(fitri)
    assert shown(client.get(URL, {"region": "360212"})) == {"360212": 10}
    assert "?region=360212001" not in client.get(URL, {"region": "360212"}).content.decode()


@pytest.mark.parametrize("from_tallies", [False, True])
def test_status_and_members_are_counted_apart_and_rounded_alike(client, fitri, some, from_tallies):
    Household.objects.filter(pk__in=Household.objects.filter(region=NORTH)[:6]).update(status="calon")
    Enrollment.objects.filter(household__status="calon").update(status="calon")
    Member.objects.filter(household__status="aktif").update(is_pregnant=True)
    if from_tallies:
        tallies.refresh_all()
    client.force_login(fitri)
    lebak, tangerang = client.get(URL, {"region": "3602"}).context["rows"]
    assert dict(lebak.statuses) == {"Aktif": 5, "Ditangguhkan": 0, "Calon": 5, "Graduasi": 0}
    assert dict(lebak.members)["Ibu hamil"] == 5
    assert dict(lebak.members)["Balita"] == dict(tangerang.members)["Ibu hamil"] == 0


def test_programme_narrows(client, fitri, some):
    jscm = make_program("JSCM")
    for _ in range(6):
        make_household(program=jscm)
    client.force_login(fitri)
    assert shown(client.get(URL, {"region": "360212", "program": "JSCM"})) == {"360212": 5}


def test_no_name_and_no_list(client, fitri, some):
    client.force_login(fitri)
    page = client.get(URL).content.decode()
    assert "Siti Rahasia" not in page
    assert "/households/" not in page


def test_bad_value_shows_nothing(client, fitri, some):
    client.force_login(fitri)
    assert "rows" not in client.get(URL, {"region": "31"}).context


def test_ladder(client, fitri, dewi):
    assert client.get(URL).status_code == 302
    client.force_login(dewi)
    assert client.get(URL).status_code == 403
    client.force_login(fitri)
    assert client.post(URL).status_code == 405
