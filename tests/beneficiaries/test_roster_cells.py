"""One cell at a time: what a spreadsheet's cell is read as, or the code of what is wrong with it."""

import datetime
from decimal import Decimal

import pytest

from beneficiaries.sheets.roster import cells, points

TODAY = datetime.date(2026, 7, 15)
NIK = "3602064405970001"  # a woman born on 4 May 1997 (or 2097)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("3602064405970001", NIK),
        ("'3602064405970001", NIK),
        ("’3602064405970001", NIK),
        (" 3602 0644 0597 0001 ", NIK),
        ("36.02.06.440597.0001", NIK),
        ("3602\u00a00644\u00a00597\u00a00001", NIK),
        (3602064405970001.0, NIK),
        (3602064405970001, NIK),
        ("‘3602064405970001", NIK),
        ("\u202a3602064405970001\u202c\u200e", NIK),  # as a telephone copies it
        ("3602\u200b064405970001", NIK),
        ("#N/A", "nik_length"),
        ("belum punya NIK", "required"),
        ("...", "required"),
        ("?", "required"),
        ("3602064405970010", "3602064405970010"),  # text is never cut, whatever it ends in
        ("360206440597000", "nik_length"),
        ("36020644059700011", "nik_length"),
        ("36020644O5970001", "nik_length"),
        ("３６０２064405970001", "nik_length"),
        ("tidak tahu", "nik_length"),
        (360206440597000.0, "nik_length"),
        (3602064405970010.0, "nik_truncated"),
        (3602064405970000, "nik_truncated"),
        ("3,60E+15", "nik_truncated"),
        ("3.60206E+15", "nik_truncated"),
        ("3e15", "nik_truncated"),
        ("", "required"),
        ("-", "required"),
        ("'-", "required"),
        ("belum punya", "required"),
    ],
)
def test_identity(cell, expected):
    value, code = cells.identity(cell, "nik")
    assert (value or code) == expected
    assert (value is None) != (code is None)


