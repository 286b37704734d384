"""The map: cells and families of the viewport, within the scope, and the same as a table."""

import datetime
import gzip

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from beneficiaries.models import Household
from ejsika.accounts.permissions import Role
from ejsika.lib.geo import cell_at, cell_ranges
from reports.cells import MOST_CELLS, Box, cell_zoom, inside
from tests.factories import NORTH, SOUTH, make_case, make_household, make_program, make_region, make_user, make_visit

PAGE, CELLS, PLACES, TABLE = (reverse(f"reports:{name}") for name in ("map", "map_cells", "map_places", "map_table"))
BANTEN = {"bbox": "105.0,-7.2,107.0,-5.6", "zoom": "9"}
NEAR = {"bbox": "106.19,-6.41,106.21,-6.39", "zoom": "16"}


@pytest.fixture
def some(budi, citra, ayu, dewi):
    """Four states in the north, one family in the south, one without a point, one that the map does not draw."""
    today = timezone.localdate()

    def make(name, *, region=NORTH, assistant=budi, latitude="-6.4", longitude="106.2", **fields):
        return make_household(
            region=region, assistant=assistant, name=name, latitude=latitude, longitude=longitude, **fields
        )

    make_region(NORTH, latitude="-6.4", longitude="106.2")
    families = {name: make(name) for name in ("Ani Baru", "Beti Lama", "Cici Belum", "Dini Lulus")}
    families["Evi Selatan"] = make("Evi Selatan", region=SOUTH, assistant=citra, latitude="-6.7", longitude="105.5")
    families["Fani Tanpa"] = make("Fani Tanpa", latitude=None, longitude=None)
    families["Gita Keluar"] = make("Gita Keluar", status="nonaktif")
    make_visit(families["Ani Baru"], budi, today)
    make_visit(families["Beti Lama"], budi, today - datetime.timedelta(days=200))
    make_case(families["Dini Lulus"], by=budi, verified_by=ayu, decided_by=dewi)
    return families


def cells(client, **changes):
    return client.get(CELLS, BANTEN | changes).json()["cells"]


def test_cells_count_the_four_states(client, dewi, some):
    client.force_login(dewi)
    assert cells(client) == [{"lat": -6.4, "lon": 106.2, "n": 4, "states": [1, 1, 1, 1], "shape": "late"}]


def test_cells_keep_to_the_scope_and_the_viewport(client, admin, citra, some):
    client.force_login(admin)
    assert sorted(cell["n"] for cell in cells(client)) == [1, 4]
    assert [cell["n"] for cell in cells(client, region="3601")] == [1]
    assert [cell["n"] for cell in cells(client, bbox="106,-6.5,106.5,-6.3")] == [4]
    assert cells(client, bbox="10,40,11,41") == []
    client.force_login(citra)
    assert [cell["n"] for cell in cells(client)] == [1]


def test_cells_and_table_have_the_same_counts(client, admin, some):
    client.force_login(admin)
    everything = client.get(TABLE).context["everything"]
    assert everything.n == sum(cell["n"] for cell in cells(client)) == 5
    assert everything.states == [sum(cell["states"][i] for cell in cells(client)) for i in range(4)] == [1, 1, 2, 1]
    assert (everything.without_point.n, client.get(PAGE).context["without_point"]) == (1, 1)


def test_link_of_families_without_a_point_is_their_list(client, budi, dewi, some):
    for user in (budi, dewi):
        client.force_login(user)
        answer = client.get(PAGE)
        assert answer.context["without_point"] == 1
        assert client.get(answer.context["without_point_url"]).context["count"] == 1


def test_single_families_from_a_zoom_on(client, dewi, some):
    client.force_login(dewi)
    found = client.get(CELLS, NEAR).json()["families"]
    assert {family["name"]: family["state"] for family in found} == {
        "Ani Baru": "in_time",
        "Beti Lama": "late",
        "Cici Belum": "never_visited",
        "Dini Lulus": "graduated",
    }
    ani = next(family for family in found if family["name"] == "Ani Baru")
    assert (ani["lat"], ani["lon"], ani["url"]) == (-6.4, 106.2, some["Ani Baru"].get_absolute_url())
    assert ani["visit_url"] == ""
    assert "(hari ini)" in ani["last"]
    assert "Kp. Uji" in ani["address"]


