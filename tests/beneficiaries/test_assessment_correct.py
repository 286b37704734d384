"""A correction of an assessment: a new version with the photos, the old one readable; photos one a subject."""

import datetime
import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from beneficiaries.models import Assessment, AssessmentPhoto
from ejsika.audit.models import AuditEvent
from ejsika.files.models import StoredPhoto
from tests.factories import make_assessment, make_assessment_photo, picture


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def written(north_family, budi):
    return make_assessment(north_family, budi, timezone.localdate() - datetime.timedelta(days=40), floor="8", note="x")


def correct(client, assessment, **fields):
    given = {
        "uuid": str(uuid.uuid4()),
        "outbox_version": "1",
        "assessed_on": assessment.assessed_on.isoformat(),
        "floor": "8",
        "note": "x",
    }
    return client.post(reverse("beneficiaries:assessment_correct", args=[assessment.pk]), given | fields)


def upload(content=None):
    return SimpleUploadedFile("foto.jpg", content or picture(1600, 1200, exif=gps()), "image/jpeg")


def gps():
    exif = Image.Exif()
    exif[0x8825] = {1: "S", 2: (6, 30, 0)}
    exif[0x010F] = "Ponsel"
    return exif


def test_a_correction_is_a_new_version_and_the_old_one_is_read(client, budi, dewi, written):
    client.force_login(budi)
    page = client.get(reverse("beneficiaries:assessment_correct", args=[written.pk]))
    assert (page.context["form"]["floor"].value(), page.context["form"]["note"].value()) == ("8", "x")
    day = written.assessed_on + datetime.timedelta(days=1)
    assert correct(client, written, floor="6", assessed_on=day.isoformat()).status_code == 302
    newer = Assessment.objects.current().get()
    assert (newer.replaces, newer.floor, newer.assessed_on, newer.officer) == (written, "6", day, budi)
    changes = AuditEvent.objects.get(action="assessment.corrected").data["changes"]
    assert changes == {"floor": ["8", "6"], "assessed_on": [written.assessed_on.isoformat(), day.isoformat()]}
    client.force_login(dewi)
    old = client.get(written.get_absolute_url()).content.decode()
    assert "Ini versi lama" in old and "Tanah" in old and newer.get_absolute_url() in old
    assert "Semen" in client.get(newer.get_absolute_url()).content.decode()
    family = client.get(written.household.get_absolute_url())
    assert [one.pk for one in family.context["condition"].assessments] == [newer.pk]


def test_an_old_version_is_not_corrected_again(client, budi, written):
    client.force_login(budi)
    correct(client, written, floor="6")
    answer = correct(client, written, floor="2")
    assert answer.status_code == 422 and "versi terbarunya" in answer.content.decode()
    assert Assessment.objects.current().get().floor == "6"
    moved = client.get(reverse("beneficiaries:assessment_correct", args=[written.pk]))
    assert moved.url == Assessment.objects.current().get().get_absolute_url()


def test_another_may_put_it_right_and_its_finder_stays(client, ayu, citra, budi, written):
    client.force_login(citra)
    assert correct(client, written, floor="6").status_code == 404
    client.force_login(ayu)
    correct(client, written, floor="6")
    newer = Assessment.objects.current().get()
    assert (newer.floor, newer.officer) == ("6", budi)
    assert AuditEvent.objects.get(action="assessment.corrected").actor == ayu


def test_none_is_moved_onto_the_day_of_another(client, budi, written):
    other = make_assessment(written.household, budi, timezone.localdate(), floor="2")
    client.force_login(budi)
    assert correct(client, written, assessed_on=other.assessed_on.isoformat(), floor="6").status_code == 422
    assert Assessment.objects.count() == 2 and Assessment.objects.current().count() == 2


def test_photos_are_kept_small_without_place_and_served_to_who_may_read(client, budi, citra, eko, written):
    client.force_login(budi)
    assert correct(client, written, photo_depan=upload(), photo_dapur=upload()).status_code == 302
    newest = Assessment.objects.current().get()
    assert sorted(newest.photos.values_list("subject", flat=True)) == ["dapur", "depan"]
    photo = newest.photos.get(subject="depan")
    assert photo.photo.size <= 200_000
    for suffix in ("", "_small"):
        url = reverse(f"beneficiaries:assessment_photo{suffix}", args=[photo.pk])
        client.force_login(budi)
        answer = client.get(url)
        assert answer["Content-Type"] == "image/jpeg" and "no-store" in answer["Cache-Control"]
        assert not Image.open(io.BytesIO(answer.content)).getexif()
        client.force_login(citra)
        assert client.get(url).status_code == 404
        client.force_login(eko)
        assert client.get(url).status_code == 403


def test_a_newer_photo_of_a_subject_makes_a_version_and_the_old_one_keeps_its_own(client, budi, written):
    old = make_assessment_photo(written, "depan")
    make_assessment_photo(written, "atap")
    client.force_login(budi)
    correct(client, written, photo_depan=upload())
    newest = Assessment.objects.current().get()
    photos = {row.subject: row.photo_id for row in newest.photos.all()}
    assert photos.keys() == {"depan", "atap"} and photos["depan"] != old.photo_id
    assert written.photos.get(subject="depan") == old
    page = client.get(newest.household.get_absolute_url()).content.decode()
    assert "Foto rumah" in page and page.count("Depan rumah") >= 1
    make_assessment_photo(newest, "depan")  # as a phone sends one after the other
    assert Assessment.objects.count() == 3 and Assessment.objects.current().get().photos.count() == 2


def test_a_repeat_adds_no_photo_and_what_is_none_is_refused(client, budi, written):
    client.force_login(budi)
    number = str(uuid.uuid4())
    for _ in range(2):
        assert correct(client, written, uuid=number, photo_depan=upload()).status_code == 302
    assert AssessmentPhoto.objects.count() == StoredPhoto.objects.count() == 1
    answer = correct(client, Assessment.objects.current().get(), photo_atap=upload(b"<svg/>"))
    assert answer.status_code == 422 and "Pilih foto" in answer.content.decode()


def test_the_pages_cost_the_same_with_many_photos_and_versions(client, budi, written, django_assert_num_queries):
    client.force_login(budi)
    newest = written
    for subject in ("depan", "atap", "lantai"):
        make_assessment_photo(newest, subject)
        correct(client, newest, floor="6" if newest.floor == "8" else "8")
        newest = Assessment.objects.current().get()
    with django_assert_num_queries(6):
        assert client.get(newest.get_absolute_url()).context["photos"]
