"""The one-time link: shown once, good once, for three days, until something newer takes its place."""

import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ejsika.accounts.models import LoginAttempts, User
from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent
from tests.factories import NORTH, PASSWORD, make_region, make_user

NEW_PASSWORD = "sandi-baru-uji-77"


@pytest.fixture
def operator(client, db):
    user = make_user("operator", Role.ADMIN, NORTH[:4])
    client.force_login(user)
    return user


@pytest.fixture
def gita(operator):
    return make_user("gita", Role.PENDAMPING, NORTH[:6], name="Gita")


def link_on(page: str) -> str:
    found = re.search(r'value="(http://testserver/accounts/set-password/[^"]+)"', page)
    return found[1] if found else ""


def make_link(client, user) -> str:
    answer = client.post(reverse("accounts:user_link", args=[user.pk]), follow=True)
    return link_on(answer.text)


def choose(theirs, link, password=NEW_PASSWORD):
    """Open a link and choose a password; gives the last answer."""
    page = theirs.get(link)
    if page.status_code != 302:
        return page
    return theirs.post(page.url, {"new_password1": password, "new_password2": password})


def is_good(link) -> bool:
    return Client().get(link).status_code == 302


def test_new_user_chooses_a_password_by_the_link_and_logs_in(client, operator):
    make_region(NORTH)
    sent = {"username": "gita", "name": "Gita", "role": "pendamping", "regions": [NORTH[:6]], "all_programs": "on"}
    page = client.post(reverse("accounts:user_new"), sent, follow=True)
    theirs = Client()
    answer = choose(theirs, link_on(page.text))
    assert answer.url == reverse("login")
    assert "Masuk dengan nama pengguna gita" in theirs.get(answer.url).text
    assert theirs.post(reverse("login"), {"username": "gita", "password": NEW_PASSWORD}).url == reverse("home")
    user = User.objects.get(username="gita")
    told = AuditEvent.objects.filter(target_kind="accounts.user", target_id=user.pk).order_by("pk")
    assert list(told.values_list("action", flat=True)) == [
        "user.created",
        "user.link_made",
        "user.password_chosen",
        "user.logged_in",
    ]
    assert NEW_PASSWORD not in str([event.data for event in told])


def test_new_user_cannot_log_in_before(client, operator):
    user = make_user("gita", Role.PENDAMPING, NORTH)
    user.set_unusable_password()
    user.save()
    assert Client().post(reverse("login"), {"username": "gita", "password": ""}).status_code == 200
    assert Client().post(reverse("login"), {"username": "gita", "password": user.password}).status_code == 200


def test_link_is_shown_once(client, gita):
    assert make_link(client, gita)
    assert not link_on(client.get(gita.get_absolute_url()).text)


def test_link_for_one_is_not_shown_on_the_page_of_another(client, gita, budi):
    client.post(reverse("accounts:user_link", args=[gita.pk]))
    assert not link_on(client.get(budi.get_absolute_url()).text)


def test_token_leaves_the_address_before_the_form_is_shown(client, gita):
    link = make_link(client, gita)
    theirs = Client()
    answer = theirs.get(link)
    token = link.rstrip("/").split("/")[-1]
    assert token not in answer.url
    page = theirs.get(answer.url)
    assert token not in page.text
    assert "Gita" in page.text
    assert page["Referrer-Policy"] == "same-origin"


def test_link_is_good_once(client, gita):
    link = make_link(client, gita)
    assert choose(Client(), link).status_code == 302
    assert not is_good(link)
    assert "Tautan tidak berlaku" in Client().get(link).text


def test_two_who_opened_the_same_link_do_not_both_set_a_password(client, gita):
    link = make_link(client, gita)
    one, two = Client(), Client()
    form_of_two = two.get(link).url
    choose(one, link)
    sent = {"new_password1": "sandi-lain-uji-88", "new_password2": "sandi-lain-uji-88"}
    two.post(form_of_two, sent)
    gita.refresh_from_db()
    assert gita.check_password(NEW_PASSWORD)


def test_link_ends_after_three_days(client, gita):
    link = make_link(client, gita)
    start = timezone.now().timestamp()
    with time_machine.travel(start + 71 * 3600, tick=False):
        assert is_good(link)
    with time_machine.travel(start + 73 * 3600, tick=False):
        assert not is_good(link)


def test_newer_link_takes_the_place_of_the_older(client, gita):
    older = make_link(client, gita)
    newer = make_link(client, gita)
    assert not is_good(older)
    assert is_good(newer)


def test_log_in_password_change_and_deactivation_end_the_link(client, gita):
    link = make_link(client, gita)
    Client().post(reverse("login"), {"username": "gita", "password": PASSWORD})
    assert not is_good(link)
    link = make_link(client, gita)
    client.post(reverse("accounts:user_deactivate", args=[gita.pk]))
    assert not is_good(link)
    client.post(reverse("accounts:user_activate", args=[gita.pk]))
    assert not is_good(link)


@pytest.mark.parametrize("path", ["MQ/x-y", "%00/x-y", "zzzz/set-password", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5/a-b"])
def test_nonsense_link_says_what_to_do(client, db, path):
    answer = client.get(f"/accounts/set-password/{path}/")
    assert answer.status_code == 200
    assert "Minta tautan baru dari admin" in answer.text


def test_weak_or_unequal_password_changes_nothing(client, gita):
    theirs = Client()
    form = theirs.get(make_link(client, gita)).url
    for one, two in (("123", "123"), (NEW_PASSWORD, "lain"), ("gita", "gita"), ("", "")):
        assert theirs.post(form, {"new_password1": one, "new_password2": two}).status_code == 200
    gita.refresh_from_db()
    assert gita.check_password(PASSWORD)


def test_chosen_password_ends_sessions_and_lets_in_where_the_name_was_locked(client, gita):
    theirs = Client()
    theirs.force_login(gita)
    stranger = Client()
    for _ in range(6):
        stranger.post(reverse("login"), {"username": "gita", "password": "salah"})
    chooser = Client()
    choose(chooser, make_link(client, gita))
    assert theirs.get(reverse("accounts:me")).status_code == 302
    assert not LoginAttempts.objects.filter(kind="name").exists()
    assert chooser.post(reverse("login"), {"username": "gita", "password": NEW_PASSWORD}).status_code == 302


def test_admin_makes_no_link_for_the_own_account_nor_a_closed_one(client, operator):
    assert not make_link(client, operator)
    gone = make_user("hilang", Role.PENDAMPING, NORTH, is_active=False)
    assert not make_link(client, gone)
    assert not AuditEvent.objects.filter(action="user.link_made").exists()
