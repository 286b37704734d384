"""Verifying a proposal: by the koordinator of the region, never by who proposed it."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from beneficiaries.graduation.actions import verify
from beneficiaries.models import Assignment
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent


def url(case):
    return reverse("graduation:case_verify", args=[case.pk])


def verification(**changes):
    return {"on": timezone.localdate().isoformat(), "note": "Sudah dilihat di rumah."} | changes


def unchanged(case):
    case.refresh_from_db()
    return (case.state, case.verified_by, case.verified_on) == ("diusulkan", None, None)


def test_koordinator_verifies(client, ayu, proposed):
    client.force_login(ayu)
    assert client.post(url(proposed), verification()).url == proposed.get_absolute_url()
    proposed.refresh_from_db()
    assert (proposed.state, proposed.verified_by) == ("verifikasi_kab", ayu)
    assert proposed.verified_on == timezone.localdate()
    told = AuditEvent.objects.filter(action="graduation.verified")
    assert {event.target_kind for event in told} == {"beneficiaries.graduationcase", "beneficiaries.household"}
    assert "Sudah dilihat di rumah." in client.get(proposed.get_absolute_url()).content.decode()


def test_koordinator_goes_on_after_the_assistant_lost_the_family(client, ayu, budi, proposed):
    Assignment.objects.update(ended_on=timezone.localdate())
    client.force_login(budi)
    assert client.get(proposed.get_absolute_url()).status_code == 404
    client.force_login(ayu)
    client.post(url(proposed), verification())
    proposed.refresh_from_db()
    assert proposed.state == "verifikasi_kab"


def test_who_proposed_cannot_verify_even_as_koordinator(client, budi, proposed):
    User.objects.filter(pk=budi.pk).update(role=Role.KOORDINATOR)
    client.force_login(User.objects.get(pk=budi.pk))
    page = client.get(proposed.get_absolute_url()).content.decode()
    assert url(proposed) not in page
    assert "Verifikasi harus oleh orang lain." in page
    answer = client.post(url(proposed), verification(), follow=True)
    assert "Verifikasi harus oleh orang lain." in answer.content.decode()
    assert unchanged(proposed)
    assert not AuditEvent.objects.filter(action="graduation.verified").exists()


def test_case_is_verified_once(client, ayu, verified):
    client.force_login(ayu)
    answer = client.post(url(verified), verification(), follow=True)
    assert "tidak dapat diverifikasi" in answer.content.decode()
    assert AuditEvent.objects.filter(action="graduation.verified").count() == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"on": ""}, "Isi tanggalnya."),
        ({"on": "besok"}, "Tulis tanggal"),
        ({"on": "2999-01-01"}, "Tanggalnya belum tiba."),
        ({"on": "2021-02-01"}, "mendahului tanggal usulan"),
    ],
)
def test_bad_verification_changes_nothing_and_says_why(client, ayu, proposed, changes, message):
    client.force_login(ayu)
    answer = client.post(url(proposed), verification(**changes))
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert "Sudah dilihat di rumah." in answer.content.decode()
    assert unchanged(proposed)


def test_bad_verification_of_a_case_that_moved_on_says_so(client, ayu, verified):
    client.force_login(ayu)
    answer = client.post(url(verified), verification(on=""))
    assert "tidak dapat diverifikasi" in answer.content.decode()


def test_family_that_left_the_programme_is_not_verified(client, ayu, proposed):
    proposed.enrollment.change_status("nonaktif", on=timezone.localdate(), by=None, reason="pindah")
    client.force_login(ayu)
    answer = client.post(url(proposed), verification(), follow=True)
    assert "bukan aktif atau ditangguhkan" in answer.content.decode()
    assert unchanged(proposed)


def test_verification_before_the_proposal_is_refused_by_the_action(ayu, proposed):
    with pytest.raises(ValidationError, match="mendahului"):
        verify(case=proposed, by=ayu, on=proposed.proposed_on - datetime.timedelta(days=1))
    assert unchanged(proposed)


@pytest.mark.parametrize("who", ["budi", "dewi", "admin", "eko", "fitri"])
def test_other_roles_may_not_verify(client, request, proposed, who):
    client.force_login(request.getfixturevalue(who))
    assert client.post(url(proposed), verification()).status_code == 403
    assert unchanged(proposed)


def test_other_region_is_not_found_and_strangers_log_in(client, south_koordinator, proposed):
    assert client.post(url(proposed), verification()).status_code == 302
    client.force_login(south_koordinator)
    assert client.post(url(proposed), verification()).status_code == 404
    assert client.get(url(proposed)).status_code == 405
    assert unchanged(proposed)
