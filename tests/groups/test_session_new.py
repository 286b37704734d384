"""One entry for a whole group: who was there, who was not, and a phone that sends it twice."""

import datetime
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from assistance_logs.groups.models import Attendance, GroupSession, Membership
from beneficiaries.models import Assignment
from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent
from tests.factories import NORTH, make_group, make_household, make_session, make_user, picture
from tests.groups.sending import post_correction, post_session, sent_session


def noted(session):
    return dict(session.attendances.values_list("household__recipient_name", "presence"))


@pytest.fixture
def as_budi(client, budi):
    client.force_login(budi)
    return client


def test_a_meeting_is_stored_with_everybody(as_budi, budi, group, north_family, second_family):
    fields = sent_session(north_family, away={second_family: "sakit"}, notes="Lancar", latitude="-6.3", longitude="106")
    answer = post_session(as_budi, group, fields)
    session = GroupSession.objects.get()
    assert answer.url == session.get_absolute_url()
    assert noted(session) == {"Siti Utara": "hadir", "Tini Utara": "sakit"}
    assert (session.assistant, session.module, session.lesson, session.speaker) == (budi, 2, 3, "pendamping")
    assert session.ended_at - session.happened_at == datetime.timedelta(hours=2)
    assert float(session.latitude) == -6.3
    event = AuditEvent.objects.get(action="session.logged")
    assert (event.target_id, event.data["count"]) == (group.pk, 2)
    page = as_budi.get(answer.url).content.decode()
    assert "1 dari 2" in page and reverse("assistance_logs:visit_new", args=[second_family.pk]) in page


def test_the_form_offers_the_next_lesson_and_the_groups_place(as_budi, budi, group):
    group.place = "Balai desa"
    group.save(update_fields=["place"])
    url = reverse("groups:session_new", args=[group.pk])
    assert as_budi.get(url).context["form"].initial["lesson"] == "1-1"
    make_session(group, budi, timezone.localdate() - datetime.timedelta(days=30), module=2, lesson=3)
    form = as_budi.get(url).context["form"]
    assert (form.initial["lesson"], form.initial["place"]) == ("3-1", "Balai desa")
    assert not any(line.presence for line in form.lines), "nobody is present by themselves"


def test_one_tap_marks_everybody_of_whom_nothing_else_is_said(as_budi, group, north_family, second_family):
    fields = sent_session(away={north_family: "", second_family: "izin"}, mark="all")
    post_session(as_budi, group, fields)
    assert noted(GroupSession.objects.get()) == {"Siti Utara": "hadir", "Tini Utara": "izin"}


def test_everybody_must_be_noted(as_budi, group, north_family, second_family):
    answer = post_session(as_budi, group, sent_session(north_family, away={second_family: "lupa"}))
    assert answer.status_code == 422 and "1 keluarga belum diabsen" in answer.content.decode()
    assert [line.is_missing for line in answer.context["form"].lines] == [False, True]
    assert not GroupSession.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"lesson": ""}, "Pilih sesi"),
        ({"lesson": "2-4"}, "Pilih sesi dari daftar"),
        ({"lesson": None}, "Pilih sesi"),
        ({"happened_at": ""}, "Isi tanggal dan jam"),
        ({"happened_at": "2099-01-01T10:00"}, "belum terjadi"),
        ({"happened_at": "1999-01-01T10:00"}, "tidak masuk akal"),
        ({"happened_at": "2019-01-01T10:00", "ends_at": "11:00"}, "belum ditugaskan"),
        ({"ends_at": ""}, "Isi jam selesainya"),
        ({"ends_at": "00:00"}, "sesudah jam mulai"),
        ({"uuid": "x"}, "tidak lengkap"),
        ({"outbox_version": "9"}, "belum dikenal"),
        ({"speaker": "dukun"}, "Pemateri"),
        ({"notes": "a" * 4001}, "Catatan"),
        ({"listed": "x,\u0664,99999999999999999999999"}, "belum punya anggota"),
    ],
)
def test_nonsense_is_refused_in_words(as_budi, group, north_family, second_family, changes, words):
    answer = post_session(as_budi, group, sent_session(north_family, second_family, **changes))
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not GroupSession.objects.exists()


def test_a_place_that_is_none_does_not_lose_the_meeting(as_budi, group, north_family, second_family):
    answer = as_budi.post(
        reverse("groups:session_new", args=[group.pk]),
        sent_session(north_family, second_family, latitude="0", longitude="0"),
        follow=True,
    )
    assert "tidak terbaca" in answer.content.decode() and GroupSession.objects.get().latitude is None


def test_the_same_number_again_answers_the_same_and_changes_nothing(as_budi, group, north_family, second_family):
    fields = sent_session(north_family, second_family, notes="pertama")
    first = post_session(as_budi, group, fields)
    again = post_session(as_budi, group, fields | {"notes": "kedua", "happened_at": "2099-01-01T10:00"})
    assert (again.status_code, again.url) == (302, first.url)
    assert GroupSession.objects.get().notes == "pertama" and Attendance.objects.count() == 2
    assert AuditEvent.objects.filter(action="session.logged").count() == 1


def test_the_same_number_for_another_group_is_refused(as_budi, group, north_family, second_family, third_family):
    other = make_group(third_family, name="Mawar")
    fields = sent_session(north_family, second_family)
    post_session(as_budi, group, fields)
    answer = post_session(as_budi, other, sent_session(third_family, uuid=fields["uuid"]))
    assert answer.status_code == 409 and "sudah dipakai" in answer.content.decode()
    assert answer.context["form"]["uuid"].value() != fields["uuid"]
    assert GroupSession.objects.count() == 1


