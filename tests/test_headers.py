"""What every answer tells the browser: keep nothing, load nothing from elsewhere, show it in no frame."""

from contextlib import closing

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static
from django.test import Client
from django.urls import reverse

from ejsika.accounts.permissions import Role
from tests.factories import NORTH, make_user
from tests.pages import ROWS, ask, roles_of

HEADERS = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class SecureClient(Client):
    """Asks as a browser asks a real server: over TLS."""

    def generic(self, *args, **options):
        return super().generic(*args, **(options | {"secure": True}))


@pytest.fixture
def client():
    return SecureClient()


@pytest.fixture(autouse=True)
def _as_on_a_real_server(settings):
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 3600
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True


def assert_headers(answer, name):
    for header, value in HEADERS.items():
        assert answer.headers.get(header) == value, (name, header)
    assert {"no-store", "private"} <= set(answer.headers["Cache-Control"].split(", ")), name
    policy = answer.headers["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["default-src"] == directives["base-uri"] == directives["frame-ancestors"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == directives["form-action"] == "'self'"
    assert "unsafe" not in policy and "*" not in policy
    permissions = answer.headers["Permissions-Policy"].split(", ")
    assert {"geolocation=(self)", "camera=(self)", "microphone=()", "payment=()"} <= set(permissions)


@pytest.mark.parametrize("name", ROWS)
def test_every_page_bears_the_headers(client, world, name):
    row = ROWS[name]
    assert_headers(ask(client, world, name, row.methods[0]), f"{name}, anonymous")
    for role in (roles_of(name)[0], next((role for role in Role if role not in roles_of(name)), None)):
        if role:
            world.log_in(client, world.person(role, NORTH))
            assert_headers(ask(client, world, name, row.methods[0]), f"{name}, {role}")
    assert_headers(client.delete(reverse(name, args=[1] if row.target else [])), f"{name}, other method")


@pytest.mark.parametrize("path", ["/accounts/login/", "/offline/", "/ada/", "/admin/", "/households/0/"])
def test_pages_outside_the_table_bear_the_headers(client, db, path):
    assert_headers(client.get(path), path)
    client.force_login(make_user("admin", Role.ADMIN))
    assert_headers(client.get(path), path)


def test_refusals_bear_the_headers(client, db, settings):
    assert_headers(client.get("/", headers={"host": "lain.example"}), "another host")
    settings.ROSTER_MAX_BYTES = 1
    assert_headers(client.post("/accounts/login/", {"username": "a" * 2_000_000}), "too large")


def test_files_with_a_hash_in_their_name_are_kept_for_ever_and_others_asked_for_anew(db, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = False
    backend = "ejsika.lib.static.StaticFiles"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": backend}}
    (tmp_path / "a.css").write_text("a { color: red }")
    list(staticfiles_storage.post_process({"a.css": (staticfiles_storage, "a.css")}))
    with closing(Client().get(static("a.css"))) as hashed, closing(Client().get("/static/a.css")) as plain:
        assert hashed["Cache-Control"] == "max-age=315360000, public, immutable"
        assert hashed["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Origin" not in hashed
        assert "immutable" not in plain["Cache-Control"]
