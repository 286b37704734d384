"""Meetings from a phone's outbox: once each, with their photos, by whoever had the group on that day."""

import datetime
import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from assistance_logs.groups.models import GroupSession, Membership
from beneficiaries.models import Assignment
from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent
from tests.beneficiaries.test_household_two_into_one import merged
from tests.factories import NORTH, make_group, make_household, make_session, make_user, picture
from tests.groups.sending import post_item, sent_session


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def as_budi(client, budi):
    client.force_login(budi)
    return client


@pytest.fixture
def rian(db):
    return make_user("rian", Role.PENDAMPING, NORTH[:4])


def noted(session):
    return dict(session.attendances.values_list("household__recipient_name", "presence"))


def test_a_phone_gets_the_same_answer_each_time(as_budi, budi, group, north_family, second_family):
    fields = sent_session(north_family, second_family)
    answers = [post_item(as_budi, group, budi, fields) for _ in range(2)]
    assert [answer.json() for answer in answers] == [
        {
            "uuid": fields["uuid"],
            "state": "stored",
            "reasons": [],
            "errors": {},
            "warnings": [],
            "url": GroupSession.objects.get().get_absolute_url(),
        }
    ] * 2
    assert AuditEvent.objects.filter(action="session.logged").count() == 1
    refused = post_item(as_budi, group, budi, fields | {"uuid": str(uuid.uuid4()), "lesson": ""})
    assert refused.status_code == 422 and refused.json()["state"] == "rejected" and refused.json()["errors"]["lesson"]
    assert refused.json()["reasons"] == ["Modul dan sesi: Pilih sesi yang dibawakan."]


def test_what_was_edited_after_a_sending_without_answer_becomes_a_correction(
    as_budi, budi, group, north_family, second_family
):
    fields = sent_session(north_family, second_family)
    post_item(as_budi, group, budi, fields)
    same = post_item(as_budi, group, budi, fields | {"revision": str(uuid.uuid4())})
    assert same.json()["state"] == "stored" and GroupSession.objects.count() == 1
    changed = sent_session(north_family, away={second_family: "sakit"}, uuid=fields["uuid"])
    changed |= {"happened_at": fields["happened_at"], "ends_at": fields["ends_at"], "revision": str(uuid.uuid4())}
    answers = [post_item(as_budi, group, budi, changed).json() for _ in range(2)]
    newer = GroupSession.objects.current().get()
    assert answers[0] == answers[1] and answers[0]["url"] == newer.get_absolute_url()
    assert noted(newer)["Tini Utara"] == "sakit" and GroupSession.objects.count() == 2


@pytest.mark.parametrize("kind", ["session", "arisan"])
def test_what_another_wrote_or_no_server_knows_is_not_taken(as_budi, ayu, budi, group, north_family, kind):
    fields = sent_session(north_family)
    assert post_item(as_budi, group, ayu, fields).status_code == 409
    told = fields | {"user": budi.pk, "group": "x", "item_kind": kind}
    answer = as_budi.post(reverse("outbox:send"), told)
    assert answer.status_code == 422 and len(answer.json()["reasons"]) == 1
    assert not GroupSession.objects.exists()


def test_a_group_of_others_is_refused_in_words(as_budi, budi, south_family):
    foreign = make_group(south_family, name="Selatan")
    answer = post_item(as_budi, foreign, budi, sent_session(south_family))
    assert answer.status_code == 422 and "Minta koordinator" in answer.json()["reasons"][0]
    assert not GroupSession.objects.exists()


@pytest.mark.parametrize(("days", "state"), [(0, "stored"), (3, "rejected")])
def test_a_hand_over_costs_no_meeting_of_before(as_budi, budi, rian, group, north_family, second_family, days, state):
    left = timezone.localdate() - datetime.timedelta(days=days)
    for family in (north_family, second_family):
        Assignment.objects.filter(household=family).update(ended_on=left)
        Assignment.objects.create(household=family, assistant=rian, started_on=left)
    answer = post_item(as_budi, group, budi, sent_session(north_family, second_family)).json()
    assert answer["state"] == state and answer.get("url", "") == ""
    assert GroupSession.objects.count() == (state == "stored")


@pytest.mark.parametrize("presence", ["hadir", "sakit"])
def test_what_was_noted_of_a_family_that_was_merged_since_is_the_kept_ones(
    as_budi, budi, admin, group, north_family, second_family, third_family, presence
):
    sent = sent_session(second_family, north_family) if presence == "hadir" else sent_session(
        second_family, away={north_family: presence}
    )  # fmt: skip
    merged(third_family, north_family, admin)
    answers = [post_item(as_budi, group, budi, sent).json() for _ in range(2)]
    assert answers[0]["state"] == "stored" and answers[0] == answers[1]
    assert noted(GroupSession.objects.get()) == {"Tini Utara": "hadir", "Uum Utara": presence}


def test_a_photo_comes_after_its_meeting_once(as_budi, budi, ayu, group, north_family, second_family):
    fields = sent_session(north_family, second_family)
    number = str(uuid.uuid4())

    def post_photo(**changes):
        told = {"user": budi.pk, "uuid": number, "item": fields["uuid"]} | changes
        return as_budi.post(reverse("outbox:photo"), told | {"photo": SimpleUploadedFile("a.jpg", picture())})

    assert "Kirim catatannya lebih dulu" in post_photo().json()["reasons"][0]
    post_item(as_budi, group, budi, fields)
    edited = fields | {"notes": "diubah", "revision": str(uuid.uuid4())}
    assert [post_photo().json()["state"], post_item(as_budi, group, budi, edited).json()["state"]] == ["stored"] * 2
    assert post_photo().json() == {"state": "stored", "reasons": []}
    assert GroupSession.objects.current().get().photos.count() == 1
    assert post_photo(user=ayu.pk).status_code == 409
    other = make_session(group, ayu, timezone.localdate())
    assert post_photo(item=str(other.uuid)).status_code == 422


def test_the_day_has_the_groups_with_whom_to_tap_and_no_number(as_budi, budi, south_family, django_assert_num_queries):
    families = [make_household(name=f"Keluarga {n}", assistant=budi, rt=n + 1, rw=2) for n in range(3)]
    group = make_group(*families, name="Melati", weekday=2, week=2, place="Balai desa", meets_at=datetime.time(9))
    make_group(make_household(assistant=budi), name="Lama", closed_on=timezone.localdate())
    make_group(south_family, name="Selatan")
    gone = make_household(name="Keluar", assistant=budi, status="nonaktif")
    Membership.objects.create(group=group, household=gone, joined_on=datetime.date(2021, 1, 1))
    make_session(group, budi, timezone.localdate() - datetime.timedelta(days=30), module=2, lesson=3)
    with django_assert_num_queries(12):
        said = as_budi.get(reverse("outbox:today"))
    told = said.json()["groups"]
    assert json.dumps(told).count("Keluarga") == 3
    meeting = group.next_meeting(timezone.localdate()).isoformat()
    assert told == [
        {
            "id": group.pk,
            "name": "Melati",
            "place": "Desa 3602122001",
            "schedule": group.schedule,
            "lesson": "3-1",
            "meets_place": "Balai desa",
            "meets_on": meeting,
            "meets_at": "09:00",
            "members": [
                {"id": family.pk, "name": f"Keluarga {n}", "place": f"RT 00{n + 1}/RW 002"}
                for n, family in enumerate(families)
            ],
        }
    ]
