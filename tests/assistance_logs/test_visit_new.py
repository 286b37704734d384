import datetime
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from assistance_logs.models import Visit
from beneficiaries.models import Assignment
from ejsika.audit.models import AuditEvent
from tests.assistance_logs.sending import at, post_visit, sent
from tests.factories import make_visit


def url_of(household):
    return reverse("assistance_logs:visit_new", args=[household.pk])


def shown_errors(response):
    return {name: [str(error) for error in errors] for name, errors in response.context["form"].errors.items()}


def test_a_visit_is_stored_with_all_that_was_said(client, budi, north_family):
    client.force_login(budi)
    today = timezone.localdate()
    response = post_visit(
        client,
        north_family,
        topics=["pendidikan", "usaha"],
        notes="Warung mulai jual gas.",
        follow_up="Daftar ulang sekolah",
        follow_up_due=f"{today:%Y-%m-%d}",
        latitude="-6.312345678",
        longitude="106.2",
        accuracy="12.4",
    )
    visit = Visit.objects.get()
    assert response.url == visit.get_absolute_url()
    assert (visit.household, visit.assistant, visit.kind, visit.result) == (
        north_family,
        budi,
        "KR",
        "bertemu_pengurus",
    )
    assert (visit.person_met, visit.topics, visit.notes) == (
        "pengurus",
        ["pendidikan", "usaha"],
        "Warung mulai jual gas.",
    )
    assert (visit.follow_up, visit.follow_up_due) == ("Daftar ulang sekolah", today)
    assert (str(visit.latitude), str(visit.longitude), visit.accuracy_m) == ("-6.312346", "106.200000", 12)
    assert visit.is_current and visit.outbox_version == 1
    north_family.refresh_from_db()
    assert north_family.last_visited_on == timezone.localdate(visit.happened_at)


def test_the_audit_says_who_and_what_but_no_free_text(client, budi, north_family):
    client.force_login(budi)
    post_visit(client, north_family, notes="rahasia keluarga", follow_up="rahasia juga")
    event = AuditEvent.objects.get()
    visit = Visit.objects.get()
    assert (event.action, event.actor, event.target_id) == ("visit.logged", budi, north_family.pk)
    assert event.data == {"visit": visit.pk, "kind": "KR", "result": "bertemu_pengurus"}


def test_the_form_brings_a_fresh_number_each_time(client, budi, north_family):
    client.force_login(budi)
    forms = [client.get(url_of(north_family)).context["form"] for _ in range(2)]
    assert forms[0]["uuid"].value() != forms[1]["uuid"].value()
    assert forms[0]["outbox_version"].value() == 1
    assert forms[0]["kind"].value() == "KR"


@pytest.mark.parametrize(
    ("result", "person"),
    [("bertemu_pengurus", "pengurus"), ("bertemu_anggota", "anggota"), ("rumah_kosong", "tidak_ada")],
)
def test_who_was_met_follows_from_the_result(client, budi, north_family, result, person):
    client.force_login(budi)
    post_visit(client, north_family, result=result)
    assert Visit.objects.get().person_met == person


def test_who_was_met_may_be_said(client, budi, north_family):
    client.force_login(budi)
    post_visit(client, north_family, result="rumah_kosong", person_met="tetangga")
    assert Visit.objects.get().person_met == "tetangga"


@pytest.mark.parametrize("result", ["rumah_kosong", "pindah", "alamat_tidak_ada", "menolak"])
def test_an_attempt_is_kept_but_does_not_count_as_visited(client, budi, north_family, result):
    client.force_login(budi)
    post_visit(client, north_family, result=result)
    north_family.refresh_from_db()
    assert Visit.objects.count() == 1
    assert north_family.last_visited_on is None


def test_an_older_visit_sent_late_leaves_the_last_day(client, budi, north_family):
    client.force_login(budi)
    today = timezone.localdate()
    make_visit(north_family, budi, today - datetime.timedelta(days=2))
    post_visit(client, north_family, happened_at=f"{at(today - datetime.timedelta(days=9)):%Y-%m-%dT%H:%M}")
    north_family.refresh_from_db()
    assert north_family.last_visited_on == today - datetime.timedelta(days=2)


def test_the_day_is_the_one_in_jakarta(client, budi, north_family):
    client.force_login(budi)
    post_visit(client, north_family, happened_at="2026-03-01T00:30")
    north_family.refresh_from_db()
    assert north_family.last_visited_on == datetime.date(2026, 3, 1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("uuid", "bukan-uuid"),
        ("uuid", None),
        ("outbox_version", "0"),
        ("outbox_version", "2"),
        ("outbox_version", "9" * 30),
        ("outbox_version", "x"),
        ("result", None),
        ("result", "senang"),
        ("kind", "XX"),
        ("person_met", "hantu"),
        ("person_met", "tetangga"),  # not with "Bertemu pengurus"
        ("topics", ["cuaca"]),
        ("notes", "a" * 100_000),
        ("notes", "nul\0"),
        ("follow_up", "b" * 301),
        ("happened_at", None),
        ("happened_at", "kemarin"),
        ("happened_at", "2026-13-45T99:99"),
        ("happened_at", "0001-01-01T00:00"),
        ("happened_at", "0001-01-01T00:00+14:00"),
        ("happened_at", "9999-12-31T23:59"),
        ("happened_at", "9999-12-31T23:59-14:00"),
        ("happened_at", "2020-12-31T09:00"),  # the day before the assignment began
        ("follow_up_due", "31-31-2026"),
        ("follow_up_due", "2099-01-01"),
    ],
)
def test_nonsense_is_said_and_changes_nothing(client, budi, north_family, field, value):
    client.force_login(budi)
    response = post_visit(client, north_family, **{field: value})
    assert response.status_code == 200
    assert field in shown_errors(response)
    assert not Visit.objects.exists() and not AuditEvent.objects.exists()


