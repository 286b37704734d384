"""Who is who: each line of the roster contract's table, by the command."""

import datetime
import io
import json

import pytest
from django.core.management import call_command

from beneficiaries.models import Enrollment, Household, Member
from ejsika.accounts.permissions import Role
from tests.beneficiaries.test_roster_import import codes, register, run, undo
from tests.factories import NORTH, NORTH_2, make_case, make_household, make_nik, make_program, make_user
from tests.sheets import family, write_roster


@pytest.fixture(autouse=True)
def _register(db, settings, tmp_path, official_regions):
    settings.MEDIA_ROOT = tmp_path
    make_program()
    make_user("admin", Role.ADMIN, "36")
    make_user("admin2", Role.ADMIN, "3602")


@pytest.fixture
def bring(tmp_path):
    """Import lines of the template; --commit and the user by name."""

    def imported(*lines, commit=False, **options):
        return run(write_roster(tmp_path / "x.xlsx", list(lines)), *(["--commit"] if commit else []), **options)

    return imported


def off_by_one(number: str) -> str:
    return number[:-1] + str((int(number[-1]) + 1) % 10)


def test_json_is_shaped_as_the_contract_says(tmp_path):
    path = write_roster(tmp_path / "a.xlsx", [family(NORTH), family(NORTH) | {"RT": "x"}])
    out = io.StringIO()
    call_command("import_roster", path, "--program", "JAMSOSRATU", "--user", "admin", "--json", stdout=out)
    assert out.getvalue().count("\n") == 1
    result = json.loads(out.getvalue())
    assert list(result) == [
        *("batch", "status", "rows", "skipped", "households", "members", "counts", "problems", "refusal")
    ]
    assert (result["rows"], result["skipped"], result["households"], result["members"]) == (2, 0, 2, 2)
    assert result["counts"] == {"create": 1, "change": 0, "same": 0, "error": 1, "suspect": 0}
    (problem,) = result["problems"]
    assert list(problem) == ["sheet", "row", "column", "value", "code", "level", "message"]
    assert {key: problem[key] for key in list(problem)[:-1]} == {
        "sheet": "KPM",
        "row": 3,
        "column": "RT",
        "value": "x",
        "code": "number_invalid",
        "level": "error",
    }


def test_values_are_given_as_cleaned(bring, tmp_path):
    line = family(NORTH) | {"Tanggal Lahir": "4 Mei 80", "Lintang": "-6,5", "Bujur": 106.25}
    result = run(write_roster(tmp_path / "a.xlsx", [line]), "--values")
    assert result["values"] == {
        "2": {
            "name": line["Nama Pengurus"],
            "birth_date": "1980-05-04",
            "region": NORTH,
            "latitude": -6.5,
            "longitude": 106.25,
        }
    }


def test_known_family_is_same_or_changes_and_undo_restores_it(bring):
    line = family(NORTH)
    bring(line, commit=True)
    assert bring(line)["counts"]["same"] == 1
    before = register()
    result = bring(line | {"Alamat": "Kp. Baru", "RT": 9, "Status": "ditangguhkan"}, commit=True)
    assert result["counts"] == {"create": 0, "change": 1, "same": 0, "error": 0, "suspect": 0}
    assert undo(result["batch"])["kept"] == []
    assert register() == before


def test_known_family_in_a_second_programme_is_a_change(bring, tmp_path):
    make_program("JSCM")
    line = family(NORTH)
    bring(line, commit=True)
    before = register()
    out = io.StringIO()
    path = write_roster(tmp_path / "a.xlsx", [line])
    call_command("import_roster", path, "--program", "JSCM", "--user", "admin", "--json", "--commit", stdout=out)
    result = json.loads(out.getvalue())
    assert (result["counts"]["change"], result["problems"]) == (1, [])
    assert set(Enrollment.objects.values_list("program__code", flat=True)) == {"JAMSOSRATU", "JSCM"}
    undo(result["batch"])
    assert register() == before


