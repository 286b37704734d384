"""Photos of a visit: sent once each, five at most, sealed on the disk, seen by whoever may read of the visit."""

import io
import uuid
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from assistance_logs.models import Visit, VisitPhoto
from ejsika.audit.models import AuditEvent
from ejsika.files.models import StoredPhoto
from tests.assistance_logs.sending import post_correction, post_visit, sent
from tests.factories import make_photo, make_visit, picture


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def visit(budi, north_family):
    return make_visit(north_family, budi, timezone.localdate())


def post_photo(client, of, user, content=None, **changes):
    fields = {"user": user.pk, "uuid": str(uuid.uuid4()), "visit": str(of.uuid)} | changes
    file = SimpleUploadedFile("foto.jpg", content or picture())
    return client.post(reverse("outbox:photo"), fields | {"photo": file})


def files_below(folder) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_repeat_stores_one_photo_and_answers_the_same(client, budi, visit, folder):
    client.force_login(budi)
    number = str(uuid.uuid4())
    answers = [post_photo(client, visit, budi, uuid=number) for _ in range(2)]
    assert [(answer.status_code, answer.json()) for answer in answers] == [
        (200, {"state": "stored", "reasons": []})
    ] * 2
    stored = StoredPhoto.objects.get()
    assert VisitPhoto.objects.get().visit == visit and len(files_below(folder)) == 1
    content = (folder / stored.path).read_bytes()
    assert b"\xff\xd8\xff" not in content and str(visit.pk) not in stored.path
    assert AuditEvent.objects.get(action="visit.photo_added").target_id == visit.household_id


def test_a_sixth_photo_is_refused_with_a_reason(client, budi, visit, folder):
    client.force_login(budi)
    for _ in range(5):
        assert post_photo(client, visit, budi).status_code == 200
    answer = post_photo(client, visit, budi)
    assert (answer.status_code, answer.json()["state"]) == (422, "rejected")
    assert "paling banyak 5" in answer.json()["reasons"][0]
    assert len(files_below(folder)) == visit.photos.count() == 5


def test_what_is_no_photo_and_whose_visit_is_none_are_refused(client, budi, citra, visit, folder):
    client.force_login(budi)
    assert "Pilih foto" in post_photo(client, visit, budi, b"<svg/>").json()["reasons"][0]
    assert "Kirim catatannya" in post_photo(client, visit, budi, visit=str(uuid.uuid4())).json()["reasons"][0]
    assert post_photo(client, visit, budi, uuid="x").status_code == 422
    client.force_login(citra)
    assert "Kirim catatannya" in post_photo(client, visit, citra).json()["reasons"][0]
    assert post_photo(client, visit, budi).status_code == 409
    assert files_below(folder) == []


def test_a_number_of_another_visits_photo_is_refused(client, budi, visit, second_family):
    client.force_login(budi)
    number = str(uuid.uuid4())
    post_photo(client, visit, budi, uuid=number)
    other = make_visit(second_family, budi, timezone.localdate())
    assert post_photo(client, other, budi, uuid=number).status_code == 422
    assert VisitPhoto.objects.get().visit == visit


def test_a_photo_is_seen_by_whoever_may_read_of_the_visit(client, ayu, citra, eko, visit):
    photo = make_photo(visit)
    for user, status in ((ayu, 200), (citra, 404), (eko, 403)):
        client.force_login(user)
        for name in ("photo", "photo_small"):
            answer = client.get(reverse(f"assistance_logs:{name}", args=[photo.pk]))
            assert answer.status_code == status, name
    client.force_login(ayu)
    answer = client.get(photo.get_absolute_url())
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/jpeg", "no-store, private")
    assert (answer["X-Content-Type-Options"], answer["Content-Disposition"]) == (
        "nosniff",
        'inline; filename="foto.jpg"',
    )
    assert Image.open(io.BytesIO(answer.content)).size == (60, 40)
    assert reverse("assistance_logs:photo_small", args=[photo.pk]) in client.get(visit.get_absolute_url()).text


