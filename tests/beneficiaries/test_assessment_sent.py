"""An assessment that a phone sends: once by its number, its photos by what they show, refused with a reason."""

import datetime
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from beneficiaries.assessments.actions import find_own, record_assessment
from beneficiaries.models import Assessment, AssessmentPhoto, Assignment
from ejsika.accounts.permissions import Role
from tests.factories import NORTH, make_assessment, make_user, picture


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def assistant(client, budi):
    client.force_login(budi)
    return budi


def send(client, user, family, **changes):
    fields = {"uuid": str(uuid.uuid4()), "outbox_version": "1", "assessed_on": timezone.localdate().isoformat()}
    fields |= {"user": user.pk, "item_kind": "assessment", "household": family.pk, "floor": "8"}
    return client.post(reverse("outbox:send"), fields | changes)


def send_photo(client, user, item, subject, number=None):
    fields = {"user": user.pk, "uuid": number or str(uuid.uuid4()), "item": item, "subject": subject}
    return client.post(reverse("outbox:photo"), fields | {"photo": SimpleUploadedFile("a.jpg", picture())})


def test_a_repeat_gets_the_same_answer_and_an_edit_after_it_becomes_a_version(client, assistant, north_family):
    number, revision = str(uuid.uuid4()), str(uuid.uuid4())
    answers = [send(client, assistant, north_family, uuid=number) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert (answers[0].json()["state"], answers[0].json()["url"]) == ("stored", north_family.get_absolute_url())
    for _ in range(2):
        said = send(client, assistant, north_family, uuid=number, revision=revision, floor="6")
        assert said.json()["state"] == "stored"
    assert [one.floor for one in Assessment.objects.order_by("pk")] == ["8", "6"]
    assert Assessment.objects.current().get().replaces.floor == "8"


def test_photos_follow_by_what_they_show_also_those_of_a_correction_by_another(
    client, assistant, north_family, ayu, today
):
    number, photo = str(uuid.uuid4()), str(uuid.uuid4())
    send(client, assistant, north_family, uuid=number, pictured="depan,dapur,hantu")
    for _ in range(2):
        assert send_photo(client, assistant, number, "dapur", photo).json()["state"] == "stored"
    send_photo(client, assistant, number, "hantu")
    assert sorted(AssessmentPhoto.objects.values_list("subject", flat=True)) == ["dapur", "depan"]
    assert send_photo(client, assistant, str(uuid.uuid4()), "depan").json()["state"] == "rejected"

    other = make_assessment(north_family, ayu, today - datetime.timedelta(days=3), floor="2")
    correction = str(uuid.uuid4())
    day = {"assessed_on": other.assessed_on.isoformat()}
    send(client, assistant, north_family, uuid=correction, replaces=other.pk, pictured="atap", **day)
    assert send_photo(client, assistant, correction, "atap").json()["state"] == "stored"
    newer = Assessment.objects.current().get(replaces=other)
    assert (newer.floor, newer.officer, newer.photos.get().subject) == ("8", ayu, "atap")


def test_the_number_of_anothers_correction_opens_nothing(client, assistant, north_family, ayu, today):
    """A correction keeps who found it; who sent it is somebody else's business."""
    other = make_user("dedi", Role.PENDAMPING, NORTH[:4])
    make_assessment(north_family, other, today, floor="8")
    number = uuid.uuid4()
    standing = Assessment.objects.get()
    record_assessment(
        household=north_family, by=ayu, uuid=number, assessed_on=today, replaces=standing, floor="6", residents=None
    )
    assert find_own(number, by=ayu) and find_own(number, by=assistant) is None and find_own(number, by=other) is None
    said = send(client, assistant, north_family, uuid=str(number)).json()
    assert said["state"] == "rejected" and "sudah dipakai" in said["reasons"][0]
    assert send_photo(client, assistant, str(number), "depan").status_code == 422
    assert not AssessmentPhoto.objects.exists()


def test_a_family_that_changed_hands_after_the_day_costs_no_assessment(client, assistant, north_family, today):
    rian = make_user("rian", Role.PENDAMPING, NORTH[:4])
    until = today - datetime.timedelta(days=5)
    Assignment.objects.filter(household=north_family).update(ended_on=until)
    Assignment.objects.create(household=north_family, assistant=rian, started_on=until)
    late = send(client, assistant, north_family).json()
    assert late["state"] == "rejected" and "tidak ditugaskan kepada Anda" in late["reasons"][0]
    said = send(client, assistant, north_family, assessed_on=until.isoformat()).json()
    assert (said["state"], said["url"]) == ("stored", "")
    assert Assessment.objects.get().officer == assistant


def test_what_is_wrong_is_said_and_nothing_kept(client, assistant, north_family, south_family, ayu, today):
    assert set(send(client, assistant, north_family, floor="99", savings="x").json()["errors"]) == {"floor", "savings"}
    assert "Minta koordinator" in send(client, assistant, south_family).json()["reasons"][0]
    assert send(client, assistant, north_family, replaces="x" * 30).json()["state"] == "stored"
    other = make_assessment(north_family, ayu, today - datetime.timedelta(days=3), floor="2")
    said = send(client, assistant, north_family, assessed_on=other.assessed_on.isoformat()).json()
    assert "sudah dicatat Ayu" in said["reasons"][0] and said["errors"].keys() == {"assessed_on"}
    assert Assessment.objects.count() == 2


def test_the_day_has_the_last_answers_as_the_fields_hold_them(
    client, assistant, north_family, second_family, ayu, today
):
    make_assessment(north_family, ayu, today - datetime.timedelta(days=90), floor="2")
    make_assessment(north_family, ayu, today, floor="8", assets=[], aid=["pkh", "lpg"], savings=0, note="rahasia")
    rows = {row["id"]: row for row in client.get(reverse("outbox:today")).json()["assessments"]}
    assert rows[second_family.pk] == {"id": second_family.pk, "last": "", "answers": [["residents", 1]]}
    said = rows[north_family.pk]
    assert said["last"].endswith("oleh Ayu") and ["note", "rahasia"] not in said["answers"]
    assert said["answers"] == [["floor", "8"], ["assets", "tidak_ada"], ["aid", "pkh"], ["aid", "lpg"], ["savings", 0]]
