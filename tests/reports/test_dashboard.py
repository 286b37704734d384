"""The dashboard: every figure is its list, rows add up, and pimpinan gets no name."""

import datetime
import re
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from assistance_logs.targets.models import Target, TargetKind
from beneficiaries import figures, tallies
from beneficiaries.models import Household
from ejsika.accounts.permissions import Role
from reports.counts import ELSEWHERE, Share, by_code, parts_of
from reports.summary import FIGURES
from tests.factories import (
    NORTH,
    NORTH_2,
    SOUTH,
    enroll,
    make_case,
    make_household,
    make_program,
    make_region,
    make_user,
    make_visit,
)

URL = reverse("reports:dashboard")


@pytest.fixture
def some(budi, citra, ayu, dewi):
    """Families of every status, visited and not, with and without a point, in two kabupaten."""
    today = timezone.localdate()
    point = {"latitude": "-6.4", "longitude": "106.2"}
    families = {
        "Ani Baru": make_household(region=NORTH, assistant=budi, name="Ani Baru", **point),
        "Beti Lama": make_household(region=NORTH, assistant=budi, name="Beti Lama", **point),
        "Cici Belum": make_household(region=NORTH_2, name="Cici Belum"),
        "Dini Calon": make_household(region=NORTH_2, name="Dini Calon", status="calon"),
        "Evi Henti": make_household(region=NORTH_2, name="Evi Henti", status="ditangguhkan"),
        "Fani Luar": make_household(region=SOUTH, assistant=citra, name="Fani Luar"),
        "Gita Keluar": make_household(region=SOUTH, name="Gita Keluar", status="nonaktif"),
        "Hani Lulus": make_household(region=NORTH, assistant=budi, name="Hani Lulus", **point),
    }
    make_visit(families["Ani Baru"], budi, today)
    make_visit(families["Beti Lama"], budi, today - datetime.timedelta(days=200))
    make_visit(families["Fani Luar"], citra, today.replace(day=1) - datetime.timedelta(days=20))
    make_case(families["Hani Lulus"], by=budi, verified_by=ayu, decided_by=dewi)
    return families


def cells(answer):
    """Every number of the page that leads to a list: the rows' and the sum's."""
    rows = [*answer.context["rows"], answer.context["everything"]]
    return [(row.name, name, cell) for row in rows for name, cell in row.cells.items()]


def test_every_figure_is_as_long_as_its_list(client, dewi, some):
    client.force_login(dewi)
    found = cells(client.get(URL))
    assert {name for _, name, _ in found} == set(FIGURES)
    linked = [cell for _, _, cell in found if cell.url]
    assert len(linked) > 20
    for cell in linked:
        assert client.get(cell.url).context["count"] == cell.n, cell.url


def test_every_figure_counts_what_its_condition_finds(client, admin, some):
    client.force_login(admin)
    everything = client.get(URL).context["everything"]
    view = figures.View.month(timezone.localdate())
    for name in FIGURES:
        families = Household.objects.countable_by(admin).filter(figures.get(name).condition(view))
        assert everything[name].n == families.count(), name
    assert {name: everything[name].n for name in ("registered", "active", "candidate", "suspended", "inactive")} == {
        "registered": 8,
        "active": 4,
        "candidate": 1,
        "suspended": 1,
        "inactive": 1,
    }
    assert [everything[name].n for name in ("visited_this_period", "late", "never_visited")] == [1, 1, 1]
    assert (everything["graduated_this_year"].n, everything["without_point"].n) == (1, 2)


def test_rows_add_up_to_the_sum_at_every_level(client, admin, some):
    client.force_login(admin)
    for region in ("36", "3602", "360212", NORTH):
        answer = client.get(URL, {"region": region})
        for name in FIGURES:
            rows = sum(row[name].n for row in answer.context["rows"])
            assert rows == answer.context["everything"][name].n, (region, name)
    assert [row.name for row in client.get(URL, {"region": NORTH}).context["rows"]] == [f"Desa {NORTH}"]


def test_rows_lead_down_and_keep_month_and_programme(client, admin, some):
    client.force_login(admin)
    month = {"period": "2026-03", "program": "JAMSOSRATU"}
    row = client.get(URL, month).context["rows"][-1]
    assert row.url == "?region=3602&period=2026-03&program=JAMSOSRATU"
    page = client.get(URL + row.url)
    assert page.context["scope"].title == "Kabupaten 3602"
    assert "region=36&amp;period=2026-03&amp;program=JAMSOSRATU" in page.content.decode()


def test_month_moves_what_was_visited(client, dewi, some):
    client.force_login(dewi)
    day = timezone.localdate() - datetime.timedelta(days=200)
    answer = client.get(URL, {"period": f"{day:%Y-%m}"})
    assert answer.context["everything"]["visited_this_period"].n == 1
    assert answer.context["trend"][-1] == 1


def test_trend_ends_with_the_figure_of_the_month(client, admin, some):
    client.force_login(admin)
    answer = client.get(URL)
    assert len(answer.context["trend"]) == 12
    assert answer.context["trend"][-1] == answer.context["everything"]["visited_this_period"].n == 1
    assert sum(answer.context["trend"]) == 3


