"""Debian's Chromium, driven by Playwright against a live server, with a real worker of the queue."""

import os
import shutil
import threading

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from tests.factories import PASSWORD

# Playwright runs an event loop in the test's thread; Django would take its own queries there for a mistake.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1440, "height": 900}}
HOME_OF_BUDI = {"latitude": -6.5864, "longitude": 106.242, "accuracy": 12}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    return browser_type_launch_args | {
        "executable_path": chromium,
        "args": ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"],
    }


@pytest.fixture(scope="session", autouse=True)
def _leave_no_connection(django_db_setup, django_db_blocker):
    """End what the worker's and the server's threads still hold, so that the test database can be dropped."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture
def run_queue(transactional_db):
    """Give a function that lets a real worker do all the jobs that wait, and ends when there are none left.

    The queue's tables are not among those that are emptied between tests, so that is done here.
    """
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers CASCADE")

    def run():
        faults = []

        def work():
            try:
                worker = app.with_connector(app.connector.get_worker_connector())
                worker.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)
            except Exception as fault:  # told in the test's own thread
                faults.append(fault)

        thread = threading.Thread(target=work)
        thread.start()
        thread.join(timeout=60)
        assert not thread.is_alive()
        assert not faults

    return run


@pytest.fixture
def address(live_server):
    """Where a phone finds the server; a test may put a bad network between them."""
    return live_server.url


@pytest.fixture
def visit_as(browser, live_server):
    """Give a function that logs a user in on a device of their own and gives its page; its faults fail the test."""
    faults, contexts = [], []

    def open_page(user, device=DESKTOP, **options):
        # A service worker would stand between these tests and the server; tests/e2e/test_offline.py has one.
        place = {"locale": "id-ID", "timezone_id": "Asia/Jakarta", "service_workers": "block"}
        context = browser.new_context(base_url=live_server.url, **place, **device, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto("/accounts/login/")
        page.get_by_label("Nama pengguna").fill(user.username)
        page.get_by_label("Kata sandi").fill(PASSWORD)
        page.get_by_role("button", name="Masuk").click()
        page.wait_for_url(lambda url: "/login/" not in url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []
