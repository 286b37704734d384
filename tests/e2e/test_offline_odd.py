"""What people and phones do to a form: two tabs, the way back, two taps, no room. Nothing lost, nothing doubled."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assistance_logs.models import Visit
from ejsika import offline
from ejsika.accounts.permissions import Role
from tests.e2e.conftest import PHONE
from tests.e2e.test_offline import (  # noqa: F401 - phone is a fixture
    OUTBOX,
    begin,
    kept,
    log_in,
    log_out,
    phone,
    rows,
    state,
    wait_until,
)
from tests.factories import NORTH, make_household, make_user, picture

# The browser's own limit is told to a database that is open only half a minute later.
NO_ROOM = """() => {
    IDBObjectStore.prototype.put = function () {
        this.transaction.abort()
        throw new DOMException("full", "QuotaExceededError")
    }
}"""


@pytest.fixture
def photo(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    taken = tmp_path / "a.jpg"
    taken.write_bytes(picture(900, 700))
    return taken


def open_form(page, family):
    page.goto(reverse("assistance_logs:visit_new", args=[family.pk]))
    expect(page.locator(".photos.is-ready")).to_be_visible()  # its script has begun


def save(page):
    page.get_by_role("button", name="Simpan kunjungan").click()


def is_sent(page):
    return all(row["state"] == "sent" for row in rows(page, "items"))


def test_a_draft_in_two_tabs_is_one_visit(phone, photo, budi, north_family):  # noqa: F811
    begin(phone, budi)
    phone.context.set_offline(True)
    open_form(phone, north_family)
    phone.get_by_label("Bertemu pengurus").check()
    phone.get_by_label("Foto", exact=False).set_input_files([photo])
    expect(phone.get_by_text("Foto 1 dari 5")).to_be_visible()
    other = phone.context.new_page()
    open_form(other, north_family)
    expect(other.get_by_label("Bertemu pengurus")).to_be_checked()
    for page, words in ((phone, "di tab pertama"), (other, "di tab kedua")):
        page.get_by_label("Catatan").fill(words)
        save(page)
        page.wait_for_url(f"**{OUTBOX}**")
    expect(state(other)).to_have_text("1 belum terkirim")
    phone.context.set_offline(False)
    wait_until(lambda: is_sent(other))
    visit = Visit.objects.get()
    assert (visit.notes, visit.photos.count()) == ("di tab kedua", 1)


def test_a_form_that_one_comes_back_to_is_the_same_visit(phone, budi, north_family):  # noqa: F811
    begin(phone, budi)
    open_form(phone, north_family)
    phone.get_by_label("Bertemu pengurus").check()
    phone.get_by_role("button", name="Simpan kunjungan").dblclick()
    phone.wait_for_url(lambda url: "/visits/new/" not in url)
    assert Visit.objects.count() == 1
    phone.go_back()
    expect(phone.locator(".photos.is-ready")).to_be_visible()
    phone.get_by_label("Bertemu pengurus").check()
    save(phone)
    phone.wait_for_url(lambda url: "/visits/new/" not in url)
    assert Visit.objects.current().count() == 1


def test_a_form_that_waits_shows_what_it_said_when_one_comes_back(phone, budi, north_family):  # noqa: F811
    begin(phone, budi)
    phone.context.set_offline(True)
    open_form(phone, north_family)
    phone.get_by_label("Bertemu pengurus").check()
    phone.get_by_label("Catatan").fill("pertama")
    save(phone)
    phone.wait_for_url(f"**{OUTBOX}**")
    phone.go_back()
    expect(phone.get_by_label("Catatan")).to_have_value("pertama")
    expect(phone.locator(".photos.is-ready")).to_be_visible()
    phone.get_by_label("Catatan").fill("pertama, ditambah")
    save(phone)
    phone.wait_for_url(f"**{OUTBOX}**")
    open_form(phone, north_family)  # once more by its link: another visit
    expect(phone.get_by_label("Catatan")).to_have_value("")
    phone.get_by_label("Bertemu pengurus").check()
    phone.get_by_label("Catatan").fill("kedua")
    save(phone)
    phone.wait_for_url(f"**{OUTBOX}**")
    expect(state(phone)).to_have_text("2 belum terkirim")
    phone.context.set_offline(False)
    wait_until(lambda: is_sent(phone))
    assert sorted(visit.notes for visit in Visit.objects.all()) == ["kedua", "pertama, ditambah"]


def test_a_full_phone_says_so_and_sends_what_it_cannot_keep(phone, photo, budi, north_family):  # noqa: F811
    begin(phone, budi)
    open_form(phone, north_family)
    phone.evaluate(NO_ROOM)
    phone.get_by_label("Bertemu pengurus").check()
    phone.get_by_label("Catatan").fill("ponsel penuh")
    phone.get_by_label("Foto", exact=False).set_input_files([photo])
    expect(phone.get_by_text("Foto 1 dari 5")).to_be_visible()
    expect(phone.get_by_text("Ruang penyimpanan ponsel ini penuh")).to_be_visible()
    phone.context.set_offline(True)
    save(phone)
    expect(phone.get_by_text("Ponsel ini tidak dapat menyimpan")).to_be_visible()
    assert phone.get_by_label("Catatan").input_value() == "ponsel penuh" and not Visit.objects.exists()
    phone.context.set_offline(False)
    save(phone)
    phone.wait_for_url("**/visits/1*/")
    visit = Visit.objects.get()
    assert (visit.notes, visit.photos.count()) == ("ponsel penuh", 1)


def test_a_form_that_is_open_when_another_logs_in_waits_for_its_writer(phone, budi, north_family):  # noqa: F811
    citra = make_user("citra2", Role.PENDAMPING, NORTH[:4])
    make_household(name="Wati Citra", assistant=citra)
    begin(phone, budi)
    open_form(phone, north_family)
    phone.get_by_label("Bertemu pengurus").check()
    other = phone.context.new_page()
    log_out(other)
    log_in(other, citra)
    save(phone)
    phone.wait_for_url(f"**{OUTBOX}**")
    expect(phone.get_by_role("heading", name="Semua terkirim")).to_be_visible()  # of hers
    assert "Siti Utara" not in phone.content() and not Visit.objects.exists()
    log_out(other)
    log_in(other, budi)
    expect(state(other)).to_have_text("Semua terkirim")
    assert Visit.objects.get().assistant == budi


def test_a_new_version_in_the_middle_of_a_visit_costs_nothing(phone, monkeypatch, budi, north_family):  # noqa: F811
    begin(phone, budi)
    open_form(phone, north_family)
    phone.get_by_label("Bertemu pengurus").check()
    monkeypatch.setattr(offline, "STYLES", [*offline.STYLES, "css/components/map.css"])
    monkeypatch.setattr(offline, "FILES", [*offline.FILES, "css/components/map.css"])
    phone.evaluate("async () => (await navigator.serviceWorker.getRegistration()).update()")
    wait_until(lambda: any(path.startswith("/static/css/components/map") for path in kept(phone)))
    phone.context.set_offline(True)
    phone.get_by_label("Catatan").fill("di tengah pembaruan")
    save(phone)
    phone.wait_for_url(f"**{OUTBOX}**")
    expect(phone.get_by_text("Menunggu", exact=True)).to_be_visible()
    phone.context.set_offline(False)
    expect(state(phone)).to_have_text("Semua terkirim")
    assert Visit.objects.get().notes == "di tengah pembaruan"


# What a browser does by itself where no script has begun: the same again for a second tap.
SENT_BY_THE_BROWSER = """async (form) => {
    const canvas = new OffscreenCanvas(64, 48)
    canvas.getContext("2d").fillRect(0, 0, 64, 48)
    const files = new DataTransfer()
    files.items.add(new File([await canvas.convertToBlob({ type: "image/png" })], "a.png", { type: "image/png" }))
    form.querySelector("[type=file]").files = files.files
    setTimeout(() => form.submit(), 20)
    form.submit()
}"""


def test_a_form_that_is_sent_before_its_script_begins_waits_in_the_outbox(phone, photo, budi, north_family):  # noqa: F811
    begin(phone, budi)
    open_form(phone, north_family)
    phone.context.set_offline(True)
    phone.get_by_label("Bertemu pengurus").check()
    phone.get_by_label("Catatan").fill("dikirim peramban")
    phone.locator("form.form").evaluate(SENT_BY_THE_BROWSER)
    expect(phone.get_by_role("heading", name="Siti Utara")).to_be_visible()
    expect(phone.get_by_text("1 foto")).to_be_visible()
    phone.context.set_offline(False)
    expect(state(phone)).to_have_text("Semua terkirim")
    visit = Visit.objects.get()
    assert (visit.notes, visit.household, visit.photos.count()) == ("dikirim peramban", north_family, 1)


def test_what_is_typed_before_the_script_begins_stays_and_waits_without_a_shell(
    browser, live_server, budi, north_family
):
    """No service worker yet: there is nowhere to go to, so the page itself says that it is kept."""
    context = browser.new_context(base_url=live_server.url, service_workers="block", **PHONE)
    page, held = context.new_page(), []
    log_in(page, budi)
    open_form(page, north_family)
    page.get_by_label("Rumah kosong").check()
    page.get_by_label("Catatan").fill("draf lama")
    wait_until(lambda: any(["notes", "draf lama"] in row["fields"] for row in rows(page, "drafts")))
    page.route("**/visit_form*.js", lambda route: held.append(route))
    page.goto(reverse("assistance_logs:visit_new", args=[north_family.pk]), wait_until="commit")
    page.get_by_label("Catatan").fill("ditulis lebih dulu")
    wait_until(lambda: page.wait_for_timeout(20) or held)
    held[0].continue_()
    expect(page.get_by_text("dipulihkan")).to_be_visible()
    expect(page.get_by_label("Rumah kosong")).to_be_checked()
    expect(page.get_by_label("Catatan")).to_have_value("ditulis lebih dulu")
    context.set_offline(True)
    save(page)
    expect(page.get_by_text("Tersimpan di ponsel ini")).to_be_visible()
    assert not Visit.objects.exists()
    context.set_offline(False)
    expect(state(page)).to_have_text("Semua terkirim")
    assert Visit.objects.get().notes == "ditulis lebih dulu"
    context.close()