def test_a_photo_that_is_gone_from_the_disk_is_not_found(client, budi, visit, folder):
    photo = make_photo(visit)
    (folder / photo.photo.path).unlink()
    client.force_login(budi)
    assert client.get(photo.get_absolute_url()).status_code == 404


def test_a_correction_takes_the_photos_along_and_a_late_one_goes_to_the_newest(client, budi, visit):
    make_photo(visit)
    client.force_login(budi)
    post_correction(client, visit)
    newest = Visit.objects.current().get()
    assert newest.photos.count() == visit.photos.count() == 1
    post_photo(client, visit, budi)
    assert (newest.photos.count(), visit.photos.count(), StoredPhoto.objects.count()) == (2, 1, 2)


def test_a_correction_can_leave_a_photo_behind_that_the_old_version_keeps(client, budi, visit):
    wrong, right = make_photo(visit), make_photo(visit)
    client.force_login(budi)
    page = client.get(reverse("assistance_logs:visit_correct", args=[visit.pk])).text
    assert "Foto ke-2" in page and reverse("assistance_logs:photo_small", args=[right.pk]) in page
    refused = post_correction(client, visit, dropped_photos=[str(right.pk + 1000)])
    assert refused.status_code == 200 and Visit.objects.count() == 1
    post_correction(client, visit, dropped_photos=[str(wrong.pk)])
    assert [row.photo for row in Visit.objects.current().get().photos.all()] == [right.photo]
    assert visit.photos.count() == 2


def files(*contents):
    return [SimpleUploadedFile("a.jpg", content) for content in contents]


def test_the_plain_form_sends_photos_too_and_its_repeat_adds_none(client, budi, north_family):
    client.force_login(budi)
    fields = sent()
    for _ in range(2):
        assert post_visit(client, north_family, **fields, photos=files(picture(), picture())).status_code == 302
    assert Visit.objects.get().photos.count() == StoredPhoto.objects.count() == 2


def test_a_visit_is_not_lost_for_its_photos_where_the_disk_has_no_room(client, budi, north_family, folder):
    (folder / "photos").touch()  # no folder can be made there
    client.force_login(budi)
    fields = sent()
    page = client.get(post_visit(client, north_family, **fields, photos=files(picture())).url).text
    assert "Kunjungan tersimpan." in page and "Ada foto yang tidak ikut disimpan. Berkas tidak dapat disimpan" in page
    assert (Visit.objects.count(), VisitPhoto.objects.count()) == (1, 0)
    (folder / "photos").unlink()
    post_visit(client, north_family, **fields, photos=files(picture()))  # a repeat brings what is missing
    assert VisitPhoto.objects.get().visit == Visit.objects.get()


def test_a_correction_adds_photos_as_far_as_there_is_room(client, budi, visit):
    for _ in range(3):
        make_photo(visit)
    client.force_login(budi)
    answer = post_correction(client, visit, photos=files(*[picture()] * 3))
    newest = Visit.objects.current().get()
    assert newest.photos.count() == 5 and visit.photos.count() == 3
    assert "paling banyak 5 foto" in client.get(answer.url).text
    assert AuditEvent.objects.get(action="visit.corrected").data["changed"][-1] == "photos"


def test_a_photo_that_is_none_brings_the_form_back_and_stores_nothing(client, budi, north_family, folder):
    client.force_login(budi)
    answer = post_visit(client, north_family, notes="jangan hilang", photos=files(picture(), b"x"))
    assert answer.status_code == 200
    assert "Foto ke-2: Ini bukan foto" in answer.text and "jangan hilang" in answer.text
    many = post_visit(client, north_family, photos=files(*[picture()] * 6))
    assert "paling banyak 5 foto" in many.text
    assert not Visit.objects.exists() and files_below(folder) == []
