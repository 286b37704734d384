"""What a phone's outbox sends: stored once, each refusal said, and nothing lost because a family changed hands."""

import datetime
import json
import uuid

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from assistance_logs.models import Visit
from beneficiaries.models import Assignment
from ejsika.accounts.permissions import Role
from tests.assistance_logs.sending import at, post_item, post_visit
from tests.factories import JAKARTA, NORTH, make_household, make_user

NOW = datetime.datetime(2026, 11, 25, 15, tzinfo=JAKARTA)
TODAY = NOW.date()


@pytest.fixture
def hand_over(budi, north_family, rian):
    """Give a function that hands the family to a colleague from a day on."""

    def hand(day):
        Assignment.objects.filter(household=north_family).update(ended_on=day)
        Assignment.objects.create(household=north_family, assistant=rian, started_on=day)

    return hand


@pytest.fixture
def rian(db):
    return make_user("rian", Role.PENDAMPING, NORTH[:4])


def written(moment):
    return {"happened_at": f"{moment:%Y-%m-%dT%H:%M}"}


def test_a_repeat_gets_the_same_answer(client, budi, north_family):
    client.force_login(budi)
    number = str(uuid.uuid4())
    answers = [
        post_item(client, north_family, budi, uuid=number, latitude="1e9", longitude="1e9", notes=notes)
        for notes in ("pertama", "pertama")
    ]
    visit = Visit.objects.get()
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json() == {
        "uuid": number,
        "state": "stored",
        "url": visit.get_absolute_url(),
        "reasons": [],
        "errors": {},
        "warnings": ["position_unreadable"],
    }


def test_what_was_edited_after_a_sending_without_answer_becomes_a_correction(client, budi, north_family):
    client.force_login(budi)
    number, revision = str(uuid.uuid4()), str(uuid.uuid4())
    fields = written(timezone.localtime() - datetime.timedelta(hours=1)) | {"uuid": number}
    post_item(client, north_family, budi, **fields, notes="pertama")
    for _ in range(2):
        answer = post_item(client, north_family, budi, **fields, notes="kedua", revision=revision)
        assert (answer.json()["uuid"], answer.json()["state"]) == (number, "stored")
        assert answer.json()["url"] == Visit.objects.current().get().get_absolute_url()
    assert [visit.notes for visit in Visit.objects.order_by("pk")] == ["pertama", "kedua"]
    assert Visit.objects.current().get().replaces.notes == "pertama"
    refused = post_item(client, north_family, budi, **fields | {"result": "x"}, revision=str(uuid.uuid4()))
    assert refused.status_code == 422 and Visit.objects.count() == 2


def test_a_revision_that_changes_nothing_or_comes_first_is_the_visit_itself(client, budi, north_family):
    client.force_login(budi)
    fields = written(timezone.localtime() - datetime.timedelta(hours=1)) | {"uuid": str(uuid.uuid4())}
    for _ in range(2):
        post_item(client, north_family, budi, **fields, revision=str(uuid.uuid4()))
    assert str(Visit.objects.get().uuid) == fields["uuid"]


def test_a_refusal_says_each_reason_and_beside_which_field(client, budi, north_family):
    client.force_login(budi)
    fields = {"result": "senang", "outbox_version": "99", "uuid": str(uuid.uuid4())}
    for answer in [post_item(client, north_family, budi, **fields) for _ in range(2)]:
        said = answer.json()
        assert (answer.status_code, said["state"], said["uuid"]) == (422, "rejected", fields["uuid"])
        assert set(said["errors"]) == {"result", "outbox_version"}
        assert any(line.startswith("Bagaimana hasilnya?: ") for line in said["reasons"])
        assert any("Muat ulang" in line for line in said["reasons"])
    assert not Visit.objects.exists()


def test_a_number_that_is_taken_is_refused(client, budi, north_family, second_family):
    client.force_login(budi)
    number = str(uuid.uuid4())
    post_item(client, north_family, budi, uuid=number)
    answer = post_item(client, second_family, budi, uuid=number)
    assert (answer.status_code, answer.json()["state"]) == (422, "rejected")
    assert Visit.objects.get().household == north_family


def test_an_item_of_another_user_is_not_taken(client, budi, rian, north_family):
    client.force_login(rian)
    answer = post_item(client, north_family, budi)
    assert (answer.status_code, answer.json()) == (409, {"state": "other_user"})
    assert not Visit.objects.exists()


@pytest.mark.parametrize("days", [0, 1, 5])
def test_a_family_that_changed_hands_after_the_visit_costs_no_visit(client, budi, rian, north_family, hand_over, days):
    with time_machine.travel(NOW, tick=False):
        hand_over(TODAY)
        client.force_login(budi)
        moment = at(TODAY - datetime.timedelta(days=days))
        answer = post_item(client, north_family, budi, **written(moment))
        assert (answer.status_code, answer.json()["state"], answer.json()["url"]) == (200, "stored", "")
        visit = Visit.objects.get()
        assert (visit.assistant, visit.happened_at) == (budi, moment)
        again = post_item(client, north_family, budi, **written(moment), uuid=str(visit.uuid))
        assert again.json()["state"] == "stored" and Visit.objects.count() == 1
        client.force_login(rian)  # who has the family now reads it
        assert client.get(visit.get_absolute_url()).status_code == 200


