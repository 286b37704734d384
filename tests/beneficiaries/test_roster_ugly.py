"""Rosters as offices make them: heads of several lines, merged cells, totals, signatures, odd files and odd cells."""

import csv
import datetime
import io

import pytest
import xlsxwriter

from beneficiaries.models import RosterRow
from beneficiaries.sheets.roster import cells
from ejsika.accounts.permissions import Role
from ejsika.imports import actions
from ejsika.regions.models import Region
from tests.factories import make_household, make_nik, make_program, make_user
from tests.sheets import counted, found

HEAD = ["NO", "NO KK", "NIK", "NAMA", "TGL LAHIR", "L/P", "ALAMAT", "RT/RW", "DESA", "KECAMATAN", "KAB/KOTA"]


@pytest.fixture
def check(db, settings, tmp_path, official_regions):
    settings.MEDIA_ROOT = tmp_path
    admin, program = make_user("admin", Role.ADMIN, "36"), make_program()

    def checked(content: bytes, region: str = "36"):
        admin.regions.set([Region.objects.get(code=region)])
        batch = actions.receive(kind="roster", program=program, by=admin, name="daftar", content=content)
        actions.check(batch)
        batch.refresh_from_db()
        return batch

    return checked


def line(number: int, **cells) -> list:
    """A family of Pasar Keong in the columns of HEAD."""
    nik = make_nik("3602182010")
    told = {"no": number, "kk": f"36021801012{number:05}", "nik": nik, "name": f"SITI {number}", "born": "04-05-1980"}
    place = {"desa": "Pasar Keong", "kecamatan": "Cibadak", "kabupaten": "KAB. LEBAK"}
    return list((told | {"sex": "P", "address": "Kp. Cikadu", "rt_rw": "02/05"} | place | cells).values())


def workbook(*rows, merged=(), **options) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"strings_to_formulas": False, "strings_to_numbers": False} | options) as book:
        sheet, day = book.add_worksheet("LAMPIRAN"), book.add_format({"num_format": "dd/mm/yyyy"})
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime.date):
                    sheet.write_datetime(number, column, cell, day)
                elif cell not in (None, ""):
                    sheet.write(number, column, cell)
        for first, column, last, last_column, text in merged:
            sheet.merge_range(first, column, last, last_column, text)
    return content.getvalue()


def text(*rows, delimiter=";", encoding="utf-8") -> bytes:
    content = io.StringIO()
    csv.writer(content, delimiter=delimiter).writerows(rows)
    return content.getvalue().encode(encoding)


def staged(batch, *names):
    return list(RosterRow.objects.filter(batch=batch).order_by("row").values_list(*names))


def test_a_head_of_two_lines_is_read_as_it_is_seen(check):
    upper = ["NO", "IDENTITAS", "", "", "TANGGAL LAHIR", "JENIS KELAMIN", "TEMPAT TINGGAL", "", "", "", "", "KET"]
    lower = ["", "NO KK", "NIK", "NAMA", "", "", "ALAMAT", "RT/RW", "DESA / KEL.", "KEC.", "KAB/KOTA"]
    numbers = list(range(1, 13))
    total = ["", "", "", "JUMLAH", "", "", "", "", "Pasar Keong"]
    signed = [
        ["", "", "", "", "", "", "Rangkasbitung, 2 November 2026"],
        ["", "", "", "", "", "", "NIP. 196504121990031004"],
    ]
    rows = [["DAFTAR KPM"], ["KECAMATAN CIBADAK"], [], upper, lower, numbers, line(1), line(2), total]
    batch = check(workbook(*rows, upper, lower, numbers, line(3), [], *signed))
    assert (batch.head_row, counted(batch), found(batch)) == (5, {"create": 3}, {})
    assert set(staged(batch, "born_on", "sex", "rt", "rw")) == {(datetime.date(1980, 5, 4), "P", 2, 5)}
    assert batch.unknown_columns == ["NO", "KET"]


