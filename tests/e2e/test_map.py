"""The map in a real browser: keyboard, popup, a name with markup in it, and a server that does not answer."""

import pytest
from django.urls import reverse

from tests.e2e.conftest import DESKTOP, PHONE
from tests.factories import NORTH, make_household, make_region

MAP = reverse("reports:map")


@pytest.fixture
def family(transactional_db, budi):
    make_region(NORTH, latitude="-6.4", longitude="106.2")
    return make_household(region=NORTH, assistant=budi, name="Siti <b>Tebal</b>", latitude="-6.4", longitude="106.2")


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_family_opens_by_keyboard_and_its_name_stays_text(visit_as, budi, family, device):
    page = visit_as(budi, device)
    page.goto(MAP)
    mark = page.get_by_role("button", name="Siti <b>Tebal</b>, belum pernah dikunjungi")
    mark.focus()
    page.keyboard.press("Enter")
    card = page.locator(".leaflet-popup-content")
    assert card.get_by_text("Siti <b>Tebal</b>", exact=True).is_visible()
    card.get_by_role("link", name="Catat kunjungan").click()
    page.wait_for_url(f"**{reverse('assistance_logs:visit_new', args=[family.pk])}")


def test_failure_is_said_and_can_be_tried_again(browser, live_server, client, budi, family):
    client.force_login(budi)
    context = browser.new_context(base_url=live_server.url, service_workers="block", **DESKTOP)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    page.route("**/map/cells/**", lambda route: route.abort())
    page.goto(MAP)
    retry = page.get_by_role("button", name="Coba lagi")
    retry.wait_for()
    assert page.get_by_text("Peta tidak dapat dimuat").is_visible()
    page.unroute("**/map/cells/**")
    retry.click()
    page.get_by_role("button", name="Siti").wait_for()
    assert retry.is_hidden()
    context.close()
