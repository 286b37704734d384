"""Wrong passwords cost time, of a user who exists as of one who does not, and never keep the owner out for good."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app

from ejsika.accounts.lockout import Attempt, delay_after
from ejsika.accounts.models import LoginAttempts
from ejsika.audit.models import AuditEvent
from ejsika.jobs.upkeep import forget_accesses
from tests.factories import PASSWORD

WRONG = "Nama pengguna atau kata sandi salah"
LOCKED = "Terlalu banyak percobaan"


def attempt(client, username="budi", password=WRONG, **extra):
    return client.post(reverse("login"), {"username": username, "password": password}, **extra)


def fail(client, times, username="budi", **extra):
    for _ in range(times):
        answer = attempt(client, username, **extra)
    return answer


def wait_out(kind=None):
    """Let the waiting time pass, as if it were over."""
    counters = LoginAttempts.objects.filter(kind=kind) if kind else LoginAttempts.objects
    counters.update(locked_until=timezone.now() - datetime.timedelta(seconds=1))


def test_delay_grows_up_to_an_hour():
    minutes = [delay_after(failures, 4) / datetime.timedelta(minutes=1) for failures in (4, 5, 6, 7, 10, 11, 5000)]
    assert minutes == [0, 1, 2, 4, 32, 60, 60]


@pytest.mark.parametrize("username", ["budi", "siapa"])
def test_fifth_wrong_password_locks_the_name_whether_it_exists_or_not(client, budi, username):
    assert WRONG in fail(client, 4, username).text
    answer = attempt(client, username)
    assert answer.status_code == 200
    assert LOCKED in answer.text
    assert LOCKED in attempt(client, username, PASSWORD).text
    assert "_auth_user_id" not in client.session
    assert attempt(client, "budi" if username == "siapa" else "siapa").text.count(LOCKED) == 0


def test_guesses_at_the_page_of_the_own_password_wait_as_well(client, budi):
    client.force_login(budi)
    new = {"new_password1": "pagar-hijau-27", "new_password2": "pagar-hijau-27"}
    for _ in range(4):
        answer = client.post(reverse("password_change"), {"old_password": WRONG, **new})
        assert "Kata sandi lama salah" in answer.text
    assert LOCKED in client.post(reverse("password_change"), {"old_password": WRONG, **new}).text
    assert LOCKED in client.post(reverse("password_change"), {"old_password": PASSWORD, **new}).text
    wait_out()
    assert client.post(reverse("password_change"), {"old_password": PASSWORD, **new}).status_code == 302
    assert not LoginAttempts.objects.filter(kind="name").exists()


def test_letters_that_postgresql_takes_for_others_are_no_further_attempts(client, budi):
    """Its capital of a dotless "ı" is "I", so such a name finds budi as well."""
    fail(client, 3)
    fail(client, 2, "bud\u0131")
    assert LOCKED in attempt(client).text


def test_locked_answer_says_when_to_try_again(client, budi):
    fail(client, 5)
    until = LoginAttempts.objects.get(kind="name").locked_until
    told = timezone.localtime(until + datetime.timedelta(minutes=1))
    assert f"Tunggu sampai pukul {told:%H.%M}" in attempt(client).text


@pytest.mark.django_db(transaction=True)
def test_many_at_once_do_not_slip_through(rf):
    """Each is counted before its password is looked at: of ten at the same moment five are heard."""

    def begin(_):
        try:
            return Attempt(rf.post("/"), "siapa").begin()[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(begin, range(10))) == 5
    assert LoginAttempts.objects.get(kind="name").failures == 5


@pytest.mark.django_db(transaction=True)
def test_successes_and_failures_at_once_do_not_stumble_over_each_other(rf):
    def run(number):
        try:
            attempt = Attempt(rf.post("/"), "siapa")
            attempt.begin()
            attempt.succeed() if number % 2 else attempt.fail()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(run, range(40))) == [None] * 40


def test_attempt_while_locked_neither_counts_nor_lengthens_the_wait(client, budi):
    fail(client, 5)
    before = LoginAttempts.objects.get(kind="name")
    fail(client, 3)
    after = LoginAttempts.objects.get(kind="name")
    assert (after.failures, after.locked_until) == (before.failures, before.locked_until)


def test_wait_doubles_after_the_next_failure(client, budi):
    fail(client, 5)
    wait_out()
    attempt(client)
    counter = LoginAttempts.objects.get(kind="name")
    assert round((counter.locked_until - counter.last_at).total_seconds()) == 120


def test_failures_are_forgotten_one_an_hour(client, budi):
    fail(client, 6)
    past = timezone.now() - datetime.timedelta(hours=4, minutes=1)
    LoginAttempts.objects.update(last_at=past, locked_until=None)
    attempt(client)
    assert LoginAttempts.objects.get(kind="name").failures == 6 - 1 - 4 + 1
    LoginAttempts.objects.update(last_at=timezone.now() - datetime.timedelta(days=3))
    attempt(client)
    assert LoginAttempts.objects.get(kind="name").failures == 1


def test_right_password_after_the_wait_clears_the_name(client, budi):
    fail(client, 5)
    wait_out()
    assert attempt(client, password=PASSWORD).url == reverse("home")
    assert not LoginAttempts.objects.filter(kind="name").exists()


def test_case_and_blanks_make_no_other_name(client, budi):
    fail(client, 3)
    assert LOCKED in fail(client, 2, " BUDI ").text


def test_address_is_locked_whatever_the_names(client, budi):
    for number in range(31):
        answer = attempt(client, f"orang{number}")
    assert LOCKED in answer.text
    assert LOCKED in attempt(client, password=PASSWORD).text
    assert attempt(client, password=PASSWORD, REMOTE_ADDR="10.1.1.1").status_code == 302


def test_address_that_must_wait_fills_no_table_with_names(client, budi):
    attempt(client)
    LoginAttempts.objects.filter(kind="address").update(locked_until=timezone.now() + datetime.timedelta(minutes=5))
    for number in range(3):
        assert LOCKED in attempt(client, f"siapa{number}").text
    assert LoginAttempts.objects.count() == 2


def test_own_success_does_not_clear_the_address(client, budi):
    fail(client, 4, "lain")
    attempt(client, password=PASSWORD)
    assert LoginAttempts.objects.get(kind="address").failures == 4


def test_neighbours_in_one_network_of_ipv6_are_one_address(client, budi):
    attempt(client, "a", REMOTE_ADDR="2001:db8:1:2::1")
    attempt(client, "b", REMOTE_ADDR="2001:db8:1:2:ffff::9")
    attempt(client, "c", REMOTE_ADDR="2001:db8:1:3::1")
    assert sorted(LoginAttempts.objects.filter(kind="address").values_list("failures", flat=True)) == [1, 2]


def test_behind_a_proxy_the_address_is_the_one_that_the_proxy_saw(client, budi, settings):
    settings.BEHIND_PROXY = True
    attempt(client, "a", headers={"X-Forwarded-For": "1.1.1.1, 9.9.9.9"})
    attempt(client, "b", headers={"X-Forwarded-For": "2.2.2.2, 9.9.9.9"})
    assert LoginAttempts.objects.get(kind="address").failures == 2


def test_stranger_cannot_lock_out_the_owner_s_device(client, budi):
    attempt(client, password=PASSWORD)
    client.post(reverse("logout"))
    stranger = Client()
    assert LOCKED in fail(stranger, 5).text
    assert attempt(client, password=PASSWORD).status_code == 302
    assert LOCKED in attempt(stranger, password=PASSWORD).text


def test_known_device_is_locked_by_its_own_failures(client, budi, citra):
    attempt(client, password=PASSWORD)
    client.post(reverse("logout"))
    assert LOCKED in fail(client, 5).text
    assert LOCKED in attempt(client, password=PASSWORD).text
    assert LOCKED in fail(client, 5, "citra").text, "another's name is no known one here"


def test_cookie_of_another_device_is_not_forged(client, budi):
    client.cookies["ejsika_device"] = "abc def:1abcde:sig"
    attempt(client)
    assert set(LoginAttempts.objects.values_list("kind", flat=True)) == {"name", "address"}


def test_counters_hold_no_name_and_no_address(client, budi):
    attempt(client, REMOTE_ADDR="10.1.1.1")
    rows = str(list(LoginAttempts.objects.values_list()))
    assert "budi" not in rows
    assert "10.1.1.1" not in rows


def test_unknown_user_costs_one_hash_as_a_known_one_does(client, budi, monkeypatch):
    hashed = []
    stock = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: hashed.append(1) or stock(*args))

    def cost(username):
        hashed.clear()
        attempt(client, username)
        return len(hashed)

    assert cost("budi") == cost("siapa") == 1


@pytest.mark.django_db(transaction=True)
def test_unknown_user_costs_as_many_commits_as_a_known_one_does(client, budi):
    """A commit waits for the disk, and could be measured from outside."""

    def commits(username):
        with CaptureQueriesContext(connection) as queries:
            attempt(client, username)
        return [query["sql"] for query in queries].count("COMMIT")

    assert commits("budi") == commits("siapa") > 0


def test_refusal_of_a_known_user_is_on_record_without_the_password(client, budi):
    attempt(client, password="rahasia-salah")
    attempt(client, "siapa")
    event = AuditEvent.objects.get(action="user.login_refused")
    assert (event.target_id, event.actor, event.data["locked"]) == (budi.pk, None, False)
    assert "rahasia" not in str(event.data)


def test_login_and_logout_are_on_record(client, budi):
    client.post(reverse("login"), {"username": "budi", "password": PASSWORD}, headers={"User-Agent": "Firefox Linux"})
    client.post(reverse("logout"))
    found = AuditEvent.objects.filter(target_kind="accounts.user", target_id=budi.pk, actor=budi).order_by("pk")
    assert list(found.values_list("action", flat=True)) == ["user.logged_in", "user.logged_out"]
    assert found.first().data == {"device": "Firefox di Linux"}


def test_old_counters_are_forgotten_by_the_upkeep(client, budi):
    attempt(client)
    attempt(client, "lain")
    LoginAttempts.objects.filter(kind="name").update(last_at=timezone.now() - datetime.timedelta(days=8))
    forget_accesses(0)
    assert list(LoginAttempts.objects.values_list("kind", flat=True)) == ["address"]


def test_worker_knows_the_upkeep(db):
    app.perform_import_paths()
    assert "jobs.forget_accesses" in {name for name, _ in app.periodic_registry.periodic_tasks}


def test_django_admin_has_no_door_of_its_own(client, budi, admin):
    url = reverse("admin:login")
    assert client.post(url, {"username": "admin", "password": PASSWORD}).url.startswith(reverse("login"))
    assert "_auth_user_id" not in client.session
    client.force_login(budi)
    assert client.get(url).status_code == 403
    client.force_login(admin)
    assert client.get(reverse("admin:password_change")).url == reverse("password_change")
    assert client.post(reverse("admin:logout")).status_code == 302
    assert AuditEvent.objects.filter(action="user.logged_out", actor=admin).exists()


def test_test_client_logs_in_by_its_own_ways(client, budi):
    assert client.login(username="budi", password=PASSWORD)
    client.logout()
    client.force_login(budi)
    assert client.get(reverse("accounts:me")).status_code == 200