def test_two_who_sign_side_by_side_are_no_family(check):
    signers = [
        ["", "", "", "Mengetahui,", "", "", "", "", "Cibadak, 2 November 2026"],
        ["", "", "", "Kepala Desa", "", "", "", "", "Pendamping"],
        ["", "", "", "H. FULAN", "", "", "", "", "SITI AMINAH"],
        ["", "", "", "NIP. 196504121990031004", "", "", "", "", "NIP. 197504121990031004"],
    ]
    batch = check(workbook(HEAD, line(1), line(2, kk="", nik=""), *signers))
    assert found(batch) == {3: ["required", "required"]}
    assert batch.skipped == 4


def test_skipped_lines_and_samples_show_whole_numbers_as_people_write_them(check):
    batch = check(workbook(HEAD, line(1, no=1), ["", "", "", "JUMLAH", 12]))
    assert [skipped.text for skipped in batch.skipped_lines.all()] == ["JUMLAH · 12"]
    assert [column["samples"] for column in batch.columns if column["title"] == "NO"] == [["1"]]


def test_cells_merged_over_several_lines_stand_in_each_of_them_others_stay_empty(check):
    empty = dict.fromkeys(("desa", "kecamatan", "kabupaten"), "")
    merged = [(1, column, 3, column, word) for column, word in ((8, "Pasar Keong"), (9, "Cibadak"), (10, "Lebak"))]
    batch = check(workbook(HEAD, *(line(number, **empty) for number in range(1, 5)), merged=merged))
    assert found(batch) == {5: ["required"]}
    assert staged(batch, "region_code")[:3] == [("3602182010",)] * 3


def test_a_family_card_merged_over_its_members_joins_them(check):
    head = ["NO KK", "NIK", "NAMA", "HUBUNGAN", "DESA", "KECAMATAN", "KABUPATEN"]
    place = ["Pasar Keong", "Cibadak", "Lebak"]
    rows = [
        ["", make_nik("3602182010"), f"ORANG {n}", relation, *place] for n, relation in enumerate(["Istri", "Anak"])
    ]
    batch = check(workbook(head, *rows, merged=[(1, 0, 2, 0, "3602180101260001")]))
    assert (counted(batch), found(batch)) == ({"create": 1}, {})


@pytest.mark.parametrize(
    ("delimiter", "encoding"), [(";", "cp1252"), ("\t", "utf-16"), ("\t", "utf-16-le"), (",", "utf-8-sig")]
)
def test_text_files_of_every_program(check, delimiter, encoding):
    rows = [line(1, name="SITI “Nénéng”"), line(2, address="Kp. Baru\nblok A, no. 1")]
    for row in rows:
        row[1] = f'="{row[1]}"'
    batch = check(text(["DAFTAR KPM"], HEAD, *rows, delimiter=delimiter, encoding=encoding))
    assert (counted(batch), found(batch)) == ({"create": 2}, {})
    assert staged(batch, "name", "address")[0] == ("SITI “Nénéng”", "Kp. Cikadu")


def test_dates_of_a_workbook_that_counts_from_1904(check):
    batch = check(workbook(HEAD, line(1, born=datetime.date(1980, 5, 4)), date_1904=True))
    assert staged(batch, "born_on") == [(datetime.date(1980, 5, 4),)]


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("02/05", (2, 5)),
        ("RT 02 RW 05", (2, 5)),
        ("RT.02/RW.05", (2, 5)),
        ("RT02/RW05", (2, 5)),
        ("002-005", (2, 5)),
        ("02 / 05", (2, 5)),
        ("02/-", (2, None)),
        ("00/00", (None, None)),
        ("-", (None, None)),
    ],
)
def test_rt_and_rw_in_one_cell(cell, read):
    assert cells.neighbourhoods(cell) == (read, None)


@pytest.mark.parametrize("cell", [datetime.date(2026, 5, 2), "2-Mei", "02-May", "2026-05-02 00:00:00"])
def test_rt_and_rw_that_became_a_date_are_not_guessed(cell):
    assert cells.neighbourhoods(cell) == ((None, None), "number_dated")


