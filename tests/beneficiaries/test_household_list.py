import datetime

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from beneficiaries.forms.households import HouseholdFilterForm
from beneficiaries.models import Assignment, Household
from ejsika.accounts.permissions import Role
from ejsika.lib.paginate import count_up_to
from tests.factories import (
    NORTH,
    NORTH_2,
    enroll,
    make_household,
    make_program,
    make_user,
)

LIST = "/households/"


def shown(client, query=""):
    """Names on the page of the list, in their order."""
    return [family.recipient_name for family in client.get(LIST + query).context["page"].rows]


@pytest.fixture
def officer(client, ayu):
    client.force_login(ayu)
    return ayu


def test_the_url_is_a_contract():
    assert reverse("beneficiaries:household_list") == LIST


def test_anonymous_is_sent_to_the_login(client):
    assert client.get(LIST).status_code == 302


@pytest.mark.parametrize("person", ["eko", "fitri"])
def test_who_may_only_count_is_refused(client, request, person):
    client.force_login(request.getfixturevalue(person))
    assert client.get(LIST).status_code == 403


def test_another_method_is_refused(client, officer):
    assert client.post(LIST).status_code == 405


def test_a_line_tells_who_where_in_what_and_how_long_unvisited(client, officer, north_family, budi):
    north_family.rt, north_family.rw = 2, 4
    north_family.last_visited_on = timezone.localdate() - datetime.timedelta(days=42)
    north_family.save()
    page = client.get(LIST).content.decode()
    words = ["Siti Utara", "Desa 3602122001, Kecamatan 360212", "RT 002/RW 004", "Aktif", "Jamsosratu", "42 hari lalu"]
    words += ['data-label="Pendamping">Budi', "1 keluarga", north_family.get_absolute_url()]
    assert [word for word in words if word not in page] == []


def test_what_a_line_has_not_is_said(client, officer, program):
    make_household()
    page = client.get(LIST).content.decode()
    assert "Belum pernah" in page and "Belum ada" in page


def test_a_name_is_text_and_no_markup(client, officer, program):
    make_household(name="<b>x</b>")
    page = client.get(LIST).content.decode()
    assert "&lt;b&gt;x&lt;/b&gt;" in page and "<b>x</b>" not in page


def test_only_the_own_region_is_listed(client, officer, north_family, south_family):
    assert shown(client) == ["Siti Utara"]


def test_an_assistant_gets_the_own_families_and_no_choice_of_assistants(client, budi, north_family):
    make_household(name="Orang Lain")
    client.force_login(budi)
    answer = client.get(LIST)
    assert [family.recipient_name for family in answer.context["page"].rows] == ["Siti Utara"]
    assert 'name="assistant"' not in answer.content.decode()
    assert 'data-label="Pendamping"' not in answer.content.decode(), "all are the own ones"


def test_what_is_kept_of_one_persons_list_is_never_anothers(client, ayu, admin, citra, north_family, south_family):
    for person, names in [
        (ayu, ["Siti Utara"]),
        (admin, ["Siti Utara", "Wati Selatan"]),
        (citra, ["Wati Selatan"]),
    ] * 2:
        client.force_login(person)
        assert shown(client) == shown(client, "?status=aktif") == names
    ayu.regions.set([south_family.region])
    client.force_login(ayu)
    assert shown(client) == ["Wati Selatan"]
    ayu.all_programs = False
    ayu.save()
    assert shown(client) == []


def test_a_programme_the_user_may_not_know_of_is_not_named(client, north_family):
    jscm = make_program("JSCM")
    enroll(north_family, program=jscm)
    client.force_login(make_user("jscm", Role.DINSOS, NORTH[:4], programs=[jscm]))
    page = client.get(LIST).content.decode()
    assert "Jscm" in page and "Jamsosratu" not in page


def test_sorting_by_name_ignores_case(client, officer, program):
    for name in ("cici", "Ani", "Budi"):
        make_household(name=name)
    assert shown(client) == shown(client, "?sort=name") == ["Ani", "Budi", "cici"]


def test_sorting_by_visit_puts_the_never_visited_first_then_the_oldest(client, officer, program):
    today = timezone.localdate()
    for name, days in (("Baru", 1), ("Lama", 90), ("Belum", None)):
        make_household(name=name, last_visited_on=days and today - datetime.timedelta(days=days))
    assert shown(client, "?sort=visit") == ["Belum", "Lama", "Baru"]


