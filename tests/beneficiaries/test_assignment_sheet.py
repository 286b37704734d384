"""The sheet of assignments: families are handed over by it as by hand, and given back by its undo."""

import datetime
import io

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from beneficiaries import tallies
from beneficiaries.actions import assign
from beneficiaries.models import Assignment, Household
from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent
from ejsika.imports import actions
from ejsika.imports.cells import FAULT_MESSAGE
from ejsika.lib.sheets import open_sheets
from tests.factories import NORTH, SOUTH, make_household, make_program, make_region, make_user
from tests.sheets import checked, counted, family, found

TODAY = timezone.localdate


@pytest.fixture(autouse=True)
def _files(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def operator(program):
    return make_user("operator", Role.ADMIN, NORTH[:4])


@pytest.fixture
def dedi(program):
    """A second pendamping in the north."""
    return make_user("dedi", Role.PENDAMPING, NORTH[:4])


@pytest.fixture
def sheet(operator, tmp_path):
    def of(*lines, by=operator):
        return checked("assignments", [dict(line) for line in lines], by, tmp_path)

    return of


def digits(kk) -> str:
    return kk if isinstance(kk, str) else kk.reveal()


def line(household, username, **cells):
    return {"No KK": digits(household.kk), "Nama": "Siapa", "Username": username} | cells


def history(household):
    return [(a.assistant.username, a.started_on, a.ended_on) for a in household.assignments.order_by("pk")]


def test_a_formula_that_failed_is_told_as_what_it_is(sheet, north_family, dedi):
    batch = sheet(line(north_family, "dedi", Mulai="", **{"No KK": "#N/A"}), line(north_family, "dedi", Mulai="#REF!"))
    assert found(batch) == {2: ["kk_length"], 3: ["date_invalid"]}
    assert {problem.message for problem in batch.problems.all()} == {FAULT_MESSAGE}
    assert list(batch.problems.order_by("row").values_list("value", flat=True)) == ["#N/A", "#REF!"]


def test_new_moved_and_kept_families(sheet, operator, dedi, north_family, second_family, program):
    alone = make_household(region=NORTH)
    batch = sheet(line(north_family, "DEDI"), line(second_family, "budi"), line(alone, "dedi"))
    assert counted(batch) == {"create": 1, "change": 1, "same": 1}
    actions.commit(batch, operator)
    begun = datetime.date(2021, 1, 1)
    assert history(north_family) == [("budi", begun, TODAY()), ("dedi", TODAY(), None)]
    assert history(second_family) == [("budi", begun, None)]
    assert history(alone) == [("dedi", TODAY(), None)]
    entry = AuditEvent.objects.get(action="household.assigned", target_id=north_family.pk)
    assert entry.data["assistant"][1] == dedi.pk
    assert tallies.differences() == []
    again = sheet(line(north_family, "dedi"), line(second_family, "budi"), line(alone, "dedi"))
    assert counted(again) == {"same": 3}


def test_undo_gives_families_back_but_not_those_handed_on_since(
    sheet, operator, budi, dedi, north_family, second_family
):
    batch = sheet(line(north_family, "dedi"), line(second_family, "dedi"))
    actions.commit(batch, operator)
    esih = make_user("esih", Role.PENDAMPING, NORTH[:4])
    seen = second_family.assignments.open().get().pk
    assign(household=second_family, assistant=esih, by=operator, seen=seen)
    kept = actions.undo(batch, operator)
    assert [entry["household"] for entry in kept] == [second_family.pk]
    assert history(north_family) == [("budi", datetime.date(2021, 1, 1), None)]
    assert second_family.assignments.open().get().assistant == esih
    assert tallies.differences() == []


def test_a_first_day_lies_up_to_three_months_back_and_never_gives_a_day_two_assistants(
    sheet, operator, dedi, north_family, second_family
):
    back = TODAY() - datetime.timedelta(days=30)
    Assignment.objects.filter(household=second_family).update(started_on=TODAY() - datetime.timedelta(days=5))
    batch = sheet(
        line(north_family, "dedi", **{"Mulai Tanggal": f"{back:%d/%m/%Y}"}),
        line(second_family, "dedi", **{"Mulai Tanggal": f"{back:%d-%m-%Y}"}),
    )
    actions.commit(batch, operator)
    assert history(north_family)[1:] == [("dedi", back, None)]
    since = TODAY() - datetime.timedelta(days=5)
    assert history(second_family) == [("budi", since, since), ("dedi", since, None)]
    for days in (93, -1):
        day = TODAY() - datetime.timedelta(days=days)
        late = sheet(line(north_family, "budi", **{"Mulai Tanggal": day}), line(second_family, "x"))
        assert found(late)[2] == ["date_out_of_reach"]


def test_what_is_wrong_is_said_and_stays_out(sheet, operator, citra, dedi, north_family, second_family, south_family):
    graduated = make_household(region=NORTH, status="nonaktif")
    twice = make_household(region=NORTH)
    lines = [
        line(south_family, "dedi"),
        line(north_family, "citra"),
        line(north_family, "nobody") | {"No KK": "3602010101269999"},
        line(second_family, ""),
        line(graduated, "dedi"),
        line(second_family, "dedi") | {"No KK": "36020"},
        line(twice, "dedi"),
        line(twice, "budi"),
    ]
    batch = sheet(*lines)
    assert found(batch) == {
        2: ["region_outside_scope"],
        3: ["assistant_unknown"],
        4: ["household_unknown"],
        5: ["username_required"],
        6: ["household_inactive"],
        7: ["kk_length"],
        8: ["duplicate_in_file"],
        9: ["duplicate_in_file"],
    }
    assert counted(batch) == {"error": 7, "create": 1}
    foreign = batch.problems.get(row=2)
    assert "Selatan" not in foreign.message and foreign.value.endswith("••••")
    assert not Assignment.objects.filter(assistant=dedi).exists()


def test_a_family_is_known_by_its_recipients_nik_too(sheet, operator, dedi, north_family, second_family):
    nik = north_family.members.get().nik.reveal()
    other = second_family.members.get().nik.reveal()
    batch = sheet(
        {"No KK": "", "NIK": nik, "Pendamping": "dedi"},
        {"No KK": digits(north_family.kk), "NIK": other, "Pendamping": "dedi"},
    )
    assert found(batch)[3] == ["identity_conflict"]
    batch = sheet({"NIK": nik, "Pendamping": "dedi"})
    assert counted(batch) == {"change": 1}


def test_an_assistant_of_another_programme_is_unknown(sheet, operator, north_family):
    make_user("lain", Role.PENDAMPING, NORTH[:4], programs=[make_program("JSCM")])
    assert found(sheet(line(north_family, "lain"))) == {2: ["assistant_unknown"]}


def test_a_family_handed_over_meanwhile_is_looked_at_again(sheet, operator, budi, dedi, north_family):
    esih = make_user("esih", Role.PENDAMPING, NORTH[:4])
    batch = sheet(line(north_family, "dedi"))
    assign(household=north_family, assistant=esih, by=operator, seen=north_family.assignments.open().get().pk)
    with pytest.raises(ValidationError):
        actions.commit(batch, operator)
    assert north_family.assignments.open().get().assistant == esih


def test_the_page_shows_who_gives_and_who_gets(client, sheet, operator, dedi, north_family):
    batch = sheet(line(north_family, "dedi"), line(north_family, "dedi") | {"No KK": "12345678"})
    client.force_login(operator)
    page = client.get(batch.get_absolute_url()).text
    assert "Siti Utara" in page
    assert "<del>Budi</del><ins>Dedi</ins>" in page
    assert "Simpan 1, tinggalkan 1" in page
    assert "123456••" in client.get(batch.get_absolute_url() + "?tab=error").text
    answer = client.post(reverse("imports:batch_wrong_rows", args=[batch.pk]))
    (sheet_of_wrong,) = open_sheets(b"".join(answer.streaming_content))
    assert len(list(sheet_of_wrong.lines())) == 2


def test_the_template_imports_nothing_as_it_is_and_names_the_own_assistants(client, operator, dedi, citra, budi):
    client.force_login(operator)
    answer = client.get(reverse("imports:template_download") + "?kind=assignments")
    content = b"".join(answer.streaming_content)
    listed = next(sheet for sheet in open_sheets(content) if sheet.name == "Daftar Pendamping")
    assert [cells[0] for _, cells in listed.lines()][1:] == ["budi", "dedi"]
    batch = actions.receive(kind="assignments", program=None, by=operator, name="t.xlsx", content=content)
    actions.check(batch)
    assert (batch.status, batch.refusal_code) == ("refused", "file_empty")


def test_upload_by_screen_asks_for_no_programme(client, operator, dedi, north_family, tmp_path):
    client.force_login(operator)
    url = reverse("imports:batch_new") + "?kind=assignments"
    assert 'name="program"' not in client.get(url).text
    file = io.BytesIO(f"No KK;Username\n{digits(north_family.kk)};dedi\n".encode())
    file.name = "tugas.csv"
    batch_url = client.post(url, {"file": file}).url
    assert "Berkas sedang diperiksa" in client.get(batch_url).text
    assert client.get(reverse("imports:batch_new") + "?kind=nonsense").status_code == 404


def test_regions_of_the_other_side_stay_closed(client, sheet, north_family, dedi):
    batch = sheet(line(north_family, "dedi"))
    client.force_login(make_user("selatan", Role.ADMIN, SOUTH[:4]))
    assert client.get(batch.get_absolute_url()).status_code == 404


def test_a_roster_taken_back_leaves_a_family_with_who_got_it_since(sheet, operator, budi, dedi, tmp_path, program):
    """Families whose later assignment was taken back as well go with their import."""
    make_region(NORTH)
    lines = [family(NORTH, Pendamping="budi"), family(NORTH)]
    roster = checked("roster", lines, operator, tmp_path, program=program)
    actions.commit(roster, operator)
    first, second = Household.objects.order_by("pk")
    again = checked("roster", [lines[0] | {"Pendamping": "dedi"}], operator, tmp_path, program=program)
    actions.commit(again, operator)
    moved = sheet(line(first, "budi"), line(second, "dedi"))
    actions.commit(moved, operator)
    kept = actions.undo(again, operator)
    assert {entry["household"] for entry in kept} == {first.pk}
    assert first.assignments.open().get().assistant == budi
    actions.undo(moved, operator)
    actions.undo(roster, operator)
    assert not Household.objects.filter(pk=second.pk).exists()


def test_number_of_a_family_outside_the_scope_is_told_beside_an_own_one_too(sheet, dedi, north_family, south_family):
    foreign = south_family.members.get().nik
    batch = sheet(line(north_family, "dedi", NIK=digits(foreign)), line(south_family, "dedi"))
    assert found(batch) == {2: ["region_outside_scope"], 3: ["region_outside_scope"]}
    assert [problem.column for problem in batch.problems.order_by("row")] == ["NIK", "No KK"]
