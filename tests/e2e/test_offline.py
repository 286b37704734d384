"""The network goes away and comes back: the day's work goes on, and nothing of anybody is in the browser's cache."""

import time
from contextlib import suppress

import pytest
from django.urls import reverse
from playwright.sync_api import Error, expect

from assistance_logs.models import Visit
from beneficiaries.models import Assignment
from ejsika.accounts.permissions import Role
from tests.e2e.conftest import HOME_OF_BUDI, PHONE
from tests.factories import NORTH, PASSWORD, make_household, make_user, picture

TASKS, OUTBOX = reverse("assistance_logs:task_list"), reverse("outbox:outbox")


@pytest.fixture
def phone(browser, address):
    """A phone with its service worker; what goes wrong in its pages fails the test."""
    place = {"locale": "id-ID", "timezone_id": "Asia/Jakarta", "geolocation": HOME_OF_BUDI}
    context = browser.new_context(
        base_url=address, service_workers="allow", permissions=["geolocation", "background-sync"],
        **place, **PHONE,
    )  # fmt: skip
    faults = []
    context.on("weberror", lambda error: faults.append(str(error.error)))
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    yield page
    with suppress(Error, AssertionError):  # what is under way ends before the database is emptied
        wait_until(lambda: page.evaluate("async () => !(await navigator.locks.query()).held.length"), 5)
    context.close()
    assert faults == []


def log_in(page, user):
    page.goto("/accounts/login/")
    page.get_by_label("Nama pengguna").fill(user.username)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_url(f"**{TASKS}")


def begin(page, user):
    """Log in and let the phone keep the day."""
    log_in(page, user)
    wait_for_worker(page)
    wait_until(lambda: has_day(page))


def wait_for_worker(page):
    """`serviceWorker.ready` says nothing, ever, where there will be none."""
    page.evaluate(
        """async () => {
            const late = new Promise((_, fail) => setTimeout(() => fail(new Error("no service worker")), 20000))
            await Promise.race([navigator.serviceWorker.ready, late])
        }"""
    )


ROWS = """async (name) => {
    if (!(await indexedDB.databases()).length) return []
    const asked = indexedDB.open("ejsika")
    const db = await new Promise((resolve) => (asked.onsuccess = () => resolve(asked.result)))
    const rows = db.transaction(name).objectStore(name).getAll()
    await new Promise((resolve) => (rows.onsuccess = resolve))
    db.close()
    return rows.result
}"""


def rows(page, name) -> list[dict]:
    """What the phone keeps in one of its stores."""
    return page.evaluate(ROWS, name)


def wait_until(condition, patience_s=10):
    """Wait for what no page shows."""
    end = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def has_day(page) -> bool:
    return any(row.get("isCurrent") and row.get("day") for row in rows(page, "people"))


def state(page):
    return page.locator(".topbar [data-sync-text]")


def write(page, name, notes):
    page.goto(TASKS)
    page.get_by_role("link", name=f"Catat kunjungan ke {name}").click()
    page.get_by_label("Bertemu pengurus").check()
    page.get_by_label("Catatan").fill(notes)
    expect(page.get_by_text("Lokasi ± 12 m")).to_be_visible()
    page.get_by_role("button", name="Simpan kunjungan").click()
    page.wait_for_url(f"**{OUTBOX}*")


def log_out(page):
    page.goto(reverse("accounts:me"))
    page.get_by_role("button", name="Keluar", exact=True).click()
    page.wait_for_url("**/accounts/login/**")


def kept(page) -> list[str]:
    """Paths of all that is in the browser's caches."""
    return page.evaluate(
        """async () => {
            const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)))
            const asked = await Promise.all(caches_.map((cache) => cache.keys()))
            return asked.flat().map((request) => new URL(request.url).pathname)
        }"""
    )


def test_the_days_work_goes_on_without_network(phone, transactional_db, budi, north_family, second_family):
    begin(phone, budi)
    expect(state(phone)).to_have_text("Semua terkirim")
    phone.context.set_offline(True)
    write(phone, "Siti Utara", "ditulis tanpa jaringan")
    expect(state(phone)).to_have_text("1 belum terkirim")
    expect(phone.get_by_text("Menunggu", exact=True)).to_be_visible()
    assert not Visit.objects.exists()
    assert all(path == reverse("offline") or path.startswith("/static/") for path in kept(phone))

    phone.get_by_role("button", name="Ubah Siti Utara").click()
    expect(phone.get_by_label("Bertemu pengurus")).to_be_checked()
    phone.get_by_label("Catatan").fill("ditulis dan diubah tanpa jaringan")
    phone.get_by_role("button", name="Simpan kunjungan").click()
    expect(phone.get_by_text("Menunggu", exact=True)).to_be_visible()
    write(phone, "Tini Utara", "akan dihapus")
    phone.get_by_role("button", name="Hapus Tini Utara").click()
    expect(state(phone)).to_have_text("1 belum terkirim")

    phone.context.set_offline(False)
    expect(state(phone)).to_have_text("Semua terkirim")
    visit = Visit.objects.get()
    assert (visit.household, visit.assistant, visit.accuracy_m) == (north_family, budi, 12)
    assert visit.notes == "ditulis dan diubah tanpa jaringan"
    phone.goto(OUTBOX)
    phone.get_by_role("link", name="Siti Utara").click()
    expect(phone.get_by_text("ditulis dan diubah")).to_be_visible()