@pytest.mark.parametrize("cell", ["02", "RT 5", "2.5", 2.5, "1000/2", "dua/lima"])
def test_half_an_rt_and_rw_is_wrong(cell):
    assert cells.neighbourhoods(cell)[1] == "number_invalid"


@pytest.mark.parametrize(
    ("latitude", "longitude", "said"),
    [
        ("106.123", "-6.345", "tertukar: lintang -6.345000, bujur 106.123000"),
        ("6,345", "106,123", "kurang tanda minus: -6.345000"),
        ("6°20'42\" LS", "106°7'22\" BT", "desimal: lintang -6.345000, bujur 106.122778"),
    ],
)
def test_a_point_outside_says_what_may_have_been_meant(check, latitude, longitude, said):
    batch = check(workbook([*HEAD, "Lintang", "Bujur"], [*line(1), latitude, longitude]))
    assert found(batch) == {2: ["coordinate_invalid"]}
    assert said in batch.problems.get().message


def test_a_point_in_one_column(check):
    points = ["-6.345, 106.123", "-6,345; 106,123", "-6.345 106.123", "", "106.123, -6.345", "dekat masjid"]
    batch = check(workbook([*HEAD, "Titik Koordinat"], *([*line(n), point] for n, point in enumerate(points, 1))))
    read = [
        (float(latitude or 0), float(longitude or 0)) for latitude, longitude in staged(batch, "latitude", "longitude")
    ]
    assert read == [(-6.345, 106.123)] * 3 + [(0, 0)] * 3
    assert {row: codes for row, codes in found(batch).items() if codes != ["coordinate_far"]} == {
        6: ["coordinate_invalid"],
        7: ["coordinate_invalid"],
    }


@pytest.mark.parametrize(
    ("cell", "bank"),
    [
        ("PT. Bank Rakyat Indonesia (Persero)", None),
        ("BRI Unit Cibadak", "BRI"),
        ("Bank BJB Cabang Rangkasbitung", "Bank BJB"),
        ("BPD Jabar Banten", "Bank BJB"),
        ("BPD BANTEN", "Bank Banten"),
        ("PT. POS INDONESIA", "Kantor Pos"),
    ],
)
def test_banks_as_they_are_called(cell, bank):
    assert cells.bank(cell) == ((bank, None) if bank else (None, "choice_unknown"))


def test_an_account_number_cut_by_excel_is_not_kept(check):
    batch = check(text([*HEAD, "NO REK"], [*line(1), "1,23457E+14"], [*line(2), "123456789012345"]))
    assert found(batch) == {2: ["number_invalid"]}
    assert "terpotong" in batch.problems.get().message


def test_words_in_place_of_a_telephone_say_that_there_is_none():
    assert cells.phone("tidak punya hp") == (None, False)
    assert cells.phone("(0254) 200-123") == ("0254200123", False)


def test_of_two_telephones_the_first_is_kept_and_it_is_said(check):
    batch = check(text([*HEAD, "NO HP"], [*line(1), "081234567890/081398765432"]))
    assert (found(batch), staged(batch, "phone")) == ({2: ["phone_second"]}, [("081234567890",)])


def test_a_point_in_minutes_and_seconds_is_offered_as_a_number(check):
    batch = check(text([*HEAD, "KOORDINAT"], [*line(1), "6°22'12.3\"S 106°15'30\"E"], [*line(2), "6°82'S 106°15'E"]))
    assert found(batch) == {2: ["coordinate_invalid"], 3: ["coordinate_invalid"]}
    offered, none = batch.problems.order_by("row").values_list("message", flat=True)
    assert offered.endswith("lintang -6.370083, bujur 106.258333.") and "desimal" not in none