@pytest.fixture
def varied(program, budi):
    """Families that differ in what the list can be narrowed by."""
    today = timezone.localdate()
    other = make_user("tono", Role.PENDAMPING, NORTH[:4], name="Tono")
    jscm = make_program("JSCM")
    make_household(name="Satu", region=NORTH, assistant=budi, last_visited_on=today - datetime.timedelta(days=90))
    make_household(name="Dua", region=NORTH_2, assistant=other, last_visited_on=today - datetime.timedelta(days=89))
    make_household(name="Tiga", region=NORTH, status="calon", latitude="-6.3", longitude="106.2")
    make_household(name="Empat", region=NORTH, program=jscm)
    return {"budi": budi, "tono": other}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?region=3602122002", ["Dua"]),
        ("?region=360212", ["Dua", "Empat", "Satu", "Tiga"]),
        ("?status=calon", ["Tiga"]),
        ("?program=JSCM", ["Empat"]),
        ("?program=JAMSOSRATU&status=aktif", ["Dua", "Satu"]),
        ("?not_visited_days=90", ["Empat", "Satu", "Tiga"]),
        ("?figure=without_point", ["Dua", "Empat", "Satu"]),
        ("?figure=without_assistant&program=JSCM", ["Empat"]),
        ("?region=3602122001&status=aktif&not_visited_days=1", ["Empat", "Satu"]),
        ("?status=&program=&assistant=&figure=&search=&cursor=&not_visited_days=", ["Dua", "Empat", "Satu", "Tiga"]),
    ],
)
def test_filters_narrow(client, officer, varied, query, names):
    assert shown(client, query) == names


def test_filter_by_assistant(client, officer, varied):
    assert shown(client, f"?assistant={varied['tono'].pk}") == ["Dua"]


def test_filter_by_an_assistant_of_another_region_is_refused(client, officer, varied, citra):
    answer = client.get(f"{LIST}?assistant={citra.pk}")
    assert answer.context["page"].rows == [] and "di luar wilayah Anda" in answer.content.decode()


def test_an_assistant_who_handed_a_family_over_has_it_no_more(client, officer, varied):
    Assignment.objects.filter(assistant=varied["tono"]).update(ended_on=timezone.localdate())
    assert shown(client, f"?assistant={varied['tono'].pk}") == []


@pytest.mark.parametrize(
    "query",
    [
        "region=3601", "region=36", "region=x", "region=%00", "status=x", "program=JSCM2", "assistant=9999999999999999",
        "assistant=x", "figure=x", "not_visited_days=0", "not_visited_days=-1", "not_visited_days=x",
        "not_visited_days=99999999999", "period=2026-13", "period=%00", "sort=x", "search=unknown", "cursor=x",
        "cursor=999999", "cursor=0", "cursor=99999999999999999999999", "cursor=-99999999999999999999999",
    ],
)  # fmt: skip
def test_a_bad_or_foreign_value_gives_an_error_and_an_empty_list(client, officer, north_family, query):
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 200
    assert answer.context["page"].rows == []
    page = answer.content.decode()
    assert (
        'role="alert"' in page
        and "Daftar tidak dapat ditampilkan" in page
        and "Siti Utara" not in page
        and "1 keluarga" not in page
    )


def test_the_cursor_of_a_foreign_family_is_refused(client, officer, north_family, south_family):
    assert client.get(f"{LIST}?cursor={south_family.pk}").context["page"].rows == []


def test_pages_hold_every_family_once_and_keep_the_filter(client, officer, program):
    for number in range(53):
        make_household(name=f"Ibu {number:03}")
    make_household(name="Calon", status="calon")
    first = client.get(f"{LIST}?status=aktif")
    assert "53 keluarga" in first.content.decode()
    cursor = first.context["page"].next_cursor
    assert f"{LIST}?status=aktif&amp;cursor={cursor}" in first.content.decode()
    second = shown(client, f"?status=aktif&cursor={cursor}")
    page = client.get(f"{LIST}?status=aktif&cursor={cursor}").context["page"]
    third = shown(client, f"?status=aktif&cursor={page.next_cursor}")
    names = [family.recipient_name for family in first.context["page"].rows] + second + third
    assert names == [f"Ibu {number:03}" for number in range(53)]
    assert shown(client, f"?status=aktif&cursor={page.previous_cursor}") == names[:25]


