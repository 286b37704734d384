"""One phone with one browser profile, shared by two people; it can lose its network and its power."""

import os
import shutil
import signal
import time
from contextlib import suppress
from pathlib import Path

from django.urls import reverse
from playwright.sync_api import Error, expect

from tests.e2e.conftest import PHONE
from tests.e2e.test_offline import rows, wait_for_worker
from tests.factories import PASSWORD

TASKS, OUTBOX = reverse("assistance_logs:task_list"), reverse("outbox:outbox")
PATIENCE_MS = 20_000


class Phone:
    def __init__(self, playwright, profile: Path, url: str):
        self.playwright, self.profile, self.url = playwright, profile, url
        self.deaths = 0
        self.boot()

    def boot(self) -> None:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        self.context = self.playwright.chromium.launch_persistent_context(
            self.profile,
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
            base_url=self.url,
            locale="id-ID",
            timezone_id="Asia/Jakarta",
            service_workers="allow",
            **PHONE,
        )
        self.page = self.context.pages[0] if self.context.pages else self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("dialog", lambda dialog: dialog.accept())

    def kill(self) -> None:
        """Take the battery out, and start the phone again; the caller sees to it that there is no network."""
        self.deaths += 1
        for pid in self._processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with suppress(Error):
            self.context.close()
        for lock in self.profile.glob("Singleton*"):
            lock.unlink()
        self.boot()
        self.page.goto(OUTBOX)

    def _processes(self):
        mark = f"--user-data-dir={self.profile}".encode()
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if mark in (folder / "cmdline").read_bytes():
                    yield int(folder.name)

    def log_in(self, user) -> None:
        # A network that has hung just before is waited for less: the shell may stand in for the page once more.
        self.wait(lambda: self.page.goto(TASKS) and not self.page.locator("[data-part]").count(), seconds=60)
        if "/accounts/login/" not in self.page.url and self.page.locator(f"[data-user='{user.pk}']").count() == 0:
            self.log_out()  # who had the phone before has left it as it was
        if "/accounts/login/" in self.page.url:
            self.page.get_by_label("Nama pengguna").fill(user.username)
            self.page.get_by_label("Kata sandi").fill(PASSWORD)
            self.page.get_by_role("button", name="Masuk").click()
            self.page.wait_for_url(f"**{TASKS}")
        wait_for_worker(self.page)
        self.wait(
            lambda: any(row.get("isCurrent") and row["user"] == user.pk and row.get("day") for row in self.people())
        )

    def log_out(self) -> None:
        self.page.goto(reverse("accounts:me"))
        self.page.get_by_role("button", name="Keluar", exact=True).click()
        self.page.wait_for_url("**/accounts/login/**")

    def write(self, family, words: str, photos: list) -> None:
        """Write a visit as it is done by hand, from the list of tasks."""
        self.page.goto(TASKS)
        self.page.get_by_role("link", name=f"Catat kunjungan ke {family.recipient_name}", exact=True).click()
        self.page.get_by_label("Bertemu pengurus").check()
        self.page.get_by_label("Catatan").fill(words)
        if photos:
            self.page.locator("input[type=file]").set_input_files(photos)
            expect(self.page.get_by_text(f"Foto {len(photos)} dari 5")).to_be_visible(timeout=PATIENCE_MS)
        self.page.get_by_role("button", name="Simpan kunjungan").click()
        self.page.wait_for_url(lambda url: "/visits/new/" not in url)

    def push(self) -> None:
        """Open the outbox and send, whatever comes of it."""
        with suppress(Error):
            self.page.goto(OUTBOX)
            self.page.get_by_role("button", name="Kirim sekarang").click(timeout=1500)
            self.page.wait_for_timeout(700)

    def unsent(self, user) -> list[dict]:
        return [row for row in rows(self.page, "items") if row["user"] == user.pk and row["state"] != "sent"]

    def people(self) -> list[dict]:
        return rows(self.page, "people")

    @staticmethod
    def wait(condition, seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.05)
