import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from beneficiaries import actions, timeline
from beneficiaries.graduation.models import GraduationCase
from beneficiaries.models import Household, Member
from ejsika.accounts.permissions import Role
from ejsika.audit.models import record
from ejsika.imports.models import ImportBatch
from ejsika.lib.sealed import digest, seal_bytes
from tests.factories import (
    NORTH,
    NORTH_2,
    enroll,
    make_case,
    make_household,
    make_program,
    make_region,
    make_user,
    make_visit,
)

NIK, KK, ACCOUNT = "3602124405800001", "3602120101200001", "5550123987"


@pytest.fixture
def family(program, budi):
    make_region(NORTH[:6], name="Cibadak")
    make_region(NORTH, name="Pasar Keong", latitude="-6.31", longitude="106.21")
    make_region(NORTH_2, name="Malabar", latitude="-6.30", longitude="106.20")
    made = make_household(
        name="Komariah Hamidah", nik=NIK, kk=KK, assistant=budi, address="Kp. Babakan", rt=2, rw=4,
        phone="081234567890", bank="Bank Banten", latitude="-6.300000", longitude="106.200000", point_accuracy_m=12,
        account_sealed=seal_bytes("account", ACCOUNT.encode()), account_digest=digest("account", ACCOUNT),
    )  # fmt: skip
    return Household.objects.get(pk=made.pk)


def text_of(client, family):
    return client.get(family.get_absolute_url()).content.decode()


def missing(page, words):
    return [word for word in words if word not in page]


def test_the_url_is_a_contract(family):
    assert family.get_absolute_url() == f"/households/{family.pk}/"


def test_anonymous_is_sent_to_the_login(client, family):
    assert client.get(family.get_absolute_url()).status_code == 302


@pytest.mark.parametrize("person", ["eko", "fitri"])
def test_who_may_only_count_is_refused(client, request, family, person):
    client.force_login(request.getfixturevalue(person))
    assert client.get(family.get_absolute_url()).status_code == 403


def test_a_family_of_another_region_is_not_found(client, citra, family):
    client.force_login(citra)
    assert client.get(family.get_absolute_url()).status_code == 404


def test_a_colleagues_family_is_not_found(client, family):
    client.force_login(make_user("tono", Role.PENDAMPING, NORTH[:4]))
    assert client.get(family.get_absolute_url()).status_code == 404


def test_an_id_too_large_is_not_found(client, ayu):
    client.force_login(ayu)
    assert client.get(f"/households/{'9' * 30}/").status_code == 404


def test_another_method_is_refused(client, ayu, family):
    client.force_login(ayu)
    assert client.post(family.get_absolute_url()).status_code == 405


def test_all_that_is_known_is_shown(client, ayu, family):
    Member.objects.create(
        household=family, name="Rizki", relationship="3", sex="L", born_on="2011-01-02", school_level="SMA", grade=10,
        joined_on="2021-01-01",
    )  # fmt: skip
    client.force_login(ayu)
    page = text_of(client, family)
    words = [
        "Komariah Hamidah",
        "Aktif · Jamsosratu sejak 2021",
        "pendamping Budi",
        "istri, ",
        "pengurus",
        "Rizki",
        "anak, ",
    ]
    words += ["SMA kelas 10", "Kp. Babakan", "RT 002/RW 004", "081234567890", "Bank Banten", "± 12 m", "Penugasan"]
    words += ["Perjalanan", "1 Jan 2021 – sekarang", "m dari tengah desa", "GPS saat kunjungan"]
    assert missing(page, words) == []


def test_what_is_not_known_is_said(client, ayu, program):
    bare = make_household(address="")
    bare.members.update(nik=None, born_on=None)
    client.force_login(ayu)
    page = text_of(client, bare)
    words = ["NIK belum diisi", "belum ada pendamping", "umur tidak diketahui", "belum diisi", "Belum ada titik"]
    assert missing(page, [*words, "belum pernah", "Belum pernah ada pendamping", "Belum ada catatan"]) == []
    assert '<svg class="locator"' not in page


def test_a_family_without_members_or_programme_has_a_page(client, admin, program):
    bare = make_household()
    bare.members.all().delete()
    bare.enrollments.all().delete()
    client.force_login(admin)
    assert missing(text_of(client, bare), ["Anggota keluarga belum diisi", "tidak ikut program mana pun"]) == []


def test_numbers_are_masked(client, admin, family):
    client.force_login(admin)
    page = text_of(client, family)
    assert "360212••••••••••" in page
    assert [number for number in (NIK, KK, ACCOUNT, NIK[6:], KK[6:], ACCOUNT[-4:]) if number in page] == []


def test_names_are_text_and_no_markup(client, ayu, family):
    Household.objects.filter(pk=family.pk).update(recipient_name="<b>x</b>", address="<i>y</i>")
    family.members.update(name="<u>z</u>")
    client.force_login(ayu)
    page = text_of(client, family)
    assert not any(mark in page for mark in ("<b>x", "<i>y", "<u>z"))


def test_the_breadcrumb_begins_where_the_scope_does(client, ayu, budi, family):
    client.force_login(ayu)
    page = text_of(client, family)
    assert f'href="{reverse("reports:dashboard")}?region=360212">Cibadak' in page
    assert "?region=36&quot;" not in page and '?region=36"' not in page
    client.force_login(budi)
    assert 'href="/households/?region=360212">Cibadak' in text_of(client, family)


