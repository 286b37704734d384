"""Flags that say why with their numbers, and what a koordinator decides: nothing is refused, nothing is lost."""

import datetime
import threading

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from assistance_logs.actions import correct_visit
from assistance_logs.models import ReviewLimit, Visit, VisitPhoto, VisitReview
from assistance_logs.review.actions import approve, send_back
from assistance_logs.review.flags import refresh_flags
from beneficiaries.models import Household
from ejsika.audit.models import AuditEvent
from ejsika.files.models import StoredPhoto
from tests.assistance_logs.sending import post_visit
from tests.factories import JAKARTA, SOUTH, make_household, make_user, make_visit

LIST, DECIDE = reverse("assistance_logs:review_list"), reverse("assistance_logs:review_decide")
DAY = datetime.date(2026, 11, 20)
NOTE = "Keluarga berjualan gorengan di depan sekolah dan sudah menabung untuk membeli gerobak sendiri."


def at(hour, minute=0, day=DAY):
    return datetime.datetime.combine(day, datetime.time(hour, minute), JAKARTA)


def visit_at(household, assistant, moment, **fields):
    """A visit of that moment, sent right after; flagged as its storing would."""
    visit = make_visit(household, assistant, moment.date(), **fields)
    Visit.objects.filter(pk=visit.pk).update(
        happened_at=moment, recorded_at=fields.get("recorded_at", moment + datetime.timedelta(minutes=2))
    )
    refresh_flags([visit.pk])
    return Visit.objects.select_related("review").get(pk=visit.pk)


def flags(visit) -> dict[str, str]:
    """Why a visit was flagged, in words by kind."""
    review = VisitReview.objects.filter(visit=visit).first()
    return (
        {flag["kind"]: words for flag, (words, _) in zip(review.flags, review.reasons, strict=True)} if review else {}
    )


@pytest.fixture
def home(budi):
    return make_household(assistant=budi, name="Siti Rumah", latitude="-6.400000", longitude="106.200000")


@pytest.fixture
def neighbour(budi):
    return make_household(assistant=budi, name="Tini Sebelah", latitude="-6.401000", longitude="106.200000")


def test_a_visit_at_the_house_by_day_bears_no_flag(home, budi):
    visit = visit_at(home, budi, at(9), latitude="-6.400900", longitude="106.200000", accuracy_m=12, notes="Baik.")
    assert flags(visit) == {}


@pytest.mark.parametrize(
    ("position", "words"),
    [
        (
            {"latitude": "-6.421600", "longitude": "106.200000", "accuracy_m": 20},
            {"far": "2,4 km dari rumah, batas 0,5 km"},
        ),
        ({"latitude": "-6.404600", "longitude": "106.200000", "accuracy_m": 30}, {}),  # 511 m, and 30 m unsure
        (
            {"latitude": "-6.421600", "longitude": "106.200000", "accuracy_m": 2500},
            {"accuracy": "Akurasi lokasi ± 2.500 m, batas 100 m"},
        ),
        ({"latitude": "-6.400000", "longitude": "106.200000", "accuracy_m": 100}, {}),
        ({}, {}),
    ],
)
def test_place_is_measured_from_the_house_less_what_the_phone_is_unsure_of(home, budi, position, words):
    assert flags(visit_at(home, budi, at(9), **position)) == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (at(20, 59), {}),
        (at(21), {"night": "Pukul 21.00, di luar pukul 05.00–21.00"}),
        (at(4, 59), {"night": "Pukul 04.59, di luar pukul 05.00–21.00"}),
        (at(5), {}),
    ],
)
def test_night_is_jakartas(home, budi, moment, words):
    assert flags(visit_at(home, budi, moment)) == words


def test_late_and_limits_of_their_day_are_data(home, budi):
    late = {"recorded_at": at(9) + datetime.timedelta(days=9, hours=3)}
    visit = visit_at(home, budi, at(9), **late)
    assert flags(visit) == {"late": "Dicatat 9 hari sesudah kunjungan, batas 7 hari"}
    ReviewLimit.objects.create(name="late", value=10, valid_from=DAY - datetime.timedelta(days=9))
    refresh_flags([visit.pk])
    assert not VisitReview.objects.exists()  # recomputed, nothing is left to look at
    refresh_flags([visit.pk], DAY - datetime.timedelta(days=10))
    assert flags(visit) == {"late": "Dicatat 9 hari sesudah kunjungan, batas 7 hari"}


