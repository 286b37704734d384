import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from assistance_logs.models import Visit
from beneficiaries.models import Assignment
from ejsika.audit.models import AuditEvent
from tests.assistance_logs.sending import post_correction, sent
from tests.factories import make_user, make_visit

DAY = datetime.date(2026, 2, 3)


@pytest.fixture
def visit(budi, north_family):
    return make_visit(
        north_family, budi, DAY, notes="lama", latitude="-6.3", longitude="106.2", accuracy_m=9, topics=["gizi"]
    )


def url_of(visit):
    return reverse("assistance_logs:visit_correct", args=[visit.pk])


def test_a_correction_is_a_new_version_and_the_old_one_stays(client, budi, visit):
    client.force_login(budi)
    response = post_correction(client, visit, notes="baru", happened_at="2026-02-04T10:00", topics=["usaha"])
    visit.refresh_from_db()
    newer = visit.replaced_by
    assert response.url == newer.get_absolute_url()
    assert (visit.is_current, visit.notes) == (False, "lama")
    assert (newer.is_current, newer.notes, newer.assistant, newer.topics) == (True, "baru", budi, ["usaha"])
    assert newer.versions() == visit.versions() == [newer, visit]


def test_the_audit_names_the_fields_that_changed_not_what_they_say(client, budi, visit):
    client.force_login(budi)
    form = client.get(url_of(visit)).context["form"]
    post_correction(client, visit, **values(form) | {"notes": "rahasia"})
    event = AuditEvent.objects.get()
    assert (event.action, event.data["replaces"], event.data["changed"]) == ("visit.corrected", visit.pk, ["notes"])
    assert "rahasia" not in str(event.data)


def values(form):
    found = {name: form[name].value() for name in form.fields}
    found["happened_at"] = f"{found['happened_at']:%Y-%m-%dT%H:%M}"
    return {name: value for name, value in found.items() if value not in (None, "")}


def test_who_was_met_follows_a_corrected_result_but_stays_where_it_was_said(client, budi, north_family, visit):
    client.force_login(budi)
    said = make_visit(north_family, budi, DAY, result="menolak", person_met="tetangga")
    for one, result, person in [(visit, "rumah_kosong", "tidak_ada"), (said, "pindah", "tetangga")]:
        fields = values(client.get(url_of(one)).context["form"])
        post_correction(client, one, **fields | {"result": result})
        assert Visit.objects.get(replaces=one).person_met == person


def test_the_last_visit_of_the_family_goes_back_too(client, budi, north_family, visit):
    client.force_login(budi)
    make_visit(north_family, budi, datetime.date(2026, 1, 5))
    post_correction(client, visit, result="rumah_kosong", happened_at="2026-02-03T09:00")
    north_family.refresh_from_db()
    assert north_family.last_visited_on == datetime.date(2026, 1, 5)
    post_correction(client, Visit.objects.get(replaces=visit), happened_at="2026-02-06T09:00")
    north_family.refresh_from_db()
    assert north_family.last_visited_on == datetime.date(2026, 2, 6)


def test_a_family_whose_only_visit_was_none_was_never_visited(client, budi, north_family, visit):
    client.force_login(budi)
    post_correction(client, visit, result="pindah", happened_at="2026-02-03T09:00")
    north_family.refresh_from_db()
    assert north_family.last_visited_on is None


def test_an_old_version_is_not_corrected_again(client, budi, visit):
    client.force_login(budi)
    post_correction(client, visit, notes="baru")
    newer = Visit.objects.get(replaces=visit)
    response = post_correction(client, visit, notes="lebih baru")
    assert response.status_code == 409
    assert "sudah diperbaiki lebih dulu" in response.content.decode()
    assert response.context["form"]["notes"].value() == "lebih baru"
    assert client.get(url_of(visit)).url == newer.get_absolute_url()
    assert Visit.objects.count() == 2


def test_versions_form_a_chain(client, budi, visit):
    client.force_login(budi)
    for word in ("dua", "tiga", "empat"):
        post_correction(client, Visit.objects.current().get(), notes=word)
    assert [version.notes for version in visit.versions()] == ["empat", "tiga", "dua", "lama"]
    page = client.get(visit.get_absolute_url()).content.decode()
    assert all(version.get_absolute_url() in page for version in visit.versions()[:-1])


def test_a_repeated_correction_answers_the_same(client, budi, visit):
    client.force_login(budi)
    fields = sent(notes="baru")
    first = post_correction(client, visit, **fields)
    again = post_correction(client, visit, **fields)
    assert (again.status_code, again.url) == (302, first.url)
    assert Visit.objects.count() == 2


def test_nonsense_is_said_and_changes_nothing(client, budi, visit):
    client.force_login(budi)
    assert "happened_at" in post_correction(client, visit, happened_at="kemarin").context["form"].errors
    visit.refresh_from_db()
    assert visit.is_current and not AuditEvent.objects.exists()


def test_another_assistants_visit_is_not_corrected(client, north_family, visit):
    successor = make_user("gita", "pendamping", "3602")
    Assignment.objects.update(ended_on=timezone.localdate())
    Assignment.objects.create(household=north_family, assistant=successor, started_on=timezone.localdate())
    client.force_login(successor)
    assert client.get(visit.get_absolute_url()).status_code == 200
    assert client.get(url_of(visit)).status_code == 404
    assert post_correction(client, visit).status_code == 404


def test_after_the_family_was_handed_over_it_is_not_found(client, budi, visit):
    Assignment.objects.update(ended_on=timezone.localdate() - datetime.timedelta(days=1))
    client.force_login(budi)
    assert post_correction(client, visit).status_code == 404
    assert Visit.objects.count() == 1


def test_a_coordinator_may_not_and_a_stranger_must_log_in(client, ayu, visit):
    assert client.get(url_of(visit)).status_code == 302
    client.force_login(ayu)
    assert client.get(url_of(visit)).status_code == 403


def test_other_methods_are_refused(client, budi, visit):
    client.force_login(budi)
    assert client.delete(url_of(visit)).status_code == 405
