"""The roster contract, file by file, by the command: what each spreadsheet must give stands in expected.json."""

import io
import json
import re
from collections import defaultdict
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from beneficiaries.models import Assignment, Enrollment, FormerCard, Household, Member, StatusChange
from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent
from ejsika.imports import actions
from ejsika.imports.models import FieldChange, ImportBatch, SkippedLine
from tests.factories import NORTH, make_program, make_user
from tests.sheets import ROSTERS, family, write_roster

EXPECTED = json.loads((ROSTERS / "expected.json").read_text())
BASE = "12a_dasar.xlsx"  # the register that 12b and 12c are judged against


@pytest.fixture(autouse=True)
def _register(db, settings, tmp_path, official_regions):
    settings.MEDIA_ROOT = tmp_path
    make_program()
    make_user("admin", Role.ADMIN, "36")
    make_user("admin2", Role.ADMIN, "3602")


def run(name, *options, user="admin"):
    """Run import_roster on a file of ours, or on a path; gives its JSON."""
    path = name if isinstance(name, Path) else ROSTERS / name
    out = io.StringIO()
    try:
        call_command("import_roster", path, "--program", "JAMSOSRATU", "--user", user, "--json", *options, stdout=out)
    except SystemExit as stop:
        assert stop.code == 1
    return json.loads(out.getvalue())


def undo(batch, user="admin"):
    out = io.StringIO()
    call_command("undo_import", str(batch), "--user", user, "--json", stdout=out)
    return json.loads(out.getvalue())


def codes(result, level):
    found = defaultdict(list)
    for problem in result["problems"]:
        if problem["level"] == level:
            found[str(problem["row"])].append(problem["code"])
    return {row: sorted(names) for row, names in found.items()}


def register():
    """Everything of the register that an import may write, as comparable values."""
    tables = (Household, Member, Enrollment, StatusChange, Assignment, FormerCard)
    return {model.__name__: sorted(map(repr, model.objects.values_list())) for model in tables}


@pytest.mark.parametrize("name", EXPECTED)
def test_file_gets_what_the_contract_says(name):
    expected = EXPECTED[name]
    if name.startswith("12") and name != BASE:
        run(BASE, "--commit")
    result = run(name, "--values", user=expected.get("user", "admin"))
    if "refusal" in expected:
        assert result["refusal"]["code"] == expected["refusal"]
        assert result["status"] == "refused"
        assert result["problems"] == []
        return
    assert result["refusal"] is None
    assert result["rows"] == expected["rows"]
    counts = {key: expected[key] for key in ("create", "change", "same", "suspect") if key in expected}
    assert {key: result["counts"][key] for key in counts} == counts
    assert codes(result, "error") == expected["error_rows"]
    warnings = codes(result, "warning")
    for row, names in expected["warning_rows"].items():
        assert set(names) <= set(warnings[row])
    if "members" in expected:
        assert result["members"] == expected["members"]
    if "born" in expected:
        assert [value["birth_date"] for value in result["values"].values()] == expected["born"]


def test_check_changes_nothing():
    before = register()
    run("01_template.xlsx")
    assert register() == before


def test_commit_then_all_the_same_then_undo_then_all_new():
    before = register()
    committed = run("01_template.xlsx", "--commit")
    assert committed["status"] == "committed"
    assert Household.objects.count() == 120
    assert run("01_template.xlsx")["counts"]["same"] == 120
    assert undo(committed["batch"])["kept"] == []
    assert register() == before
    assert run("01_template.xlsx")["counts"]["create"] == 120


def test_undo_restores_changed_families_exactly():
    run(BASE, "--commit")
    before = register()
    committed = run("12b_lanjutan.xlsx", "--commit")
    assert register() != before
    assert undo(committed["batch"])["kept"] == []
    assert register() == before


def test_undo_keeps_what_somebody_changed_since():
    run(BASE, "--commit")
    committed = run("12b_lanjutan.xlsx", "--commit")
    moved = Household.objects.get(address="Kp. Pindahan Baru No. 7")
    Household.objects.filter(pk=moved.pk).update(address="Kp. Sesudahnya")
    kept = undo(committed["batch"])["kept"]
    moved.refresh_from_db()
    assert moved.address == "Kp. Sesudahnya"
    assert kept == [{"household": moved.pk, "what": "Alamat"}]


def test_undo_asks_once_for_the_families_of_all_that_it_leaves():
    run(BASE, "--commit")
    batch = run("12b_lanjutan.xlsx", "--commit")["batch"]
    FieldChange.objects.filter(batch=batch).exclude(field="").update(new="lain")
    with CaptureQueriesContext(connection) as captured:
        kept = undo(batch)["kept"]
    assert len({entry["household"] for entry in kept}) > 2
    assert sum("AS k(name, key)" in query["sql"] for query in captured.captured_queries) == 1
    assert not [query for query in captured.captured_queries if re.match(r"SELECT household_id FROM", query["sql"])]


