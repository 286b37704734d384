"""A visit from the tasks to "tersimpan": by few taps, and by keyboard alone with the names a screen reader says."""

from playwright.sync_api import expect

from assistance_logs.models import Visit
from tests.e2e.conftest import PHONE
from tests.e2e.test_offline import TASKS

MOST_TAPS = 6
COUNT_TAPS = """addEventListener("click", ({ isTrusted, detail }) => {
    if (isTrusted && detail) sessionStorage.setItem("taps", Number(sessionStorage.getItem("taps")) + 1)
}, true)"""


def tab_to(page, role, name, most=40):
    """Press Tab until what a screen reader calls so has the focus, and that can be seen."""
    wanted = page.get_by_role(role, name=name, exact=True)
    for _ in range(most):
        if wanted.count() and wanted.evaluate("(element) => element === document.activeElement"):
            expect(wanted).to_be_in_viewport()
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} is not reached by Tab")


def test_a_visit_takes_few_taps(visit_as, budi, north_family):
    page = visit_as(budi, PHONE)
    page.context.add_init_script(COUNT_TAPS)
    page.goto(TASKS)
    page.get_by_role("link", name="Catat kunjungan ke Siti Utara").tap()
    page.get_by_label("Bertemu pengurus").locator("..").tap()
    page.get_by_label("Catatan").tap()
    page.keyboard.type("Anak kedua sudah masuk sekolah lagi.")
    page.get_by_role("button", name="Simpan kunjungan").tap()
    expect(page.get_by_text("Kunjungan tersimpan.")).to_be_visible()
    assert 0 < int(page.evaluate("sessionStorage.getItem('taps')")) <= MOST_TAPS
    visit = Visit.objects.get()
    assert (visit.household, visit.notes) == (north_family, "Anak kedua sudah masuk sekolah lagi.")


def test_a_visit_is_written_by_keyboard_alone(visit_as, budi, north_family):
    page = visit_as(budi, PHONE)
    page.goto(TASKS)
    tab_to(page, "link", "Catat kunjungan ke Siti Utara")
    page.keyboard.press("Enter")
    page.wait_for_url("**/visits/new/**")
    tab_to(page, "button", "Simpan kunjungan")
    page.keyboard.press("Enter")  # with nothing chosen: what is wrong has the focus, and says so
    expect(page.locator(":focus")).to_contain_text("Pilih hasil kunjungan.")
    tab_to(page, "radio", "Bertemu pengurus")
    page.keyboard.press("Space")
    tab_to(page, "textbox", "Catatan")
    page.keyboard.type("Ditulis dengan papan ketik.")
    tab_to(page, "button", "Simpan kunjungan")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").get_by_text("Kunjungan tersimpan.")).to_be_visible()
    assert Visit.objects.get().notes == "Ditulis dengan papan ketik."