def test_pendamping_may_log_a_visit_from_the_map(client, budi, some):
    client.force_login(budi)
    found = client.get(CELLS, NEAR).json()["families"]
    ani = next(family for family in found if family["name"] == "Ani Baru")
    assert ani["visit_url"] == reverse("assistance_logs:visit_new", args=[some["Ani Baru"].pk])


def test_many_families_stay_cells_however_near(client, dewi, some, monkeypatch):
    monkeypatch.setattr("reports.cells.MOST_FAMILIES", 3)
    client.force_login(dewi)
    assert [cell["n"] for cell in cells(client, **NEAR)] == [4]


def test_family_of_another_programme_is_not_drawn(client, some):
    client.force_login(make_user("jscm", Role.DINSOS, NORTH[:4], programs=[make_program("JSCM")]))
    assert cells(client) == []
    assert client.get(CELLS, NEAR).json()["families"] == []


def test_pimpinan_gets_counts_of_regions_and_no_point(client, eko, some):
    for _ in range(4):
        make_household(region=NORTH, latitude="-6.41", longitude="106.21", status="aktif")
    client.force_login(eko)
    area = {"lat": -6.4, "lon": 106.2, "n": 5, "name": "Desa 3602122001"}
    for zoom in ("13", "18"):
        answer = client.get(CELLS, {"bbox": "106.1,-6.5,106.3,-6.3", "zoom": zoom}).json()
        assert "families" not in answer
        (found,) = answer["cells"]
        assert {name: found[name] for name in area} == area
        assert found["states"] == [None, None, 5, None]
    page = client.get(PAGE)
    assert page.context["without_point_url"] == ""
    assert "/households/" not in page.content.decode()
    south, west, north, east = page.context["bounds"]
    assert (round((south + north) / 2, 2), round((west + east) / 2, 2)) == (-6.4, 106.2)


def test_pimpinan_gets_no_small_number(client, eko, some):
    client.force_login(eko)
    (area,) = client.get(CELLS, {"bbox": "106.1,-6.5,106.3,-6.3", "zoom": "13"}).json()["cells"]
    assert (area["n"], area["states"], area["shape"]) == (None, [None] * 4, "few")
    answer = client.get(TABLE, {"region": NORTH})
    assert [(row.n, row.states) for row in answer.context["rows"]] == [(None, [None] * 4)]
    assert answer.context["everything"].n is None


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"bbox": "1,2,3"},
        {"bbox": "a,b,c,d"},
        {"bbox": "nan,nan,nan,nan"},
        {"bbox": "-inf,-6,inf,-5"},
        {"bbox": "107,-7,105,-5"},
        {"bbox": "105,-5,107,-7"},
        {"zoom": "x"},
        {"zoom": "-1"},
        {"zoom": "1e9"},
        {"zoom": "99999999999999999999"},
        {"region": "3601"},
        {"period": "kemarin"},
    ],
)
def test_nonsense_is_refused_in_words(client, dewi, some, values):
    client.force_login(dewi)
    answer = client.get(CELLS, BANTEN | values if values else {})
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")


@pytest.mark.parametrize(
    "bbox", ["-180,-90,180,90", "-999,-999,999,999", "106.2,-6.4,106.2,-6.4", "179.9,84,180,85", "-180,-85,-179,-84"]
)
@pytest.mark.parametrize("zoom", ["0", "9", "22"])
def test_any_viewport_gives_an_answer(client, dewi, eko, some, bbox, zoom):
    for user in (dewi, eko):
        client.force_login(user)
        assert client.get(CELLS, {"bbox": bbox, "zoom": zoom}).status_code == 200
        assert client.get(PLACES, {"bbox": bbox, "zoom": zoom}).status_code == 200