@pytest.mark.parametrize(
    ("column", "make", "code"),
    [
        ("No KK", lambda: family(NORTH)["No KK"], "kk_changed"),
        ("NIK Pengurus", make_nik, "recipient_changed"),
    ],
)
def test_one_new_number_changes_the_family_and_undo_restores_it(bring, column, make, code):
    line = family(NORTH)
    bring(line, commit=True)
    before = register()
    result = bring(line | {column: make()}, commit=True)
    assert codes(result, "warning") == {"2": [code]}
    assert result["counts"]["change"] == 1
    assert Household.objects.count() == 1
    assert Member.objects.filter(is_recipient=True).count() == 1
    assert undo(result["batch"])["kept"] == []
    assert register() == before


def test_numbers_of_two_families_conflict(bring):
    first, second = family(NORTH), family(NORTH)
    bring(first, second, commit=True)
    result = bring(first | {"NIK Pengurus": second["NIK Pengurus"]})
    assert codes(result, "error") == {"2": ["identity_conflict"]}
    assert codes(result, "warning") == {}


@pytest.mark.parametrize("column", ["No KK", "NIK Pengurus"])
def test_number_of_a_family_outside_the_scope_is_an_error(bring, column):
    far = family("3601012001")
    bring(far, commit=True)
    result = bring(family(NORTH) | {column: far[column]}, user="admin2")
    assert codes(result, "error") == {"2": ["region_outside_scope"]}


def test_nothing_more_is_told_of_a_family_outside_the_scope(bring):
    """Neither that two numbers are one family's, nor that it has graduated."""
    far = family("3601012001")
    bring(far, commit=True)
    known, people = Household.objects.get(), [Role.PENDAMPING, Role.KOORDINATOR, Role.DINSOS]
    by, verified_by, decided_by = (make_user(role, role, "36") for role in people)
    make_case(known, by=by, verified_by=verified_by, decided_by=decided_by)
    lines = [family(NORTH) | {column: far[column], "Status": "Aktif"} for column in ("No KK", "NIK Pengurus")]
    assert codes(bring(*lines, user="admin2"), "error") == {row: ["region_outside_scope"] for row in ("2", "3")}
    told = codes(bring(*lines), "error")
    assert all({"duplicate_in_file", "graduated_needs_case"} <= set(found) for found in told.values())


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({}, 1),  # name, day and desa
        ({"Nama Pengurus": "SITI  AMINAHH"}, 1),
        ({"Nama Pengurus": "Joko Widodo"}, 0),
        ({"Tanggal Lahir": "05/05/1980"}, 0),
        ({"Kode Desa": NORTH_2}, 0),
    ],
)
def test_suspect_by_name_day_and_desa(bring, changes, counts):
    bring(family(NORTH) | {"Nama Pengurus": "Siti Aminah"}, commit=True)
    result = bring(family(NORTH) | {"Nama Pengurus": "Siti Aminah", "NIK Pengurus": "3602124405809999"} | changes)
    assert result["counts"]["create"] == 1
    assert result["counts"]["suspect"] == counts


@pytest.mark.parametrize(("name", "counts"), [("Siti Aminah", 1), ("Joko Widodo", 0)])
def test_suspect_by_a_nik_one_digit_off_wherever_the_family_lives(bring, name, counts):
    known = family(NORTH) | {"Nama Pengurus": "Siti Aminah"}
    bring(known, commit=True)
    other = family(NORTH_2) | {"Nama Pengurus": name, "NIK Pengurus": off_by_one(known["NIK Pengurus"])}
    result = bring(other | {"Tanggal Lahir": ""})
    assert result["counts"]["suspect"] == counts
    assert codes(result, "warning") == ({"2": ["suspect_duplicate"]} if counts else {})


def test_suspects_are_looked_for_in_the_importers_families_only(bring):
    known = family("3601012001") | {"Nama Pengurus": "Siti Aminah"}
    bring(known, commit=True)
    line = family(NORTH) | {"Nama Pengurus": "Siti Aminah", "NIK Pengurus": off_by_one(known["NIK Pengurus"])}
    assert bring(line)["counts"]["suspect"] == 1
    assert bring(line, user="admin2")["counts"]["suspect"] == 0


