"""What a phone kept under an older version of our code is sent by the newer one, and shown in its outbox."""

import uuid

from django.urls import reverse
from playwright.sync_api import expect

from assistance_logs.groups.models import GroupSession
from assistance_logs.models import Visit
from tests.assistance_logs.sending import sent
from tests.e2e.test_offline import OUTBOX, begin, phone, rows, state  # noqa: F401 - phone is a fixture
from tests.factories import make_group
from tests.groups.sending import sent_session

PUT = """async (row) => {
    const asked = indexedDB.open("ejsika")
    const db = await new Promise((resolve) => (asked.onsuccess = () => resolve(asked.result)))
    const done = db.transaction("items", "readwrite").objectStore("items").put(row)
    await new Promise((resolve) => (done.onsuccess = resolve))
    db.close()
}"""


def older(user, fields, name, **more):
    """A row as the versions before kinds wrote it."""
    return {
        "uuid": fields["uuid"],
        "user": user.pk,
        "fields": [list(pair) for pair in fields.items()],
        "family": {"name": name, "place": "Kp. Lama"},
        "summary": "ditulis dahulu",
        "happenedAt": fields["happened_at"],
        "writtenAt": 1,
        "state": "waiting",
        "edition": 1,
    } | more


def test_items_of_an_older_version_are_shown_and_sent(phone, budi, north_family, second_family):  # noqa: F811
    group = make_group(north_family, second_family, name="Melati")
    begin(phone, budi)
    phone.context.set_offline(True)
    number = str(uuid.uuid4())
    visit = older(budi, sent(uuid=number, notes="lama"), "Siti Utara", household=north_family.pk)
    page = reverse("groups:session_new", args=[group.pk])
    session = older(budi, sent_session(north_family, second_family), "Pertemuan Melati", page=page, edition=1764000000)
    phone.goto(OUTBOX)
    for row in (visit, session):
        phone.evaluate(PUT, row)
    phone.reload()
    expect(phone.get_by_role("heading", name="Siti Utara")).to_be_visible()
    expect(phone.get_by_role("listitem").filter(has_text="Melati").get_by_text("Pertemuan", exact=True)).to_be_visible()
    phone.get_by_role("button", name="Ubah Siti Utara").click()
    phone.get_by_label("Catatan").fill("lama, diubah")
    phone.get_by_role("button", name="Simpan kunjungan").click()
    expect(state(phone)).to_have_text("2 belum terkirim")

    phone.context.set_offline(False)
    expect(state(phone)).to_have_text("Semua terkirim")
    stored = Visit.objects.get()
    assert (str(stored.uuid), stored.household, stored.notes) == (number, north_family, "lama, diubah")
    assert GroupSession.objects.get().attendances.took_part().count() == 2
    assert {row["state"] for row in rows(phone, "items")} == {"sent"}
