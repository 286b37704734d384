"""The page of components: every number is its list, rows add up, small numbers stay hidden from who sees no names."""

import re
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from beneficiaries import actions, figures, tallies
from beneficiaries.components import Component
from beneficiaries.edits import MEMBER_UNITS
from beneficiaries.tally_check import figure_differences
from ejsika.accounts.permissions import Role
from reports.components import tallied_by_region
from reports.tallied import Tallied
from tests.factories import (
    NORTH,
    NORTH_2,
    SOUTH,
    enroll,
    make_household,
    make_member,
    make_program,
    make_region,
    make_user,
)

URL = reverse("reports:components")
LEBAK = {"region": NORTH[:4]}


@pytest.fixture(params=["counted", "tallied"])
def settle(request):
    """Call it when all rows are made: the page then reads tallies, or counts the persons one by one."""
    return tallies.refresh_all if request.param == "tallied" else lambda: None


@pytest.fixture
def some(budi, citra, program, settle):
    """Families with and without components, in two kabupaten, two programmes, with and without an assistant."""
    jscm = make_program("JSCM")
    ani = make_household(region=NORTH, assistant=budi, name="Ani Balita")
    beti = make_household(region=NORTH_2, name="Beti Sekolah", program=jscm)
    cici = make_household(region=SOUTH, assistant=citra, name="Cici Lansia")
    dini = make_household(region=NORTH, assistant=budi, name="Dini Keluar", status="nonaktif")
    enroll(ani, program=jscm)
    for age in (1, 3, 9):
        make_member(ani, age=age)
    make_member(beti, age=14, school_level="SD")
    make_member(beti, age=17, is_pregnant=True)
    make_member(beti)
    make_member(cici, age=80, is_disabled=True)
    make_member(dini, age=2)
    settle()
    return ani, beti, cici, dini


def row(answer, name):
    return next(row for row in answer.context["table"].rows if row.name == name)


def counts(row):
    return {cell.component.value: (cell.persons, cell.families) for cell in row.cells if cell.persons}


def test_persons_and_families_are_counted_by_region_and_add_up(client, admin, some):
    client.force_login(admin)
    table = client.get(URL).context["table"]
    assert {row.name: (row.families, counts(row)) for row in table.rows} == {
        "Kab. 3601": (1, {"lansia": (1, 1), "disabilitas": (1, 1)}),
        "Kab. 3602": (2, {"balita": (2, 1), "sd": (2, 2), "sma": (1, 1), "hamil": (1, 1)}),
    }
    assert (table.everything.families, table.everything.pupils, table.unknown_age) == (3, 3, 1)
    assert counts(table.everything)["sd"] == (2, 2)


@pytest.mark.parametrize("by", ["region", "program", "assistant"])
def test_every_number_of_families_is_its_list(client, ayu, some, by):
    client.force_login(ayu)
    answer = client.get(URL, LEBAK | {"by": by})
    found = 0
    for line in answer.context["table"].rows:
        links = [(line.families_url, line.families), *((cell.url, cell.families) for cell in line.cells)]
        for url, n in links:
            assert bool(url) == bool(n)
            if url:
                assert client.get(url).context["count"] == n, (by, line.name, url)
                assert urlsplit(url).path == "/households/"
                found += 1
    assert found >= 3


def test_programmes_hold_families_of_both_twice(client, admin, some):
    client.force_login(admin)
    answer = client.get(URL, {"by": "program"})
    assert counts(row(answer, "Jamsosratu")) == {
        "balita": (2, 1),
        "sd": (1, 1),
        "lansia": (1, 1),
        "disabilitas": (1, 1),
    }
    assert counts(row(answer, "Jscm"))["sd"] == (2, 2)
    assert answer.context["table"].everything is None


def test_assistants_are_told_within_one_kabupaten(client, admin, some):
    client.force_login(admin)
    answer = client.get(URL, {"by": "assistant"})
    assert answer.context["table"].rows == [] and "Pilih satu kabupaten/kota" in answer.content.decode()
    answer = client.get(URL, LEBAK | {"by": "assistant"})
    assert [line.name for line in answer.context["table"].rows] == ["Budi"]
    assert counts(row(answer, "Budi")) == {"balita": (2, 1), "sd": (1, 1)}


def test_an_assistant_counts_the_own_families_alone(client, budi, some):
    make_member(make_household(region=NORTH), age=2)
    make_region("3602132001")
    client.force_login(budi)
    answer = client.get(URL)
    table = answer.context["table"]
    assert (table.everything.families, counts(table.everything)) == (1, {"balita": (2, 1), "sd": (1, 1)})
    assert [line.name for line in table.rows] == ["Kecamatan 360212"]
    assert client.get(table.everything["balita"].url).context["count"] == 1
    assert "dasbor" not in answer.content.decode() and "Menurut pendamping" not in answer.content.decode()