@pytest.mark.parametrize(
    ("person", "offered"),
    [
        ("budi", {"household_edit", "visit_new", "case_propose"}),
        ("ayu", {"household_edit", "household_assign"}),
        ("dewi", set()),
        ("admin", {"household_edit", "household_assign"}),
    ],
)
def test_the_buttons_are_those_of_the_role(client, request, family, person, offered):
    client.force_login(request.getfixturevalue(person))
    page = text_of(client, family)
    names = {
        "household_edit": "beneficiaries:household_edit",
        "household_assign": "beneficiaries:household_assign",
        "visit_new": "assistance_logs:visit_new",
        "case_propose": "graduation:case_propose",
    }
    assert {name for name, view in names.items() if f'href="{reverse(view, args=[family.pk])}"' in page} == offered


def test_a_programme_the_user_may_not_know_of_is_not_named(client, family):
    jscm = make_program("JSCM")
    enroll(family, program=jscm)
    client.force_login(make_user("jscm", Role.DINSOS, NORTH[:4], programs=[jscm]))
    page = text_of(client, family)
    assert "Jscm" in page and "Jamsosratu" not in page


def test_members_who_left_are_not_shown(client, ayu, family):
    Member.objects.create(household=family, name="Sudah Pindah", joined_on="2020-01-01", left_on="2022-01-01")
    client.force_login(ayu)
    assert "Sudah Pindah" not in text_of(client, family)


def test_proposing_is_offered_only_while_it_can_be_done(client, budi, family):
    link = f'href="{reverse("graduation:case_propose", args=[family.pk])}"'
    client.force_login(budi)
    assert link in text_of(client, family)
    make_case(family, by=budi)
    page = text_of(client, family)
    assert link not in page and GraduationCase.objects.get().get_absolute_url() in page


def titles(family, user):
    return [entry.title for entry in timeline.entries(family, user)]


def test_edits_assignments_and_visits_stand_in_the_line_of_time(client, ayu, budi, family):
    make_visit(family, budi, timezone.localdate() - datetime.timedelta(days=3))
    values = {name: getattr(family, name) for name in actions.EDITED}
    values |= {"phone": "0899", "rt": None, "latitude": None, "longitude": None, "point_source": ""}
    actions.edit_household(household=family, by=budi, seen=actions.seen_values(family), **values)
    tono = make_user("tono", Role.PENDAMPING, NORTH[:4], name="Tono")
    actions.assign(household=family, assistant=tono, by=ayu, seen=family.assignments.get().pk, reason="Budi cuti")
    assert titles(family, ayu) == ["Pendamping: Tono", "Data diubah", "Kunjungan rumah"]
    assigned, edited, _ = timeline.entries(family, ayu)
    assert assigned.detail == "sebelumnya Budi · Budi cuti · Ayu"
    assert edited.detail == "RT: 2 → kosong; No HP: 081234567890 → 0899; titik lokasi dihapus · Budi"
    client.force_login(ayu)
    assert missing(text_of(client, family), ["Data diubah", "titik lokasi dihapus"]) == []


def test_a_moved_point_is_told_by_its_distance_not_by_coordinates(budi, family):
    values = {name: getattr(family, name) for name in actions.EDITED} | {"longitude": family.longitude + 1}
    actions.edit_household(household=family, by=budi, seen=actions.seen_values(family), **values)
    detail = timeline.entries(family, budi)[0].detail
    assert "Titik lokasi digeser 110.5" in detail and "106" not in detail


def test_an_import_is_told_with_its_fields_and_opened_by_who_may(admin, ayu, family, program):
    batch = ImportBatch.objects.create(
        kind="roster", program=program, status="committed", file_name="roster-lebak.xlsx", file_digest="0" * 64,
        uploaded_by=admin, committed_by=admin, committed_at=timezone.now(),
    )  # fmt: skip
    fields = ["address", "kk", "account_digest", "account_sealed", "latitude", "longitude"]
    record("household.imported", target=family, by=admin, batch=batch.pk, created=False, fields=fields)
    record("household.import_undone", target=family, by=admin, batch=batch.pk)
    undone, told = timeline.entries(family, admin)
    assert undone.title == "Impor roster-lebak.xlsx dibatalkan"
    assert told.title == "Impor roster-lebak.xlsx" and told.url == batch.get_absolute_url()
    assert told.detail == "Alamat, No KK, No rekening, titik lokasi berubah · Admin"
    assert timeline.entries(family, ayu)[1].url == ""


def test_that_a_number_was_shown_is_no_part_of_the_story(ayu, family):
    actions.reveal(kind="kk", holder=family, by=ayu)
    record("number.revealed", target=family.members.get(), by=ayu, kind="nik")
    assert titles(family, ayu) == []


def test_the_events_of_another_family_stay_there(ayu, family):
    record("household.edited", target=make_household(), by=ayu, changes={"rt": [1, 2]})
    assert titles(family, ayu) == []


def test_the_number_of_queries_does_not_grow(client, ayu, budi, family, django_assert_max_num_queries):
    client.force_login(ayu)
    for number in range(5):
        Member.objects.create(household=family, name=f"Anak {number}", joined_on="2021-01-01")
        make_visit(family, budi, timezone.localdate() - datetime.timedelta(days=number))
        record("household.edited", target=family, by=ayu, changes={"rt": [1, number]})
    enroll(family, program=make_program("JSCM"))
    with django_assert_max_num_queries(24):
        text_of(client, family)