FAR_OFF = {"latitude": "-6.421600", "longitude": "106.200000", "accuracy_m": 20}
TOO_FAST = {"latitude": "-6.580000", "longitude": "106.200000", "accuracy_m": 10}


@pytest.mark.parametrize(
    ("kind", "moment", "fields", "limit", "value"),
    [
        ("far", at(12), FAR_OFF, "far", 3_000),
        ("accuracy", at(12), FAR_OFF | {"accuracy_m": 2_500}, "accuracy", 3_000),
        ("burst", at(9, 4), {}, "burst", 1),
        ("travel", at(9, 10), TOO_FAST, "speed", 200),
        ("late", at(12), {"recorded_at": at(12) + datetime.timedelta(days=9)}, "late", 10),
        ("night", at(21), {}, "evening", 22),
        ("night", at(4, 30), {}, "morning", 4),
        ("copied", at(12), {"notes": NOTE}, "copied", 200),
    ],
)
def test_every_limit_is_data(home, neighbour, budi, kind, moment, fields, limit, value):
    here = {"latitude": "-6.400000", "longitude": "106.200000", "accuracy_m": 10}
    visit_at(home, budi, at(9), notes=NOTE, **here)
    visit = visit_at(neighbour, budi, moment, **fields)
    assert any(letter.isdigit() for letter in flags(visit)[kind]), "it says why with its numbers"
    assert Visit.objects.get(pk=visit.pk).status == "dikirim", "nothing is refused by itself"
    ReviewLimit.objects.create(name=limit, value=value, valid_from=DAY)
    refresh_flags([visit.pk])
    assert kind not in flags(visit)


def test_many_visits_are_flagged_in_one_statement(home, neighbour, budi, django_assert_num_queries):
    visits = [make_visit(family, budi, DAY) for family in (home, neighbour) for _ in range(10)]
    Visit.objects.filter(pk__in=[visit.pk for visit in visits]).update(happened_at=at(23))
    with django_assert_num_queries(1):
        refresh_flags([visit.pk for visit in visits])
    assert VisitReview.objects.count() == 20
    assert {kind for visit in visits for kind in flags(visit)} >= {"night", "burst"}


def test_an_admin_reads_the_limits_that_hold_unless_others_are_set(client, admin):
    client.force_login(admin)
    assert "Jarak dari rumah (meter): 500" in client.get(reverse("admin:assistance_logs_reviewlimit_changelist")).text


def test_a_limit_is_set_by_an_admin_of_the_province_alone(client, admin, home, budi):
    url, limit = reverse("admin:assistance_logs_reviewlimit_add"), {"name": "night", "value": 1, "valid_from": DAY}
    client.force_login(make_user("operator", "admin", "3602"))
    assert client.post(url, limit).status_code == 403
    client.force_login(admin)
    assert client.post(url, limit).status_code == 200, "no such limit"
    assert client.post(url, limit | {"name": "evening", "value": 17}).status_code == 302
    assert AuditEvent.objects.filter(action="reviewlimit.created").exists()
    visit = visit_at(home, budi, at(18))
    refresh_flags([visit.pk], DAY)
    assert flags(visit) == {"night": "Pukul 18.00, di luar pukul 05.00–17.00"}


def test_a_command_measures_the_last_visits_anew(home, budi, capsys):
    moment = timezone.localtime().replace(hour=23, minute=5) - datetime.timedelta(days=3)
    visit = make_visit(home, budi, moment.date())
    Visit.objects.filter(pk=visit.pk).update(happened_at=moment)
    call_command("flag_visits", days=2)
    assert flags(visit) == {}
    call_command("flag_visits")
    assert "1 kunjungan dinilai lagi." in capsys.readouterr().out
    assert "night" in flags(visit)


def test_other_families_within_minutes(home, neighbour, budi, citra, south_family):
    first = visit_at(home, budi, at(9))
    visit_at(south_family, citra, at(9, 1))  # another assistant's
    visit_at(home, budi, at(9, 2))  # the same family
    second = visit_at(neighbour, budi, at(9, 4))
    assert flags(first) == {}
    assert flags(second) == {"burst": "2 menit dari kunjungan ke keluarga lain, batas 5 menit"}
    assert flags(visit_at(neighbour, budi, at(9, 14))) == {}


