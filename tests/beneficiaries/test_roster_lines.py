"""Ugly spreadsheets, whole: where the head is, which lines are data, what one line's cells are judged to be."""

import datetime

import pytest
import xlsxwriter

from ejsika.accounts.permissions import Role
from ejsika.imports.models import SkippedLine
from tests.beneficiaries.test_roster_import import codes, run
from tests.factories import NORTH, make_nik, make_program, make_user
from tests.sheets import family

HEAD = list(family(NORTH))


@pytest.fixture(autouse=True)
def _register(db, settings, tmp_path, official_regions):
    settings.MEDIA_ROOT = tmp_path
    make_program()
    make_user("admin", Role.ADMIN, "36")


@pytest.fixture
def judge(tmp_path):
    """Check sheets of plain lines; a line that is a dict is a family."""

    def judged(*lines, **others):
        path = tmp_path / "x.xlsx"
        with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_numbers": False}) as book:
            for name, rows in {"KPM": lines, **others}.items():
                sheet = book.add_worksheet(name)
                for row, cells in enumerate(rows):
                    sheet.write_row(row, 0, cells.values() if isinstance(cells, dict) else cells)
        return run(path, "--values")

    return judged


def counted(result) -> tuple[int, int, int, int]:
    return result["rows"], result["skipped"], result["counts"]["create"], result["counts"]["error"]


def test_titles_numbers_of_columns_blanks_totals_and_signatures_are_no_data(judge):
    result = judge(
        ["DAFTAR PENERIMA"],
        [],
        HEAD,
        [f"({number})" for number in range(len(HEAD))],
        family(NORTH),
        [],
        family(NORTH),
        HEAD,
        family(NORTH),
        ["JUMLAH", 3],
        [],
        ["", "", "Rangkasbitung, 5 Mei 2026"],
        ["", "", "Kepala Dinas"],
        ["", "NIP. 19600101 198503 1 001"],
    )
    assert counted(result) == (3, 8, 3, 0)
    assert list(result["values"]) == ["5", "7", "9"]
    assert list(SkippedLine.objects.order_by("row").values_list("row", flat=True)) == [4, 6, 8, 10, 11, 12, 13, 14]


def test_line_with_a_name_and_a_desa_is_data_though_its_numbers_are_empty(judge):
    line = family(NORTH) | {"No KK": "-", "NIK Pengurus": ""}
    assert codes(judge(HEAD, line), "error") == {"2": ["required", "required"]}


def test_exact_repeat_is_left_out_whatever_its_running_number(judge):
    line = list(family(NORTH).values())
    result = judge(["NO", *HEAD], [1, *line], [2, *line], [3, *family(NORTH).values()])
    assert counted(result) == (2, 1, 2, 0)


@pytest.mark.parametrize(
    "write", [str.upper, lambda t: t.replace(" ", "\n "), "{} *".format, "  {}.".format, "{} (wajib)".format]
)
def test_head_is_known_however_it_is_written(judge, write):
    assert counted(judge([write(title) for title in HEAD], family(NORTH))) == (1, 0, 1, 0)


def test_columns_may_stand_in_any_order_among_unknown_ones(judge):
    line = family(NORTH)
    result = judge([*HEAD[::-1], "Catatan", "", "Ket."], [*list(line.values())[::-1], "a", "", "b"])
    assert counted(result) == (1, 0, 1, 0)


def test_sheet_with_the_most_known_columns_is_taken(judge):
    result = judge(["Rekap"], Data=[["judul"], HEAD, family(NORTH)], Lain=[["NIK", "Nama", "Desa"], ["1", "2", "3"]])
    assert counted(result) == (1, 0, 1, 0)
    assert list(result["values"]) == ["3"]


@pytest.mark.parametrize("missing", [["No KK"], ["NIK Pengurus"], ["Nama Pengurus"], ["Kode Desa"]])
def test_missing_required_column_is_refused_and_named(judge, missing):
    line = {title: cell for title, cell in family(NORTH).items() if title not in missing}
    refusal = judge(list(line), line)["refusal"]
    assert refusal["code"] == "column_missing"
    assert (missing[0] if missing != ["Kode Desa"] else "Desa/Kelurahan, Kabupaten/Kota") in refusal["message"]


