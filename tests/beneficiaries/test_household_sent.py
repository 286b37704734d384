"""An edit that a phone sends: once by its number, beside what others changed, and asked where both changed the same."""

import json
import re
import threading
import uuid

import pytest
from django.db import connection, transaction
from django.urls import reverse

from beneficiaries.edits import columns_within
from beneficiaries.forms.members import as_written
from beneficiaries.models import Household, Member, SentEdit
from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent
from ejsika.imports import actions as imports
from tests.factories import NORTH, make_household, make_member, make_program, make_region, make_user
from tests.graduation.test_races import until_waiting
from tests.sheets import checked
from tests.sheets import family as roster_line


@pytest.fixture
def family(north_family):
    make_member(north_family, name="Rizki", relationship="3", school_level="SD", grade=2)
    Household.objects.filter(pk=north_family.pk).update(phone="081234567890", latitude="-6.5", longitude="106.1",
                                                        point_source="gps")  # fmt: skip
    north_family.refresh_from_db()
    return north_family


@pytest.fixture
def assistant(client, budi):
    client.force_login(budi)
    return budi


def row_of(client, family) -> dict:
    """What the phone keeps of the family's data."""
    day = client.get(reverse("outbox:today")).json()
    return next(row for row in day["households"] if row["id"] == family.pk)


def fields_of(base) -> dict:
    """The form as the phone fills it from what it keeps."""
    columns = {unit: columns_within(unit, value) for unit, value in base.items()}
    parts = [(unit[: unit.find("-") + 1] + name, part) for unit in columns for name, part in columns[unit].items()]
    return {name: as_written(part) for name, part in parts}


def send(client, user, family, row, **changes):
    fields = fields_of(row["base"]) | {
        "base": json.dumps(row["base"]),
        "uuid": str(uuid.uuid4()),
        "outbox_version": "1",
    }
    fields |= {"user": user.pk, "item_kind": "household", "household": family.pk}
    return client.post(reverse("outbox:send"), fields | changes)


def test_the_phone_keeps_what_may_be_edited_and_no_number_of_identity_nor_point(
    client, assistant, family, south_family
):
    answer = client.get(reverse("outbox:today"))
    row = row_of(client, family)
    assert row["base"]["address"] == "Kp. Uji" and row["base"]["phone"] == "081234567890"
    child = family.members.get(name="Rizki")
    assert row["base"][f"m{child.pk}-school"] == ["SD", 2]
    assert row["recipient"] == family.members.get(is_recipient=True).pk and "point" not in row["base"]
    assert not re.search("[0-9]{16}", answer.text) and "106.1" not in answer.text
    assert south_family.pk not in [each["id"] for each in answer.json()["households"]]


