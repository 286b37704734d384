from django.urls import reverse

from tests.factories import PASSWORD


def log_in(client, username="budi", password=PASSWORD):
    return client.post(reverse("login"), {"username": username, "password": password})


def test_login_rotates_the_session_and_leads_to_the_roles_first_screen(client, budi):
    client.get(reverse("login"))
    client.session.save()
    before = client.session.session_key
    assert log_in(client).url == reverse("home")
    assert client.session.session_key != before
    assert client.get(reverse("home")).url == reverse("assistance_logs:task_list")


def test_user_name_is_taken_in_any_case(client, budi):
    assert log_in(client, "BUDI").status_code == 302


def test_unknown_user_and_wrong_password_get_the_same_answer(client, budi):
    def words(answer):
        return answer.text[answer.text.index("form__errors") :].split("</div>")[0]

    assert words(log_in(client, password="salah")) == words(log_in(client, "siapa"))


def test_deactivated_user_cannot_log_in(client, budi):
    budi.is_active = False
    budi.save()
    assert log_in(client).status_code == 200


def test_logout_takes_a_post_and_ends_the_session(client, budi):
    client.force_login(budi)
    assert client.get(reverse("logout")).status_code == 405
    client.post(reverse("logout"))
    assert client.get(reverse("accounts:me")).status_code == 302


def test_password_change_ends_the_other_sessions(client, budi):
    from django.test import Client

    other = Client()
    other.force_login(budi)
    client.force_login(budi)
    new = "kata-sandi-lain-9"
    data = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post(reverse("password_change"), data).url == reverse("password_change_done")
    assert client.get(reverse("accounts:me")).status_code == 200
    assert other.get(reverse("accounts:me")).status_code == 302


def test_login_never_leads_to_another_site(client, budi):
    answer = client.post(f"{reverse('login')}?next=https://example.com/", {"username": "budi", "password": PASSWORD})
    assert answer.url == reverse("home")


def test_personal_pages_are_never_stored_and_carry_the_strict_policy(client, budi):
    client.force_login(budi)
    answer = client.get(reverse("accounts:me"))
    assert answer["Cache-Control"] == "no-store, private"
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
