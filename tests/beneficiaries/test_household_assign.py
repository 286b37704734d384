import datetime
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from beneficiaries import actions
from beneficiaries.models import Assignment, Household
from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent
from tests.factories import NORTH, make_household, make_program, make_user


@pytest.fixture
def officer(client, ayu):
    client.force_login(ayu)
    return ayu


@pytest.fixture
def tono(program):
    return make_user("tono", Role.PENDAMPING, NORTH[:6], name="Tono")


def url(family):
    return f"/households/{family.pk}/assign/"


def open_of(family):
    return family.assignments.open().first()


def send(client, family, assistant, **fields):
    current = open_of(family)
    known = {"assistant": assistant.pk if assistant else "", "seen": current.pk if current else "", "reason": ""}
    return client.post(url(family), known | fields)


def history(family):
    """(assistant, first day, last day) of a family, as days from today."""
    today = timezone.localdate()
    return [
        (row.assistant.username, (row.started_on - today).days, row.ended_on and (row.ended_on - today).days)
        for row in family.assignments.select_related("assistant").order_by("pk")
    ]


def test_the_url_is_a_contract(north_family):
    assert reverse("beneficiaries:household_assign", args=[north_family.pk]) == url(north_family)


def test_anonymous_is_sent_to_the_login(client, north_family):
    assert client.get(url(north_family)).status_code == 302


@pytest.mark.parametrize("person", ["budi", "dewi", "eko", "fitri"])
def test_who_may_not_assign_is_refused(client, request, north_family, tono, person):
    client.force_login(request.getfixturevalue(person))
    assert client.get(url(north_family)).status_code == send(client, north_family, tono).status_code == 403


def test_a_family_of_another_region_is_not_found(client, officer, south_family, tono):
    assert client.get(url(south_family)).status_code == send(client, south_family, tono).status_code == 404
    assert open_of(south_family).assistant.username == "citra"


def test_another_method_is_refused(client, officer, north_family):
    assert client.put(url(north_family)).status_code == 405


def test_assistants_who_can_have_the_family_are_offered_with_their_burden(client, officer, north_family, tono, citra):
    make_user("diam", Role.PENDAMPING, NORTH[:4], is_active=False)
    make_user("lain", Role.PENDAMPING, NORTH[:4], programs=[make_program("JSCM")])
    make_user("kabupaten", Role.KOORDINATOR, NORTH[:4])
    make_user("seprogram", Role.PENDAMPING, NORTH, programs=[make_program()])
    choices = [str(label) for _, label in client.get(url(north_family)).context["form"].fields["assistant"].choices]
    assert choices == ["Tanpa pendamping", "Budi · 1 keluarga", "Seprogram · 0 keluarga", "Tono · 0 keluarga"]


@pytest.mark.parametrize("person", ["citra", "ayu"])
def test_who_cannot_have_the_family_is_refused(client, request, officer, north_family, person):
    answer = send(client, north_family, request.getfixturevalue(person))
    assert answer.status_code == 422 and answer.context["form"].errors["assistant"]
    assert history(north_family)[0][0] == "budi" and len(history(north_family)) == 1


@pytest.mark.parametrize("sent", ["x", "999999999", "9" * 40, "\0"])
def test_nonsense_changes_nothing(client, officer, north_family, sent):
    assert client.post(url(north_family), {"assistant": sent, "seen": sent}).status_code == 422
    assert len(history(north_family)) == 1 and not AuditEvent.objects.exists()


def test_today_belongs_to_the_new_assistant_and_the_history_stays(client, officer, north_family, budi, tono):
    assert send(client, north_family, tono, reason="Budi cuti").status_code == 302
    days = (datetime.date(2021, 1, 1) - timezone.localdate()).days
    assert history(north_family) == [("budi", days, 0), ("tono", 0, None)]
    assert not Household.objects.for_user(budi).exists()
    assert list(Household.objects.for_user(tono)) == [north_family]
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.target_id) == ("household.assigned", officer, north_family.pk)
    assert event.data == {"assistant": [budi.pk, tono.pk], "reason": "Budi cuti"}


def test_a_family_without_an_assistant_gets_one(client, officer, tono):
    family = make_household()
    assert send(client, family, tono).status_code == 302
    assert history(family) == [("tono", 0, None)]


def test_there_and_back_on_one_day_keeps_every_step(client, officer, north_family, budi, tono):
    for assistant in (tono, budi, tono):
        assert send(client, north_family, assistant).status_code == 302
    assert [row[0] for row in history(north_family)] == ["budi", "tono", "budi", "tono"]
    today = Assignment.objects.on(timezone.localdate()).filter(household=north_family)
    assert [row.assistant for row in today] == [tono]


def test_an_assignment_that_has_not_begun_can_be_replaced(client, officer, budi, tono):
    family = make_household()
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    Assignment.objects.create(household=family, assistant=budi, started_on=tomorrow)
    assert send(client, family, tono).status_code == 302
    assert history(family) == [("budi", 1, 1), ("tono", 0, None)]


def test_taking_the_assistant_away_needs_a_reason(client, officer, north_family, budi):
    answer = send(client, north_family, None)
    assert answer.status_code == 422 and answer.context["form"].errors["reason"]
    assert open_of(north_family).assistant == budi
    assert send(client, north_family, None, reason="Pindah tugas").status_code == 302
    assert open_of(north_family) is None
    assert AuditEvent.objects.get().data == {"assistant": [budi.pk, None], "reason": "Pindah tugas"}


def test_the_same_assistant_again_is_told(client, officer, north_family, budi):
    answer = send(client, north_family, budi)
    assert answer.status_code == 422 and "sudah didampingi Budi" in answer.content.decode()
    assert len(history(north_family)) == 1 and not AuditEvent.objects.exists()


def test_a_change_by_another_meanwhile_is_told_and_then_can_be_made(client, officer, north_family, budi, tono):
    stale = open_of(north_family).pk
    actions.assign(household=north_family, assistant=tono, by=officer, seen=stale)
    answer = send(client, north_family, None, seen=stale, reason="x")
    assert answer.status_code == 422 and "sekarang: Tono" in answer.content.decode()
    assert answer.context["form"].data["seen"] == open_of(north_family).pk
    assert open_of(north_family).assistant == tono


def test_an_assistant_deactivated_meanwhile_is_refused(north_family, ayu, tono):
    tono.is_active = False
    with pytest.raises(ValidationError):
        actions.assign(household=north_family, assistant=tono, by=ayu, seen=open_of(north_family).pk)


def test_where_nobody_can_have_the_family_that_is_said(client, officer, program):
    page = client.get(url(make_household())).content.decode()
    assert "Belum ada pendamping aktif" in page and "<button" not in page.split("<form")[-1]


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_assigns_and_the_other_is_told(program):
    officer = make_user("ayu", Role.KOORDINATOR, NORTH[:4])
    candidates = [make_user(name, Role.PENDAMPING, NORTH[:4]) for name in ("satu", "dua")]
    family = make_household()
    start = Barrier(2)

    def run(assistant):
        start.wait()
        try:
            actions.assign(household=family, assistant=assistant, by=officer, seen=None)
        except ValidationError:
            return "told"
        finally:
            connections.close_all()
        return "assigned"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(run, candidates)) == ["assigned", "told"]
    assert family.assignments.open().count() == family.assignments.count() == AuditEvent.objects.count() == 1
