"""The template: filled it imports, untouched it says that it is empty; its lists are the admin's own."""

import html
import io
import re
import zipfile
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from beneficiaries.sheets.roster.template import EXAMPLE
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Role
from ejsika.imports.models import ImportBatch, SkippedLine
from ejsika.lib.sheets import open_sheets
from tests.beneficiaries.test_roster_import import codes, run
from tests.factories import NORTH, make_nik, make_program, make_user
from tests.sheets import family


@pytest.fixture(autouse=True)
def _register(db, settings, tmp_path, official_regions):
    settings.MEDIA_ROOT = tmp_path
    make_program()
    make_user("admin", Role.ADMIN, "36")
    make_user("admin2", Role.ADMIN, "3602")


@pytest.fixture
def download(client):
    def downloaded(username="admin2"):
        client.force_login(User.objects.get(username=username))
        answer = client.get(reverse("imports:template_download"))
        assert answer["Content-Disposition"] == 'attachment; filename="templat-roster-kpm.xlsx"'
        return b"".join(answer.streaming_content)

    return downloaded


@pytest.fixture
def check(tmp_path):
    def checked(content, **options):
        path = tmp_path / "templat.xlsx"
        path.write_bytes(content)
        return run(path, user="admin2", **options)

    return checked


def part(content, name):
    return zipfile.ZipFile(io.BytesIO(content)).read(name).decode()


def sheet_of(content, name):
    return next(sheet for sheet in open_sheets(content) if sheet.name == name)


def fill(content, lines, name="Roster"):
    """Write lines (by row) into a sheet of the template, as a person would: in the columns of its head."""
    (_, titles), *_ = sheet_of(content, name).lines()
    entry_of = {"Roster": "xl/worksheets/sheet1.xml", "Anggota": "xl/worksheets/sheet2.xml"}
    rows = ""
    for row, line in lines.items():
        cells = sorted((titles.index(title), value) for title, value in line.items())
        told = (
            f'<c r="{chr(65 + at)}{row}" t="inlineStr"><is><t>{html.escape(str(value))}</t></is></c>'
            for at, value in cells
        )
        rows += f'<row r="{row}">{"".join(told)}</row>'
    filled = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(filled, "w") as new:
        for entry in old.namelist():
            text = old.read(entry)
            if entry == entry_of[name]:
                text = text.decode()
                if 2 in lines:
                    text = re.sub(r'<row r="2".*?</row>', "", text)
                text = text.replace("</sheetData>", f"{rows}</sheetData>").encode()
            new.writestr(entry, text)
    return filled.getvalue()


def test_untouched_template_says_that_it_has_no_rows(download, check):
    result = check(download())
    assert result["refusal"]["code"] == "file_empty"
    assert "baris contoh tidak dihitung" in result["refusal"]["message"]


def test_filled_template_imports_and_its_example_is_listed_as_left_out(download, check):
    result = check(fill(download(), {3: family(NORTH), 4: family(NORTH)}))
    assert result["counts"] == {"create": 2, "change": 0, "same": 0, "error": 0, "suspect": 0}
    assert result["problems"] == []
    line = SkippedLine.objects.get()
    assert (line.row, line.reason) == (2, "example")
    assert ImportBatch.objects.get().unknown_columns == []


def test_members_on_their_own_sheet_join_their_family(download, check):
    line = family(NORTH)
    child = {"No KK": line["No KK"], "NIK": make_nik(NORTH), "Nama": "Ujang", "Hubungan": "Anak", "Pendidikan": "SD"}
    content = fill(fill(download(), {3: line}), {2: child}, "Anggota")
    result = check(content)
    assert (result["rows"], result["members"], result["counts"]["create"]) == (2, 2, 1)
    assert result["problems"] == []


def test_family_written_over_the_example_is_data(download, check):
    assert check(fill(download(), {2: family(NORTH)}))["counts"]["create"] == 1


def test_half_of_the_example_left_standing_is_an_error_and_no_family(download, check):
    line = family(NORTH) | {"No KK": EXAMPLE["kk"], "NIK Pengurus": EXAMPLE["nik"]}
    assert codes(check(fill(download(), {2: line})), "error") == {"2": ["nik_serial"]}


def test_lists_hold_the_own_regions_and_choices_alone(download):
    make_user("budi", Role.PENDAMPING, NORTH[:6])
    make_user("citra", Role.PENDAMPING, "3601")
    content = download()
    assert re.search('<sheet name="Daftar" [^>]*state="hidden"', part(content, "xl/workbook.xml"))
    words = {cell for _, cells in sheet_of(content, "Daftar").lines() for cell in cells}
    assert {"Kabupaten Lebak", "Cibadak", "Bank Banten", "Perempuan", "Ditangguhkan", "budi"} <= words
    assert not {"Kabupaten Pandeglang", "Graduasi", "citra"} & words
    (_, *desas) = (cells[3] for _, cells in sheet_of(content, "Daftar Desa").lines())
    assert NORTH in desas
    assert {code[:4] for code in desas} == {"3602"}


