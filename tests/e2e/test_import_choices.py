"""Ticks in the preview of an import, clicked in a real browser: the button says at once what it would write."""

import io

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from beneficiaries.models import Household
from ejsika.accounts.permissions import Role
from ejsika.imports import actions
from tests.e2e.conftest import PHONE
from tests.factories import NORTH, make_program, make_user
from tests.sheets import family, write_roster


@pytest.fixture
def batch(transactional_db, settings, tmp_path):
    """Two families of the register, both changed by the next sheet, and a third that is wrong."""
    settings.MEDIA_ROOT = tmp_path
    call_command("load_regions", stdout=io.StringIO())
    operator, lines = make_user("admin", Role.ADMIN, "36"), [family(NORTH), family(NORTH)]
    changed = [line | {"No HP": "081299998888", "RT": "9"} for line in lines] + [family(NORTH) | {"RT": "x"}]
    for rows in (lines, changed):
        content = write_roster(tmp_path / "x.xlsx", rows).read_bytes()
        batch = actions.receive(kind="roster", program=make_program(), by=operator, name="x.xlsx", content=content)
        actions.check(batch)
        if rows is lines:
            actions.commit(batch, operator)
    return batch


def test_ticks_are_kept_as_they_are_clicked_and_saved_as_shown(batch, visit_as, run_queue):
    page = visit_as(batch.uploaded_by, PHONE)
    page.goto(f"{batch.get_absolute_url()}?tab=change")
    expect(page.get_by_role("button", name="Simpan 2, tinggalkan 1")).to_be_visible()
    whole, phone = (page.locator(f"input[name=keep][value='{key}']") for key in ("2:", "3:phone"))
    whole.uncheck()  # one after the other, without waiting for an answer
    phone.uncheck()
    expect(page.get_by_role("button", name="Simpan 1, tinggalkan 2")).to_be_visible()
    expect(page.get_by_text("2 keluarga tidak akan disimpan: 1 salah, 1 tidak dipilih. 1 isian")).to_be_visible()
    whole.check()
    page.get_by_role("button", name="Simpan 2, tinggalkan 1").click()
    expect(page.get_by_role("heading", name="Sedang disimpan")).to_be_visible()
    run_queue()
    expect(page.get_by_text("1 keluarga tidak disimpan: 1 salah. 1 isian tetap seperti semula.")).to_be_visible()
    saved = Household.objects.order_by("pk").values_list("phone", "rt")
    assert list(saved) == [("081299998888", 9), ("081200001111", 9)]
