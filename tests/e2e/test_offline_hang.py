"""A network that takes what it is asked and never answers: the day's work goes on after a while."""

import random
import time
from types import SimpleNamespace

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assistance_logs.models import Visit
from tests.e2e.soak.network import Network
from tests.e2e.test_offline import OUTBOX, TASKS, begin, kept, phone, state, wait_until  # noqa: F401 - phone is a fixture

PATIENCE_MS = 800


@pytest.fixture
def network(live_server):
    network = Network(SimpleNamespace(port=live_server.thread.port, kill=lambda: None), random.Random(1))
    yield network
    network.close()


@pytest.fixture
def address(network, monkeypatch):
    monkeypatch.setattr("ejsika.offline.PATIENCE_MS", PATIENCE_MS)
    return network.url


def test_the_days_work_goes_on_where_no_answer_comes(phone, network, budi, north_family):  # noqa: F811
    begin(phone, budi)
    assert phone.locator("[data-part]").count() == 0  # an answer that comes is shown
    network.is_hanging = True
    for path in (TASKS, "/"):
        begun = time.monotonic()
        phone.goto(path)
        expect(phone.get_by_role("heading", name="Siti Utara")).to_be_visible()
        assert path == "/" or time.monotonic() - begun >= PATIENCE_MS / 1000  # once it has hung, it is waited for less
    phone.get_by_role("link", name="Catat kunjungan ke Siti Utara").click()
    phone.get_by_label("Bertemu pengurus").check()
    phone.get_by_label("Catatan").fill("di jaringan yang macet")
    phone.get_by_role("button", name="Simpan kunjungan").click()
    expect(phone.get_by_text("Menunggu", exact=True)).to_be_visible(timeout=15_000)

    begun = time.monotonic()
    phone.goto(north_family.get_absolute_url())  # the shell has nothing of it: it is waited for longer
    expect(phone.get_by_role("heading", name="Tidak ada sambungan internet", level=2)).to_be_visible()
    assert time.monotonic() - begun >= 2 * PATIENCE_MS / 1000
    network.heal()
    for fault in ("stall", "stranger"):
        network.wrong = {"": fault}
        phone.goto(TASKS)
        expect(phone.get_by_role("heading", name="Siti Utara")).to_be_visible()
        network.heal()
    wait_until(lambda: phone.goto(TASKS) and phone.locator("[data-part]").count() == 0)
    expect(state(phone)).to_have_text("Semua terkirim")
    assert Visit.objects.get().notes == "di jaringan yang macet"


def test_what_is_sent_into_a_network_that_hangs_is_kept_and_stored_once(phone, network, budi, north_family):  # noqa: F811
    """The server takes the visit, its answer stops in the middle: another try gets the same answer."""
    network.wrong = {reverse("offline"): "stranger"}  # a worker that would keep this is none
    phone.goto("/accounts/login/")
    phone.wait_for_load_state("networkidle")
    assert reverse("offline") not in kept(phone)
    network.heal()
    begin(phone, budi)
    phone.goto(reverse("assistance_logs:visit_new", args=[north_family.pk]))
    phone.wait_for_load_state("networkidle")
    phone.get_by_label("Bertemu pengurus").check()
    network.wrong = {reverse("outbox:send"): "stall"}
    phone.get_by_role("button", name="Simpan kunjungan").click()
    phone.wait_for_url(f"**{OUTBOX}**", timeout=15_000)
    expect(state(phone)).to_have_text("1 belum terkirim")
    assert Visit.objects.count() == 1
    network.heal()
    expect(state(phone)).to_have_text("Semua terkirim", timeout=40_000)  # by itself
    assert Visit.objects.count() == 1
