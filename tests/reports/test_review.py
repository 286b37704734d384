"""A koordinator's first screen: proposals, silent assistants, families without one, late families by assistant."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from assistance_logs.models import Visit
from assistance_logs.obligations.actions import excuse
from assistance_logs.review.flags import refresh_flags
from beneficiaries import tallies
from beneficiaries.models import Household
from ejsika.accounts.permissions import Role
from tests.factories import NORTH, SOUTH, make_case, make_household, make_user, make_visit

URL = reverse("reports:review")


@pytest.fixture
def some(budi, citra):
    """Budi reported today and has one late family; Dodi has been silent; one family has nobody."""
    today = timezone.localdate()
    dodi = make_user("dodi", Role.PENDAMPING, NORTH[:4])
    families = {
        "Ani Baru": make_household(assistant=budi, name="Ani Baru"),
        "Beti Lama": make_household(assistant=budi, name="Beti Lama"),
        "Cici Diam": make_household(assistant=dodi, name="Cici Diam"),
        "Dini Sendiri": make_household(name="Dini Sendiri"),
        "Evi Selatan": make_household(region=SOUTH, assistant=citra, name="Evi Selatan"),
    }
    make_visit(families["Ani Baru"], budi, today)
    make_visit(families["Beti Lama"], budi, today - datetime.timedelta(days=200))
    make_visit(families["Cici Diam"], dodi, today - datetime.timedelta(days=12))
    return families


def test_silent_assistants_are_those_without_a_report_for_a_week(client, ayu, some):
    client.force_login(ayu)
    answer = client.get(URL)
    (dodi,) = answer.context["silent"]
    assert (dodi.name, dodi.families) == ("Dodi", 1)
    assert timezone.localdate(dodi.last_report) == timezone.localdate() - datetime.timedelta(days=12)
    assert "12 hari lalu" in answer.content.decode()
    assert "Citra" not in answer.content.decode()


def test_attempt_at_an_empty_house_is_a_report(client, ayu, some):
    dodi = some["Cici Diam"].assignments.get().assistant
    day = timezone.localdate() - datetime.timedelta(days=7)
    make_visit(some["Cici Diam"], dodi, day, result="rumah_kosong", person_met="tidak_ada")
    client.force_login(ayu)
    assert client.get(URL).context["silent"] == []


def test_late_families_by_assistant_lead_to_their_lists(client, ayu, some):
    client.force_login(ayu)
    loads = {load.name: load for load in client.get(URL).context["assistants"]}
    assert {name: (load.late, load.never_visited, load.families) for name, load in loads.items()} == {
        "Budi": (1, 0, 2),
        "Dodi": (0, 0, 1),
    }
    for figure, n in (("late", 1), ("active", 2)):
        assert client.get(loads["Budi"].urls[figure]).context["count"] == n


def test_the_months_visits_by_assistant_are_as_many_as_their_lists(client, ayu, budi, some):
    excuse(household=some["Beti Lama"], by=budi, reason="bencana")
    client.force_login(ayu)
    for current in (False, True):
        if current:
            tallies.refresh_all()
        loads = {load.name: load.duty for load in client.get(URL).context["assistants"]}
        assert {
            name: (duty.share.n, duty.share.of, duty.visit_overdue, duty.visit_excused) for name, duty in loads.items()
        } == {
            "Budi": (1, 1, 0, 1),
            "Dodi": (1, 1, 0, 0),
        }
        assert client.get(loads["Budi"].urls["visit_excused"]).context["count"] == 1
        assert client.get(loads["Budi"].urls["visit_done"]).context["count"] == 1


def test_flagged_visits_are_as_many_as_their_list(client, ayu, citra, some):
    for family in (some["Ani Baru"], some["Evi Selatan"]):
        visit = make_visit(family, family.assignments.get().assistant, timezone.localdate())
        Visit.objects.filter(pk=visit.pk).update(accuracy_m=900, latitude="-6.4", longitude="106.2")
        refresh_flags([visit.pk])
    client.force_login(ayu)
    assert client.get(URL).context["flagged"] == 1
    assert len(client.get(reverse("assistance_logs:review_list")).context["page"]) == 1


def test_family_of_a_former_assistant_counts_for_the_present_one(client, ayu, budi, some):
    assignment = some["Cici Diam"].assignments.get()
    assignment.ended_on = timezone.localdate()
    assignment.save()
    some["Cici Diam"].assignments.create(assistant=budi, started_on=timezone.localdate())
    client.force_login(ayu)
    loads = {load.name: load.families for load in client.get(URL).context["assistants"]}
    assert loads == {"Budi": 3}


def test_unassigned_families_are_as_many_as_their_list(client, ayu, some):
    client.force_login(ayu)
    answer = client.get(URL)
    assert answer.context["unassigned"] == 1
    active = Household.objects.for_user(ayu).filter(status="aktif").count()
    assert f"dari {active} KPM aktif" in answer.text and active > 1
    assert client.get(answer.context["unassigned_url"]).context["count"] == 1


def test_proposals_wait_for_the_koordinator(client, ayu, budi, citra, some):
    make_case(some["Ani Baru"], by=budi)
    make_case(some["Evi Selatan"], by=citra)
    client.force_login(ayu)
    answer = client.get(URL)
    page = answer.content.decode()
    assert answer.context["cases_count"] == 1
    assert "Ani Baru" in page
    assert "Evi Selatan" not in page


def test_verified_case_waits_no_more(client, ayu, budi, some):
    make_case(some["Ani Baru"], by=budi, verified_by=ayu)
    client.force_login(ayu)
    assert client.get(URL).context["cases_count"] == 0


def test_nothing_to_do_is_said_in_words(client, ayu):
    client.force_login(ayu)
    page = client.get(URL).content.decode()
    assert "Tidak ada usulan yang menunggu verifikasi" in page
    assert "Belum ada pendamping yang punya keluarga di wilayah ini" in page


def test_bad_value_shows_nothing(client, ayu, some):
    client.force_login(ayu)
    answer = client.get(URL, {"region": SOUTH[:4]})
    assert "silent" not in answer.context
    assert "di luar wilayah Anda" in answer.content.decode()


def test_queries_do_not_grow_with_assistants(client, ayu, some, django_assert_max_num_queries):
    for number in range(4):
        assistant = make_user(f"lain{number}", Role.PENDAMPING, NORTH[:4])
        make_case(make_household(assistant=assistant), by=assistant)
    client.force_login(ayu)
    with django_assert_max_num_queries(20):
        client.get(URL)


def test_ladder(client, ayu, dewi, eko):
    assert client.get(URL).status_code == 302
    for user in (dewi, eko):
        client.force_login(user)
        assert client.get(URL).status_code == 403
    client.force_login(ayu)
    assert client.post(URL).status_code == 405
