"""A meeting of 25 families with photos, written without network: through everything that goes wrong, stored once."""

from django.urls import reverse
from playwright.sync_api import expect

from assistance_logs.groups.models import GroupSession
from ejsika.audit.models import AuditEvent
from ejsika.files.models import StoredPhoto
from tests.e2e.soak.phone import OUTBOX, TASKS
from tests.factories import make_group, make_household

FAMILIES = 25


def test_a_meeting_survives_the_phone_the_server_and_lost_answers(network, phone, photos, program, budi):
    families = [make_household(name=f"Keluarga {n:02}", assistant=budi, rt=n % 5 + 1, rw=1) for n in range(FAMILIES)]
    make_group(*families, name="Melati", place="Balai desa")
    phone.log_in(budi)
    phone.context.set_offline(True)
    phone.page.goto(TASKS)
    phone.page.get_by_role("link", name="Kelompok").click()
    phone.page.get_by_role("link", name="Catat pertemuan Melati").click()
    form = phone.page.locator("form", has_text="Siapa yang hadir?")
    form.get_by_role("button", name="Simpan pertemuan").click()
    expect(form.get_by_text("25 keluarga belum diabsen")).to_be_visible()
    form.get_by_label("Semua hadir").check(force=True)
    expect(form.get_by_text("25 dari 25 hadir")).to_be_visible()
    form.get_by_label("Keluarga 07 RT").uncheck(force=True)
    form.get_by_label("Keluarga 07 tidak hadir:").select_option("sakit")
    for number in range(8, FAMILIES):
        assert form.get_by_label(f"Keluarga {number:02} RT").is_checked()
    form.locator("input[type=file]").set_input_files(photos[:2])
    expect(form.get_by_text("Foto 2 dari 5")).to_be_visible()
    form.get_by_role("button", name="Simpan pertemuan").click()
    phone.page.wait_for_url(f"**{OUTBOX}**")
    expect(phone.page.get_by_text("24 dari 25 hadir")).to_be_visible()

    network.is_down = True
    phone.kill()
    expect(phone.page.get_by_role("heading", name="Melati")).to_be_visible()
    phone.page.get_by_role("button", name="Ubah Melati").click()
    expect(phone.page.get_by_text("24 dari 25 hadir", exact=True)).to_be_visible()
    expect(phone.page.get_by_text("Foto 2 dari 5")).to_be_visible()
    phone.page.get_by_label("Tempat").fill("Rumah ketua")
    phone.page.get_by_role("button", name="Simpan pertemuan").click()
    expect(phone.page.get_by_text("Menunggu", exact=True)).to_be_visible()

    network.planned = ["lost on the way", "server killed", "answer lost", "", "cut", "answer lost", "gateway"]
    network.is_down = False
    phone.log_in(budi)  # the battery took the cookie along
    for _ in range(20):
        if network.planned and phone.unsent(budi):
            phone.push()
    network.heal()
    phone.push()
    phone.wait(lambda: not phone.unsent(budi), seconds=60)

    session = GroupSession.objects.get()
    noted = dict(session.attendances.values_list("household__recipient_name", "presence"))
    assert noted == {family.recipient_name: "hadir" for family in families} | {"Keluarga 07": "sakit"}
    assert (session.place, session.photos.count(), StoredPhoto.objects.count()) == ("Rumah ketua", 2, 2)
    assert AuditEvent.objects.filter(action="session.logged").count() == 1
    phone.page.goto(OUTBOX)
    phone.page.get_by_role("link", name="Melati").click()
    phone.page.wait_for_url(f"**{reverse('groups:session_detail', args=[session.pk])}")