def test_a_visit_after_the_family_changed_hands_is_refused_with_a_reason(client, budi, north_family, hand_over):
    with time_machine.travel(NOW, tick=False):
        hand_over(TODAY - datetime.timedelta(days=3))
        client.force_login(budi)
        answer = post_item(client, north_family, budi, **written(at(TODAY - datetime.timedelta(days=1))))
    assert answer.status_code == 422
    assert "belum ditugaskan kepada Anda" in answer.json()["reasons"][0]
    assert not Visit.objects.exists()


def test_the_plain_form_too_stores_what_was_written_before_the_hand_over(client, budi, north_family, hand_over):
    with time_machine.travel(NOW, tick=False):
        hand_over(TODAY)
        client.force_login(budi)
        url = reverse("assistance_logs:visit_new", args=[north_family.pk])
        assert client.get(url).status_code == 404
        assert post_visit(client, north_family, result="senang").status_code == 404  # no page of another's family
        answer = post_visit(client, north_family, **written(at(TODAY)))
    assert (answer.status_code, answer.url) == (302, reverse("assistance_logs:task_list"))
    assert Visit.objects.get().household == north_family


@pytest.mark.parametrize("household", ["", "x", "0", "9" * 30, "²"])
def test_a_family_that_is_none_is_refused_with_advice(client, budi, household):
    client.force_login(budi)
    answer = client.post(reverse("outbox:send"), {"user": budi.pk, "household": household})
    assert (answer.status_code, answer.json()["state"]) == (422, "rejected")
    assert "Minta koordinator" in answer.json()["reasons"][0]


def test_a_family_of_another_is_refused_in_the_same_words(client, budi, south_family):
    client.force_login(budi)
    foreign = post_item(client, south_family, budi).json()
    nobodys = client.post(reverse("outbox:send"), {"user": budi.pk, "household": 1}).json()
    assert foreign["reasons"] == nobodys["reasons"] and not Visit.objects.exists()


def test_who_looks_at_the_phone_is_told_on_the_next_page_and_nobody_else(client, budi, north_family, second_family):
    client.force_login(budi)
    quiet = post_item(client, second_family, budi)
    assert "Kunjungan tersimpan" not in client.get(quiet.json()["url"]).text
    seen = post_item(client, north_family, budi, page=1)
    assert "Kunjungan tersimpan" in client.get(seen.json()["url"]).text


def test_the_door_says_who_is_logged_in_with_a_token_that_opens(budi, north_family):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    assert post_item(client, north_family, budi).status_code == 403
    client.force_login(budi)
    door = client.get(reverse("outbox:door"))
    assert (door.status_code, door.json()["user"]) == (200, budi.pk)
    token = {"csrfmiddlewaretoken": door.json()["token"]}
    assert post_item(client, north_family, budi, **token).json()["state"] == "stored"


def test_the_door_asks_for_a_log_in_and_lets_a_phone_forget_who_is_disabled(client, budi, ayu):
    url = reverse("outbox:door")
    assert (client.get(url).status_code, client.get(url).json()) == (401, {"state": "login"})
    client.force_login(budi)
    key = client.get(reverse("outbox:today")).json()["key"]
    client.logout()
    known = {"X-Phone-Key": key}
    assert client.get(url, headers=known).status_code == 401
    budi.is_active = False
    budi.save()
    assert (client.get(url, headers=known).status_code, client.get(url, headers=known).json()["state"]) == (
        410,
        "disabled",
    )
    assert client.get(url, headers={"X-Phone-Key": f"{budi.pk}:palsu"}).status_code == 401
    client.force_login(ayu)
    assert client.get(url).status_code == 403


def test_the_day_is_the_list_of_tasks_without_numbers_telephone_or_place(client, budi, south_family):
    family = make_household(
        name="Komariah", assistant=budi, address="Kp. Babakan", rt=2, rw=4, phone="081234567890", region=NORTH
    )
    for number in range(25):
        make_household(name=f"Ai {number}", assistant=budi, latitude="-6.5", longitude="106.1")
    make_household(name="Keluar", assistant=budi, status="nonaktif")
    client.force_login(budi)
    said = client.get(reverse("outbox:today"))
    day = said.json()
    assert (day["user"], day["today"]) == (budi.pk, str(timezone.localdate()))
    assert len(day["families"]) == 26
    own = next(row for row in day["families"] if row["id"] == family.pk)
    assert own == {
        "id": family.pk,
        "name": "Komariah",
        "place": "Kp. Babakan RT 002/RW 004 · Desa 3602122001",
        "late": True,
        "due": "2021-04-01",
        "reason": "Kunjungan pertama, jatuh tempo 1 Apr 2021",
        "follow_up": "",
        "has_point": False,
    }
    assert not any(secret in said.text for secret in ("106.1", str(family.kk)[:6] + "•", "Wati"))
    assert "0812" not in json.dumps(day["families"])
    page = client.get(reverse("assistance_logs:task_list")).text
    assert own["place"] in page and "Kunjungan pertama" in page


def test_the_day_costs_the_same_for_any_number_of_families(client, budi, django_assert_num_queries):
    for _ in range(12):
        make_household(assistant=budi)
    client.force_login(budi)
    with django_assert_num_queries(10):
        assert len(client.get(reverse("outbox:today")).json()["families"]) == 12