@pytest.mark.parametrize(
    ("day_month_year", "serial", "code"),
    [
        ("010180", "0001", None),
        ("310180", "9999", None),
        ("410180", "0001", None),
        ("710180", "0001", None),
        ("000180", "0001", "nik_date"),
        ("320180", "0001", "nik_date"),
        ("400180", "0001", "nik_date"),
        ("720180", "0001", "nik_date"),
        ("990180", "0001", "nik_date"),
        ("010080", "0001", "nik_date"),
        ("011380", "0001", "nik_date"),
        ("311180", "0001", "nik_date"),
        ("711180", "0001", "nik_date"),
        ("300280", "0001", "nik_date"),
        ("290280", "0001", None),
        ("690280", "0001", None),
        ("290281", "0001", "nik_date"),
        ("290200", "0001", None),  # 2000 had one, 1900 had none: it is possible
        ("010180", "0000", "nik_serial"),
    ],
)
def test_what_a_nik_says_must_be_possible(day_month_year, serial, code):
    assert cells.nik_code(f"360206{day_month_year}{serial}") == code


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("04/05/1997", "1997-05-04"),
        ("4-5-1997", "1997-05-04"),
        ("04.05.1997", "1997-05-04"),
        ("1997-05-04", "1997-05-04"),
        ("1997/05/04", "1997-05-04"),
        ("1997-05-04T00:00:00", "1997-05-04"),
        ("1997-05-04 00:00:00", "1997-05-04"),
        ("04/05/1997 0:00", "1997-05-04"),
        ("'04/05/1997", "1997-05-04"),
        ("4 Mei 1997", "1997-05-04"),
        ("4 MEI 1997", "1997-05-04"),
        ("4-Mei-97", "1997-05-04"),
        ("04/05/97", "1997-05-04"),
        ("17 Agustus 1945", "1945-08-17"),
        ("17 Agst 1945", "1945-08-17"),
        ("17 Agus. 1945", "1945-08-17"),
        ("4Mei1997", "1997-05-04"),
        ("4-V-1997", "1997-05-04"),
        ("04–05–1997", "1997-05-04"),
        ("04\\05\\1997", "1997-05-04"),
        ("35554.0", "1997-05-04"),
        ("1 Pebruari 1980", "1980-02-01"),
        ("1 Nop 1980", "1980-11-01"),
        ("31 Desember 1980", "1980-12-31"),
        (datetime.date(1997, 5, 4), "1997-05-04"),
        (datetime.datetime(1997, 5, 4, 12, 30), "1997-05-04"),  # noqa: DTZ001 - a cell has no zone
        (35554.0, "1997-05-04"),
        (35554, "1997-05-04"),
        ("35554", "1997-05-04"),
        ("29/02/1980", "1980-02-29"),
        ("01/01/1900", "1900-01-01"),
        (TODAY, "2026-07-15"),
        ("15/07/2026", "2026-07-15"),
        ("", None),
        ("-", None),
        ("tidak ada", None),
        (0.0, None),
        ("16/07/2026", "date_invalid"),
        ("31/02/1980", "date_invalid"),
        ("29/02/1981", "date_invalid"),
        ("31/11/1980", "date_invalid"),
        ("05/13/1980", "date_invalid"),
        ("00/05/1980", "date_invalid"),
        ("31/12/1899", "date_invalid"),
        ("4 Meii 1997", "date_invalid"),
        ("4 Me 1997", "date_invalid"),
        ("4-IIII-1997", "date_invalid"),
        ("35554.5 hari", "date_invalid"),
        ("04/05/1997 lahir", "date_invalid"),
        ("04/05/997", "date_invalid"),
        ("1997", "date_invalid"),
        (19970504.0, "date_invalid"),
        (-1.0, "date_invalid"),
        (datetime.time(10, 30), "date_invalid"),
        (datetime.date(2097, 5, 4), "date_invalid"),
        ("entah", "date_invalid"),
    ],
)
def test_date(cell, expected):
    value, code = cells.date(cell, nik=NIK, today=TODAY, adult=True)
    assert (value.isoformat() if value else code) == expected


@pytest.mark.parametrize(
    ("cell", "nik", "adult", "year"),
    [
        ("04/05/07", None, True, 2007),
        ("04/05/12", None, True, 1912),
        ("04/05/12", "3602064405120001", False, 2012),
        ("04/05/60", "3602064405600001", False, 1960),
        ("04/05/26", None, False, 2026),
    ],
)
def test_two_digit_year(cell, nik, adult, year):
    value, _ = cells.date(cell, nik=nik, today=TODAY, adult=adult)
    assert value.year == year


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (7.0, 7),
        ("007", 7),
        ("RT 07", 7),
        ("rw.3", 3),
        ("RT: 03", 3),
        ("7,00", 7),
        ("'007", 7),
        ("", None),
        ("-", None),
        (0, None),
        ("000", None),
        ("7a", "number_invalid"),
        ("tujuh", "number_invalid"),
        (7.5, "number_invalid"),
        (-7, "number_invalid"),
        ("1000", "number_invalid"),
        ("9" * 500, "number_invalid"),
        (datetime.date(2026, 7, 2), "number_invalid"),
    ],
)
def test_number(cell, expected):
    value, code = cells.number(cell, 1, 999)
    assert (code or value) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (-6.345678, Decimal("-6.345678")),
        ("-6,345678", Decimal("-6.345678")),
        ("'-6.345678", Decimal("-6.345678")),
        ("−6.345678", Decimal("-6.345678")),
        ("-6.3456785°", Decimal("-6.345678")),
        ("-6." + "3" * 60, Decimal("-6.333333")),
        (106, Decimal("106")),
        ("", None),
        ("-", None),
        (0.0, None),
        ("0.0", None),
        ("0,000000", None),
        ("–6,345", Decimal("-6.345000")),
        ("6°20'44\"S", "coordinate_invalid"),
        ("-6.345.678", "coordinate_invalid"),
        ("-6.3 106.2", "coordinate_invalid"),
        ("-6.3, 106.2", "coordinate_invalid"),
        ("-6345678", "coordinate_invalid"),
        ("1e-7", "coordinate_invalid"),
        ("selatan", "coordinate_invalid"),
    ],
)
def test_coordinate(cell, expected):
    value, code = points.coordinate(cell)
    assert (code or value) == expected