def test_rows_that_share_a_number_and_differ_are_all_wrong(bring):
    lines = [family(NORTH) for _ in range(6)]
    lines[1]["NIK Pengurus"] = lines[0]["NIK Pengurus"]
    lines[3]["No KK"] = lines[2]["No KK"]
    lines.append(dict(lines[4]))
    result = bring(*lines)
    assert codes(result, "error") == {str(row): ["duplicate_in_file"] for row in (2, 3, 4, 5)}
    assert (result["rows"], result["skipped"]) == (6, 1)
    assert result["counts"] == {"create": 2, "change": 0, "same": 0, "error": 4, "suspect": 0}


@pytest.mark.parametrize(
    ("status", "counts", "problems"),
    [
        ("", "same", {}),
        ("graduasi", "same", {}),
        ("Lulus", "same", {}),
        ("aktif", "error", {"2": ["graduated_needs_case"]}),
        ("nonaktif", "error", {"2": ["graduated_needs_case"]}),
    ],
)
def test_graduated_family_stays_graduated(bring, status, counts, problems):
    line = family(NORTH)
    people = [make_user(name, role, "36") for name, role in (("p", Role.PENDAMPING), ("k", Role.KOORDINATOR))]
    household = make_household(kk=line["No KK"], nik=line["NIK Pengurus"], name=line["Nama Pengurus"])
    Household.objects.update(address=line["Alamat"], rt=7, rw=2, phone=line["No HP"], bank="BRI")
    bring({key: value for key, value in line.items() if key != "Status"}, commit=True)
    make_case(household, by=people[0], verified_by=people[1], decided_by=make_user("d", Role.ADMIN, "36"))
    before = register()
    result = bring(line | {"Status": status}, commit=True)
    assert codes(result, "error") == problems
    assert result["counts"][counts] == 1
    assert register() == before


def test_status_column_sets_the_status_and_graduated_is_refused(bring):
    statuses = ["calon", "Aktif", "DITANGGUHKAN", "Non Aktif", "graduasi", "Lulus", ""]
    result = bring(*(family(NORTH) | {"Status": status} for status in statuses), commit=True)
    assert codes(result, "error") == {"6": ["graduated_needs_case"], "7": ["graduated_needs_case"]}
    assert sorted(Enrollment.objects.values_list("status", flat=True)) == [
        *("aktif", "aktif", "calon", "ditangguhkan", "nonaktif")
    ]
    assert set(Enrollment.objects.values_list("since", flat=True)) == {datetime.date(2021, 1, 1)}


def test_wrong_row_says_every_error_and_no_warning(bring):
    line = family(NORTH) | {"No KK": "1", "Tanggal Lahir": "31/02/1980", "RT": "x", "Bank": "Kiamat", "Kode Desa": ""}
    result = bring(line | {"Lintang": 6.5, "Bujur": 106.2})
    assert sorted(problem["code"] for problem in result["problems"]) == [
        "choice_unknown",
        "coordinate_invalid",
        "date_invalid",
        "kk_length",
        "number_invalid",
        "required",
    ]
    assert "-6.5" in next(p["message"] for p in result["problems"] if p["code"] == "coordinate_invalid")


def test_pengurus_of_a_family_is_the_one_marked_so(tmp_path):
    """Without a mark the wife would be it."""
    card = family(NORTH)["No KK"]
    head = ["No KK", "NIK", "Nama", "Hubungan", "Jenis Kelamin", "Kode Desa"]
    wife = [card, make_nik(), "Siti Istri", "Istri", "P", NORTH]
    man = [card, make_nik(sex="L"), "Budi Suami", "Kepala keluarga (pengurus)", "L", NORTH]
    lines = [dict(zip(head, cells, strict=True)) for cells in (wife, man)]
    result = run(write_roster(tmp_path / "a.xlsx", lines), "--commit")
    assert (result["households"], result["members"], result["problems"]) == (1, 2, [])
    assert Household.objects.get().recipient_name == "Budi Suami"
    assert Member.objects.get(is_recipient=True).relationship == "1"