def test_every_drop_down_stands_in_its_column_and_names_lists_that_are_there(download):
    make_user("budi", Role.PENDAMPING, NORTH[:6])
    content = download()
    (_, titles), *_ = sheet_of(content, "Roster").lines()
    rules = re.findall(
        r'<dataValidation [^>]*sqref="([A-Z])2:[^>]*><formula1>(.*?)</formula1>',
        part(content, "xl/worksheets/sheet1.xml"),
    )
    offered = {titles[ord(letter) - 65]: html.unescape(formula) for letter, formula in rules}
    places = ["Desa/Kelurahan", "Kecamatan", "Kabupaten/Kota"]
    assert list(offered) == [*reversed(places), "Jenis Kelamin", "Bank", "Status", "Pendamping"]
    defined = set(re.findall('<definedName name="(daftar_[a-z_]+)"', part(content, "xl/workbook.xml")))
    for title, formula in offered.items():
        assert len(formula) <= 255, "longer ones Excel does not open"
        assert set(re.findall("daftar_[a-z_]+", formula)) <= defined
        assert ("OFFSET" in formula) == (title in places[:2])


def test_columns_of_long_numbers_are_text(download):
    content = download()
    text_format = re.findall("<xf ([^>]*)>", part(content, "xl/styles.xml").split("<cellXfs")[1])
    columns = re.findall(r'<col min="(\d+)" max="(\d+)"[^>]*style="(\d+)"', part(content, "xl/worksheets/sheet1.xml"))
    as_text = {
        number
        for first, last, style in columns
        for number in range(int(first), int(last) + 1)
        if 'numFmtId="49"' in text_format[int(style)]
    }
    assert {1, 2, 7, 8, 12, 15, 17} <= as_text  # No KK, NIK, RT, RW, Kode Desa, No HP, No Rekening
    assert not {3, 13, 14} & as_text  # a name, and the two halves of a point


def test_an_admin_without_regions_gets_a_template_without_places(download):
    make_user("nowhere", Role.ADMIN, "")
    content = download("nowhere")
    assert [cells[0] for _, cells in sheet_of(content, "Daftar Desa").lines()] == ["Kabupaten/Kota"]
    assert "Kabupaten Lebak" not in {cell for _, cells in sheet_of(content, "Daftar").lines() for cell in cells}


def test_nothing_in_the_template_is_a_formula_or_a_link(download):
    content = download()
    for name in zipfile.ZipFile(io.BytesIO(content)).namelist():
        assert "<f>" not in part(content, name), name
        assert "externalLink" not in part(content, name), name


MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.mark.parametrize("kind", ["roster", "accounts", "assignments"])
def test_every_template_keeps_to_what_excel_demands_of_a_workbook(client, kind):
    """Excel offers to repair a file that breaks one of these, and drops what it cannot read."""
    make_user("pendamping.satu", Role.PENDAMPING, "3602")
    client.force_login(User.objects.get(username="admin"))
    answer = client.get(reverse("imports:template_download"), {"kind": kind})
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    files = [name for name in archive.namelist() if name.endswith(".xml")]
    parts = {name: ElementTree.fromstring(archive.read(name)) for name in files}  # noqa: S314 - our own
    book = parts["xl/workbook.xml"]
    names = [sheet.get("name") for sheet in book.iter(f"{MAIN}sheet")]
    assert len(set(map(str.lower, names))) == len(names)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    ranges = {name.get("name"): name.text for name in book.iter(f"{MAIN}definedName")}
    own = {name for name in ranges if name.startswith("daftar_")}
    assert own
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]{0,254}", name) for name in own)
    assert not any(re.fullmatch(r"[A-Za-z]{1,3}\d+", name) for name in own)
    assert all(re.fullmatch(r"Daftar!\$[A-Z]+\$1:\$[A-Z]+\$\d+", ranges[name]) for name in own)
    rules = [rule for part in parts.values() for rule in part.iter(f"{MAIN}dataValidation")]
    assert rules
    for rule in rules:
        formula = rule.find(f"{MAIN}formula1").text
        assert len(formula) <= 255
        assert set(re.findall(r"daftar_\w+", formula)) <= own
        assert len(rule.get("errorTitle")) <= 32
        assert len(rule.get("error")) <= 225
        assert rule.get("errorStyle") == "warning"
    cells = [cell for cell in parts["xl/worksheets/sheet1.xml"].iter(f"{MAIN}c") if cell.get("r", "").endswith("2")]
    assert cells, "the example line"
