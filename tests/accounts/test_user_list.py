"""The list of users: filters, search without a trace in the address, pages."""

import pytest
from django.urls import reverse

from ejsika.accounts.permissions import Role
from tests.factories import NORTH, NORTH_2, SOUTH, make_user

LIST = "accounts:user_list"


@pytest.fixture
def operator(client, db):
    user = make_user("operator", Role.ADMIN, "36", name="Zulkifli")
    client.force_login(user)
    return user


@pytest.fixture
def people(operator):
    return [
        make_user("ani", Role.PENDAMPING, NORTH, name="ani Utara"),
        make_user("bambang", Role.KOORDINATOR, NORTH[:4], name="Bambang Utara"),
        make_user("cici", Role.PENDAMPING, SOUTH, name="Cici Selatan"),
        make_user("dodi", Role.PENDAMPING, NORTH_2, name="Dodi Pensiun", is_active=False),
    ]


def listed(client, **query):
    answer = client.get(reverse(LIST), query)
    return [user.username for user in answer.context["page"].rows]


def test_active_users_are_listed_by_name_whatever_the_case(client, people):
    assert listed(client) == ["ani", "bambang", "cici", "operator"]


def test_filters_narrow_the_list(client, people):
    assert listed(client, role="pendamping") == ["ani", "cici"]
    assert listed(client, region=NORTH[:4]) == ["ani", "bambang"]
    assert listed(client, active="no") == ["dodi"]
    assert listed(client, active="all", role="pendamping", region=NORTH[:6]) == ["ani", "dodi"]


@pytest.mark.parametrize(
    "query",
    [
        {"role": "raja"},
        {"region": "9999"},
        {"region": "\0"},
        {"active": "x"},
        {"cursor": "x"},
        {"cursor": "9" * 30},
        {"search": "?"},
    ],
)
def test_bad_filter_gives_an_empty_list_with_its_error(client, people, query):
    answer = client.get(reverse(LIST), query)
    assert answer.status_code == 200
    assert answer.context["page"].rows == []
    assert "Daftar tidak dapat ditampilkan" in answer.text


def test_foreign_region_is_an_error(client, people):
    client.force_login(make_user("lebak", Role.ADMIN, NORTH[:4]))
    assert "di luar wilayah Anda" in client.get(reverse(LIST), {"region": SOUTH[:4]}).text


def test_search_leaves_no_name_in_the_address_and_keeps_the_filters(client, people):
    answer = client.post(reverse("accounts:user_search"), {"q": "utara", "role": "pendamping"})
    assert "utara" not in answer.url
    page = client.get(answer.url)
    assert [user.username for user in page.context["page"].rows] == ["ani"]
    assert "Nama: utara" in page.text
    found = client.get(client.post(reverse("accounts:user_search"), {"q": "CICI"}).url)
    assert [user.username for user in found.context["page"].rows] == ["cici"]


def test_empty_search_says_what_is_missing(client, people):
    answer = client.post(reverse("accounts:user_search"), {"q": " "})
    assert answer.status_code == 422
    assert "Ketik nama atau nama pengguna." in answer.text


def test_nobody_found_says_what_to_do(client, people):
    assert "Tidak ada pengguna yang cocok" in client.get(reverse(LIST), {"role": "opd"}).text


def test_long_list_goes_on_page_by_page(client, operator):
    for number in range(55):
        make_user(f"orang{number:02}", Role.PENDAMPING, NORTH, name=f"Orang {number:02}")
    first = client.get(reverse(LIST))
    assert len(first.context["page"].rows) == 50
    second = client.get(first.context["next"])
    assert [user.username for user in second.context["page"].rows][-1] == "operator"
    back = client.get(second.context["previous"])
    assert [user.pk for user in back.context["page"].rows] == [user.pk for user in first.context["page"].rows]


def test_list_asks_as_many_questions_for_many_as_for_few(client, operator, django_assert_num_queries):
    make_user("satu", Role.PENDAMPING, NORTH)
    client.get(reverse(LIST))
    with django_assert_num_queries(7):
        client.get(reverse(LIST))
    for number in range(30):
        make_user(f"orang{number:02}", Role.PENDAMPING, NORTH)
    with django_assert_num_queries(7):
        client.get(reverse(LIST))
