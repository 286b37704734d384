"""What a person reads when the server refuses: a page in words, with a way on, and nothing changed or lost."""

import io

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import PASSWORD

EDIT = "beneficiaries:household_edit"


@pytest.fixture
def strict(budi):
    """A client of budi's whose requests must bear the token of a page, as a browser's do."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(budi)
    return client


@pytest.fixture
def edit(north_family):
    return reverse(EDIT, args=[north_family.pk])


def says(answer, status, words):
    text = answer.content.decode()
    assert answer.status_code == status
    assert f"<h1>{words}</h1>" in text
    assert 'href="/"' in text
    return text


def test_unknown_address_is_not_found_in_words(client, budi):
    client.force_login(budi)
    says(client.get("/tidak/ada/"), 404, "Halaman tidak ditemukan")


def test_page_of_another_role_is_refused_in_words(client, budi):
    client.force_login(budi)
    says(client.get(reverse("imports:batch_list")), 403, "Halaman ini bukan untuk peran Anda")


def test_address_of_a_button_has_a_page(client, budi):
    client.force_login(budi)
    answer = client.get(reverse("beneficiaries:household_search"))
    says(answer, 405, "Halaman ini tidak bisa dibuka langsung")
    assert answer["Allow"] == "POST"


def test_strange_host_is_refused_in_words(client, db):
    says(client.get("/", headers={"host": "lain.example"}), 400, "Permintaan tidak dapat dibaca")


def test_failure_is_said_in_words(client, budi, settings):
    client.force_login(budi)
    client.raise_request_exception = False
    settings.LOGIN_REDIRECT_URL = None
    settings.ROOT_URLCONF = "tests.failing_urls"
    says(client.get("/accounts/me/"), 500, "Ada kesalahan di server")


def test_form_larger_than_a_form_may_be_says_so(client, budi, edit, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    client.force_login(budi)
    text = says(client.post(edit, {"address": "x" * 2000}), 413, "Kiriman terlalu besar")
    assert f"{settings.ROSTER_MAX_BYTES // 1_000_000} MB" in text


def test_form_of_too_many_fields_says_so(client, budi, edit, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 5
    client.force_login(budi)
    says(client.post(edit, {f"field{number}": "" for number in range(9)}), 413, "Kiriman terlalu besar")


def test_upload_beyond_every_limit_is_refused_before_it_is_read(client, admin, settings):
    settings.ROSTER_MAX_BYTES = 1000
    client.force_login(admin)
    file = io.BytesIO(b"x" * 1_100_000)
    says(client.post(reverse("imports:batch_new"), {"file": file}), 413, "Kiriman terlalu besar")
    assert file.tell() > 0  # sent whole by the test's client, and refused by its length


class TestOldForm:
    """A form whose token is no longer good, most often since its user logged in again in another tab."""

    @staticmethod
    def post(client, path, **headers):
        sent = {"address": 'Kp. "Baru" <b>\nRT 7', "notes": ["satu", "dua"], "csrfmiddlewaretoken": "usang"}
        return client.post(path, sent, headers={"origin": "http://testserver"} | headers)

    def test_typed_fields_can_be_sent_again(self, strict, edit, budi):
        answer = self.post(strict, edit)
        text = says(answer, 403, "Halaman kedaluwarsa")
        assert 'name="address" value="Kp. &quot;Baru&quot; &lt;b&gt;\nRT 7"' in text
        assert text.count('name="notes"') == 2
        assert f"Anda masuk sebagai {budi.name}" in text
        token = answer.context["csrf_token"]
        assert "usang" not in text
        again = strict.post(edit, {"address": "Kp. Baru", "csrfmiddlewaretoken": str(token)})
        assert again.status_code == 422  # taken by the form itself, which misses fields here

    @pytest.mark.parametrize(
        "headers",
        [{"origin": "https://lain.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}],
        ids=["other site", "no site", "sent by another site"],
    )
    def test_what_another_site_sends_is_never_offered(self, strict, edit, headers):
        text = says(self.post(strict, edit, **headers), 403, "Halaman kedaluwarsa")
        assert "Kirim lagi</button>" not in text
        assert "Kp." not in text

    def test_passwords_are_never_sent_back(self, db):
        client = Client(enforce_csrf_checks=True)
        answer = client.post(
            reverse("login"), {"username": "budi", "password": PASSWORD}, headers={"origin": "http://testserver"}
        )
        text = says(answer, 403, "Halaman kedaluwarsa")
        assert PASSWORD not in text
        assert "izinkan cookie" in text

    def test_new_password_is_not_sent_back_either(self, strict):
        fields = {"old_password": PASSWORD, "new_password1": PASSWORD, "new_password2": PASSWORD}
        answer = strict.post(reverse("password_change"), fields, headers={"origin": "http://testserver"})
        assert PASSWORD not in says(answer, 403, "Halaman kedaluwarsa")
