"""Lists on A4: letterhead and what the list is of, no frame, nothing to press, no column cut off."""

import re

import pytest

from tests.factories import make_household

A4_BETWEEN_MARGINS = {"width": 688, "height": 990}  # 182 mm at 96 dots an inch
FRAME = ["nav.places", ".topbar", ".filters", ".search", "button", ".button", "input:not([type=hidden])"]


@pytest.fixture
def families(transactional_db, budi):
    for n in range(45):
        make_household(
            assistant=budi, name=f"Siti Nurhasanatul Munawaroh Binti Haji Abdurrahman Wahid Kertasasmita {n}", rt=n + 1
        )


@pytest.mark.parametrize(
    ("person", "path", "title"),
    [
        ("ayu", "/households/?status=aktif", "KPM"),
        ("budi", "/visits/tasks/", "Tugas hari ini"),
        ("ayu", "/reports/dashboard/", "Kabupaten 3602"),
        ("ayu", "/reports/components/", "Komponen"),
        ("ayu", "/reports/map/table/", "Peta sebagai tabel"),
    ],
)
def test_a_list_on_paper(visit_as, request, families, person, path, title):
    user = request.getfixturevalue(person)
    page = visit_as(user, {"viewport": A4_BETWEEN_MARGINS})
    page.goto(path)
    page.emulate_media(media="print")
    assert page.get_by_text(f"oleh {user.name}", exact=False).first.is_visible()
    assert page.get_by_text("Dinas Sosial Provinsi Banten").first.is_visible()
    assert page.get_by_role("heading", name=title, exact=True).is_visible()
    assert [name for name in FRAME for found in page.locator(name).all() if found.is_visible()] == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= A4_BETWEEN_MARGINS["width"]


def test_what_the_list_is_of_is_said_and_its_head_is_repeated(visit_as, ayu, families):
    page = visit_as(ayu)
    page.goto("/households/?status=aktif")
    assert page.get_by_text("Status: Aktif").is_hidden()
    page.emulate_media(media="print")
    assert page.get_by_text("Wilayah: Kabupaten 3602").is_visible()
    assert page.locator("thead").evaluate("head => getComputedStyle(head).display") == "table-header-group"
    sheets = re.findall(rb"/Type /Page\b", page.pdf(prefer_css_page_size=True))
    assert 2 <= len(sheets) <= 4
