import re

import pytest
from django.urls import reverse

from ejsika.audit.models import AuditEvent
from ejsika.lib.sealed import digest, seal_bytes
from tests.factories import make_household

REVEAL = "/households/reveal/"
NIK, KK, ACCOUNT = "3602124405800001", "3602120101200001", "0123456789"
GROUPED = {"nik": "3602 1244 0580 0001", "kk": "3602 1201 0120 0001", "account": "0123 4567 89"}


@pytest.fixture
def family(program, budi):
    return make_household(
        nik=NIK,
        kk=KK,
        assistant=budi,
        account_sealed=seal_bytes("account", ACCOUNT.encode()),
        account_digest=digest("account", ACCOUNT),
    )


def target(family, kind):
    return family.members.get().pk if kind == "nik" else family.pk


def ask(client, family, kind, **more):
    return client.post(REVEAL, {"kind": kind, "target": target(family, kind)}, **more)


def test_the_url_is_a_contract():
    assert reverse("beneficiaries:number_reveal") == REVEAL


@pytest.mark.parametrize("kind", GROUPED)
@pytest.mark.parametrize("person", ["budi", "ayu", "dewi", "admin"])
def test_a_number_is_shown_whole_and_that_is_recorded(client, request, family, kind, person):
    user = request.getfixturevalue(person)
    client.force_login(user)
    answer = ask(client, family, kind)
    assert answer.status_code == 200 and GROUPED[kind] in answer.content.decode()
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.data) == ("number.revealed", user, {"kind": kind})
    assert event.target_id == target(family, kind)
    assert event.target_kind == ("beneficiaries.member" if kind == "nik" else "beneficiaries.household")


def test_one_number_alone_is_shown(client, ayu, family):
    client.force_login(ayu)
    page = ask(client, family, "nik").content.decode()
    assert GROUPED["kk"] not in page and KK not in page


def test_htmx_gets_the_number_without_the_page(client, ayu, family):
    client.force_login(ayu)
    answer = ask(client, family, "kk", headers={"HX-Request": "true"})
    part = answer.content.decode()
    assert GROUPED["kk"] in part and "<html" not in part and "HX-Request" in answer["Vary"]


def test_the_answer_is_kept_by_no_cache(client, ayu, family):
    client.force_login(ayu)
    assert "no-store" in ask(client, family, "nik")["Cache-Control"]


@pytest.mark.parametrize("kind", GROUPED)
def test_a_family_of_another_region_is_not_found(client, citra, family, kind):
    client.force_login(citra)
    assert ask(client, family, kind).status_code == 404
    assert not AuditEvent.objects.exists()


def test_a_member_who_left_is_not_found(client, ayu, family):
    family.members.update(left_on="2026-01-01")
    client.force_login(ayu)
    assert ask(client, family, "nik").status_code == 404


def test_a_number_that_is_not_known_is_not_found(client, ayu, program):
    family = make_household()
    family.members.update(nik=None)
    client.force_login(ayu)
    assert ask(client, family, "nik").status_code == 404
    assert ask(client, family, "account").status_code == 404
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"kind": "nik"},
        {"kind": "x", "target": "1"},
        {"kind": "kk", "target": "x"},
        {"kind": "kk", "target": "9" * 30},
    ],
)
def test_nonsense_is_not_found(client, ayu, family, data):
    client.force_login(ayu)
    assert client.post(REVEAL, data).status_code == 404


@pytest.mark.parametrize("person", ["eko", "fitri"])
def test_who_may_only_count_is_refused(client, request, family, person):
    client.force_login(request.getfixturevalue(person))
    assert ask(client, family, "nik").status_code == 403


def test_anonymous_is_sent_to_the_login_and_get_is_refused(client, ayu, family):
    assert ask(client, family, "nik").status_code == 302
    client.force_login(ayu)
    assert client.get(REVEAL).status_code == 405


def test_what_the_page_itself_sends_is_understood(client, ayu, family):
    """The form as it is rendered, not as a test would write it: an id with a thousands separator is no id."""
    client.force_login(ayu)
    page = client.get(family.get_absolute_url()).text
    forms = set(re.findall(r'name="kind" value="(\w+)"><input type="hidden" name="target" value="([^"]*)"', page))
    assert {kind for kind, _ in forms} == {"nik", "kk", "account"}
    for kind, sent in forms:
        assert GROUPED[kind] in client.post(REVEAL, {"kind": kind, "target": sent}).text