def test_an_edit_is_taken_once_and_leaves_the_point_alone(client, assistant, family):
    child = family.members.get(name="Rizki")
    row, number = row_of(client, family), str(uuid.uuid4())
    changes = {"uuid": number, "address": "Kp. Baru", f"m{child.pk}-grade": "3", "new-name": "Dewi", "new-sex": "P"}
    answers = [send(client, assistant, family, row, **changes) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["url"] == family.get_absolute_url()
    family.refresh_from_db()
    child.refresh_from_db()
    assert (family.address, str(family.latitude), child.grade) == ("Kp. Baru", "-6.500000", 3)
    assert family.members.filter(name="Dewi").count() == 1 and SentEdit.objects.count() == 1
    assert sorted(AuditEvent.objects.values_list("action", flat=True)) == [
        "household.edited", "member.added", "member.edited"
    ]  # fmt: skip


def test_other_fields_merge_and_the_same_field_is_asked_with_both_values(client, assistant, family, ayu):
    row = row_of(client, family)
    Household.objects.filter(pk=family.pk).update(rt=9)
    assert send(client, assistant, family, row, address="Kp. Baru").json()["state"] == "stored"
    family.refresh_from_db()
    assert (family.address, family.rt) == ("Kp. Baru", 9)

    client.force_login(ayu)
    row["base"] |= {"address": "Kp. Baru", "rt": 9}
    Household.objects.filter(pk=family.pk).update(address="Kp. Lain")
    number = str(uuid.uuid4())
    client.force_login(assistant)
    for _ in range(2):  # asked again and again until it is chosen; nothing is kept meanwhile
        said = send(client, assistant, family, row, uuid=number, address="Kp. Saya", rt="7").json()
        assert said["state"] == "rejected" and "Pilih mana yang benar" in said["reasons"][0]
        asked = {one.pop("unit"): one for one in said["asked"]}
        assert asked.keys() == {"address"}
        assert (asked["address"]["mine"], asked["address"]["theirs"]) == ("Kp. Saya", "Kp. Lain")
        assert asked["address"]["fields"] == [["address", "Kp. Lain"]] and "diubah" in asked["address"]["told"]
    family.refresh_from_db()
    assert (family.address, family.rt) == ("Kp. Lain", 9)
    row["base"]["address"] = asked["address"]["value"]  # chosen: mine
    assert send(client, assistant, family, row, uuid=number, address="Kp. Saya", rt="7").json()["state"] == "stored"
    family.refresh_from_db()
    assert (family.address, family.rt) == ("Kp. Saya", 7)


def test_what_was_edited_after_a_sending_without_answer_stands_upon_that_one(client, assistant, family):
    row, number, revision = row_of(client, family), str(uuid.uuid4()), str(uuid.uuid4())
    send(client, assistant, family, row, uuid=number, address="Kp. Satu")
    for _ in range(2):
        said = send(client, assistant, family, row, uuid=number, revision=revision, address="Kp. Dua").json()
        assert said["state"] == "stored"
    family.refresh_from_db()
    assert family.address == "Kp. Dua"
    assert AuditEvent.objects.filter(action="household.edited").count() == 2
    third = {"uuid": number, "revision": str(uuid.uuid4())}
    assert send(client, assistant, family, row, **third, address="Kp. Uji").json()["state"] == "stored"
    family.refresh_from_db()
    assert family.address == "Kp. Uji"


def test_a_newcomer_who_is_edited_after_a_sending_without_answer_joins_once(client, assistant, family):
    row, number = row_of(client, family), str(uuid.uuid4())
    send(client, assistant, family, row, uuid=number, **{"new-name": "Dewi", "new-sex": "P"})
    newcomer = family.members.get(name="Dewi")

    def send_again(**changes):
        said = send(client, assistant, family, row, uuid=number, revision=str(uuid.uuid4()), **changes).json()
        assert said["state"] == "stored"
        newcomer.refresh_from_db()
        return family.members.filter(left_on__isnull=True).exclude(pk=newcomer.pk).count()

    others = send_again(**{"new-name": "Dewi Lestari", "new-sex": "P", "new-born_on": "2015-05-04"})
    assert (newcomer.name, str(newcomer.born_on), newcomer.left_on) == ("Dewi Lestari", "2015-05-04", None)
    assert send_again(**{"new-name": "Dewi L.", "new-sex": "P"}) == others == 2
    assert newcomer.name == "Dewi L."
    assert send_again(**{"new-name": ""}) == others  # nobody joins after all
    assert newcomer.left_on and newcomer.name == "Dewi L."
    assert send_again(**{"new-name": "Dewi", "new-sex": "P"}) == others  # whom somebody took out stays out
    assert newcomer.left_on


def test_a_member_who_left_meanwhile_is_said(client, assistant, family):
    child = family.members.get(name="Rizki")
    row = row_of(client, family)
    Member.objects.filter(pk=child.pk).update(left_on="2026-01-01", joined_on="2021-01-01")
    said = send(client, assistant, family, row, **{f"m{child.pk}-grade": "4"}).json()
    assert said["state"] == "rejected" and "Rizki sudah bukan anggota" in said["reasons"][0]
    assert "asked" not in said


def test_an_edit_that_changed_nothing_keeps_no_import_from_being_undone(client, assistant, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    make_region(NORTH)
    admin, line = make_user("admin", Role.ADMIN, "36"), roster_line(NORTH, Pendamping="budi")
    batch = checked("roster", [line], admin, tmp_path, program=make_program())
    imports.commit(batch, admin)
    family = Household.objects.get()
    assert send(client, assistant, family, row_of(client, family)).json()["state"] == "stored"
    batch.refresh_from_db()
    assert imports.undo(batch, admin) == []
    assert not Household.objects.exists() and not SentEdit.objects.exists()


@pytest.mark.parametrize(
    "base",
    ["", "x", "[]", "{}", '{"address": "x"}', "null", "1", '{"m-name": 1}', "\0", '{"mx-name": 1}', "9" * 100_001],
)
def test_a_base_that_is_none_is_refused_and_changes_nothing(client, assistant, family, base):
    said = send(client, assistant, family, row_of(client, family), base=base, address="Kp. Baru")
    assert (said.status_code, said.json()["state"]) == (422, "rejected")
    assert not AuditEvent.objects.exists()


def test_a_base_with_anothers_member_or_lists_in_it_is_refused(client, assistant, family, south_family):
    row = row_of(client, family)
    other = south_family.members.get()
    child = family.members.get(name="Rizki")
    foreign = {unit.replace(f"m{child.pk}-", f"m{other.pk}-"): value for unit, value in row["base"].items()}
    for base in (foreign, row["base"] | {"address": [1]}, row["base"] | {f"m{child.pk}-school": ["SD"]}):
        said = send(client, assistant, family, row, base=json.dumps(base), address="Kp. Baru").json()
        assert said["state"] == "rejected" and said["reasons"]
    assert not AuditEvent.objects.exists()


def test_nonsense_is_said_beside_its_field_and_members_field(client, assistant, family):
    child = family.members.get(name="Rizki")
    row = row_of(client, family)
    said = send(client, assistant, family, row, phone="12", **{f"m{child.pk}-grade": "99"}).json()
    assert set(said["errors"]) == {"phone", f"m{child.pk}-grade"} and len(said["reasons"]) == 2
    assert any(line.startswith("Rizki, Kelas:") for line in said["reasons"])


def test_anothers_family_and_anothers_number_are_refused(client, assistant, family, second_family, citra, south_family):
    row = row_of(client, family)
    assert send(client, assistant, south_family, row).json()["state"] == "rejected"
    number = str(uuid.uuid4())
    send(client, assistant, family, row, uuid=number, address="Kp. Baru")
    other = row_of(client, second_family)
    said = send(client, assistant, second_family, other, uuid=number, address="Kp. Curi").json()
    assert said["state"] == "rejected" and "sudah dipakai" in said["reasons"][0]
    second_family.refresh_from_db()
    assert second_family.address == "Kp. Uji"


def test_the_days_parts_cost_the_same_for_any_number_of_families(client, assistant, django_assert_num_queries):
    for _ in range(3):
        make_member(make_household(assistant=assistant))
    with django_assert_num_queries(10):
        assert len(client.get(reverse("outbox:today")).json()["households"]) == 3
    for _ in range(6):
        make_member(make_household(assistant=assistant))
    with django_assert_num_queries(10):
        assert len(client.get(reverse("outbox:today")).json()["assessments"]) == 9


def test_the_page_with_network_sends_the_point_too_and_an_odd_one_is_refused(client, assistant, family):
    page = client.get(reverse("beneficiaries:household_edit", args=[family.pk]))
    row = page.context["subject"]
    assert row["base"]["point"] == ["-6.500000", "106.100000"]
    assert (
        send(client, assistant, family, row, latitude="-6.586400", longitude="106.242000").json()["state"] == "stored"
    )
    family.refresh_from_db()
    assert (str(family.latitude), str(family.longitude), family.point_source) == ("-6.586400", "106.242000", "pin")
    said = send(client, assistant, family, row, latitude="-6,6", longitude="106,2").json()
    assert [one["unit"] for one in said["asked"]] == ["point"]
    for point in (["x", "y"], ["-6.5"], "x", [1, 2], ["9" * 40, "1.000000"]):
        base = row["base"] | {"point": point}
        assert send(client, assistant, family, row, base=json.dumps(base)).json()["state"] == "rejected"


def test_who_has_no_outbox_edits_by_the_page_alone(client, ayu, family):
    client.force_login(ayu)
    page = client.get(reverse("beneficiaries:household_edit", args=[family.pk]))
    assert "subject" not in page.context and "data-edit-form" not in page.content.decode()


def test_a_revision_whose_number_is_another_edits_is_refused_not_called_stored(
    client, assistant, family, second_family
):
    numbers = [str(uuid.uuid4()), str(uuid.uuid4())]
    rows = [row_of(client, one) for one in (family, second_family)]
    for number, one, row in zip(numbers, (family, second_family), rows, strict=True):
        send(client, assistant, one, row, uuid=number, address="Kp. Satu")
    said = send(client, assistant, family, rows[0], uuid=numbers[0], revision=numbers[1], address="Kp. Dua").json()
    assert said["state"] == "rejected" and "sudah dipakai" in said["reasons"][0]
    family.refresh_from_db()
    assert family.address == "Kp. Satu"


@pytest.mark.django_db(transaction=True)
def test_one_number_for_two_families_at_once_is_stored_for_one(client, assistant, family, second_family):
    row, number, said = row_of(client, family), str(uuid.uuid4()), []

    def run():
        try:
            said.append(send(client, assistant, family, row, uuid=number, address="Kp. Kedua"))
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        SentEdit.objects.create(uuid=number, household=second_family, by=assistant, wrote={})
        thread.start()
        until_waiting(1)
    thread.join(timeout=20)
    assert said[0].status_code == 422 and "sudah dipakai" in said[0].json()["reasons"][0]
    family.refresh_from_db()
    assert family.address == "Kp. Uji"