def test_the_dashboard_shows_persons_and_leads_here(client, admin, some):
    client.force_login(admin)
    page = client.get(reverse("reports:dashboard"))
    assert dict(page.context["components"])[Component("balita").label] == 2
    assert f'href="{URL}?' in page.content.decode()


@pytest.mark.parametrize("changes", [{"school_level": "SMP"}, {"is_pregnant": True}, None])
def test_tallies_follow_what_is_written_about_members(client, ayu, some, settle, changes):
    ani, *_ = some
    tallies.refresh_all()
    member = ani.members.filter(school_level="").order_by("born_on").first()
    names = [name for names in MEMBER_UNITS.values() for name in names]
    columns = {name: getattr(member, name) for name in names} | (changes or {})
    values = {name: getattr(ani, name) for name in actions.EDITED}
    leaving = [ani.members.filter(is_recipient=False).first().pk] if changes is None else []
    seen = actions.seen_values(ani)
    actions.edit_household(household=ani, by=ayu, seen=seen, members={member.pk: columns}, leaving=leaving, **values)
    assert tallies.differences() == [] and figure_differences() == []


def test_who_sees_no_names_gets_no_list_and_no_assistants(client, eko, some):
    client.force_login(eko)
    page = client.get(URL).content.decode()
    assert "/households/" not in page and "Menurut pendamping" not in page
    refused = client.get(URL, {"by": "assistant"} | LEBAK)
    assert refused.status_code == 200 and "Tabel ini tidak ada" in refused.content.decode()
    assert "Budi" not in refused.content.decode()


def test_programme_of_the_reader_narrows_the_counts(client, some):
    client.force_login(make_user("dinsos2", Role.DINSOS, "36", programs=[make_program("JSCM")]))
    answer = client.get(URL)
    assert answer.context["table"].everything.families == 2
    assert "Jamsosratu" not in client.get(URL, {"by": "program"}).content.decode()


def test_the_whole_table_agrees_with_independent_sql(client, admin, some):
    client.force_login(admin)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT left(h.region_code, 4), count(*), count(DISTINCT h.id)
               FROM beneficiaries_member m JOIN beneficiaries_household h ON h.id = m.household_id
               WHERE h.status = 'aktif' AND m.left_on IS NULL AND date_part('year', age(%s::date, m.born_on)) < 5
               GROUP BY 1""",
            [timezone.localdate()],
        )
        expected = {f"Kab. {code}": (persons, families) for code, persons, families in cursor.fetchall()}
    table = client.get(URL).context["table"]
    assert expected and {line.name: counts(line)["balita"] for line in table.rows if line["balita"].persons} == expected


def test_tallies_of_a_region_are_found_by_their_key(some):
    tallies.refresh_all()
    view = figures.View.month(timezone.localdate())
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as asked:
        tallied_by_region(Tallied(0, [NORTH[:4]], view), 6)
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {asked.captured_queries[0]['sql']}")
        assert "beneficiaries_componenttally_pkey" in str(cursor.fetchall())


@pytest.mark.parametrize("query", ["region=99", "region=%00", "program=XX", "period=x", "by=x", "by=%00"])
def test_nonsense_gives_a_page_with_an_error_and_no_numbers(client, ayu, some, query):
    client.force_login(ayu)
    answer = client.get(f"{URL}?{query}")
    assert answer.status_code == 200
    assert re.search(r'class="notice notice--wrong" role="alert"', answer.content.decode())
    assert not answer.context.get("table")


def test_a_user_without_a_region_is_told_so(client, db):
    client.force_login(make_user("nowhere", Role.DINSOS, ""))
    assert "Belum ada wilayah" in client.get(URL).content.decode()


@pytest.mark.parametrize("by", ["region", "program", "assistant"])
def test_the_number_of_queries_does_not_grow(client, ayu, some, settle, by):
    client.force_login(ayu)
    with CaptureQueriesContext(connection) as few:
        client.get(URL, {"by": by})
    for name in ("dodi", "edo", "fajar"):
        assistant = make_user(name, Role.PENDAMPING, NORTH[:4])
        for code in (NORTH, NORTH_2, "3602132001"):
            make_member(make_household(region=code, assistant=assistant), age=4)
    settle()
    with CaptureQueriesContext(connection) as many:
        client.get(URL, {"by": by})
    assert len(many) == len(few) <= 14
