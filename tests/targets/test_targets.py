"""Targets: set for one or for many, each while it holds, and what was done of them as plain SQL counts it."""

import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assistance_logs.choices import PersonMet, VisitResult
from assistance_logs.targets import progress
from assistance_logs.targets.models import Target, TargetKind
from beneficiaries import tallies
from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent
from tests.factories import (
    NORTH,
    SOUTH,
    enroll,
    make_assessment,
    make_case,
    make_group,
    make_household,
    make_program,
    make_session,
    make_user,
    make_visit,
)

LIST, SET = reverse("targets:target_list"), reverse("targets:target_set")
NEW_YEAR = datetime.date(timezone.localdate().year, 1, 1)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def team(budi, north_family):
    """Budi and a colleague with a family each in the north, and a third in the south."""
    other = make_user("other", Role.PENDAMPING, NORTH[:4])
    make_household(assistant=other)
    return budi, other


def sent(**changes):
    fields = {"holders": "pendamping", "kunjungan": "1.200", "starting_on": NEW_YEAR.isoformat()}
    return {name: value for name, value in (fields | changes).items() if value is not None}


def held(user=None, region=None, kind="kunjungan"):
    rows = Target.objects.filter(user=user, region=region, kind=kind).order_by("valid_from")
    return list(rows.values_list("per_year", "valid_from", "valid_until"))


def test_all_assistants_of_a_kabupaten_get_the_same(client, dewi, team, south_family, citra):
    client.force_login(dewi)
    answer = client.post(SET, sent(pertemuan="12"))
    assert answer.status_code == 302
    for user in team:
        assert held(user) == [(1200, NEW_YEAR, None)] and held(user, kind="pertemuan") == [(12, NEW_YEAR, None)]
    assert held(citra) == [] and Target.objects.count() == 4
    events = AuditEvent.objects.filter(action="target.set")
    assert {event.target_id for event in events} == {user.pk for user in team}
    assert events.first().data["changes"] == {"kunjungan": [None, 1200], "pertemuan": [None, 12]}
    again = client.post(SET, sent(pertemuan="12"), follow=True)
    assert "sudah berlaku" in again.content.decode() and Target.objects.count() == 4


def test_a_new_target_ends_the_old_one_and_takes_the_place_of_later_ones(client, dewi, team):
    budi, other = team
    june, july = NEW_YEAR.replace(month=6), NEW_YEAR.replace(month=7)
    client.force_login(dewi)
    client.post(SET, sent())
    client.post(SET, sent(only=budi.pk, kunjungan="900", starting_on=july.isoformat()))
    client.post(SET, sent(only=budi.pk, kunjungan="600", starting_on=june.isoformat()))
    assert held(budi) == [(1200, NEW_YEAR, june - DAY), (600, june, None)]
    assert held(other) == [(1200, NEW_YEAR, None)]


def test_koordinators_and_the_region_have_their_own(client, dewi, ayu, team):
    client.force_login(dewi)
    client.post(SET, sent(holders="koordinator", graduasi="30", kunjungan=None))
    client.post(SET, sent(holders="wilayah", graduasi="300", kunjungan=None))
    assert held(ayu, kind="graduasi") == [(30, NEW_YEAR, None)]
    assert held(None, NORTH[:4], kind="graduasi") == [(300, NEW_YEAR, None)]
    page = client.get(LIST).content.decode()
    assert "dari 30, 0%" in page and "dari 300 setahun" in page and "belum ada target" in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"holders": None}, "Pilih untuk siapa"),
        ({"holders": "gubernur"}, "Untuk siapa"),
        ({"kunjungan": None}, "Isi paling sedikit satu angka"),
        ({"kunjungan": "x"}, "Tulis angka bulat"),
        ({"kunjungan": "0"}, "Kunjungan setahun"),
        ({"kunjungan": "-3"}, "Kunjungan setahun"),
        ({"kunjungan": "99999999999999999999"}, "Kunjungan setahun"),
        ({"starting_on": ""}, "Isi tanggal"),
        ({"starting_on": "1999-01-01"}, "tidak masuk akal"),
        ({"starting_on": "x"}, "Tulis tanggal"),
        ({"only": "999999"}, "satu orang"),
    ],
)
def test_nonsense_sets_nothing(client, dewi, team, changes, words):
    client.force_login(dewi)
    answer = client.post(SET, sent(**changes))
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not Target.objects.exists()