@pytest.mark.parametrize(
    ("known", "cell", "expected"),
    [
        (cells.SEXES, "L", "L"),
        (cells.SEXES, "p", "P"),
        (cells.SEXES, "LAKI - LAKI", "L"),
        (cells.SEXES, "laki laki", "L"),
        (cells.SEXES, "Perempuan ", "P"),
        (cells.SEXES, "wanita", "P"),
        (cells.SEXES, "L - Laki-laki", "L"),
        (cells.SEXES, "P (Perempuan)", "P"),
        (cells.SEXES, "Perempuan (P)", "P"),
        (cells.SEXES, "L (Perempuan)", "choice_unknown"),
        (cells.SEXES, "P/L", "choice_unknown"),
        (cells.SEXES, "X", "choice_unknown"),
        (cells.SEXES, "-", None),
        (cells.STATUSES, "AKTIF", "aktif"),
        (cells.STATUSES, "Calon", "calon"),
        (cells.STATUSES, "Non-Aktif", "nonaktif"),
        (cells.STATUSES, "Nonaktif/dikeluarkan", "nonaktif"),
        (cells.STATUSES, "Tidak aktif", "nonaktif"),
        (cells.STATUSES, "ditangguhkan", "ditangguhkan"),
        (cells.STATUSES, "Lulus", "graduasi"),
        (cells.STATUSES, "entahlah", "choice_unknown"),
        (cells.BANKS, "bri", "BRI"),
        (cells.BANKS, "BANK BRI", "BRI"),
        (cells.BANKS, "Bank Rakyat Indonesia (BRI)", "BRI"),
        (cells.BANKS, "bjb", "Bank BJB"),
        (cells.BANKS, "BANK BANTEN", "Bank Banten"),
        (cells.BANKS, "PT. Pos Indonesia (Persero)", "Kantor Pos"),
        (cells.BANKS, "tidak ada", None),
        (cells.BANKS, "Bank Kiamat", "choice_unknown"),
        (cells.RELATIONSHIPS, "Istri/suami", "2"),
        (cells.RELATIONSHIPS, "ANAK KANDUNG", "3"),
        (cells.RELATIONSHIPS, 1.0, "1"),
        (cells.RELATIONSHIPS, "1. Kepala Keluarga", "1"),
        (cells.RELATIONSHIPS, "4. Anak", "3"),  # by another list's number
    ],
)
def test_choice(known, cell, expected):
    value, code = cells.choice(cell, known)
    assert (code or value) == expected


@pytest.mark.parametrize(
    ("level", "cell", "expected"),
    [
        ("SD", 1, 1),
        ("SD", 6, 6),
        ("SD", 7, "number_invalid"),
        ("SMP", 1, 7),
        ("SMP", 9, 9),
        ("SMP", 5, "number_invalid"),
        ("SMA", 3, 12),
        ("SMA", "kelas 11", 11),
        ("SMA", 4, "number_invalid"),
        (None, 13, "number_invalid"),
        ("SD", "", None),
    ],
)
def test_grade(level, cell, expected):
    value, code = cells.grade(cell, level)
    assert (code or value) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("0812-3456-7890", "081234567890"),
        (81234567890.0, "081234567890"),
        ("+62 812 3456 7890", "081234567890"),
        ("6281234567890", "081234567890"),
        ("+62 0812 3456 7890", "081234567890"),
        ("HP: 0812-3456-7890 (anak)", "081234567890"),
        ("'081234567890", "081234567890"),
        ("-", None),
        ("belum punya", None),
    ],
)
def test_phone(cell, expected):
    assert cells.phone(cell) == (expected, False)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("081234567890 / 081398765432", "081234567890"),
        ("0812-3456-7890; +62 813 9876 5432", "081234567890"),
        ("0812 3456 7890 atau 0813 9876 5432", "081234567890"),
        ("0254-200123, 081398765432", "0254200123"),
    ],
)
def test_of_two_phone_numbers_the_first_is_taken(cell, expected):
    assert cells.phone(cell) == (expected, True)