def test_places_follow_the_zoom(client, dewi, some):
    make_region(NORTH[:4])
    for code, name in ((NORTH[:4], "Kab. Uji"), (NORTH[:6], "Kec. Uji")):
        region = make_region(code)
        region.name, region.latitude, region.longitude = name, "-6.4", "106.2"
        region.save()
    client.force_login(dewi)
    names = [client.get(PLACES, BANTEN | {"zoom": zoom}).json()["places"] for zoom in ("8", "11", "14")]
    assert [[place["name"] for place in places] for places in names] == [
        ["Kab. Uji"],
        ["Kec. Uji"],
        ["Desa 3602122001"],
    ]
    assert client.get(PLACES, {"bbox": "x", "zoom": "9"}).status_code == 400


def test_page_shows_bounds_as_plain_numbers(client, dewi, some):
    client.force_login(dewi)
    page = client.get(PAGE).content.decode()
    assert 'data-south="-6.405"' in page
    assert 'data-tiles=""' in page
    assert client.get(PAGE, {"region": "3601"}).context.get("bounds") is None


def test_page_without_families_looks_at_the_region(client, dewi):
    make_region(NORTH, latitude="-6.5", longitude="106.1")
    client.force_login(dewi)
    assert client.get(PAGE).context["bounds"] == pytest.approx((-6.52, 106.08, -6.48, 106.12))


def test_cells_stay_few_and_small(client, dewi, program):
    """50 kB uncompressed stands for the 60 kB that a phone may be sent at any zoom."""
    for row in range(25):
        for column in range(25):
            Household.objects.create(
                kk=f"36021201012{row * 25 + column:05}", region_id=make_region(NORTH).pk, recipient_name="x" * 80,
                status="aktif", latitude=-6.4 + row / 500, longitude=106.2 + column / 500, point_source="gps",
            )  # fmt: skip
    client.force_login(dewi)
    for zoom in range(8, 19):
        half = 180 / 2**zoom * 3
        bbox = f"{106.224 - half},{-6.376 - half / 2},{106.224 + half},{-6.376 + half / 2}"
        answer = client.get(CELLS, {"bbox": bbox, "zoom": zoom})
        assert len(answer.json().get("cells", [])) <= MOST_CELLS
        assert len(gzip.compress(answer.content)) < 60_000


def test_cell_zoom_is_bounded_by_the_viewport_not_by_what_is_asked():
    assert cell_zoom(Box(105, -7, 107, -5.6), 22) < 13
    assert cell_zoom(Box(106.2, -6.4, 106.2, -6.4), 22) == 20


def test_ranges_hold_every_cell_of_the_box_and_are_few():
    box = (-6.45, 106.15, -6.35, 106.25)
    ranges = cell_ranges(*box)
    assert 0 < len(ranges) <= 16
    for step in range(11):
        latitude, longitude = -6.45 + step * 0.01, 106.15 + (step * 7 % 11) * 0.01
        assert any(first <= cell_at(latitude, longitude) <= last for first, last in ranges)
    assert not any(first <= cell_at(-6.9, 105.5) <= last for first, last in ranges)


def test_viewport_is_looked_up_by_the_index_of_cells(some):
    near = inside(Household.objects.all(), Box(106.19, -6.41, 106.21, -6.39)).values("pk")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        assert "household_by_cell" in near.explain()
    assert near.count() == 5


def test_queries_do_not_grow(client, dewi, some, django_assert_max_num_queries):
    client.force_login(dewi)
    for url, values in ((PAGE, {}), (TABLE, {}), (CELLS, BANTEN), (CELLS, NEAR)):
        with django_assert_max_num_queries(16):
            client.get(url, values)


def test_role_without_the_map_and_strangers(client, fitri, dewi):
    for url in (PAGE, CELLS, PLACES, TABLE):
        assert client.get(url).status_code == 302
    client.force_login(fitri)
    for url in (PAGE, CELLS, PLACES, TABLE):
        assert client.get(url).status_code == 403
    client.force_login(dewi)
    for url in (PAGE, CELLS, PLACES, TABLE):
        assert client.post(url).status_code == 405