def test_a_form_of_days_ago_notes_those_whom_it_showed(as_budi, group, north_family, second_family, third_family):
    """One family has left since, and is another assistant's; a third has joined. Nothing of what was noted is lost."""
    today = timezone.localdate()
    Membership.objects.filter(household=second_family).update(left_on=today)
    Assignment.objects.filter(household=second_family).update(ended_on=today)
    Membership.objects.create(group=group, household=third_family, joined_on=today)
    fields = sent_session(north_family, away={second_family: "izin"})
    refused = post_session(as_budi, group, fields | {"lesson": ""}).content.decode()
    assert "Keluarga yang sudah dipindahkan" in refused and "Tini Utara" not in refused
    post_session(as_budi, group, fields)
    assert noted(GroupSession.objects.get()) == {"Siti Utara": "hadir", "Tini Utara": "izin"}


def test_a_family_that_was_never_theirs_is_not_noted(as_budi, citra, group, north_family, second_family, south_family):
    post_session(as_budi, group, sent_session(north_family, second_family, south_family))
    assert set(noted(GroupSession.objects.get())) == {"Siti Utara", "Tini Utara"}


def test_a_correction_is_a_new_version_and_the_old_one_stays(as_budi, group, north_family, second_family):
    post_session(as_budi, group, sent_session(north_family, second_family))
    old = GroupSession.objects.get()
    form = as_budi.get(reverse("groups:session_correct", args=[old.pk])).context["form"]
    assert [line.presence for line in form.lines] == ["hadir", "hadir"]
    fields = sent_session(north_family, away={second_family: "alpa"}, happened_at=f"{old.happened_at:%Y-%m-%d}")
    fields["happened_at"] = f"{timezone.localtime(old.happened_at):%Y-%m-%dT%H:%M}"
    answer = post_correction(as_budi, old, fields)
    newer = GroupSession.objects.get(replaces=old)
    old.refresh_from_db()
    assert answer.url == newer.get_absolute_url() and not old.is_current
    assert noted(old)["Tini Utara"] == "hadir" and noted(newer)["Tini Utara"] == "alpa"
    assert AuditEvent.objects.get(action="session.corrected").data["changed"] == ["presence"]
    assert Attendance.objects.current().count() == 2
    assert "versi lama" in as_budi.get(old.get_absolute_url()).content.decode()
    assert post_correction(as_budi, old, fields).url == answer.url, "sent again it answers the same"
    late = post_correction(as_budi, old, fields | {"uuid": str(uuid.uuid4())})
    assert late.status_code == 409 and "sudah diperbaiki lebih dulu" in late.content.decode()
    assert as_budi.get(reverse("groups:session_correct", args=[old.pk])).status_code == 302


def test_photos_come_with_the_form_once_and_stay_with_a_correction(
    as_budi, settings, tmp_path, group, north_family, second_family
):
    settings.MEDIA_ROOT = tmp_path
    fields = sent_session(north_family, second_family)
    for _ in range(2):
        files = [SimpleUploadedFile(f"{number}.jpg", picture(width=60 + number)) for number in range(2)]
        post_session(as_budi, group, fields | {"photos": files})
    session = GroupSession.objects.get()
    assert session.photos.count() == 2
    page = as_budi.get(session.get_absolute_url()).content.decode()
    small = reverse("groups:session_photo_small", args=[session.photos.first().pk])
    assert small in page and as_budi.get(small).content.startswith(b"\xff\xd8")
    post_correction(as_budi, session, sent_session(north_family, away={second_family: "izin"}))
    assert GroupSession.objects.get(replaces=session).photos.count() == 2
    bad = sent_session(north_family, second_family, photos=SimpleUploadedFile("a.jpg", b"no picture"))
    answer = post_session(as_budi, group, bad)
    assert answer.status_code == 422 and "Foto ke-1" in answer.content.decode()


def test_only_the_writer_corrects(client, ayu, group, budi):
    session = make_session(group, budi, timezone.localdate())
    other = make_user("other", Role.PENDAMPING, NORTH[:4])
    Assignment.objects.update(assistant=other)
    client.force_login(other)
    assert client.get(session.get_absolute_url()).status_code == 200
    assert client.get(reverse("groups:session_correct", args=[session.pk])).status_code == 404
    client.force_login(ayu)
    assert client.get(reverse("groups:session_correct", args=[session.pk])).status_code == 403


def test_a_meeting_of_today_is_pointed_at(as_budi, budi, group):
    make_session(group, budi, timezone.localdate())
    page = as_budi.get(reverse("groups:session_new", args=[group.pk])).content.decode()
    assert "jangan catat dua kali" in page


def test_graduated_members_are_not_called(as_budi, group, second_family):
    second_family.status = "graduasi"
    second_family.save(update_fields=["status"])
    form = as_budi.get(reverse("groups:session_new", args=[group.pk])).context["form"]
    assert [line.name for line in form.lines] == ["Siti Utara"]


def test_a_group_of_nobodys_is_refused(as_budi):
    stranger = make_group(make_household(assistant=make_user("other", Role.PENDAMPING, NORTH[:4])))
    assert post_session(as_budi, stranger, sent_session()).status_code == 404
