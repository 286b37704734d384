"""How often families took part: the same as plain SQL says, with its numerator, denominator and smallest sample."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assistance_logs.groups import attendance
from assistance_logs.groups.figures import took_part_between
from beneficiaries.models import Household
from tests.factories import NORTH, SOUTH, make_group, make_household, make_session

STATES = ["hadir", "diwakili", "izin", "sakit", "alpa"]
RATE = """SELECT count(*) FILTER (WHERE a.presence IN ('hadir', 'diwakili')), count(*)
    FROM assistance_logs_attendance a JOIN assistance_logs_groupsession s ON s.id = a.session_id
    WHERE s.is_current AND s.happened_at >= (%s::date - 365)::timestamp AT TIME ZONE 'Asia/Jakarta' AND {} = %s"""


def by_sql(column, key):
    with connection.cursor() as cursor:
        cursor.execute(RATE.format(column), [timezone.localdate(), key])
        return cursor.fetchone()


@pytest.fixture
def history(budi, group, north_family, second_family):
    """Seven meetings of changing attendance, one of them long ago and one replaced by another version."""
    today = timezone.localdate()
    for number, days in enumerate((400, 200, 150, 90, 60, 20)):
        presences = {north_family: STATES[number % 5], second_family: STATES[number % 2]}
        make_session(group, budi, today - datetime.timedelta(days=days), presences)
    old = make_session(group, budi, today, is_current=False)
    make_session(group, budi, today, {north_family: "alpa"}, replaces=old)
    return group


def test_rates_are_those_of_sql(history, north_family, second_family):
    today = timezone.localdate()
    families = attendance.rates_of_families([north_family.pk, second_family.pk], today)
    for family in (north_family, second_family):
        rate = families[family.pk]
        assert (rate.took_part, rate.noted) == by_sql("a.household_id", family.pk)
    rate = attendance.rates_of_groups([history.pk], today)[history.pk]
    assert (rate.took_part, rate.noted) == by_sql("s.group_id", history.pk)
    assert rate.meetings == 6


def test_no_share_is_told_of_two_meetings(budi, group):
    for days in (1, 2):
        make_session(group, budi, timezone.localdate() - datetime.timedelta(days=days))
    rate = attendance.rates_of_groups([group.pk], timezone.localdate())[group.pk]
    assert (rate.took_part, rate.noted, rate.percent) == (4, 4, None)


def test_who_had_the_session_of_a_month(budi, group, north_family, second_family):
    make_session(group, budi, datetime.date(2026, 9, 30), {second_family: "alpa"})
    make_session(group, budi, datetime.date(2026, 10, 1), {north_family: "diwakili", second_family: "izin"})

    def had(start, end):
        return set(Household.objects.filter(took_part_between(start, end)))

    assert had(datetime.date(2026, 9, 1), datetime.date(2026, 10, 1)) == {north_family}
    assert had(datetime.date(2026, 10, 1), datetime.date(2026, 11, 1)) == {north_family}
    assert had(datetime.date(2026, 11, 1), datetime.date(2026, 12, 1)) == set()


def test_the_familys_page_tells_of_its_group(client, budi, history, north_family):
    client.force_login(budi)
    page = client.get(north_family.get_absolute_url()).content.decode()
    taken, noted = by_sql("a.household_id", north_family.pk)
    assert "Kelompok" in page and f"{taken} dari {noted}" in page
    assert "Pertemuan kelompok Melati" in page and "Modul 2 sesi 3: Memulai usaha · sakit" in page
    assert "tanpa keterangan" in page and page.count("Pertemuan kelompok Melati") == 7


def test_the_list_tells_who_has_met(client, ayu, budi, history):
    make_group(make_household(region=NORTH, assistant=budi), name="Mawar")
    make_group(make_household(region=SOUTH), name="Kamboja")
    client.force_login(ayu)
    url = reverse("groups:group_list")
    answer = client.get(url)
    assert [label for label, *_ in [(tab[1], tab[2]) for tab in answer.context["tabs"]]]
    assert {tab[0]: tab[2] for tab in answer.context["tabs"]} == {"": 2, "belum": 1, "sudah": 1}
    assert [group.name for group, _ in client.get(f"{url}?met=belum").context["rows"]] == ["Mawar"]
    assert [group.name for group, _ in client.get(f"{url}?met=sudah").context["rows"]] == ["Melati"]
    assert "Kamboja" not in answer.content.decode()


@pytest.mark.parametrize("query", ["met=x", "region=3601", "region=x", "met=%00", "program=x"])
def test_a_bad_filter_shows_nothing_and_says_so(client, ayu, group, query):
    client.force_login(ayu)
    answer = client.get(f"{reverse('groups:group_list')}?{query}")
    assert answer.status_code == 200
    assert "Daftar tidak dapat ditampilkan" in answer.content.decode() and "Melati" not in answer.content.decode()


def test_a_list_of_many_groups_asks_no_more(client, ayu, budi, history):
    client.force_login(ayu)
    url = reverse("groups:group_list")
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for number in range(12):
        other = make_group(make_household(assistant=budi), name=f"Mawar {number}")
        make_session(other, budi, timezone.localdate())
    with CaptureQueriesContext(connection) as many:
        assert len(client.get(url).context["rows"]) == 13
    assert len(many) == len(few) <= 13
