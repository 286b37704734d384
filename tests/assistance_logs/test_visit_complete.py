"""When it ended, where it was and how well that is known, the family's first point, and the koordinator's return."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from assistance_logs.models import Visit
from beneficiaries.models import Household
from ejsika.audit.models import AuditEvent
from tests.assistance_logs.sending import post_correction, post_visit
from tests.factories import make_visit

TODAY = datetime.date(2026, 2, 3)
HERE = {"latitude": "-6.300000", "longitude": "106.200000", "accuracy": "12", "position_source": "gps"}


def moments(start: int, end: int | None) -> dict:
    """A visit yesterday from so many minutes after nine to so many."""
    day = timezone.localtime() - datetime.timedelta(days=1)
    nine = day.replace(hour=9, minute=0)
    fields = {"happened_at": f"{nine + datetime.timedelta(minutes=start):%Y-%m-%dT%H:%M}"}
    return fields | ({} if end is None else {"ends": f"{nine + datetime.timedelta(minutes=end):%H:%M}"})


@pytest.fixture
def sender(client, budi):
    client.force_login(budi)
    return client


def test_start_and_end_are_kept_and_shown(sender, north_family):
    post_visit(sender, north_family, **moments(5, 32))
    visit = Visit.objects.get()
    assert visit.ended_at - visit.happened_at == datetime.timedelta(minutes=27)
    assert "09.05–09.32" in sender.get(visit.get_absolute_url()).text
    post_correction(sender, visit, **moments(5, None))
    assert Visit.objects.current().get().ended_at is None


@pytest.mark.parametrize(("start", "end"), [(5, 4), (0, "25:00"), (0, "x")])
def test_an_end_that_cannot_be_is_refused(sender, north_family, start, end):
    fields = moments(start, end if isinstance(end, int) else None) | ({} if isinstance(end, int) else {"ends": end})
    answer = post_visit(sender, north_family, **fields)
    assert "ends" in answer.context["form"].errors and not Visit.objects.exists()


def test_an_end_in_the_same_minute_as_a_start_with_seconds_is_no_fault(sender, budi, north_family):
    day = timezone.localdate() - datetime.timedelta(days=1)
    visit = make_visit(north_family, budi, day)
    Visit.objects.update(happened_at=visit.happened_at + datetime.timedelta(seconds=40))
    post_correction(sender, visit, happened_at=f"{day}T09:00", ends="09:00")
    newer = Visit.objects.current().get()
    assert newer.ended_at == newer.happened_at


@pytest.mark.parametrize(
    ("accuracy", "home", "words"),
    [
        (12, "106.200000", ["Di rumah KPM, 0 m", "± 12 m"]),
        (12, "106.201500", ["166 m dari rumah"]),
        (150, "106.201500", ["166 m dari rumah, tidak pasti", "Kurang teliti"]),
        (2300, "106.200000", ["tidak pasti", "± 2.300 m", "Kurang teliti"]),
        (None, "106.200000", ["Di rumah KPM"]),
    ],
)
def test_whether_it_was_at_home_is_said_as_far_as_it_is_known(sender, budi, north_family, accuracy, home, words):
    Household.objects.update(latitude="-6.300000", longitude=home, point_source="pin")
    visit = make_visit(north_family, budi, TODAY, latitude="-6.300000", longitude="106.200000", accuracy_m=accuracy)
    page = sender.get(visit.get_absolute_url()).text
    assert [word for word in words if word not in page] == []
    assert ("Di rumah KPM" in page) == (words[0].startswith("Di rumah"))


def test_a_bad_position_is_taken_and_a_pin_by_hand_is_marked_as_one(sender, north_family, second_family):
    post_visit(sender, north_family, **HERE | {"accuracy": "5000"})
    post_visit(sender, second_family, **HERE | {"accuracy": "", "position_source": "pin"})
    bad, pinned = Visit.objects.order_by("pk")
    assert (bad.accuracy_m, bad.position_source, bad.is_inaccurate) == (5000, "gps", True)
    assert (pinned.accuracy_m, pinned.position_source) == (None, "pin")
    assert "Ditandai sendiri" in sender.get(pinned.get_absolute_url()).text
    post_visit(sender, north_family, latitude="x", longitude="", position_source="pin")
    assert Visit.objects.latest("pk").position_source == ""


def test_the_first_visit_can_give_the_family_its_point(sender, north_family):
    page = sender.get(reverse("assistance_logs:visit_new", args=[north_family.pk])).text
    assert "sebagai titik rumah" in page
    post_visit(sender, north_family, **HERE, sets_home="on")
    family = Household.objects.get(pk=north_family.pk)
    assert (str(family.latitude), family.point_source, family.point_accuracy_m) == ("-6.300000", "gps", 12)
    assert AuditEvent.objects.filter(action="household.edited", target_id=family.pk).count() == 1
    page = sender.get(reverse("assistance_logs:visit_new", args=[north_family.pk])).text
    assert "sebagai titik rumah" not in page
    post_visit(sender, north_family, **HERE | {"latitude": "-6.4"}, sets_home="on")
    family.refresh_from_db()
    assert str(family.latitude) == "-6.300000"


@pytest.mark.parametrize("sent", [{}, HERE | {"accuracy": "900"}])
def test_no_point_comes_from_no_position_or_a_rough_one_and_that_is_said(sender, north_family, sent):
    answer = post_visit(sender, north_family, **sent, sets_home="on")
    assert "Titik rumah belum dicatat" in sender.get(answer.url).text
    assert not Household.objects.get(pk=north_family.pk).has_point and Visit.objects.count() == 1


@pytest.fixture
def visit(budi, north_family):
    return make_visit(north_family, budi, timezone.localdate())


def give_back(client, visit, remark="Sebut siapa yang dimodali."):
    return client.post(reverse("assistance_logs:visit_return", args=[visit.pk]), {"remark": remark}, follow=True)


def test_a_returned_visit_is_told_to_its_assistant_and_its_correction_is_sent_anew(client, ayu, budi, visit):
    client.force_login(ayu)
    assert "Kunjungan dikembalikan kepada Budi" in give_back(client, visit).text
    assert "sudah dikembalikan" in give_back(client, visit, "lagi").text
    visit.refresh_from_db()
    assert (visit.status, visit.returned_by, visit.remark) == ("dikembalikan", ayu, "Sebut siapa yang dimodali.")
    assert AuditEvent.objects.filter(action="visit.returned").count() == 1

    client.force_login(budi)
    tasks = reverse("assistance_logs:task_list")
    assert "Sebut siapa yang dimodali." in client.get(tasks).text
    page = client.get(visit.get_absolute_url()).text
    assert "Dikembalikan oleh Ayu" in page and reverse("assistance_logs:visit_correct", args=[visit.pk]) in page
    post_correction(client, visit, notes="Bu Siti")
    newer = Visit.objects.current().get()
    assert (newer.status, newer.remark, newer.replaces.status) == ("dikirim", "", "dikembalikan")
    assert "Sebut siapa" not in client.get(tasks).text
    client.force_login(ayu)
    assert "sudah diperbaiki" in give_back(client, visit).text


def test_a_return_needs_a_remark(client, ayu, visit):
    client.force_login(ayu)
    assert "Tulis apa yang perlu diperbaiki" in give_back(client, visit, " ").text
    visit.refresh_from_db()
    assert visit.status == "dikirim"


@pytest.mark.parametrize(
    "change",
    [
        {"status": "dikembalikan"},
        {"remark": "tanpa orang"},
        {"status": "x"},
        {"latitude": None, "longitude": "106.2"},
        {"latitude": "-6.3", "longitude": None},
        {"position_source": "x"},
        {"position_source": "pin"},
        {"ended_at": datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)},
    ],
)
def test_the_database_refuses_what_cannot_be(visit, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.update(**change)
