"""Returning a case: by the person whose step it waits for, with a reason, and nothing forgotten."""

import pytest
from django.urls import reverse
from django.utils import timezone

from ejsika.audit.models import AuditEvent


def url(case):
    return reverse("graduation:case_return", args=[case.pk])


REASON = {"reason": "Lampirkan asesmen rumah yang terbaru."}


def is_cleared(case):
    actors = case.proposed_by, case.proposed_on, case.verified_by, case.verified_on, case.decided_by, case.decided_on
    return actors == (None,) * 6


def returned_event():
    return AuditEvent.objects.get(action="graduation.returned", target_kind="beneficiaries.graduationcase")


def test_koordinator_returns_a_proposal(client, ayu, budi, proposed):
    client.force_login(ayu)
    assert client.post(url(proposed), REASON).url == proposed.get_absolute_url()
    proposed.refresh_from_db()
    assert (proposed.state, proposed.return_reason) == ("ditolak", REASON["reason"])
    assert is_cleared(proposed)
    assert returned_event().actor == ayu
    assert returned_event().data["cleared"]["proposed_by"] == budi.pk


def test_dinsos_returns_a_verified_case_and_the_steps_are_kept(client, ayu, budi, dewi, verified, north_family):
    client.force_login(dewi)
    client.post(url(verified), REASON)
    verified.refresh_from_db()
    assert verified.state == "ditolak"
    assert is_cleared(verified)
    cleared = returned_event().data["cleared"]
    assert (cleared["proposed_by"], cleared["verified_by"]) == (budi.pk, ayu.pk)
    assert cleared["verified_on"] == timezone.localdate().isoformat()
    on_family = AuditEvent.objects.filter(
        action="graduation.returned", target_kind="beneficiaries.household", target_id=north_family.pk
    )
    assert on_family.count() == 1
    page = client.get(verified.get_absolute_url()).content.decode()
    for told in (budi.name, ayu.name, dewi.name, REASON["reason"]):
        assert told in page


def test_reason_is_required(client, ayu, proposed):
    client.force_login(ayu)
    for reason in ("", "   ", "x" * 501):
        assert client.post(url(proposed), {"reason": reason}).status_code == 422
    proposed.refresh_from_db()
    assert (proposed.state, proposed.return_reason) == ("diusulkan", "")


def test_dinsos_does_not_return_what_waits_for_the_koordinator(client, dewi, proposed):
    client.force_login(dewi)
    assert url(proposed) not in client.get(proposed.get_absolute_url()).content.decode()
    answer = client.post(url(proposed), REASON, follow=True)
    assert "hanya koordinator yang dapat mengembalikannya" in answer.content.decode()
    proposed.refresh_from_db()
    assert proposed.state == "diusulkan"


def test_koordinator_does_not_return_what_waits_for_dinsos(client, ayu, verified):
    client.force_login(ayu)
    assert url(verified) not in client.get(verified.get_absolute_url()).content.decode()
    answer = client.post(url(verified), REASON, follow=True)
    assert "hanya Dinsos yang dapat mengembalikannya" in answer.content.decode()
    verified.refresh_from_db()
    assert verified.state == "verifikasi_kab"


@pytest.mark.parametrize("who", ["ayu", "dewi"])
def test_decided_case_is_not_returned(client, request, decided, who):
    client.force_login(request.getfixturevalue(who))
    answer = client.post(url(decided), REASON, follow=True)
    assert "tidak dapat dikembalikan" in answer.content.decode()
    decided.refresh_from_db()
    assert decided.state == "ditetapkan"
    assert not AuditEvent.objects.filter(action="graduation.returned").exists()


def test_case_of_a_family_that_left_the_programme_can_be_returned(client, dewi, verified):
    verified.enrollment.change_status("nonaktif", on=timezone.localdate(), by=None, reason="pindah")
    client.force_login(dewi)
    client.post(url(verified), REASON)
    verified.refresh_from_db()
    assert verified.state == "ditolak"


@pytest.mark.parametrize("who", ["budi", "admin", "eko", "fitri"])
def test_other_roles_may_not_return(client, request, proposed, who):
    client.force_login(request.getfixturevalue(who))
    assert client.post(url(proposed), REASON).status_code == 403
    proposed.refresh_from_db()
    assert proposed.state == "diusulkan"


def test_other_region_is_not_found_and_strangers_log_in(client, south_koordinator, proposed):
    assert client.post(url(proposed), REASON).status_code == 302
    client.force_login(south_koordinator)
    assert client.post(url(proposed), REASON).status_code == 404
    assert client.get(url(proposed)).status_code == 405
    proposed.refresh_from_db()
    assert proposed.state == "diusulkan"