def test_no_name_and_no_number_stands_in_a_link(client, officer, program):
    for number in range(60):
        make_household(name=f"Rahasia {number:03}")
    page = client.get(LIST).content.decode()
    links = [part.split('"')[0] for part in page.split('href="')[1:]]
    assert links and not any("rahasia" in link.lower() for link in links)


def test_an_empty_list_says_why_and_what_to_do(client, officer, admin, budi, program):
    assert "Belum ada keluarga di" in client.get(LIST).content.decode()
    client.force_login(budi)
    assert "Belum ada keluarga yang ditugaskan kepada Anda" in client.get(LIST).content.decode()
    client.force_login(admin)
    assert reverse("imports:batch_new") in client.get(LIST).content.decode()
    make_household()
    assert "Tidak ada keluarga yang cocok" in client.get(f"{LIST}?status=nonaktif").content.decode()


def test_a_figure_is_named_and_can_be_taken_off(client, officer, varied):
    page = client.get(f"{LIST}?figure=without_point&status=aktif").content.decode()
    assert "Tanpa titik lokasi" in page
    assert f'class="chip" href="{LIST}?status=aktif"' in page


def test_the_period_of_a_figure_is_said(client, officer):
    page = client.get(f"{LIST}?figure=visited_this_period&period=2026-10").content.decode()
    assert "Dikunjungi pada periode ini · Oktober 2026" in page


def test_the_number_of_queries_does_not_grow(client, officer, program, budi, django_assert_num_queries):
    make_household(assistant=budi)
    with django_assert_num_queries(10):
        client.get(LIST)
    for _ in range(20):
        enroll(make_household(assistant=budi, region=NORTH_2), program=make_program("JSCM"))
    with django_assert_num_queries(10):
        assert len(shown(client)) == 21


def explain(families, *switched_off) -> str:
    """The plan for a table so small that a plain scan would win: what a large one is read by."""
    with connection.cursor() as cursor:
        for way in ("seqscan", *switched_off):
            cursor.execute(f"SET LOCAL enable_{way} = off")
    return families.explain()


@pytest.mark.parametrize(
    ("data", "index"),
    [
        ({}, "household_by_name"),
        ({"sort": "visit"}, "household_by_last_visit"),
        ({"not_visited_days": "90", "sort": "visit"}, "household_by_last_visit"),
    ],
)
def test_pages_come_in_the_order_of_an_index(admin, north_family, data, index):
    form = HouseholdFilterForm(data, user=admin, session={})
    families = form.apply(Household.objects.for_user(admin)).order_by(form.sort_key, "pk")
    assert f"Index Scan using {index} " in explain(families[:51], "sort")


@pytest.mark.parametrize("text", ["siti utara", "utar", "ai oo", "ai"])
def test_parts_of_a_name_come_by_an_index(north_family, text):
    assert "on household_by_name_part " in explain(Household.objects.named(text), "indexscan")


def test_a_region_and_status_come_by_an_index(north_family):
    koordinator = make_user("desa", Role.KOORDINATOR, NORTH)
    form = HouseholdFilterForm({"status": "aktif"}, user=koordinator, session={})
    assert "household_by_region" in explain(form.apply(Household.objects.for_user(koordinator)).order_by())


def test_an_assistants_families_come_by_an_index(budi, north_family):
    assert "Seq Scan" not in explain(Household.objects.for_user(budi))


def test_a_long_list_is_not_counted_to_its_end(client, officer, program, monkeypatch):
    for _ in range(4):
        make_household()
    assert count_up_to(Household.objects.for_user(officer), 3) == 4
    monkeypatch.setattr("beneficiaries.views.households.COUNTED_UP_TO", 3)
    monkeypatch.setattr("beneficiaries.forms.households.COUNTED_UP_TO", 3)
    assert "Lebih dari 3 keluarga" in " ".join(client.get(LIST).content.decode().split())


def test_conditions_of_the_dashboard_can_be_chosen_on_the_list(client, ayu, north_family):
    client.force_login(ayu)
    page = client.get(reverse("beneficiaries:household_list"), {"figure": "without_point"}).text
    assert '<option value="without_point" selected>Tanpa titik lokasi</option>' in page
    assert "Siti Utara" in page
    north_family.latitude, north_family.longitude, north_family.point_source = -6.5, 106.3, "pin"
    north_family.save()
    assert "Siti Utara" not in client.get(reverse("beneficiaries:household_list"), {"figure": "without_point"}).text
