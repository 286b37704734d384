"""A group's meeting that is written while the network goes away waits in the outbox, and is stored once."""

from django.urls import reverse
from playwright.sync_api import expect

from assistance_logs.groups.models import GroupSession
from tests.e2e.test_offline import OUTBOX, begin, phone, rows, wait_until  # noqa: F401 - phone is a fixture
from tests.factories import make_group


def write(page, group):
    page.goto(reverse("groups:session_new", args=[group.pk]))
    page.wait_for_load_state("networkidle")
    page.get_by_label("Semua hadir").check(force=True)


def test_a_meeting_waits_for_the_network_and_is_stored_once(phone, budi, north_family, second_family):  # noqa: F811
    group = make_group(north_family, second_family, name="Melati")
    begin(phone, budi)
    write(phone, group)
    phone.context.set_offline(True)
    phone.get_by_role("button", name="Simpan pertemuan").click()
    phone.wait_for_url(f"**{OUTBOX}**")
    expect(phone.get_by_role("heading", name="Melati")).to_be_visible()
    assert not GroupSession.objects.exists()
    phone.context.set_offline(False)
    wait_until(lambda: [row["state"] for row in rows(phone, "items")] == ["sent"], 20)
    session = GroupSession.objects.get()
    assert session.attendances.took_part().count() == 2 and session.assistant == budi


def test_a_meeting_that_is_wrong_says_so_beside_its_field(phone, budi, north_family):  # noqa: F811
    group = make_group(north_family, name="Melati")
    begin(phone, budi)
    phone.goto(reverse("groups:session_new", args=[group.pk]))
    phone.get_by_role("button", name="Simpan pertemuan").click()
    expect(phone.get_by_text("1 keluarga belum diabsen")).to_be_visible()
    phone.get_by_label("Semua hadir").check(force=True)
    phone.get_by_role("button", name="Simpan pertemuan").click()
    phone.wait_for_url("**/groups/sessions/**")
    assert GroupSession.objects.get().attendances.count() == 1