@pytest.mark.parametrize(
    ("lines", "code"), [([HEAD], "file_empty"), ([["Daftar"], ["a", "b", "c"]], "header_missing"), ([], None)]
)
def test_sheet_without_data_is_refused(judge, lines, code):
    assert judge(*lines)["refusal"]["code"] == (code or "header_missing")


@pytest.mark.parametrize("nothing", ["", "-", "0", 0, "tidak ada", "BELUM PUNYA", " - "])
def test_optional_cells_may_be_empty_in_every_way(judge, nothing):
    optional = [title for title in HEAD if title not in {"No KK", "NIK Pengurus", "Nama Pengurus", "Kode Desa"}]
    result = judge(HEAD, family(NORTH) | dict.fromkeys(optional, nothing))
    assert (counted(result), result["problems"]) == ((1, 0, 1, 0), [])


@pytest.mark.parametrize(
    ("latitude", "longitude", "column"),
    [
        (106.2, -6.5, "Lintang"),
        (6.5, 106.2, "Lintang"),
        (-6.5, "", "Bujur"),
        ("", 106.2, "Lintang"),
        (-6.5, 0, "Bujur"),
        (-7.100001, 106, "Lintang"),
        (-5.749999, 106, "Lintang"),
        (-6.5, 105.049999, "Bujur"),
        (-6.5, 106.800001, "Bujur"),
        ("selatan", "timur", "Lintang"),
        (-65, 106.2, "Lintang"),
    ],
)
def test_impossible_point_is_said_once(judge, latitude, longitude, column):
    (problem,) = judge(HEAD, family(NORTH) | {"Lintang": latitude, "Bujur": longitude})["problems"]
    assert (problem["code"], problem["level"], problem["column"]) == ("coordinate_invalid", "error", column)


@pytest.mark.parametrize(("latitude", "longitude"), [(-7.1, 105.05), ("-7,10", "106,80"), (-5.75, 106.8)])
def test_edges_of_the_box_are_possible(judge, latitude, longitude):
    result = judge(HEAD, family(NORTH) | {"Lintang": latitude, "Bujur": longitude})
    assert codes(result, "error") == {}


def test_cells_of_unexpected_kinds_and_lengths_are_said_and_break_nothing(judge):
    odd = dict.fromkeys(HEAD, "9" * 5000)
    strange = family(NORTH) | {
        "Nama Pengurus": "Siti 😀\x07",
        "Alamat": "=cmd|' /C calc'!A0\x00",
        "Tanggal Lahir": True,
    }
    result = judge(HEAD, odd, strange, family(NORTH) | {"RT": datetime.time(1, 2).isoformat(), "Bank": 7.5})
    assert counted(result) == (3, 0, 0, 3)
    assert codes(result, "error")["3"] == ["date_invalid"]
    assert all(len(problem["value"]) <= 200 for problem in result["problems"])


def test_year_and_neighbourhood(judge):
    lines = [
        family(NORTH) | {"Tahun Masuk": year} for year in (2019.0, "2021", "2021.0", "-", 21, 1990, "dua ribu", 2050)
    ]
    lines += [family(NORTH) | {"RT": rt} for rt in ("RT 07", "1.0", "1/2", "7a", -1)]
    assert codes(judge(HEAD, *lines), "error") == {str(row): ["number_invalid"] for row in (6, 7, 8, 9, 12, 13, 14)}


def test_place_without_a_column_for_its_names_is_said_at_the_code(judge):
    (problem,) = judge(HEAD, family(NORTH) | {"Kode Desa": "-"})["problems"]
    assert (problem["code"], problem["column"], problem["value"]) == ("required", "Kode Desa", "-")


def test_wrong_code_of_a_desa_is_shown_whole_and_a_nik_in_its_place_is_not(judge):
    lines = [family(NORTH) | {"Kode Desa": "3602189999"}, family(NORTH) | {"Kode Desa": make_nik(NORTH)}]
    values = [problem["value"] for problem in judge(HEAD, *lines)["problems"]]
    assert values[0] == "3602189999"
    assert values[1].endswith("••••••••••")
