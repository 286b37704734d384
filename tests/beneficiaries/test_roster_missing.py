"""A roster that is said to be complete: who is missing is listed, and becomes non-active by choice alone."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from beneficiaries import tallies
from beneficiaries.models import Household, RosterMissing
from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent
from ejsika.imports import actions
from ejsika.regions.models import Region
from tests.factories import NORTH, NORTH_2, SOUTH, make_case, make_household, make_program, make_user
from tests.sheets import checked, family


@pytest.fixture(autouse=True)
def _register(db, settings, tmp_path, official_regions):
    settings.MEDIA_ROOT = tmp_path
    make_program()


@pytest.fixture
def operator(client):
    user = make_user("operator", Role.ADMIN, NORTH[:4])
    client.force_login(user)
    return user


@pytest.fixture
def sheet(operator, tmp_path):
    def of(*lines):
        return checked("roster", list(lines), operator, tmp_path, program=make_program())

    return of


def line(household, **cells):
    """A line that names a family of the register."""
    told = {"No KK": digits(household.kk), "NIK Pengurus": household.members.get().nik.reveal()}
    return family(household.region_id, **told | {"Nama Pengurus": household.recipient_name} | cells)


def digits(kk) -> str:
    return kk if isinstance(kk, str) else kk.reveal()


def declare(client, batch, region=NORTH[:6]):
    return client.post(reverse("rosters:missing_declare", args=[batch.pk]), {"region": region})


def choose(client, batch, **data):
    return client.post(reverse("rosters:missing_choose", args=[batch.pk]), data)


def missing(batch):
    return set(RosterMissing.objects.filter(batch=batch).values_list("household", flat=True))


def page(client, batch):
    return client.get(reverse("rosters:missing_list", args=[batch.pk])).text


def test_only_active_families_of_region_and_programme_are_missing(client, sheet, budi):
    named, gone = make_household(), make_household(region=NORTH_2, name="Wati Hilang")
    for foreign in ({"region": SOUTH}, {"program": make_program("JSCM")}, {"status": "nonaktif"}):
        make_household(**foreign)
    graduated = make_household(name="Sudah Lulus", assistant=budi)
    north = NORTH[:4]
    people = [make_user(name, role, north) for name, role in [("k", Role.KOORDINATOR), ("d", Role.DINSOS)]]
    make_case(graduated, by=budi, verified_by=people[0], decided_by=people[1])
    moved, wrong = make_household(), make_household()
    batch = sheet(line(named), line(moved, **{"Kode Desa": NORTH_2}), line(wrong, **{"Tanggal Lahir": "31/02/1980"}))
    assert missing(batch) == set()
    declare(client, batch)
    assert missing(batch) == {gone.pk}
    assert "Wati Hilang" in page(client, batch)
    batch.refresh_from_db()
    assert (batch.counts["missing"], batch.counts["leaving"]) == (1, 0)
    declare(client, batch, "")
    assert missing(batch) == set()


def test_a_line_whose_numbers_cannot_be_read_still_names_its_family(client, sheet):
    known = make_household(name="Nining Terpotong")
    unread = {"No KK": "3602", "NIK Pengurus": "3602120000000001", "Nama Pengurus": "NINING TERPOTONG"}
    batch = sheet(family(NORTH, **unread), family(NORTH))
    declare(client, batch)
    assert known.pk not in missing(batch)


def test_nothing_changes_without_a_choice_and_all_with_it_until_the_undo(client, sheet, operator):
    named, gone, stays = (make_household(name=name) for name in ("Ada", "Hilang", "Tetap"))
    batch = sheet(line(named, RT="009"))
    declare(client, batch)
    shown = f"{gone.pk} {stays.pk}"
    choose(client, batch, household=[gone.pk, stays.pk], shown=shown, reason="")
    batch.refresh_from_db()
    assert batch.counts["leaving"] == 0
    choose(client, batch, household=[gone.pk, stays.pk], shown=shown, reason="pindah")
    choose(client, batch, household=[gone.pk], shown=shown, reason="")
    assert "nonaktifkan 1" in page(client, batch)
    assert Household.objects.get(pk=gone.pk).status == "aktif"
    batch.refresh_from_db()
    actions.commit(batch, operator)
    assert Household.objects.get(pk=gone.pk).status == "nonaktif"
    enrollment = gone.enrollments.get()
    assert enrollment.reason == "Pindah keluar Banten"
    assert enrollment.status_changes.count() == 2
    assert Household.objects.get(pk=stays.pk).status == "aktif"
    assert AuditEvent.objects.filter(action="household.left_out", target_id=gone.pk).exists()
    assert tallies.differences() == []
    assert "menjadi nonaktif" in client.get(batch.get_absolute_url()).text
    assert actions.undo(batch, operator) == []
    assert Household.objects.get(pk=gone.pk).status == "aktif"
    assert (gone.enrollments.get().reason, gone.enrollments.get().status_changes.count()) == ("", 1)
    assert tallies.differences() == []


def test_all_at_once_and_back(client, sheet):
    families = [make_household() for _ in range(3)]
    batch = sheet(line(families[0]))
    declare(client, batch)
    choose(client, batch, all="leave", reason="tidak_padan")
    assert set(RosterMissing.objects.values_list("reason", flat=True)) == {"tidak_padan"}
    choose(client, batch, all="stay")
    assert set(RosterMissing.objects.values_list("reason", flat=True)) == {""}


def test_a_family_that_came_back_meanwhile_stays_out_of_it(client, sheet, operator):
    named, gone = make_household(), make_household()
    batch = sheet(line(named, RT="009"))
    declare(client, batch)
    choose(client, batch, all="leave", reason="lain")
    gone.enrollments.get().change_status("ditangguhkan", on="2026-11-01", by=operator)
    batch.refresh_from_db()
    with pytest.raises(ValidationError, match="berubah"):
        actions.commit(batch, operator)
    assert gone.enrollments.get().status == "ditangguhkan"


def test_an_open_graduation_is_said(client, sheet, budi):
    named, rising = make_household(), make_household(assistant=budi)
    make_case(rising, by=budi)
    batch = sheet(line(named))
    declare(client, batch)
    assert "usulan graduasi berjalan" in page(client, batch)


def test_nonsense_and_foreign_regions_change_nothing(client, sheet, operator):
    named = make_household()
    gone = make_household()
    batch = sheet(line(named))
    for region in (SOUTH[:4], "36", "x", "3602999"):
        declare(client, batch, region)
        assert missing(batch) == set()
    declare(client, batch)
    choose(client, batch, household=["x", "9" * 30, "²"], shown="x y", reason="bukan_alasan")
    choose(client, batch, household=[str(named.pk)], shown="x", reason="lain", after="x")
    assert not RosterMissing.objects.exclude(reason="").exists()
    assert client.get(reverse("rosters:missing_list", args=[batch.pk]) + "?after=x").status_code == 200
    batch.refresh_from_db()
    actions.commit(batch, operator) if batch.to_write else None
    assert gone.enrollments.get().status == "aktif"


def test_the_list_asks_the_same_few_questions_however_long_it_is(client, sheet):
    named = make_household()
    batch = sheet(line(named))
    asked = []
    for count in (1, 8):
        for _ in range(count):
            make_household()
        declare(client, batch)
        with CaptureQueriesContext(connection) as queries:
            page(client, batch)
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_regions_offered_are_those_of_the_file(client, sheet):
    batch = sheet(line(make_household()))
    text = page(client, batch)
    assert Region.objects.get(code=NORTH[:6]).name in text
    assert f'value="{SOUTH[:4]}"' not in text


def test_a_missing_family_that_was_given_back_goes_with_the_import_that_made_it(client, sheet, operator):
    made = sheet(family(NORTH), family(NORTH))
    actions.commit(made, operator)
    named, gone = Household.objects.order_by("pk")
    batch = sheet(line(named))
    declare(client, batch)
    choose(client, batch, all="leave", reason="lain")
    batch.refresh_from_db()
    actions.commit(batch, operator)
    assert gone.enrollments.get().status == "nonaktif"
    for taken_back in (batch, made):
        taken_back.refresh_from_db()
        assert actions.undo(taken_back, operator) == []
    assert not Household.objects.exists()
