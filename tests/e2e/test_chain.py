"""The main job in a real browser: a spreadsheet becomes families, one is visited, seen, and graduates."""

import io
import re

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from assistance_logs.models import Visit
from beneficiaries.models import Household
from ejsika.accounts.permissions import Role
from tests.e2e.conftest import HOME_OF_BUDI, PHONE
from tests.factories import make_program, make_user
from tests.sheets import ROSTERS

FAMILY = "Ai Khotimah"  # the first of 01_template.xlsx, in Nayagati, Kab. Lebak
LEBAK = "3602"


@pytest.fixture
def people(transactional_db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    call_command("load_regions", stdout=io.StringIO())
    make_program()
    roles = {
        "admin": (Role.ADMIN, "36"),
        "ayu": (Role.KOORDINATOR, LEBAK),
        "budi": (Role.PENDAMPING, LEBAK),
        "dewi": (Role.DINSOS, LEBAK),
        "eko": (Role.PIMPINAN, LEBAK),
    }
    return {name: make_user(name, role, region) for name, (role, region) in roles.items()}


def test_from_a_spreadsheet_to_a_family_that_rose(people, visit_as, run_queue):
    import_roster(visit_as(people["admin"]), run_queue)
    assign(visit_as(people["ayu"]))
    phone = visit_as(people["budi"], PHONE, geolocation=HOME_OF_BUDI, permissions=["geolocation"])
    log_visit(phone)
    see_it(visit_as(people["dewi"]))
    graduate(phone, visit_as, people)
    see_no_name(visit_as(people["eko"]))


def import_roster(page, run_queue):
    page.get_by_role("link", name="Unggah data").first.click()
    page.get_by_label("Berkas").set_input_files(ROSTERS / "01_template.xlsx")
    page.get_by_role("button", name="Unggah dan periksa").click()
    expect(page.get_by_role("heading", name="Berkas sedang diperiksa")).to_be_visible()
    run_queue()
    page.get_by_role("button", name="Simpan 120").click()  # the page has loaded itself anew
    expect(page.get_by_role("heading", name="Sedang disimpan")).to_be_visible()
    run_queue()
    expect(page.get_by_text("120 keluarga baru dan 0 berubah disimpan")).to_be_visible()
    assert Household.objects.count() == 120


def assign(page):
    page.goto("/households/")
    page.get_by_label("Cari nama").fill("khotimah ai")
    page.get_by_role("button", name="Cari").click()
    assert "khotimah" not in page.url.lower()
    page.get_by_role("link", name=FAMILY).click()
    page.get_by_role("button", name=f"tampilkan NIK {FAMILY}").first.click()
    expect(page.get_by_text("3602 0669 0860 4180")).to_be_visible()
    page.get_by_role("link", name="Tugaskan pendamping").first.click()
    page.locator("select[name=assistant]").select_option(index=1)
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_text("pendamping Budi")).to_be_visible()


def log_visit(page):
    page.get_by_role("link", name=f"Catat kunjungan ke {FAMILY}").click()
    page.get_by_label("Bertemu pengurus").check()
    page.get_by_label("Usaha", exact=True).check()
    page.get_by_label("Catatan").fill("Warung mulai jual gas, modal dari tabungan.")
    expect(page.get_by_text("Lokasi ± 12 m")).to_be_visible()
    page.get_by_role("button", name="Simpan kunjungan").click()
    expect(page.get_by_text("tersimpan").first).to_be_visible()
    visit = Visit.objects.get()
    assert (visit.topics, visit.accuracy_m) == (["usaha"], 12)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def see_it(page):
    page.goto("/reports/dashboard/")
    card = page.locator(".figure", has_text="Dikunjungi")
    expect(card.get_by_role("link", name="1", exact=True)).to_be_visible()
    card.get_by_role("link", name="1", exact=True).click()
    expect(page.get_by_role("link", name=FAMILY)).to_be_visible()
    page.goto("/reports/map/")
    expect(page.locator(".leaflet-marker-icon, .leaflet-interactive").first).to_be_visible()
    page.get_by_role("link", name="tabel").click()
    expect(page.get_by_role("table")).to_be_visible()


def graduate(phone, visit_as, people):
    household = Household.objects.get(recipient_name=FAMILY)
    phone.goto(household.get_absolute_url())
    phone.get_by_role("link", name="Usulkan graduasi").first.click()
    phone.get_by_label(re.compile("Graduasi mandiri")).check()
    phone.get_by_label("Usaha keluarga berkembang").check()
    phone.get_by_role("button", name="Usulkan graduasi").click()
    case = household.enrollments.get().graduation_cases.get()
    verifier = visit_as(people["ayu"])
    verifier.goto(case.get_absolute_url())
    verifier.get_by_role("button", name=re.compile("Verifikasi")).click()
    decider = visit_as(people["dewi"])
    decider.goto(case.get_absolute_url())
    decider.get_by_label("Nomor SK").fill("460/12-SK/2026")
    decider.get_by_role("button", name=re.compile("Tetapkan")).click()
    household.refresh_from_db()
    assert household.status == "graduasi"
    decider.goto("/reports/graduated/")
    expect(decider.get_by_text(FAMILY)).to_be_visible()
    phone.goto(household.get_absolute_url())
    expect(phone.get_by_text("460/12-SK/2026").first).to_be_visible()


def see_no_name(page):
    for path in ("/reports/dashboard/", "/reports/graduated/", "/reports/map/table/", "/reports/map/"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert FAMILY not in page.content()
        assert "/households/" not in page.content()