def test_second_commit_of_one_batch_and_second_undo_do_nothing():
    committed = run("01_template.xlsx", "--commit")
    batch = ImportBatch.objects.get(pk=committed["batch"])
    with pytest.raises(ValidationError):
        actions.commit(batch, batch.uploaded_by)
    undo(batch.pk)
    with pytest.raises(CommandError):
        undo(batch.pk)


def test_every_written_family_has_its_audit_entry_enrollment_and_history():
    committed = run("01_template.xlsx", "--commit")
    entries = AuditEvent.objects.filter(action="household.imported", data__batch=committed["batch"])
    assert set(entries.values_list("target_id", flat=True)) == set(Household.objects.values_list("pk", flat=True))
    assert Enrollment.objects.filter(status="aktif").count() == StatusChange.objects.count() == 120
    assert set(Household.objects.values_list("status", flat=True)) == {"aktif"}


def test_numbers_are_sealed_wherever_they_are_kept():
    result = run("01_template.xlsx", "--commit")
    number = "3602063001187738"
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{number}%"])
            assert cursor.fetchone()[0] == 0, table
    assert Household.objects.get(kk=number).kk.reveal() == number
    assert number not in json.dumps(result)


def test_empty_cells_erase_nothing_and_gps_points_stay(tmp_path):
    line = family(NORTH) | {"Lintang": -6.5, "Bujur": 106.3}
    run(write_roster(tmp_path / "a.xlsx", [line]), "--commit")
    household = Household.objects.get()
    Household.objects.update(point_source="gps", point_accuracy_m=8)
    bare = line | {"Alamat": "-", "No HP": "", "Lintang": -6.4, "Bujur": 106.2, "Bank": "tidak ada"}
    assert run(write_roster(tmp_path / "b.xlsx", [bare]), "--commit")["counts"]["same"] == 1
    household.refresh_from_db()
    assert (household.address, household.point_source) == (line["Alamat"], "gps")


def test_graduated_family_keeps_its_status_and_a_sheet_cannot_graduate(tmp_path):
    line = family(NORTH) | {"Status": "graduasi"}
    result = run(write_roster(tmp_path / "a.xlsx", [line]))
    assert codes(result, "error") == {"2": ["graduated_needs_case"]}


def test_known_number_of_another_region_is_refused_and_untouched(tmp_path):
    foreign = family("3601012001")
    run(write_roster(tmp_path / "a.xlsx", [foreign]), "--commit")
    before = register()
    taken = family(NORTH) | {"NIK Pengurus": foreign["NIK Pengurus"]}
    result = run(write_roster(tmp_path / "b.xlsx", [taken]), "--commit", user="admin2")
    assert codes(result, "error") == {"2": ["region_outside_scope"]}
    assert foreign["Nama Pengurus"] not in json.dumps(result)
    assert register() == before


def test_person_of_another_family_moves_and_comes_back_by_undo(tmp_path):
    """A mere member of one family who becomes another's recipient leaves the first with a date."""
    home = family(NORTH)
    run(write_roster(tmp_path / "a.xlsx", [home]), "--commit")
    second = family(NORTH)
    run(
        write_roster(tmp_path / "b.xlsx", [home | {k: second[k] for k in ("NIK Pengurus", "Nama Pengurus")}]),
        "--commit",
    )
    before = register()
    moving = family(NORTH) | {k: home[k] for k in ("NIK Pengurus", "Nama Pengurus", "Tanggal Lahir")}
    result = run(write_roster(tmp_path / "c.xlsx", [moving]), "--commit")
    assert codes(result, "warning") == {"2": ["member_elsewhere"]}
    assert Household.objects.count() == 2
    assert Member.objects.filter(nik=home["NIK Pengurus"], left_on__isnull=True).get().is_recipient
    left = Household.objects.get(kk=home["No KK"])
    told = AuditEvent.objects.filter(target_kind="beneficiaries.household", target_id=left.pk)
    assert told.filter(action="household.imported", data__batch=result["batch"]).count() == 1
    assert undo(result["batch"])["kept"] == []
    assert register() == before
    assert told.filter(action="household.import_undone", data__batch=result["batch"]).count() == 1


def test_family_that_a_later_import_took_a_member_from_is_not_undone(tmp_path):
    home = family(NORTH)
    first = run(write_roster(tmp_path / "a.xlsx", [home]), "--commit")
    second = family(NORTH)
    named = home | {k: second[k] for k in ("NIK Pengurus", "Nama Pengurus")}
    changed = run(write_roster(tmp_path / "b.xlsx", [named]), "--commit")
    moving = family(NORTH) | {k: home[k] for k in ("NIK Pengurus", "Nama Pengurus", "Tanggal Lahir")}
    run(write_roster(tmp_path / "c.xlsx", [moving]), "--commit")
    undo(changed["batch"])
    assert [entry["what"] for entry in undo(first["batch"])["kept"]] == ["Keluarga ini sudah dipakai sejak impor"]
    assert Household.objects.count() == 2


def test_family_already_in_the_programme_that_excludes_this_one_is_said(tmp_path):
    other = make_program("JSCM")
    make_program().excludes.add(other)
    line = family(NORTH)
    path = write_roster(tmp_path / "a.xlsx", [line])
    out = io.StringIO()
    call_command("import_roster", path, "--program", "JSCM", "--user", "admin", "--commit", stdout=out)
    result = run(path)
    assert result["counts"]["change"] == 1
    assert codes(result, "warning") == {"2": ["already_in_program"]}