def test_nobody_travels_so_fast(budi, home):
    far = make_household(assistant=budi)
    here = {"latitude": "-6.400000", "longitude": "106.200000", "accuracy_m": 10}
    there = {"latitude": "-6.580000", "longitude": "106.200000", "accuracy_m": 10}  # 20 km
    visit_at(home, budi, at(9), **here)
    assert flags(visit_at(far, budi, at(10), **there)) == {}
    assert flags(visit_at(far, budi, at(9, 10), **there)) == {
        "travel": "20,0 km dari kunjungan lain dalam 10 menit: 120 km/jam, batas 80 km/jam"
    }
    assert set(flags(visit_at(home, budi, at(10, 8), **here))) == {"travel"}  # also before a visit that came first


def test_a_note_that_was_copied(home, neighbour, budi, citra, south_family):
    visit_at(home, budi, at(9), notes=NOTE)
    copied = visit_at(neighbour, budi, at(11), notes=NOTE)
    words = f"Catatan {len(NOTE)} huruf, sama dengan kunjungan ke keluarga lain, batas 80 huruf"
    assert flags(copied) == {"copied": words}
    assert flags(visit_at(south_family, citra, at(11), notes=NOTE)) == {}
    assert flags(visit_at(home, budi, at(13), notes="Baik.")) == flags(visit_at(neighbour, budi, at(15), notes="Baik."))


def test_the_same_photo_twice(home, neighbour, budi):
    visits = [visit_at(home, budi, at(9)), visit_at(neighbour, budi, at(11))]
    for number, visit in enumerate(visits):
        photo = StoredPhoto.objects.create(
            uuid=f"6d6ed1ad-52c2-4f17-9a33-77a4fd1b1b0{number}", path=f"p{number}", digest="a" * 64, width=1, height=1,
            size=1, stored_by=budi,
        )  # fmt: skip
        VisitPhoto.objects.create(visit=visit, photo=photo)
        refresh_flags([visit.pk])
    assert flags(visits[0]) == {}
    assert flags(visits[1]) == {"photo": "Foto yang sama ada pada 1 kunjungan lain"}
    assert VisitReview.objects.get(visit=visits[1]).reasons[0][1] == visits[0].pk


def test_storing_a_visit_flags_it_and_refuses_nothing(client, budi, home):
    client.force_login(budi)
    moment = timezone.localtime() - datetime.timedelta(days=12)
    answer = post_visit(client, home, happened_at=f"{moment:%Y-%m-%dT12:00}")
    assert answer.status_code == 302
    assert list(flags(Visit.objects.get())) == ["late"]


@pytest.fixture
def flagged(home, budi):
    return visit_at(home, budi, at(23))


def test_the_queue_tells_why_and_what_is_decided_leaves_it(client, ayu, budi, flagged):
    client.force_login(ayu)
    page = client.get(LIST)
    assert "Siti Rumah" in page.text and "Pukul 23.00, di luar pukul 05.00–21.00" in page.text
    assert "Siti Rumah" not in client.get(LIST, {"flag": "far"}).text
    assert "Siti Rumah" in client.get(LIST, {"flag": "night", "assistant": budi.pk}).text
    answer = client.post(DECIDE, {"visit": [flagged.pk], "state": "disetujui"}, follow=True)
    assert "1 kunjungan disetujui." in answer.text
    assert "Siti Rumah" not in client.get(LIST).text and "Siti Rumah" in client.get(LIST, {"state": "disetujui"}).text
    assert AuditEvent.objects.get(action="visit.approved").data == {"visit": flagged.pk}


def test_returned_it_is_the_assistants_task_until_it_is_corrected(client, ayu, budi, flagged):
    client.force_login(ayu)
    assert (
        "Tulis apa yang harus diperbaiki"
        in client.post(DECIDE, {"visit": flagged.pk, "state": "dikembalikan"}, follow=True).text
    )
    assert Visit.objects.get().status == "dikirim"
    client.post(DECIDE, {"visit": flagged.pk, "state": "dikembalikan", "remark": "Jamnya benar?"})
    client.force_login(budi)
    tasks = client.get(reverse("assistance_logs:task_list")).text
    assert "Dikembalikan koordinator" in tasks and "Jamnya benar?" in tasks
    assert "Jamnya benar?" in client.get(flagged.get_absolute_url()).text
    newer = correct_visit(
        visit=flagged, by=budi, uuid="6d6ed1ad-52c2-4f17-9a33-77a4fd1b1b0e", outbox_version=1, kind="KR",
        happened_at=at(9), result=flagged.result, person_met=flagged.person_met,
    )  # fmt: skip
    assert "Jamnya benar?" not in client.get(reverse("assistance_logs:task_list")).text
    assert set(flags(newer)) >= {"corrected"}
    client.force_login(ayu)
    assert list(client.get(LIST).context["page"]) == [newer]
    client.post(DECIDE, {"visit": flagged.pk, "state": "disetujui"})  # the old version: too late
    assert VisitReview.objects.get(visit=flagged).by is None


