"""Where one is logged in: listed in words, ended one by one or all at once, at no cost to other pages."""

import datetime
import threading
import uuid

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assistance_logs.actions import log_visit
from assistance_logs.models import Visit
from ejsika.accounts import actions
from ejsika.accounts.models import UserSession
from ejsika.audit.models import AuditEvent
from ejsika.jobs.upkeep import forget_accesses
from tests.factories import PASSWORD

_STOCK = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0"
PHONE = f"Mozilla/5.0 (Linux; Android 13; SM-A042F) {_STOCK} Mobile Safari/537.36"
EDGE = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_STOCK} Safari/537.36 Edg/130.0"


def device(agent, username="budi"):
    client = Client(headers={"User-Agent": agent})
    assert client.post(reverse("login"), {"username": username, "password": PASSWORD}).status_code == 302
    return client


def is_in(client) -> bool:
    return client.get(reverse("accounts:me")).status_code == 200


def test_page_names_the_devices_and_marks_this_one(budi, citra):
    phone, office, other = device(PHONE), device(EDGE), device("curl/8", "citra")
    page = phone.get(reverse("accounts:me")).text
    assert page.index("Chrome di Android") < page.index("perangkat ini")
    assert "Edge di Windows" in page
    assert page.count('name="session"') == 1
    assert "Perangkat tidak dikenal" in other.get(reverse("accounts:me")).text
    assert office.session.session_key not in page


def test_one_device_is_logged_out_and_the_others_stay(budi):
    here, there, third = device(PHONE), device(EDGE), device(EDGE)
    reference = UserSession.objects.get(session_key=there.session.session_key).reference
    here.post(reverse("accounts:session_end"), {"session": reference})
    assert [is_in(client) for client in (here, there, third)] == [True, False, True]
    assert AuditEvent.objects.get(action="user.sessions_ended").data == {"count": 1}


def test_session_that_ends_while_its_own_page_is_made_meets_the_login(budi):
    here = device(PHONE)
    reference = UserSession.objects.get(session_key=here.session.session_key).reference
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=10)):
        assert here.post(reverse("accounts:session_end"), {"session": reference}).status_code == 302
        assert not is_in(here)


def test_session_of_another_person_or_nonsense_ends_nothing(budi, citra):
    here, theirs = device(PHONE), device(PHONE, "citra")
    reference = UserSession.objects.get(session_key=theirs.session.session_key).reference
    for sent in (reference, "", "\0", "x"):
        here.post(reverse("accounts:session_end"), {"session": sent})
    assert is_in(here)
    assert is_in(theirs)
    assert not AuditEvent.objects.filter(action="user.sessions_ended").exists()


def test_all_other_devices_are_logged_out(budi, citra):
    here, there, theirs = device(PHONE), device(EDGE), device(PHONE, "citra")
    here.post(reverse("accounts:sessions_end"))
    assert [is_in(client) for client in (here, there, theirs)] == [True, False, True]


def test_all_devices_are_logged_out_with_this_one(budi):
    here, there = device(PHONE), device(EDGE)
    answer = here.post(reverse("accounts:sessions_end"), {"here": "1"}, follow=True)
    assert "keluar dari semua perangkat" in answer.text
    assert not is_in(here)
    assert not is_in(there)
    assert not UserSession.objects.filter(user=budi).exists()


def test_log_out_and_password_change_leave_no_session_of_the_past(budi):
    here, there = device(PHONE), device(EDGE)
    new = "kata-sandi-lain-9"
    sent = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    here.post(reverse("password_change"), sent)
    assert [session.session_key for session in UserSession.objects.of(budi)] == [here.session.session_key]
    assert not is_in(there)
    assert AuditEvent.objects.filter(action="user.password_changed", actor=budi).exists()
    here.post(reverse("logout"))
    assert not UserSession.objects.filter(user=budi).exists()


def test_use_is_noted_in_steps_of_five_minutes_and_costs_no_further_query(budi, django_assert_num_queries):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        here = device(PHONE)
        clock.shift(datetime.timedelta(minutes=4))
        with django_assert_num_queries(2):  # the session and the user
            here.get(reverse("password_change"))
        assert UserSession.objects.get(user=budi).seen_at < start
        clock.shift(datetime.timedelta(minutes=2))
        with django_assert_num_queries(6):  # one look more, and one UPDATE in its savepoint
            here.get(reverse("password_change"))
    session = UserSession.objects.get(user=budi)
    assert session.seen_at - session.started_at == datetime.timedelta(minutes=6)


def test_session_without_use_ends_after_a_week_and_is_tidied_away(budi):
    start = timezone.now()
    with time_machine.travel(start + datetime.timedelta(days=8), tick=False):
        here = device(PHONE)
        assert is_in(here)
    with time_machine.travel(start + datetime.timedelta(days=16), tick=False):
        assert not is_in(here)
        assert not UserSession.objects.of(budi)
        forget_accesses(0)
    assert not UserSession.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_nobody_s_work_waits_for_an_admin_who_acts_upon_their_account(admin, budi, north_family):
    """Else two admins could wait for each other: one who imports families of an assistant, one who closes them."""
    now, met = timezone.now(), {"result": "bertemu_pengurus", "person_met": "pengurus"}

    def work():
        try:
            visit = {"uuid": uuid.uuid4(), "outbox_version": 1, "kind": "KR", "happened_at": now, "topics": []}
            log_visit(household=north_family, by=budi, notes="", **visit, **met)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    with transaction.atomic():
        actions.end_sessions(user=budi, by=admin)
        thread.start()
        thread.join(timeout=20)
        assert not thread.is_alive()
    assert Visit.objects.exists()