def test_photos_taken_without_network_are_made_small_and_sent_with_their_visit(
    phone, transactional_db, settings, tmp_path, budi, north_family
):
    settings.MEDIA_ROOT = tmp_path / "files"
    taken = tmp_path / "a.jpg"
    taken.write_bytes(picture(2400, 1800, quality=85))
    begin(phone, budi)
    phone.context.set_offline(True)
    phone.goto(reverse("assistance_logs:visit_new", args=[north_family.pk]))
    phone.get_by_label("Bertemu pengurus").check()
    phone.get_by_label("Foto", exact=False).set_input_files([taken, taken])
    expect(phone.get_by_text("Foto 2 dari 5")).to_be_visible()
    phone.reload()  # as when the camera needs the memory
    expect(phone.get_by_text("Foto 2 dari 5")).to_be_visible()
    phone.get_by_role("button", name="Hapus foto ke-2").click()
    expect(phone.get_by_text("Foto 1 dari 5")).to_be_visible()
    phone.get_by_label("Foto", exact=False).set_input_files([taken])
    phone.get_by_role("button", name="Simpan kunjungan").click()  # before it is small
    expect(phone.get_by_text("2 foto")).to_be_visible()
    assert all(row["item"] != "" and row["user"] == budi.pk for row in rows(phone, "photos"))

    phone.context.set_offline(False)
    expect(state(phone)).to_have_text("Semua terkirim")
    stored = [row.photo for row in Visit.objects.get().photos.select_related("photo")]
    assert len(stored) == 2
    assert all(photo.size <= 200_000 and max(photo.width, photo.height) <= 1280 for photo in stored)
    assert rows(phone, "photos") == []


def test_other_pages_say_so_in_words_while_the_network_is_away(phone, transactional_db, budi, north_family):
    begin(phone, budi)
    phone.context.set_offline(True)
    phone.goto(north_family.get_absolute_url())
    expect(phone.get_by_role("heading", name="Tidak ada sambungan internet", level=2)).to_be_visible()
    assert phone.evaluate("() => getComputedStyle(document.querySelector('.login .button')).minHeight") == "48px"
    assert "Siti" not in phone.content()
    phone.context.set_offline(False)
    phone.get_by_role("link", name="Coba lagi").click()
    expect(phone.get_by_role("heading", name="Siti Utara")).to_be_attached()


def test_what_the_server_refuses_stays_with_its_reason_until_it_is_mended(phone, transactional_db, budi, north_family):
    begin(phone, budi)
    phone.context.set_offline(True)
    write(phone, "Siti Utara", "")
    assignment = Assignment.objects.filter(household=north_family)
    assignment.update(started_on="2020-01-01", ended_on="2020-02-01")
    phone.context.set_offline(False)
    expect(phone.get_by_text("Ditolak", exact=True)).to_be_visible()
    expect(phone.get_by_text("belum ditugaskan kepada Anda")).to_be_visible()
    expect(state(phone)).to_have_text("1 belum terkirim")
    asked = []
    phone.once("dialog", lambda dialog: asked.append(dialog.message))
    log_out(phone)
    assert asked[0].startswith("1 catatan belum terkirim")
    log_in(phone, budi)
    expect(state(phone)).to_have_text("1 belum terkirim")
    assignment.update(ended_on=None)
    phone.goto(OUTBOX)
    phone.get_by_role("button", name="Kirim lagi Siti Utara").click()
    expect(state(phone)).to_have_text("Semua terkirim")
    assert Visit.objects.get().household == north_family


def test_another_user_of_the_phone_sees_and_sends_nothing_of_it(phone, transactional_db, budi, north_family):
    citra = make_user("citra2", Role.PENDAMPING, NORTH[:4])
    make_household(name="Wati Citra", assistant=citra)
    begin(phone, budi)
    phone.context.set_offline(True)
    write(phone, "Siti Utara", "punya Budi")
    budi.sessions.all().delete()  # before it could be sent
    phone.context.set_offline(False)
    begin(phone, citra)
    expect(state(phone)).to_have_text("Semua terkirim")
    phone.goto(OUTBOX)
    expect(phone.get_by_role("heading", name="Semua terkirim")).to_be_visible()
    phone.context.set_offline(True)
    phone.goto(TASKS)
    expect(phone.get_by_role("heading", name="Wati Citra")).to_be_visible()
    assert "Siti Utara" not in phone.content()
    phone.context.set_offline(False)
    log_out(phone)
    phone.context.set_offline(True)
    phone.goto(TASKS)  # nobody is logged in: nobody's list
    expect(phone.get_by_role("heading", name="Tidak ada sambungan internet", level=2)).to_be_visible()

    phone.context.set_offline(False)
    assert not Visit.objects.exists()
    log_in(phone, budi)
    expect(state(phone)).to_have_text("Semua terkirim")
    assert Visit.objects.get().assistant == budi


def test_a_log_in_that_has_ended_keeps_everything_and_a_disabled_account_nothing(
    phone, transactional_db, budi, north_family
):
    begin(phone, budi)
    phone.goto(reverse("assistance_logs:visit_new", args=[north_family.pk]))
    budi.sessions.all().delete()
    phone.get_by_label("Bertemu pengurus").check()
    phone.get_by_label("Catatan").fill("sesi habis")
    phone.get_by_role("button", name="Simpan kunjungan").click()
    phone.wait_for_url("**/accounts/login/**")  # the outbox asks who it is
    expect(phone.get_by_text("1 catatan menunggu dikirim")).to_be_visible()
    assert not Visit.objects.exists()

    budi.is_active = False
    budi.save()
    phone.goto("/accounts/login/")
    wait_until(lambda: not any(rows(phone, name) for name in ("people", "items", "photos", "drafts")))
    budi.is_active = True
    budi.save()
    log_in(phone, budi)
    expect(state(phone)).to_have_text("Semua terkirim")
    phone.goto(OUTBOX)
    assert not Visit.objects.exists()
