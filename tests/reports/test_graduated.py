"""Graduated families by region and period: the count is the list's, and pimpinan gets no name."""

import datetime

import pytest
from django.urls import reverse

from beneficiaries import figures
from beneficiaries.models import GraduationCase, Household
from ejsika.accounts.permissions import Role
from tests.factories import NORTH, NORTH_2, SOUTH, enroll, make_case, make_household, make_program, make_user

URL = reverse("reports:graduated")
MARCH = {"period": "2026-03", "span": "month"}


@pytest.fixture
def graduate(budi, ayu, dewi):
    """Graduate a new family of a desa on a day."""

    def make(name, on, *, region=NORTH, program=None, kind="GM"):
        household = make_household(region=region, assistant=budi, name=name, program=program)
        make_case(household, by=budi, verified_by=ayu, decided_by=dewi, on=on, kind=kind, decree=f"SK {name}")
        return household

    return make


@pytest.fixture
def some(graduate):
    """Three in the north in March 2026, one in May, one the year before; one in the south in March."""
    graduate("Ani Maret", datetime.date(2026, 3, 1))
    graduate("Beti Maret", datetime.date(2026, 3, 31), region=NORTH_2)
    graduate("Cici Maret", datetime.date(2026, 3, 15), kind="GA")
    graduate("Dini Mei", datetime.date(2026, 5, 2))
    graduate("Evi Lalu", datetime.date(2025, 3, 2))
    graduate("Fani Selatan", datetime.date(2026, 3, 5), region=SOUTH)


def counted(answer):
    return answer.context["everything"].families


def listed(answer):
    return sorted(case.household.recipient_name for case in answer.context["page"].paginator.object_list)


def rows(answer):
    return {row["region"].code: row["counts"].families for row in answer.context["rows"]}


def test_month_counts_and_lists_the_same_families(client, dewi, some):
    client.force_login(dewi)
    answer = client.get(URL, MARCH)
    assert counted(answer) == 3
    assert listed(answer) == ["Ani Maret", "Beti Maret", "Cici Maret"]
    assert dict(answer.context["everything"].by_kind) == {"Alamiah": 1, "Mandiri": 2, "Hasil penilaian": 0}
    page = answer.content.decode()
    assert "SK Ani Maret" in page
    assert "Dini Mei" not in page


def test_year_runs_to_the_end_of_the_chosen_month(client, dewi, some):
    client.force_login(dewi)
    assert counted(client.get(URL, {"period": "2026-04"})) == 3
    to_may = client.get(URL, {"period": "2026-05"})
    assert counted(to_may) == 4
    assert "Januari–Mei 2026" in to_may.content.decode()
    assert listed(client.get(URL, {"period": "2025-12"})) == ["Evi Lalu"]


def test_rows_add_up_and_drill_down_to_the_desa(client, admin, some):
    client.force_login(admin)
    province = client.get(URL, MARCH | {"region": "36"})
    assert rows(province) == {"3601": 1, "3602": 3}
    assert counted(province) == sum(rows(province).values())
    assert rows(client.get(URL, MARCH | {"region": "3602"})) == {"360212": 3}
    desas = client.get(URL, MARCH | {"region": "360212"})
    assert rows(desas) == {NORTH: 2, NORTH_2: 1}
    assert f"region={NORTH}" in desas.content.decode()
    one = client.get(URL, MARCH | {"region": NORTH_2})
    assert (counted(one), listed(one)) == (1, ["Beti Maret"])


def test_count_is_the_dashboard_s_figure(client, dewi, some):
    client.force_login(dewi)
    for period, span, name in [
        ("2026-03", "month", "graduated_this_period"),
        ("2026-05", "year", "graduated_this_year"),
    ]:
        view = figures.View.month(datetime.date.fromisoformat(f"{period}-01"))
        families = Household.objects.countable_by(dewi).filter(figures.get(name).condition(view))
        assert counted(client.get(URL, {"period": period, "span": span})) == families.count()


def test_count_and_list_come_from_the_same_cases(client, admin, some):
    client.force_login(admin)
    answer = client.get(URL, MARCH)
    cases = GraduationCase.objects.decided_between(datetime.date(2026, 3, 1), datetime.date(2026, 4, 1))
    assert answer.context["everything"].decisions == answer.context["page"].paginator.count == cases.count() == 4


