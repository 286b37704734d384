"""The network goes away and comes back: a page in words meanwhile, and nothing of anybody in the browser's cache."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.e2e.conftest import PHONE
from tests.factories import PASSWORD

TASKS = reverse("assistance_logs:task_list")


@pytest.fixture
def phone(browser, live_server):
    context = browser.new_context(base_url=live_server.url, service_workers="allow", **PHONE)
    yield context.new_page()
    context.close()


def log_in(page, user):
    page.goto("/accounts/login/")
    page.get_by_label("Nama pengguna").fill(user.username)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_url(f"**{TASKS}")


def kept(page) -> list[str]:
    """Paths of all that is in the browser's caches."""
    return page.evaluate(
        """async () => {
            const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)))
            const asked = await Promise.all(caches_.map((cache) => cache.keys()))
            return asked.flat().map((request) => new URL(request.url).pathname)
        }"""
    )


def test_page_in_words_while_the_network_is_away(phone, transactional_db, budi, north_family):
    log_in(phone, budi)
    phone.evaluate("async () => { await navigator.serviceWorker.ready }")
    phone.goto(TASKS)
    expect(phone.get_by_role("link", name="Siti Utara", exact=True)).to_be_visible()

    phone.context.set_offline(True)
    phone.goto(north_family.get_absolute_url())
    expect(phone.get_by_role("heading", name="Tidak ada sambungan internet")).to_be_visible()
    assert phone.evaluate("() => getComputedStyle(document.querySelector('.button')).minHeight") == "48px"
    assert "Siti" not in phone.content()

    phone.context.set_offline(False)
    phone.get_by_role("link", name="Coba lagi").click()
    expect(phone.get_by_role("heading", name="Siti Utara")).to_be_attached()
    assert all(path == reverse("offline") or path.startswith("/static/") for path in kept(phone))
    assert kept(phone)

    phone.goto(reverse("accounts:me"))
    phone.get_by_role("button", name="Keluar", exact=True).click()
    phone.wait_for_url("**/accounts/login/**")
    phone.goto(TASKS)
    assert "/accounts/login/" in phone.url
    log_in(phone, budi)
