"""Proposing a family: by its own assistant, once at a time."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from beneficiaries.graduation.actions import propose, send_back
from beneficiaries.models import Assignment, GraduationCase
from ejsika.audit.models import AuditEvent
from tests.factories import enroll, make_case, make_program, make_visit


def url(household):
    return reverse("graduation:case_propose", args=[household.pk])


def proposal(**changes):
    return {
        "kind": "GM",
        "reasons": ["usaha", "aset"],
        "on": timezone.localdate().isoformat(),
        "note": "Warungnya ramai.",
    } | changes


def test_assistant_proposes_their_own_family(client, budi, north_family):
    client.force_login(budi)
    page = client.get(url(north_family))
    assert page.status_code == 200
    assert "Siti Utara" in page.content.decode()

    answer = client.post(url(north_family), proposal())

    case = GraduationCase.objects.get()
    assert answer.status_code == 302
    assert answer.url == case.get_absolute_url()
    assert (case.state, case.kind, case.reasons) == ("diusulkan", "GM", ["usaha", "aset"])
    assert (case.proposed_by, case.proposed_on, case.note) == (budi, timezone.localdate(), "Warungnya ramai.")
    assert case.enrollment == north_family.enrollments.get()


def test_proposal_is_told_on_the_case_and_on_the_family(client, budi, north_family):
    client.force_login(budi)
    client.post(url(north_family), proposal())

    events = AuditEvent.objects.filter(action="graduation.proposed")
    case = GraduationCase.objects.get()
    assert {(event.target_kind, event.target_id) for event in events} == {
        ("beneficiaries.graduationcase", case.pk),
        ("beneficiaries.household", north_family.pk),
    }
    assert {event.actor for event in events} == {budi}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": ""}, "Pilih jenis graduasi."),
        ({"kind": "XX"}, "XX"),
        ({"reasons": []}, "Pilih paling sedikit satu alasan."),
        ({"reasons": ["kaya"]}, "kaya"),
        ({"on": ""}, "Isi tanggalnya."),
        ({"on": "kemarin"}, "Tulis tanggal"),
        ({"on": "2999-01-01"}, "Tanggalnya belum tiba."),
        ({"on": "2020-12-31"}, "mendahului masuknya keluarga"),
        ({"note": "a" * 2001}, "2"),
        ({"note": "a\0b"}, "null"),
    ],
)
def test_bad_proposal_changes_nothing_and_says_why(client, budi, north_family, changes, message):
    client.force_login(budi)
    answer = client.post(url(north_family), proposal(**changes))
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not GraduationCase.objects.exists()
    assert not AuditEvent.objects.filter(action__startswith="graduation").exists()


def test_second_proposal_while_one_is_under_way_is_refused(client, budi, north_family):
    case = make_case(north_family, by=budi)
    client.force_login(budi)
    page = client.get(url(north_family)).content.decode()
    assert case.get_absolute_url() in page
    assert "<textarea" not in page

    answer = client.post(url(north_family), proposal())

    assert answer.status_code == 422
    assert GraduationCase.objects.count() == 1


def test_action_names_the_state_of_the_case_under_way(budi, north_family):
    make_case(north_family, by=budi)
    with pytest.raises(ValidationError, match="sudah punya usulan graduasi"):
        make_case(north_family, by=budi)


@pytest.mark.parametrize("status", ["calon", "nonaktif"])
def test_family_outside_the_programme_is_not_proposed(client, budi, north_family, status):
    enrollment = north_family.enrollments.get()
    enrollment.change_status(status, on=timezone.localdate(), by=None, reason="uji")
    client.force_login(budi)
    assert client.get(url(north_family)).status_code == 200
    assert client.post(url(north_family), proposal()).status_code == 422
    with pytest.raises(ValidationError, match="Hanya yang aktif atau ditangguhkan"):
        make_case(north_family, by=budi)
    assert not GraduationCase.objects.exists()


def test_suspended_family_can_be_proposed(client, budi, north_family):
    north_family.enrollments.get().change_status("ditangguhkan", on=timezone.localdate(), by=None, reason="uji")
    client.force_login(budi)
    client.post(url(north_family), proposal())
    assert GraduationCase.objects.get().state == "diusulkan"


def test_family_in_two_programmes_needs_a_choice(client, budi, north_family):
    other = enroll(north_family, program=make_program("JSCM"))
    client.force_login(budi)
    assert "Pilih program" in client.post(url(north_family), proposal()).content.decode()
    assert not GraduationCase.objects.exists()

    client.post(url(north_family), proposal(enrollment=other.pk))

    assert GraduationCase.objects.get().enrollment == other


def test_programme_of_another_family_cannot_be_chosen(client, budi, north_family, second_family):
    enroll(north_family, program=make_program("JSCM"))
    client.force_login(budi)
    answer = client.post(url(north_family), proposal(enrollment=second_family.enrollments.get().pk))
    assert answer.status_code == 422
    assert not GraduationCase.objects.exists()


def test_returned_case_is_proposed_again_in_its_own_row(client, budi, ayu, north_family):
    case = make_case(north_family, by=budi, kind="GP", note="Keterangan lama")
    send_back(case=case, by=ayu, reason="Lengkapi asesmen rumah.")
    client.force_login(budi)
    page = client.get(url(north_family)).content.decode()
    assert "Lengkapi asesmen rumah." in page
    assert "Keterangan lama" in page

    client.post(url(north_family), proposal(note="Sudah dilengkapi."))

    again = GraduationCase.objects.get()
    assert again.pk == case.pk
    assert (again.state, again.proposed_by, again.kind, again.note) == ("diusulkan", budi, "GM", "Sudah dilengkapi.")
    assert again.return_reason == ""
    kept = AuditEvent.objects.get(action="graduation.returned", target_kind="beneficiaries.graduationcase")
    assert kept.data["reason"] == "Lengkapi asesmen rumah."
    assert kept.data["cleared"]["proposed_by"] == budi.pk


def test_proposal_shows_what_the_log_knows(client, budi, north_family):
    today = timezone.localdate()
    make_visit(north_family, budi, today - datetime.timedelta(days=40))
    make_visit(north_family, budi, today - datetime.timedelta(days=20), result="rumah_kosong", person_met="tidak_ada")
    make_visit(north_family, budi, today - datetime.timedelta(days=500))
    client.force_login(budi)
    page = client.get(url(north_family)).content.decode()
    assert "2 kali" in page
    assert "1 kali bertemu keluarga" in page
    assert "40 hari sebelumnya" in page


def test_family_that_was_taken_from_the_assistant_is_not_found(client, budi, citra, north_family):
    Assignment.objects.filter(household=north_family).update(ended_on=timezone.localdate())
    Assignment.objects.create(household=north_family, assistant=citra, started_on=timezone.localdate())
    client.force_login(budi)
    assert client.get(url(north_family)).status_code == 404
    assert client.post(url(north_family), proposal()).status_code == 404
    assert not GraduationCase.objects.exists()


@pytest.mark.parametrize("who", ["ayu", "dewi", "admin", "eko", "fitri"])
def test_other_roles_may_not_propose(client, request, north_family, who):
    client.force_login(request.getfixturevalue(who))
    assert client.get(url(north_family)).status_code == 403
    assert client.post(url(north_family), proposal()).status_code == 403
    assert not GraduationCase.objects.exists()


def test_foreign_family_is_not_found_and_strangers_log_in(client, citra, north_family):
    assert client.get(url(north_family)).status_code == 302
    client.force_login(citra)
    assert client.get(url(north_family)).status_code == 404
    assert client.post(url(north_family), proposal()).status_code == 404
    assert client.put(url(north_family)).status_code == 405


def test_propose_refuses_dates_that_cannot_be(budi, north_family):
    enrollment = north_family.enrollments.get()
    today = timezone.localdate()
    for on, message in [(today + datetime.timedelta(days=1), "belum tiba"), (datetime.date(2020, 1, 1), "mendahului")]:
        with pytest.raises(ValidationError, match=message):
            propose(enrollment=enrollment, by=budi, kind="GM", reasons=["usaha"], on=on)
    assert not GraduationCase.objects.exists()
