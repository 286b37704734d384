"""An assessment with photos that is written without network: its sections are kept at once, and it is sent once."""

import datetime

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from beneficiaries.models import Assessment
from tests.e2e.test_offline import OUTBOX, TASKS, begin, phone, rows, state  # noqa: F401 - phone is a fixture
from tests.factories import make_assessment, picture


def test_an_assessment_waits_with_its_photos_and_is_sent_once(
    phone,  # noqa: F811
    transactional_db,
    settings,
    tmp_path,
    budi,
    north_family,
):
    settings.MEDIA_ROOT = tmp_path / "files"
    taken = tmp_path / "a.jpg"
    taken.write_bytes(picture(2400, 1800, quality=85))
    last = timezone.localdate() - datetime.timedelta(days=300)
    make_assessment(north_family, budi, last, floor="8", walls="4", savings=1_250_000, assets=["motor"])
    begin(phone, budi)
    phone.context.set_offline(True)
    phone.goto(TASKS)
    phone.get_by_role("link", name="Isi asesmen Siti Utara").click()
    expect(phone.get_by_text("Diisi dari asesmen")).to_be_visible()
    floor = phone.get_by_role("group", name="Lantai", exact=True)
    expect(floor.get_by_label("Tanah")).to_be_checked()
    floor.get_by_label("Keramik").check()
    phone.get_by_role("button", name="Lanjut: Air dan listrik").click()
    phone.get_by_label("Sumur bor/pompa").check()
    phone.get_by_text("Foto dan catatan").last.click()
    for name in ("Depan rumah", "Dapur"):
        phone.get_by_label(name, exact=True).set_input_files(taken)
        expect(phone.get_by_role("img", name=f"{name}, foto baru")).to_be_visible()

    phone.reload()  # as when the camera needs the memory
    expect(phone.get_by_text("dipulihkan")).to_be_visible()
    phone.get_by_text("Foto dan catatan").last.click()
    expect(phone.get_by_role("img", name="Dapur, foto baru")).to_be_visible()
    phone.get_by_role("button", name="Simpan asesmen").click()
    phone.wait_for_url(f"**{OUTBOX}*")
    expect(phone.get_by_text("2 foto")).to_be_visible()
    assert Assessment.objects.count() == 1

    phone.get_by_role("button", name="Ubah Siti Utara").click()
    expect(floor.get_by_label("Keramik")).to_be_checked()
    phone.get_by_text("Foto dan catatan").last.click()
    phone.get_by_label("Catatan").fill("diubah tanpa jaringan")
    phone.get_by_role("button", name="Simpan asesmen").click()
    expect(phone.get_by_text("Menunggu", exact=True)).to_be_visible()

    phone.context.set_offline(False)
    expect(state(phone)).to_have_text("Semua terkirim")
    kept = Assessment.objects.current().get(assessed_on=timezone.localdate())
    assert (kept.floor, kept.walls, kept.drinking_water, kept.savings) == ("2", "4", "4", 1_250_000)
    assert (kept.note, kept.assets, kept.officer) == ("diubah tanpa jaringan", ["motor"], budi)
    assert sorted(kept.photos.values_list("subject", flat=True)) == ["dapur", "depan"]
    assert all(row.photo.size <= 200_000 for row in kept.photos.select_related("photo"))
    assert rows(phone, "photos") == [] and Assessment.objects.count() == 2


def test_the_page_with_network_saves_by_the_outbox_and_shows_the_family(phone, transactional_db, budi, north_family):  # noqa: F811
    begin(phone, budi)
    phone.goto(reverse("beneficiaries:assessment_new", args=[north_family.pk]))
    phone.get_by_role("button", name="Simpan asesmen").click()
    expect(phone.get_by_text("Isi sedikitnya satu keterangan")).to_be_visible()
    phone.get_by_role("group", name="Lantai", exact=True).get_by_label("Tanah").check()
    phone.get_by_role("button", name="Simpan asesmen").click()
    phone.wait_for_url(f"**{north_family.get_absolute_url()}")
    expect(phone.get_by_text("Asesmen tersimpan.")).to_be_visible()
    assert Assessment.objects.get().floor == "8"
