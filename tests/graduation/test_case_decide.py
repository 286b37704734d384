"""Deciding: the one way in which a family becomes graduated."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from beneficiaries.graduation.actions import decide, verify
from beneficiaries.models import GraduationCase
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent
from ejsika.programs.models import LegalBasis
from tests.factories import enroll, make_case, make_program


def url(case):
    return reverse("graduation:case_decide", args=[case.pk])


def decision(**changes):
    return {"decree": "460/77-SK/2026", "on": timezone.localdate().isoformat(), "legal_basis": ""} | changes


def unchanged(case):
    case.refresh_from_db()
    enrollment = case.enrollment
    return (
        (case.state, case.decided_by, case.decree) == ("verifikasi_kab", None, "")
        and (enrollment.status, enrollment.graduation_case) == ("aktif", None)
        and enrollment.household.status == "aktif"
        and not AuditEvent.objects.filter(action="graduation.decided").exists()
    )


def test_decision_graduates_the_family(client, dewi, verified, north_family):
    client.force_login(dewi)
    answer = client.post(url(verified), decision(), follow=True)
    assert "Keluarga dinyatakan lulus (graduasi)." in answer.content.decode()
    verified.refresh_from_db()
    assert (verified.state, verified.decided_by, verified.decree) == ("ditetapkan", dewi, "460/77-SK/2026")
    enrollment = verified.enrollment
    assert (enrollment.status, enrollment.graduation_case, enrollment.letter) == (
        "graduasi",
        verified,
        "460/77-SK/2026",
    )
    assert enrollment.since == timezone.localdate()
    north_family.refresh_from_db()
    assert north_family.status == "graduasi"
    last = enrollment.status_changes.order_by("-pk").first()
    assert (last.status, last.letter, last.by) == ("graduasi", "460/77-SK/2026", dewi)


def test_decision_is_told_once_on_the_case_and_once_on_the_family(client, dewi, verified, north_family):
    client.force_login(dewi)
    client.post(url(verified), decision())
    told = AuditEvent.objects.filter(action="graduation.decided")
    assert sorted((event.target_kind, event.target_id, event.actor) for event in told) == [
        ("beneficiaries.graduationcase", verified.pk, dewi),
        ("beneficiaries.household", north_family.pk, dewi),
    ]
    assert told.get(target_kind="beneficiaries.graduationcase").data["decree"] == "460/77-SK/2026"


def test_family_active_in_another_programme_stays_active(client, dewi, verified, north_family):
    enroll(north_family, program=make_program("JSCM"))
    client.force_login(dewi)
    client.post(url(verified), decision())
    verified.enrollment.refresh_from_db()
    north_family.refresh_from_db()
    assert verified.enrollment.status == "graduasi"
    assert north_family.status == "aktif"


def test_legal_basis_is_kept_with_the_step(client, dewi, verified):
    basis = LegalBasis.objects.get()
    client.force_login(dewi)
    client.post(url(verified), decision(legal_basis=basis.pk))
    verified.refresh_from_db()
    assert verified.enrollment.status_changes.get(status="graduasi").legal_basis == basis
    assert basis.number in client.get(verified.get_absolute_url()).content.decode()


def test_legal_basis_must_be_in_force_on_the_day(client, dewi, verified):
    old = LegalBasis.objects.create(
        number="Pergub 1/1999",
        title="Lama",
        valid_from=datetime.date(1999, 1, 1),
        valid_until=datetime.date(2001, 1, 1),
    )
    client.force_login(dewi)
    answer = client.post(url(verified), decision(legal_basis=old.pk))
    assert "tidak berlaku pada tanggal SK" in answer.content.decode()
    assert unchanged(verified)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"decree": "  "}, "Isi nomor SK."),
        ({"decree": "9" * 101}, "100"),
        ({"on": ""}, "Isi tanggalnya."),
        ({"on": "2026-13-45"}, "Tulis tanggal"),
        ({"on": "2999-01-01"}, "Tanggalnya belum tiba."),
        ({"on": "2021-02-01"}, "mendahului tanggal verifikasi"),
        ({"legal_basis": "9999999999999999999999"}, "Pilih dasar hukum dari daftar."),
        ({"legal_basis": "x"}, "Pilih dasar hukum dari daftar."),
    ],
)
def test_bad_decision_changes_nothing_and_says_why(client, dewi, verified, changes, message):
    client.force_login(dewi)
    answer = client.post(url(verified), decision(**changes))
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert unchanged(verified)


def test_unverified_case_is_not_decided(client, dewi, proposed):
    client.force_login(dewi)
    assert url(proposed) not in client.get(proposed.get_absolute_url()).content.decode()
    answer = client.post(url(proposed), decision(), follow=True)
    assert "tidak dapat ditetapkan" in answer.content.decode()
    proposed.refresh_from_db()
    assert proposed.state == "diusulkan"
    assert proposed.enrollment.status == "aktif"


def test_case_is_decided_once(client, second_dinsos, decided):
    client.force_login(second_dinsos)
    answer = client.post(url(decided), decision(), follow=True)
    assert "tidak dapat ditetapkan" in answer.content.decode()
    decided.refresh_from_db()
    assert decided.decree == "460/12-SK/2026"
    assert AuditEvent.objects.filter(action="graduation.decided").count() == 2


@pytest.mark.parametrize("who", ["budi", "ayu"])
def test_who_proposed_or_verified_cannot_decide_even_as_dinsos(client, request, verified, who):
    user = request.getfixturevalue(who)
    User.objects.filter(pk=user.pk).update(role=Role.DINSOS)
    client.force_login(User.objects.get(pk=user.pk))
    page = client.get(verified.get_absolute_url()).content.decode()
    assert url(verified) not in page
    assert "Penetapan harus oleh orang ketiga." in page
    answer = client.post(url(verified), decision(), follow=True)
    assert "Penetapan harus oleh orang ketiga." in answer.content.decode()
    assert unchanged(verified)


def test_family_that_left_the_programme_meanwhile_is_not_graduated(client, dewi, verified):
    verified.enrollment.change_status("nonaktif", on=timezone.localdate(), by=None, reason="pindah")
    client.force_login(dewi)
    answer = client.post(url(verified), decision(), follow=True)
    assert "bukan aktif atau ditangguhkan" in answer.content.decode()
    verified.refresh_from_db()
    assert (verified.state, verified.enrollment.status) == ("verifikasi_kab", "nonaktif")


def test_decree_before_the_verification_is_refused_by_the_action(dewi, verified):
    with pytest.raises(ValidationError, match="mendahului"):
        decide(case=verified, by=dewi, decree="1", on=verified.verified_on - datetime.timedelta(days=1))
    assert unchanged(verified)


def test_family_that_came_back_can_be_proposed_and_graduated_again(decided, budi, ayu, dewi):
    decided.enrollment.change_status("aktif", on=timezone.localdate(), by=dewi, reason="kembali")
    again = make_case(decided.household, by=budi, verified_by=ayu, decided_by=dewi, decree="2")
    assert again.pk != decided.pk
    again.enrollment.refresh_from_db()
    assert again.enrollment.graduation_case == again
    assert GraduationCase.objects.filter(state="ditetapkan").count() == 2


def test_a_dated_walk_keeps_its_dates(budi, ayu, dewi, north_family):
    case = make_case(north_family, by=budi, on=datetime.date(2026, 3, 2))
    verify(case=case, by=ayu, on=datetime.date(2026, 3, 9))
    decide(case=case, by=dewi, on=datetime.date(2026, 4, 1), decree="460/1")
    case.refresh_from_db()
    assert (case.proposed_on.day, case.verified_on.day, case.decided_on.month) == (2, 9, 4)


@pytest.mark.parametrize("who", ["budi", "ayu", "admin", "eko", "fitri"])
def test_other_roles_may_not_decide(client, request, verified, who):
    client.force_login(request.getfixturevalue(who))
    assert client.post(url(verified), decision()).status_code == 403
    assert unchanged(verified)


def test_other_region_is_not_found_and_strangers_log_in(client, south_dinsos, verified):
    assert client.post(url(verified), decision()).status_code == 302
    client.force_login(south_dinsos)
    assert client.post(url(verified), decision()).status_code == 404
    assert client.get(url(verified)).status_code == 405
    assert unchanged(verified)
