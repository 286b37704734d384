"""A family's data changed without network while somebody else changes them too: merged, or asked, and sent once."""

from django.urls import reverse
from playwright.sync_api import expect

from beneficiaries.models import Household, SentEdit
from tests.e2e.conftest import HOME_OF_BUDI
from tests.e2e.test_offline import OUTBOX, TASKS, begin, phone, rows, state, wait_until  # noqa: F401 - phone is a fixture
from tests.factories import make_member


def test_other_fields_merge_and_the_same_field_is_chosen_by_its_writer(phone, transactional_db, budi, north_family):  # noqa: F811
    child = make_member(north_family, name="Rizki", relationship="3", school_level="SD", grade=2)
    begin(phone, budi)
    phone.context.set_offline(True)
    phone.goto(TASKS)
    phone.get_by_role("link", name="Ubah data Siti Utara").click()
    phone.get_by_label("Alamat").fill("Kp. Tanpa Jaringan")
    phone.get_by_text("Rizki").click()
    phone.locator(f"[name=m{child.pk}-grade]").fill("3")
    wait_until(lambda: [f"m{child.pk}-grade", "3"] in [pair for row in rows(phone, "drafts") for pair in row["fields"]])
    phone.reload()
    expect(phone.get_by_label("Alamat")).to_have_value("Kp. Tanpa Jaringan")
    phone.get_by_role("button", name="Simpan perubahan").click()
    phone.wait_for_url(f"**{OUTBOX}*")
    expect(phone.get_by_text("Alamat, Rizki")).to_be_visible()
    context = phone.context
    phone.close()  # the browser is closed and opened again
    again = context.new_page()
    again.on("dialog", lambda dialog: dialog.accept())

    Household.objects.filter(pk=north_family.pk).update(rt=9, address="Kp. Orang Lain")
    context.set_offline(False)
    again.goto(OUTBOX)
    expect(again.get_by_text("Perlu dilihat")).to_be_visible()
    child.refresh_from_db()
    assert child.grade == 2 and not SentEdit.objects.exists()  # all or nothing
    again.get_by_role("button", name="Ubah Siti Utara").click()
    expect(again.get_by_text("Isian saya: Kp. Tanpa Jaringan")).to_be_visible()
    expect(again.get_by_text("Yang tersimpan: Kp. Orang Lain")).to_be_visible()
    again.get_by_role("button", name="Simpan perubahan").click()
    expect(again.get_by_role("alert").get_by_text("Pilih mana yang benar")).to_be_visible()
    again.get_by_label("Isian saya: Kp. Tanpa Jaringan").check()
    again.get_by_role("button", name="Simpan perubahan").click()
    again.wait_for_url(f"**{north_family.get_absolute_url()}")
    expect(state(again)).to_have_text("Semua terkirim")
    north_family.refresh_from_db()
    child.refresh_from_db()
    assert (north_family.address, north_family.rt, child.grade) == ("Kp. Tanpa Jaringan", 9, 3)
    assert SentEdit.objects.count() == 1


def test_a_house_gets_its_first_point_without_network(phone, transactional_db, budi, second_family):  # noqa: F811
    begin(phone, budi)
    phone.context.set_offline(True)
    phone.goto(TASKS)
    phone.get_by_role("link", name="Ubah data Tini Utara").click()
    take = phone.get_by_role("button", name="Pakai lokasi saya sebagai titik rumah")
    phone.context.set_geolocation(HOME_OF_BUDI | {"accuracy": 400})
    take.click()
    expect(phone.get_by_text("kurang teliti (± 400 m)")).to_be_visible()
    phone.context.set_geolocation(HOME_OF_BUDI)
    take.click()
    expect(phone.get_by_text("ketelitian ± 12 m")).to_be_visible()
    phone.get_by_role("button", name="Simpan perubahan").click()
    phone.wait_for_url(f"**{OUTBOX}*")
    phone.get_by_role("button", name="Ubah Tini Utara").click()
    expect(phone.get_by_text("ketelitian ± 12 m")).to_be_visible()
    phone.get_by_role("button", name="Simpan perubahan").click()
    expect(phone.get_by_text("· Titik rumah")).to_be_visible()
    phone.context.set_offline(False)
    expect(state(phone)).to_have_text("Semua terkirim")
    second_family.refresh_from_db()
    assert (float(second_family.latitude), float(second_family.longitude)) == (-6.5864, 106.242)
    assert (second_family.point_source, second_family.point_accuracy_m) == ("gps", 12)


def test_a_network_that_goes_away_on_the_page_costs_nothing(phone, transactional_db, budi, north_family):  # noqa: F811
    begin(phone, budi)
    phone.goto(reverse("beneficiaries:household_edit", args=[north_family.pk]))
    phone.wait_for_load_state("networkidle")
    phone.get_by_label("RT", exact=True).fill("7")
    phone.get_by_label("Lintang", exact=True).fill("-6,5864")
    phone.get_by_label("Bujur", exact=True).fill("106,242")
    phone.context.set_offline(True)
    phone.get_by_role("button", name="Simpan", exact=True).click()
    phone.wait_for_url(f"**{OUTBOX}*")
    phone.get_by_role("button", name="Ubah Siti Utara").click()  # where there is no map
    phone.get_by_label("RW", exact=True).fill("4")
    phone.get_by_role("button", name="Simpan perubahan").click()
    expect(phone.get_by_text("Menunggu", exact=True)).to_be_visible()
    phone.context.set_offline(False)
    expect(state(phone)).to_have_text("Semua terkirim")
    north_family.refresh_from_db()
    assert (north_family.rt, north_family.rw, str(north_family.latitude)) == (7, 4, "-6.586400")