def test_many_at_once_and_what_was_settled_stays(client, ayu, budi, home, flagged):
    more = [visit_at(home, budi, at(22, minute)) for minute in range(3)]
    send_back(visits=Visit.objects.filter(pk=more[0].pk), by=ayu, remark="Cek")
    client.force_login(ayu)
    answer = client.post(DECIDE, {"visit": [v.pk for v in more] + [flagged.pk], "state": "disetujui"}, follow=True)
    assert "3 kunjungan disetujui." in answer.text and "1 kunjungan tetap seperti semula" in answer.text
    assert client.get(LIST, {"state": "dikembalikan"}).context["page"].object_list[0].remark == "Cek"


def test_a_flagged_visit_is_approved_on_its_page(client, ayu, flagged):
    client.force_login(ayu)
    page = client.get(flagged.get_absolute_url()).text
    assert "Setujui kunjungan ini" in page and "di luar pukul 05.00–21.00" in page
    answer = client.post(DECIDE, {"visit": flagged.pk, "one": "1", "state": "disetujui"})
    assert answer.url == flagged.get_absolute_url()
    assert "Disetujui Ayu" in client.get(flagged.get_absolute_url()).text
    both = {"visit": [flagged.pk, flagged.pk + 1, flagged.pk], "one": "1", "state": "disetujui"}
    assert client.post(DECIDE, both).status_code == 302
    approve(visits=Visit.objects.all(), by=ayu)
    assert AuditEvent.objects.filter(action="visit.approved").count() == 1


def test_other_regions_are_not_touched(client, ayu, flagged, citra, south_family):
    other = visit_at(south_family, citra, at(23))
    client.force_login(ayu)
    assert client.post(DECIDE, {"visit": [other.pk], "state": "disetujui"}).status_code == 404
    client.post(DECIDE, {"visit": [other.pk, flagged.pk], "state": "disetujui"})
    assert VisitReview.objects.get(visit=other).by is None
    assert [visit.pk for visit in client.get(LIST).context["page"]] == []


@pytest.mark.parametrize("data", [{}, {"visit": "x"}, {"visit": "9" * 30}, {"visit": "²"}])
def test_nothing_picked_is_said(client, ayu, flagged, data):
    client.force_login(ayu)
    assert "Belum ada kunjungan yang dipilih" in client.post(DECIDE, data | {"state": "disetujui"}, follow=True).text


@pytest.mark.parametrize("query", [{"state": "x"}, {"flag": "x"}, {"assistant": "x"}, {"assistant": "1"}])
def test_nonsense_gives_an_empty_list_with_an_error(client, ayu, flagged, query):
    client.force_login(ayu)
    page = client.get(LIST, query)
    assert page.status_code == 200 and "Siti Rumah" not in page.text and 'role="alert"' in page.text


def test_the_queue_costs_the_same_however_long(client, ayu, budi, home, flagged, django_assert_max_num_queries):
    for minute in range(30):
        visit_at(home, budi, at(22, minute))
    client.force_login(ayu)
    with django_assert_max_num_queries(8):
        assert len(client.get(LIST).context["page"]) == 25


@pytest.mark.django_db(transaction=True)
def test_two_koordinators_at_once_decide_once(ayu, budi, home):
    visit = visit_at(home, budi, at(23))
    other = make_user("oki", "koordinator", home.region_id[:4])
    found = []

    def judge(user):
        try:
            found.append(send_back(visits=Visit.objects.filter(pk=visit.pk), by=user, remark="Cek"))
        finally:
            connection.close()

    threads = [threading.Thread(target=judge, args=[user]) for user in (ayu, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [0, 1]
    assert AuditEvent.objects.filter(action="visit.returned").count() == 1
    assert Household.objects.filter(region=SOUTH).count() == 0