def test_an_extension_is_no_second_phone_number():
    assert cells.phone("0254-200123/24") == ("0254200123/24", False)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("6°07'12.3\"S", "-6.120083"),
        ("6° 7' 12,3\" LS", "-6.120083"),
        ("S 6°07′12.3″", "-6.120083"),
        ("-6°07'12.3''", "-6.120083"),
        ("6 07 12.3 LS", "-6.120083"),
        ("06°07.205'S", "-6.120083"),
        ("6.345678° S", "-6.345678"),
        ("6,345678 LS", "-6.345678"),
        ("106°15'30\"E", "106.258333"),
        ("106° 15' 30\" BT", "106.258333"),
        ("106,2583 BT", "106.2583"),
        ("6°07'12.3\"N", "6.120083"),
    ],
)
def test_degrees_with_minutes_and_seconds_are_offered_as_a_number(cell, expected):
    assert points.in_degrees(cell) == Decimal(expected)
    assert points.coordinate(cell) == (None, "coordinate_invalid")


@pytest.mark.parametrize(
    "cell", ["6°67'12\"S", "6°07'72\"S", "6.5°07'S", "S 6°07'N", "6 07 12", "6°07'12\"X", "S", "°"]
)
def test_half_a_degree_is_none(cell):
    assert points.in_degrees(cell) is None


def test_two_points_of_degrees_stand_in_one_cell():
    first, second = points.pair_of_coordinates("6°07'12.3\"S 106°15'30.0\"E")
    assert (points.in_degrees(first), points.in_degrees(second)) == (Decimal("-6.120083"), Decimal("106.258333"))


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("  Siti   Aminah ", "Siti Aminah"),
        ("Siti\x00\nAminah\t", "Siti Aminah"),
        ("Siti 😀 Nur’aini", "Siti 😀 Nur’aini"),
        ("=1+1", "=1+1"),
        (7.0, "7"),
        (7.25, "7.25"),
        (float("inf"), "inf"),
        (True, "Ya"),
        ("", ""),
    ],
)
def test_text(cell, expected):
    assert cells.text(cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected", "is_marked"),
    [
        ("Pengurus", None, True),
        ("Istri (Pengurus)", "2", True),
        ("Penerima manfaat / Kepala keluarga", "1", True),
        ("Anak", "3", False),
        ("ANAK KE-2", "3", False),
        ("", None, False),
    ],
)
def test_relationship(cell, expected, is_marked):
    assert cells.relationship(cell) == ((expected, None), is_marked)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("SLTA/SEDERAJAT", "SMA"),
        ("SD / Sederajat", "SD"),
        ("SMP/MTs", "SMP"),
        ("TAMAT SD/SEDERAJAT", None),
        ("TIDAK/BELUM SEKOLAH", None),
        ("Tidak sekolah lagi", None),
        ("DIPLOMA IV/STRATA I", None),
        ("Belum tamat SD/sederajat", None),
        ("entah", "choice_unknown"),
    ],
)
def test_school_as_the_civil_registry_writes_it(cell, expected):
    value, code = cells.school(cell)
    assert (code or value) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("√", True), ("✔", True), ("v", True), ("N", False), ("Tdk", False), ("-", None), ("*", "choice_unknown")],
)
def test_yes_and_no(cell, expected):
    value, code = cells.yes_no(cell)
    assert (code or value) == expected
