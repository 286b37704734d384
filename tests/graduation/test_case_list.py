"""The list of cases: by state, what waits for the reader first."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from beneficiaries.graduation.actions import send_back
from beneficiaries.models import Assignment
from ejsika.accounts.permissions import Role
from tests.factories import NORTH, NORTH_2, make_case, make_household, make_program, make_user

URL = reverse("graduation:case_list")


@pytest.fixture
def cases(budi, citra, ayu, dewi, south_family):
    """In the north one case of each state and a second proposal; in the south a proposal."""

    def family(name, region=NORTH, **fields):
        return make_household(region=region, assistant=budi, name=name, **fields)

    make_case(family("Usul Satu"), by=budi)
    make_case(family("Usul Dua", region=NORTH_2), by=budi)
    make_case(family("Verif"), by=budi, verified_by=ayu)
    make_case(family("Lulus"), by=budi, verified_by=ayu, decided_by=dewi)
    send_back(case=make_case(family("Kembali"), by=budi), by=ayu, reason="Lengkapi foto rumah.")
    make_case(south_family, by=citra)


def names(answer):
    return [case.household.recipient_name for case in answer.context["page"]]


def tabs(answer):
    return {tab.state: tab.count for tab in answer.context["tabs"]}


def test_koordinator_gets_what_waits_for_them_first_and_newest_first(client, ayu, cases):
    client.force_login(ayu)
    answer = client.get(URL)
    assert names(answer) == ["Usul Dua", "Usul Satu"]
    assert answer.context["tabs"][0].state == "diusulkan"
    assert "menunggu Anda" in answer.content.decode()


@pytest.mark.parametrize(("who", "expected"), [("dewi", ["Verif"]), ("budi", ["Kembali"])])
def test_dinsos_and_assistant_get_what_waits_for_them(client, request, cases, who, expected):
    client.force_login(request.getfixturevalue(who))
    assert names(client.get(URL)) == expected


def test_who_has_nothing_waiting_gets_all(client, dewi, north_family, budi):
    make_case(north_family, by=budi)
    client.force_login(dewi)
    answer = client.get(URL)
    assert answer.context["state"] == "semua"
    assert names(answer) == ["Siti Utara"]
    assert "menunggu Anda" not in answer.content.decode()


def test_admin_waits_for_nothing_and_sees_all_regions(client, admin, cases):
    client.force_login(admin)
    assert len(names(client.get(URL))) == 6


def test_counts_of_the_tabs_are_the_lists(client, ayu, cases):
    client.force_login(ayu)
    counts = tabs(client.get(URL))
    assert counts == {"diusulkan": 2, "verifikasi_kab": 1, "ditetapkan": 1, "ditolak": 1, "semua": 5}
    for state, count in counts.items():
        assert len(names(client.get(URL, {"state": state}))) == count


def test_region_and_programme_narrow_list_and_counts(client, ayu, cases, budi):
    jscm = make_program("JSCM")
    make_case(make_household(assistant=budi, name="Jeni", program=jscm), by=budi)
    client.force_login(ayu)
    in_desa = client.get(URL, {"region": NORTH_2})
    assert names(in_desa) == ["Usul Dua"]
    assert tabs(in_desa)["semua"] == 1
    assert names(client.get(URL, {"program": "JSCM"})) == ["Jeni"]


def test_returned_case_shows_why(client, budi, cases):
    client.force_login(budi)
    assert "Lengkapi foto rumah." in client.get(URL).content.decode()


def test_other_region_and_other_programme_stay_away(client, south_koordinator, cases):
    client.force_login(south_koordinator)
    assert names(client.get(URL, {"state": "semua"})) == ["Wati Selatan"]
    client.force_login(make_user("lia", Role.DINSOS, NORTH[:4], programs=[make_program("JSCM")]))
    assert names(client.get(URL, {"state": "semua"})) == []


def test_assistant_loses_the_cases_of_a_family_that_was_taken(client, budi, cases):
    Assignment.objects.filter(household__recipient_name="Verif").update(ended_on=timezone.localdate())
    client.force_login(budi)
    assert "Verif" not in names(client.get(URL, {"state": "semua"}))


@pytest.mark.parametrize(
    "values",
    [{"state": "lulus"}, {"region": "3601"}, {"region": "x"}, {"program": "XYZ"}, {"period": "9999-99"}],
)
def test_bad_or_foreign_filter_shows_nothing_and_says_why(client, ayu, cases, values):
    client.force_login(ayu)
    answer = client.get(URL, values)
    assert answer.status_code == 200
    assert names(answer) == []
    assert "Daftar tidak dapat ditampilkan" in answer.content.decode()
    assert "notice--wrong" in answer.content.decode()


def test_nonsense_page_number_gives_a_page(client, ayu, cases):
    client.force_login(ayu)
    for number in ("x", "0", "9" * 30):
        assert client.get(URL, {"page": number}).status_code == 200


def test_empty_list_says_why(client, ayu):
    client.force_login(ayu)
    assert "Belum ada usulan graduasi di sini" in client.get(URL).content.decode()
    assert "Tidak ada usulan yang menunggu penetapan" in client.get(URL, {"state": "verifikasi_kab"}).content.decode()


def test_long_list_has_pages_that_keep_the_filter(client, ayu, budi):
    for number in range(32):
        make_case(make_household(assistant=budi, name=f"Keluarga {number:02}"), by=budi, on=datetime.date(2026, 3, 3))
    client.force_login(ayu)
    first = client.get(URL, {"state": "diusulkan"})
    assert len(names(first)) == 30
    assert "state=diusulkan&amp;page=2" in first.content.decode()
    second = client.get(URL, {"state": "diusulkan", "page": 2})
    assert names(second) == ["Keluarga 01", "Keluarga 00"]


def test_queries_do_not_grow_with_the_list(client, ayu, budi, django_assert_max_num_queries):
    for number in range(12):
        make_case(make_household(assistant=budi, name=f"Keluarga {number}"), by=budi)
    client.force_login(ayu)
    with django_assert_max_num_queries(12):
        client.get(URL)


@pytest.mark.parametrize("who", ["eko", "fitri"])
def test_roles_without_names_may_not_read_it(client, request, who):
    client.force_login(request.getfixturevalue(who))
    assert client.get(URL).status_code == 403


def test_strangers_log_in_and_posting_is_refused(client, ayu):
    assert client.get(URL).status_code == 302
    client.force_login(ayu)
    assert client.post(URL).status_code == 405
