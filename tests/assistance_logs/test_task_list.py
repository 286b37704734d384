import datetime
import gzip

import pytest
import time_machine
from django.urls import reverse

from beneficiaries.models import Assignment
from tests.factories import JAKARTA, NORTH, NORTH_2, make_household, make_visit

NOW = datetime.datetime(2026, 11, 25, 8, tzinfo=JAKARTA)
TODAY = NOW.date()
URL = "/visits/tasks/"


def days_ago(days):
    return TODAY - datetime.timedelta(days=days)


@pytest.fixture
def at_work(client, budi, program):
    """Budi logged in on a morning of November; a family is late after 90 days."""
    with time_machine.travel(NOW, tick=False):
        client.force_login(budi)
        yield client


def names(response) -> dict[str, list[str]]:
    """The families of each group by name, in the order of the page."""
    return {name: [task.recipient_name for task in tasks] for name, _, _, tasks in response.context["groups"]}


def test_overdue_ones_come_first_then_this_months_each_by_desa_and_neighbourhood(at_work, budi):
    for name, days, desa, rw in [
        ("Baru", 3, NORTH, 1),
        ("Bulan ini", 86, NORTH, 2),
        ("Telat jauh", 200, NORTH_2, 1),
        ("Telat dekat", 91, NORTH, 3),
        ("Telat lebih dekat", 91, NORTH, 1),
    ]:
        make_visit(make_household(name=name, assistant=budi, region=desa, rw=rw), budi, days_ago(days))
    make_household(name="Belum Pernah", assistant=budi, rw=2)
    response = at_work.get(URL)
    assert names(response) == {
        "overdue": ["Telat lebih dekat", "Belum Pernah", "Telat dekat", "Telat jauh"],
        "due": ["Bulan ini"],
        "later": ["Baru"],
    }
    page = response.text
    assert "lewat 110 hari" in page and "s.d. 29 Nov" in page and "Kunjungan pertama" in page


def test_the_months_progress_counts_those_met_and_those_that_must_still_be(at_work, budi):
    for days in (0, 24, 25):  # the 25th, the 1st, the last of October: not due before January
        make_visit(make_household(assistant=budi), budi, days_ago(days))
    empty = make_household(assistant=budi)
    make_visit(empty, budi, days_ago(85))
    make_visit(empty, budi, days_ago(1), result="rumah_kosong", person_met="tidak_ada")
    make_household(assistant=budi, status="ditangguhkan")
    response = at_work.get(URL)
    progress = response.context["progress"]
    assert (progress.visited, progress.total, progress.days_left, progress.per_day) == (2, 3, 6, 1)
    assert "2 dari 3 keluarga dikunjungi" in response.text and "Sisa 6 hari · 1 keluarga sehari cukup" in response.text


def test_nothing_due_is_said(at_work, budi):
    make_visit(make_household(assistant=budi), budi, days_ago(25))
    assert "Tidak ada kunjungan yang jatuh tempo bulan ini" in at_work.get(URL).text


def test_a_card_says_who_where_since_when_and_what_is_open(at_work, budi):
    family = make_household(name="Komariah Hamidah", assistant=budi, address="Kp. Babakan", rt=2, rw=4)
    make_visit(family, budi, days_ago(142), follow_up="Daftar ulang sekolah Rizki", follow_up_due=days_ago(5))
    page = at_work.get(URL).content.decode()
    words = ["Komariah Hamidah", "Kp. Babakan RT 002/RW 004", "Desa 3602122001", "lewat 52 hari"]
    words += [
        "Daftar ulang sekolah Rizki",
        "jatuh tempo 20 Nov",
        reverse("assistance_logs:visit_new", args=[family.pk]),
    ]
    assert [word for word in words if word not in page] == []


def test_a_follow_up_is_closed_by_the_next_visit_that_met_the_family(at_work, budi):
    family = make_household(assistant=budi)
    make_visit(family, budi, days_ago(20), follow_up="Urus akta")
    make_visit(family, budi, days_ago(10), result="rumah_kosong", person_met="tidak_ada")
    assert "Urus akta" in at_work.get(URL).content.decode()
    make_visit(family, budi, days_ago(5))
    assert "Urus akta" not in at_work.get(URL).content.decode()


def test_only_families_of_today_that_are_still_in_the_programme(at_work, budi, citra):
    make_household(name="Lulus", assistant=budi, status="nonaktif")
    make_household(name="Calon Baru", assistant=budi, status="calon")
    make_household(name="Bukan Saya", assistant=citra)
    Assignment.objects.filter(household=make_household(name="Sudah Pindah", assistant=budi)).update(ended_on=TODAY)
    response = at_work.get(URL)
    assert names(response) == {"later": ["Calon Baru"]}


def test_without_a_family_it_says_what_to_do(at_work):
    page = at_work.get(URL).content.decode()
    assert "Belum ada keluarga yang ditugaskan kepada Anda" in page and "koordinator" in page


def test_a_long_list_comes_in_pages_that_stay_small(at_work, budi, django_assert_max_num_queries):
    for serial in range(50):
        family = make_household(name=f"Keluarga Dengan Nama Yang Panjang {serial}", assistant=budi)
        make_visit(family, budi, days_ago(serial + 1), follow_up=f"Tindak lanjut nomor {serial}")
    with django_assert_max_num_queries(6):
        first = at_work.get(URL)
    assert sum(map(len, names(first).values())) == 20
    assert len(gzip.compress(first.content)) < 15_000
    last = at_work.get(URL, {"page": 3})
    assert sum(map(len, names(last).values())) == 10
    beyond = at_work.get(URL, {"page": 9})
    assert names(beyond) == names(last)


def test_all_come_on_one_page_with_their_points_for_the_phone_to_sort(at_work, budi):
    for serial in range(25):
        make_household(assistant=budi, latitude=f"-6.4{serial:02}", longitude="106.2")
    make_household(assistant=budi)
    page = at_work.get(URL, {"all": "1"})
    assert sum(map(len, names(page).values())) == 26
    assert page.text.count("data-latitude=") == 25 and 'data-latitude="-6.407000"' in page.text
    assert "data-latitude" not in at_work.get(URL).text


@pytest.mark.parametrize("number", ["0", "-1", "x", "999999999999999999999", "1.5", ""])
def test_a_page_that_is_none_shows_one_that_is(at_work, budi, number):
    make_household(name="Siti Ada", assistant=budi)
    assert "Siti Ada" in at_work.get(URL, {"page": number}).content.decode()


@pytest.mark.parametrize("person", ["ayu", "dewi", "admin", "eko", "fitri"])
def test_other_roles_have_no_tasks_here(client, request, person):
    client.force_login(request.getfixturevalue(person))
    assert client.get(URL).status_code == 403


def test_a_stranger_must_log_in_and_only_get_is_answered(client, budi):
    assert client.get(URL).status_code == 302
    client.force_login(budi)
    assert client.post(URL).status_code == 405


def test_families_outside_the_own_regions_are_no_task(at_work, budi):
    make_household(name="Dalam", assistant=budi, region=NORTH_2)
    budi.regions.set([NORTH])
    assert names(at_work.get(URL)) == {}
    budi.regions.set([NORTH, NORTH_2])
    assert names(at_work.get(URL)) == {"overdue": ["Dalam"]} or names(at_work.get(URL)) == {"due": ["Dalam"]}
    budi.regions.clear()
    assert names(at_work.get(URL)) == {}