def test_graduations_grow_over_the_year_to_the_figure(client, admin, some):
    client.force_login(admin)
    today = timezone.localdate()
    answer = client.get(URL)
    points = answer.context["graduated"]
    assert len(points) == today.month
    assert points[-1] == answer.context["everything"]["graduated_this_year"].n == 1
    assert client.get(URL, {"program": make_program("JSCM").code}).context["graduated"] == [0] * today.month
    year_ago = today.replace(year=today.year - 1, day=1)
    assert client.get(URL, {"period": f"{year_ago:%Y-%m}"}).context["graduated"] == [0] * year_ago.month


def test_graduations_stand_against_the_target_of_the_region(client, admin, some):
    client.force_login(admin)
    region = {"region": "3602"}
    assert "belum ada target" in client.get(URL, region).text
    held = {
        "region_id": "3602",
        "kind": TargetKind.GRADUATIONS,
        "valid_from": timezone.localdate().replace(day=1, month=1),
    }
    Target.objects.create(per_year=4, set_by=admin, **held)
    assert "25% dari target 4 " in client.get(URL, region).text
    page = client.get(URL, region | {"program": "JAMSOSRATU"}).text
    assert "target" not in page.split("Lulus tahun")[1].split("laporan")[0], "set for all programmes together"


def test_family_of_two_programmes_counts_once(client, dewi, north_family):
    enroll(north_family, program=make_program("JSCM"))
    client.force_login(dewi)
    assert client.get(URL).context["everything"]["active"].n == 1
    assert client.get(URL, {"program": "JSCM"}).context["everything"]["active"].n == 1


def test_user_of_one_programme_counts_that_programme_alone(client, north_family):
    jscm = make_program("JSCM")
    make_household(program=jscm, name="Jeni JSCM")
    client.force_login(make_user("jscm", Role.DINSOS, NORTH[:4], programs=[jscm]))
    answer = client.get(URL)
    assert answer.context["everything"]["registered"].n == 1
    assert client.get(URL, {"program": "JAMSOSRATU"}).context["scope"].is_valid is False


def test_several_regions_of_different_size_make_one_table(client, some):
    user = make_user("lina", Role.KOORDINATOR, "360212")
    user.regions.add(make_region("3601"), make_region(NORTH))
    client.force_login(user)
    answer = client.get(URL)
    assert [row.name for row in answer.context["rows"]] == ["Kab. 3601", "Kecamatan 360212"]
    assert answer.context["everything"]["registered"].n == 8


def test_families_outside_the_rows_are_not_lost(db, some):
    view = figures.View.month(timezone.localdate())
    parts = parts_of(Household.objects.all(), ["registered"], view, 4)
    rows = by_code(parts, ["registered"], ["3602"])
    assert rows == {"3602": {"registered": 6}, ELSEWHERE: {"registered": 2}}


def test_no_family_is_no_percentage(client, dewi, program):
    make_region(NORTH)
    client.force_login(dewi)
    page = client.get(URL).content.decode()
    assert "–" in page
    assert "0%" not in page
    assert Share(0, 0).percent is None


def test_pimpinan_gets_the_same_figures_and_no_name_and_no_list(client, eko, admin, some):
    client.force_login(admin)
    expected = {(row, name): cell.n for row, name, cell in cells(client.get(URL))}
    client.force_login(eko)
    answer = client.get(URL)
    assert {(row, name): cell.n for row, name, cell in cells(answer)} == expected
    page = answer.content.decode()
    assert "/households/" not in page
    assert not any(name in page for name in some)
    links = {urlsplit(link).path for link in re.findall(r'href="([^"]+)"', page)}
    assert not [link for link in links if link.startswith(("/visits/", "/graduations/"))]


def test_pendamping_names_stay_out_of_the_figures(client, dewi, some):
    """A dashboard counts assistants; who they are stands on the koordinator's page."""
    client.force_login(dewi)
    assert "Budi" not in client.get(URL).content.decode()


@pytest.mark.parametrize(
    "values", [{"region": "3601"}, {"region": "x\0"}, {"period": "2026-13"}, {"program": "ABC"}, {"period": "9999-12"}]
)
def test_bad_or_foreign_value_shows_nothing_and_says_why(client, dewi, some, values):
    client.force_login(dewi)
    answer = client.get(URL, values)
    assert answer.status_code == 200
    assert "rows" not in answer.context
    assert "notice--wrong" in answer.content.decode()


def test_queries_do_not_grow_with_families(client, dewi, some, django_assert_max_num_queries):
    client.force_login(dewi)
    for _ in range(5):
        make_household(region=NORTH_2)
    with django_assert_max_num_queries(15):  # without tallies
        client.get(URL)
    tallies.refresh_all()
    with django_assert_max_num_queries(9):
        client.get(URL)


def test_other_roles_may_not_read_it(client, budi, fitri):
    for user in (budi, fitri):
        client.force_login(user)
        assert client.get(URL).status_code == 403


def test_strangers_log_in_and_posting_is_refused(client, dewi):
    assert client.get(URL).status_code == 302
    client.force_login(dewi)
    assert client.post(URL).status_code == 405