def test_assistant_column_assigns_and_refuses_a_foreign_one(tmp_path):
    budi = make_user("budi", Role.PENDAMPING, NORTH[:6])
    make_user("citra", Role.PENDAMPING, "3601")
    lines = [family(NORTH) | {"Pendamping": "Budi"}, family(NORTH) | {"Pendamping": "citra"}]
    result = run(write_roster(tmp_path / "a.xlsx", lines), "--commit")
    assert codes(result, "error") == {"3": ["assistant_unknown"]}
    assert Assignment.objects.get().assistant == budi


def test_wrong_usage_and_foreign_programme_are_said(tmp_path):
    with pytest.raises(CommandError) as error:
        run(tmp_path / "missing.xlsx")
    assert error.value.returncode == 2
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("import_roster", ROSTERS / BASE, "--program", "XX", "--user", "admin", "--json", stdout=out)
    assert json.loads(out.getvalue())["refusal"]["code"] == "program_unknown"


def test_day_of_an_import_is_jakartas_also_before_seven_in_the_morning(tmp_path):
    """The database's own current_date would be London's; both are asked of the same moment."""
    budi = make_user("budi", Role.PENDAMPING, NORTH[:6])
    line = family(NORTH) | {"Pendamping": budi.username, "Tahun Masuk": ""}
    run(write_roster(tmp_path / "a.xlsx", [line]), "--commit")
    with connection.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'Pacific/Kiritimati'")  # a day ahead for most of Jakarta's day
        run(write_roster(tmp_path / "b.xlsx", [family(NORTH) | {"Pendamping": budi.username}]), "--commit")
        cursor.execute("SET TIME ZONE 'UTC'")
    assert set(Assignment.objects.values_list("started_on", flat=True)) == {timezone.localdate()}
    assert set(Member.objects.values_list("joined_on", flat=True)) == {timezone.localdate()}


def test_undo_keeps_the_step_of_a_status_that_has_moved_on(tmp_path):
    line = family(NORTH)
    run(write_roster(tmp_path / "a.xlsx", [line]), "--commit")
    suspended = run(write_roster(tmp_path / "b.xlsx", [line | {"Status": "ditangguhkan"}]), "--commit")
    enrollment = Enrollment.objects.get()
    enrollment.change_status("nonaktif", on=timezone.localdate(), by=None)
    undo(suspended["batch"])
    enrollment.refresh_from_db()
    assert enrollment.status == "nonaktif"
    assert list(StatusChange.objects.order_by("pk").values_list("status", flat=True)) == [
        "aktif",
        "ditangguhkan",
        "nonaktif",
    ]


def test_number_in_a_wrong_cell_or_a_skipped_line_is_masked(tmp_path):
    line = family(NORTH)
    spaced = "3602 0604 0580 1234"
    wrong = family(NORTH) | {"RT": "3602060405801234", "Alamat": "x" * 200 + spaced}
    repeated = line | {"Alamat": f"NIK:3602060405801234 {spaced}"}
    result = run(write_roster(tmp_path / "a.xlsx", [repeated, repeated, wrong]))
    kept = json.dumps(result) + str(list(SkippedLine.objects.values_list("text", flat=True)))
    assert SkippedLine.objects.filter(reason="repeat").exists()
    assert "360206•" in kept
    assert "3602060405801234" not in kept
    assert spaced not in kept


@pytest.mark.parametrize("column", ["No KK", "NIK Pengurus", "No Rekening", "Alamat", "Tahun Masuk"])
def test_one_endless_cell_is_one_wrong_row(tmp_path, column):
    lines = [family(NORTH), family(NORTH) | {column: "9" * 6000}]
    result = run(write_roster(tmp_path / "a.xlsx", lines))
    assert (result["counts"]["create"], result["counts"]["error"]) == (1, 1)


def test_endless_title_is_known_all_the_same(tmp_path):
    line = family(NORTH) | {"Kode Desa": "3699999999"}
    line["Kode" + " .-" * 90 + "Desa"] = line.pop("Kode Desa")
    result = run(write_roster(tmp_path / "a.xlsx", [line]))
    assert codes(result, "error") == {"2": ["region_unknown"]}


def test_audit_of_an_import_names_the_fields_of_each_family(tmp_path):
    first, second = family(NORTH), family(NORTH)
    run(write_roster(tmp_path / "a.xlsx", [first, second]), "--commit")
    changed = [first | {"Alamat": "Kp. Baru", "RT": "9"}, second | {"No HP": "081299998888"}]
    result = run(write_roster(tmp_path / "b.xlsx", changed), "--commit")
    entries = AuditEvent.objects.filter(action="household.imported", data__batch=result["batch"]).order_by("target_id")
    assert [(entry.data["created"], entry.data["fields"]) for entry in entries] == [
        (False, ["address", "rt"]),
        (False, ["phone"]),
    ]