WEB_PAGES = [
    b"<html xmlns:o='urn:schemas-microsoft-com:office:office'><table><tr><td>NO KK</td></tr></table></html>",
    b"\xef\xbb\xbf  <!-- laporan --><table border=1><tr><th>NO KK</th><th>NIK</th></tr></table>",
    b"<style>td{mso-number-format:'@'}</style><table><tr><td>1,2</td></tr></table>",
    b'MIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"\r\n\r\n<html>',
]


@pytest.mark.parametrize("content", WEB_PAGES)
def test_a_web_page_under_the_name_of_a_workbook_says_what_it_is(check, content):
    batch = check(content)
    assert batch.refusal_code == "file_type"
    assert "halaman web" in batch.refusal_message and "XLSX" in batch.refusal_message


def test_a_workbook_in_xml_of_2003_says_what_it_is(check):
    batch = check(b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook></Workbook>')
    assert (batch.refusal_code, "2003" in batch.refusal_message) == ("file_type", True)


def test_each_person_of_a_foreign_family_is_told_so(check):
    """Where a line is a person, and the family's card is of another region, each of its lines says why it stays out."""
    make_household(region="3604010001", kk="3604010101200077")
    head = [*HEAD[:4], "HUBUNGAN", *HEAD[4:]]
    people = [line(number, kk="3604010101200077") for number in (1, 2, 3)]
    for person, relationship in zip(people, ["Istri (pengurus)", "Anak", "Anak"], strict=True):
        person.insert(4, relationship)
    batch = check(workbook(head, *people), region="3602")
    assert found(batch) == {row: ["region_outside_scope"] for row in (2, 3, 4)}


def test_a_quote_that_nobody_closes_does_not_swallow_families_unseen(check):
    lines = text(HEAD, line(1), line(2), line(3)).replace(b"Kp. Cikadu", b'"Kp. Cikadu', 1)
    batch = check(lines)
    assert batch.refusal_code == "file_corrupt" and "tanda kutip" in batch.refusal_message
    batch = check(text(HEAD, line(1, address="Kp. Cikadu\nRT 2; blok A"), line(2, address='Kp. "Baru" 7')))
    assert (counted(batch), staged(batch, "address")) == (
        {"create": 2},
        [("Kp. Cikadu RT 2; blok A",), ('Kp. "Baru" 7',)],
    )


def test_a_column_filled_down_to_the_end_of_the_sheet_is_refused_before_it_is_listed(check, monkeypatch):
    monkeypatch.setattr(actions, "MOST_LEFT_OUT", 50)
    batch = check(workbook(HEAD, line(1), *([number] for number in range(2, 100))))
    assert batch.refusal_code == "too_many_rows" and "bukan data" in batch.refusal_message
    assert not batch.skipped_lines.exists()


def test_place_and_date_of_birth_in_one_column(check):
    head = [*HEAD[:4], "TEMPAT, TGL LAHIR", *HEAD[5:]]
    born = ["Lebak, 04-05-1980", "Rangkasbitung/4 Mei 1980", "Kab. Lebak 1980-05-04", "LEBAK, 4 MEI '80", "Lebak"]
    batch = check(workbook(head, *(line(number, born=cell) for number, cell in enumerate(born, 1))))
    assert found(batch) == {6: ["date_invalid"]}
    assert set(staged(batch, "born_on")) == {(datetime.date(1980, 5, 4),), (None,)}


def test_hidden_sheets_rows_and_columns_are_read_as_all_others(check):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        cover, data = book.add_worksheet("Sampul"), book.add_worksheet("Data")
        cover.write(0, 0, "DAFTAR PENERIMA")
        for number, row in enumerate([HEAD, line(1), line(2)]):
            data.write_row(number + 1, 2, row)
        data.set_row(2, None, None, {"hidden": True})
        data.set_column(5, 5, None, None, {"hidden": True})
        cover.activate()
        data.hide()
    batch = check(content.getvalue())
    assert (counted(batch), batch.sheet, batch.head_row) == ({"create": 2}, "Data", 2)