def test_a_koordinator_is_not_an_assistant(client, dewi, ayu, team):
    client.force_login(dewi)
    answer = client.post(SET, sent(only=ayu.pk))
    assert answer.status_code == 422 and "tidak cocok" in answer.content.decode()


def test_who_has_one_programme_sets_nothing_for_all(client, team):
    officer = make_user("officer", Role.DINSOS, NORTH[:4], programs=[make_program("JSCM")])
    client.force_login(officer)
    for holders in ("koordinator", "wilayah"):
        assert client.post(SET, sent(holders=holders)).status_code == 422
    assert client.post(SET, sent()).status_code == 422, "no assistant of theirs"
    assert not Target.objects.exists()


@pytest.mark.parametrize("query", [f"?region={SOUTH[:4]}", "?region=x", "?period=x"])
def test_another_region_sets_and_shows_nothing(client, dewi, team, query):
    client.force_login(dewi)
    assert client.post(SET + query, sent()).status_code == 200
    assert not Target.objects.exists()
    page = client.get(LIST + query).content.decode()
    assert "tidak dapat ditampilkan" in page and "Budi" not in page


def test_who_may_only_look_does_not_set(client, ayu, budi, team):
    client.force_login(ayu)
    assert client.get(LIST).status_code == 200 and client.post(SET, sent()).status_code == 403
    client.force_login(budi)
    assert client.get(LIST).status_code == 403


BY_SQL = {
    "kunjungan": """SELECT count(*) FROM assistance_logs_visit WHERE is_current AND assistant_id = %(who)s
        AND result LIKE 'bertemu%%' AND (happened_at AT TIME ZONE 'Asia/Jakarta')::date >= %(since)s""",
    "pertemuan": """SELECT count(*) FROM assistance_logs_groupsession WHERE is_current AND assistant_id = %(who)s
        AND (happened_at AT TIME ZONE 'Asia/Jakarta')::date >= %(since)s""",
    "asesmen": """SELECT count(*) FROM beneficiaries_assessment WHERE officer_id = %(who)s
        AND assessed_on >= %(since)s""",
    "graduasi": """SELECT count(*) FROM beneficiaries_graduationcase WHERE proposed_by_id = %(who)s
        AND state = 'ditetapkan' AND decided_on >= %(since)s""",
}


def test_what_was_done_is_what_sql_counts(client, admin, dewi, ayu, budi, team, north_family, south_family, citra):
    today, last_year = timezone.localdate(), NEW_YEAR - DAY
    for day in (today, NEW_YEAR, last_year):
        make_visit(north_family, budi, day)
        make_session(make_group(make_household(assistant=budi)), budi, day)
        make_assessment(north_family, budi, day, floor="1")
    make_visit(north_family, budi, today, result=VisitResult.EMPTY_HOUSE, person_met=PersonMet.NOBODY)
    make_visit(north_family, budi, today, is_current=False)
    make_visit(south_family, citra, today)
    make_case(make_household(assistant=budi), by=budi, verified_by=ayu, decided_by=dewi)
    make_case(make_household(assistant=budi), by=budi, verified_by=ayu)
    Target.objects.create(user=budi, kind="kunjungan", per_year=3, valid_from=NEW_YEAR, set_by=admin)
    client.force_login(dewi)
    answer = client.get(LIST)
    own = dict(answer.context["assistants"])[budi]
    with connection.cursor() as cursor:
        for each in own:
            cursor.execute(BY_SQL[each.kind], {"who": budi.pk, "since": NEW_YEAR})
            assert (each.kind, each.done) == (each.kind, cursor.fetchone()[0])
    assert [each.done for each in own] == [2, 2, 2, 1]
    assert [(each.target, each.percent) for each in own] == [(3, 67), (None, None), (None, None), (None, None)]
    assert [each.done for each in answer.context["own"]] == [2, 2, 2, 1], "the south is not counted"
    assert [each.done for each in dict(answer.context["coordinators"])[ayu]] == [2, 2, 2, 1]
    before = client.get(f"{LIST}?period={last_year:%Y-%m}").context
    assert [each.done for each in dict(before["assistants"])[budi]] == [1, 1, 1, 0]
    assert dict(before["assistants"])[budi][0].target is None, "that target does not hold then"


def told(user, year, people) -> tuple:
    """All that the page reads of what was done."""
    return progress.done_by(user, year, [each.pk for each in people]), progress.done_in(user, year, "36")