def test_family_of_two_programmes_counts_once_and_has_two_lines(client, budi, ayu, dewi, north_family):
    second = enroll(north_family, program=make_program("JSCM"))
    day = datetime.date(2026, 3, 3)
    for enrollment in (north_family.enrollments.exclude(pk=second.pk).get(), second):
        make_case(north_family, enrollment=enrollment, by=budi, verified_by=ayu, decided_by=dewi, on=day)
    client.force_login(dewi)
    answer = client.get(URL, MARCH)
    assert counted(answer) == 1
    assert answer.context["everything"].decisions == answer.context["page"].paginator.count == 2
    one = client.get(URL, MARCH | {"program": "JSCM"})
    assert answer.context["everything"].families == one.context["page"].paginator.count == 1


def test_user_of_one_programme_counts_that_programme_alone(client, graduate):
    jscm = make_program("JSCM")
    graduate("Gita", datetime.date(2026, 3, 3), program=jscm)
    graduate("Hani", datetime.date(2026, 3, 3))
    client.force_login(make_user("jeni", Role.DINSOS, NORTH[:4], programs=[jscm]))
    answer = client.get(URL, MARCH)
    assert (counted(answer), listed(answer)) == (1, ["Gita"])


def test_verified_case_is_not_counted(client, dewi, budi, ayu, north_family):
    make_case(north_family, by=budi, verified_by=ayu, on=datetime.date(2026, 3, 3))
    client.force_login(dewi)
    answer = client.get(URL, MARCH)
    assert counted(answer) == 0
    assert "Belum ada keluarga yang lulus pada masa ini" in answer.content.decode()


def test_pimpinan_sees_counts_and_no_name(client, eko, some):
    client.force_login(eko)
    answer = client.get(URL, MARCH)
    page = answer.content.decode()
    assert counted(answer) == 4
    assert rows(answer) == {"3601": 1, "3602": 3}
    assert "page" not in answer.context
    for name in ("Ani Maret", "Fani Selatan", "SK Ani"):
        assert name not in page


def test_koordinator_of_another_region_gets_their_own(client, some):
    client.force_login(make_user("gani", Role.KOORDINATOR, SOUTH[:4]))
    answer = client.get(URL, MARCH)
    assert (counted(answer), listed(answer)) == (1, ["Fani Selatan"])


@pytest.mark.parametrize(
    "values",
    [
        {"region": "3601"},
        {"region": "9"},
        {"region": "3602\0"},
        {"period": "kemarin"},
        {"period": "9999-12"},
        {"period": "0001-01"},
        {"span": "abad"},
        {"program": "XYZ"},
    ],
)
def test_bad_or_foreign_value_shows_nothing_and_says_why(client, dewi, some, values):
    client.force_login(dewi)
    answer = client.get(URL, MARCH | values)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Laporan tidak dapat ditampilkan" in page
    assert "notice--wrong" in page
    assert "Maret" not in page.replace("Maret 20", "")


def test_nonsense_page_number_gives_a_page(client, dewi, some):
    client.force_login(dewi)
    for number in ("x", "-1", "9" * 30):
        assert client.get(URL, MARCH | {"page": number}).status_code == 200


def test_queries_do_not_grow_with_the_list(client, dewi, graduate, django_assert_max_num_queries):
    client.force_login(dewi)
    for number in range(8):
        graduate(f"Keluarga {number}", datetime.date(2026, 3, 1 + number))
    with django_assert_max_num_queries(12):
        assert counted(client.get(URL, MARCH)) == 8


@pytest.mark.parametrize("who", ["budi", "fitri"])
def test_other_roles_may_not_read_the_report(client, request, who):
    client.force_login(request.getfixturevalue(who))
    assert client.get(URL).status_code == 403


def test_strangers_log_in_and_posting_is_refused(client, dewi):
    assert client.get(URL).status_code == 302
    client.force_login(dewi)
    assert client.post(URL).status_code == 405


def test_user_without_a_region_is_told_so(client, some):
    client.force_login(make_user("kiki", Role.PIMPINAN, ""))
    answer = client.get(URL, MARCH)
    assert counted(answer) == 0
    assert "Belum ada wilayah untuk akun ini" in answer.content.decode()


def test_first_day_of_the_next_month_belongs_to_that_month(client, dewi, graduate):
    graduate("Lala", datetime.date(2026, 3, 31))
    graduate("Mimi", datetime.date(2026, 4, 1))
    client.force_login(dewi)
    for period, expected in [("2026-03", ["Lala"]), ("2026-04", ["Mimi"])]:
        answer = client.get(URL, {"period": period, "span": "month"})
        assert (counted(answer), listed(answer)) == (1, expected)