def test_nothing_that_was_written_is_lost_on_an_error(client, budi, north_family):
    client.force_login(budi)
    number = str(uuid.uuid4())
    form = post_visit(client, north_family, uuid=number, result=None, notes="Sudah ditulis").context["form"]
    assert (form["notes"].value(), form["uuid"].value()) == ("Sudah ditulis", number)


def test_a_form_whose_number_cannot_be_used_gets_another(client, budi, north_family):
    client.force_login(budi)
    form = post_visit(client, north_family, uuid="bukan-uuid").context["form"]
    assert uuid.UUID(form["uuid"].value())


def test_a_clock_ten_minutes_ahead_is_accepted(client, budi, north_family):
    client.force_login(budi)
    soon = timezone.localtime() + datetime.timedelta(minutes=8)
    assert post_visit(client, north_family, happened_at=f"{soon:%Y-%m-%dT%H:%M}").status_code == 302
    later = timezone.localtime() + datetime.timedelta(minutes=30)
    assert "happened_at" in shown_errors(post_visit(client, north_family, happened_at=f"{later:%Y-%m-%dT%H:%M}"))


def test_a_due_date_needs_something_to_do(client, budi, north_family):
    client.force_login(budi)
    response = post_visit(client, north_family, follow_up_due=f"{timezone.localdate():%Y-%m-%d}")
    assert "follow_up" in shown_errors(response)


def test_a_due_date_before_the_visit_is_refused(client, budi, north_family):
    client.force_login(budi)
    yesterday = timezone.localdate() - datetime.timedelta(days=2)
    response = post_visit(client, north_family, follow_up="Cek", follow_up_due=f"{yesterday:%Y-%m-%d}")
    assert "follow_up_due" in shown_errors(response)


def test_a_position_that_makes_no_sense_is_left_out_and_said(client, budi, north_family):
    client.force_login(budi)
    response = post_visit(client, north_family, latitude="1000000000", longitude="1000000000", accuracy="1")
    visit = Visit.objects.get()
    assert (visit.latitude, visit.longitude, visit.accuracy_m) == (None, None, None)
    assert "tidak terbaca" in client.get(response.url).content.decode()


def test_an_open_follow_up_is_in_sight(client, budi, north_family):
    client.force_login(budi)
    make_visit(north_family, budi, datetime.date(2026, 2, 3), follow_up="Urus akta Rizki")
    assert "Urus akta Rizki" in client.get(url_of(north_family)).content.decode()


def test_who_comes_back_to_the_form_is_told_of_todays_visit(client, budi, north_family):
    client.force_login(budi)
    make_visit(north_family, budi, timezone.localdate() - datetime.timedelta(days=1))
    assert "sudah tersimpan" not in client.get(url_of(north_family)).content.decode()
    visit = make_visit(north_family, budi, timezone.localdate())
    page = client.get(url_of(north_family)).content.decode()
    assert "sudah tersimpan" in page and visit.get_absolute_url() in page


def test_without_log_in_one_is_sent_to_log_in(client, north_family):
    response = client.get(url_of(north_family))
    assert response.status_code == 302 and reverse("login") in response.url


@pytest.mark.parametrize("person", ["ayu", "dewi", "admin", "eko", "fitri"])
def test_other_roles_log_no_visit(client, request, north_family, person):
    client.force_login(request.getfixturevalue(person))
    assert post_visit(client, north_family).status_code == 403
    assert not Visit.objects.exists()


def test_another_assistants_family_is_not_found(client, citra, north_family):
    client.force_login(citra)
    assert client.get(url_of(north_family)).status_code == 404
    assert post_visit(client, north_family).status_code == 404
    assert not Visit.objects.exists()


def test_a_family_handed_over_yesterday_is_not_found(client, budi, north_family):
    client.force_login(budi)
    Assignment.objects.update(ended_on=timezone.localdate() - datetime.timedelta(days=1))
    assert client.get(url_of(north_family)).status_code == 404


def test_other_methods_are_refused(client, budi, north_family):
    client.force_login(budi)
    assert client.put(url_of(north_family), sent()).status_code == 405


def test_a_visit_is_stored_in_few_statements(client, budi, north_family, django_assert_max_num_queries):
    client.force_login(budi)
    for _ in range(2):
        with django_assert_max_num_queries(9):  # with log-in, family, and the beginning and end of a transaction
            assert post_visit(client, north_family, notes="Warung mulai jual gas.").status_code == 302