def test_tallies_tell_what_the_visits_one_by_one_tell(admin, dewi, ayu, budi, team, second_family, citra, south_family):
    jscm = make_program("JSCM")
    both = make_household(assistant=budi)
    enroll(both, program=jscm)
    left = make_household(assistant=budi, program=jscm, status="nonaktif")
    for family, assistant in ((second_family, budi), (both, budi), (left, budi), (south_family, citra), (both, citra)):
        for day in (NEW_YEAR, NEW_YEAR - DAY, timezone.localdate(), timezone.localdate()):
            make_visit(family, assistant, day)
    make_visit(both, budi, NEW_YEAR, result=VisitResult.EMPTY_HOUSE, person_met=PersonMet.NOBODY)
    make_visit(both, budi, NEW_YEAR, is_current=False)
    narrow = make_user("narrow", Role.DINSOS, NORTH[:4], programs=[jscm])
    several = make_user("several", Role.DINSOS, "36", programs=[jscm, both.enrollments.first().program])
    people, readers = [budi, citra, team[1]], [admin, dewi, ayu, narrow, several]
    years = [progress.Year(NEW_YEAR.year - back) for back in range(4)]
    one_by_one = [told(reader, year, people) for reader in readers for year in years]
    tallies.refresh_all()
    assert [told(reader, year, people) for reader in readers for year in years] == one_by_one
    assert {reader.username: told(reader, years[0], people)[0]["kunjungan"] for reader in (admin, narrow)} == {
        "admin": {budi.pk: 9, citra.pk: 6},
        "narrow": {budi.pk: 6, citra.pk: 3},
    }


def test_no_visit_is_read_where_the_tallies_hold(client, dewi, team, north_family):
    make_visit(north_family, team[0], timezone.localdate())
    tallies.refresh_all()
    client.force_login(dewi)
    with CaptureQueriesContext(connection) as captured:
        page = client.get(LIST)
    assert page.context["own"][0].done == 1
    asked = [query["sql"] for query in captured.captured_queries]
    assert [sql for sql in asked if '"assistance_logs_visit"' in sql] == []
    of_tallies = [sql for sql in asked if '"assistance_logs_assistantvisittally"' in sql]
    assert len(of_tallies) == 2
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # the table is too small for an index to win
        for sql in of_tallies:
            cursor.execute(f"EXPLAIN {sql}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "visits_by_" in plan and "Seq Scan" not in plan


def test_assistants_stand_by_name_not_by_rank(client, dewi, team, north_family):
    budi, _ = team
    make_visit(north_family, budi, timezone.localdate())
    client.force_login(dewi)
    assert [person.name for person, _ in client.get(LIST).context["assistants"]] == ["Budi", "Other"]


def test_more_assistants_ask_no_more(client, dewi, ayu, team):
    client.force_login(dewi)
    client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    for number in range(8):
        make_household(assistant=make_user(f"more{number}", Role.PENDAMPING, NORTH[:4]))
        make_user(f"koor{number}", Role.KOORDINATOR, NORTH[:6])
    with CaptureQueriesContext(connection) as many:
        assert len(client.get(LIST).context["assistants"]) == 10
    assert len(many) == len(few) <= 22


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"kind": "rapat"}, "target_kind_known"),
        ({"per_year": 0}, "target_range"),
        ({"user": None}, "target_one_holder"),
        ({"region_id": NORTH}, "target_one_holder"),
        ({"valid_until": NEW_YEAR - DAY}, "target_validity"),
    ],
)
def test_a_target_without_sense_is_refused(admin, budi, north_family, fields, name):
    usual = {"user": budi, "kind": TargetKind.VISITS, "per_year": 5, "valid_from": NEW_YEAR, "set_by": admin}
    with pytest.raises(IntegrityError, match=name):
        Target.objects.create(**usual | fields)


def test_one_target_holds_at_a_time(admin, budi):
    usual = {"user": budi, "kind": TargetKind.VISITS, "per_year": 5, "set_by": admin}
    Target.objects.create(**usual, valid_from=NEW_YEAR, valid_until=NEW_YEAR)
    with pytest.raises(IntegrityError, match="target_one_at_a_time"), transaction.atomic():
        Target.objects.create(**usual, valid_from=NEW_YEAR)
    Target.objects.create(**usual, valid_from=NEW_YEAR + DAY)
