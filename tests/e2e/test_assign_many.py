"""Families handed over from the list in a browser that runs no scripts, by keyboard alone."""

import pytest

from beneficiaries.models import Assignment
from ejsika.accounts.permissions import Role
from tests.e2e.conftest import DESKTOP, PHONE
from tests.factories import NORTH, make_household, make_user


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_picked_families_change_hands_without_scripts(visit_as, transactional_db, ayu, budi, device):
    tono = make_user("tono", Role.PENDAMPING, NORTH[:4], name="Tono")
    families = [make_household(name=name, assistant=budi) for name in ("Ani", "Beti", "Cici")]
    page = visit_as(ayu, device, java_script_enabled=False)
    page.goto("/households/")
    for name in ("Ani", "Cici"):
        page.get_by_label(f"Pilih {name}").press("Space")
    page.get_by_role("button", name="Tugaskan yang dicentang").press("Enter")
    page.get_by_label("Pendamping", exact=True).select_option(label="Tono · 0 keluarga")
    page.get_by_role("button", name="Periksa dahulu").press("Enter")
    assert page.get_by_text("dari Budi").is_visible()
    page.get_by_role("button", name="Tugaskan 2 keluarga").press("Enter")
    assert page.get_by_text("Kini didampingi Tono: 0 keluarga baru, 2 pindahan").is_visible()
    held = Assignment.objects.open().filter(assistant=tono)
    assert set(held.values_list("household", flat=True)) == {families[0].pk, families[2].pk}
