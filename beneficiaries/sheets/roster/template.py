"""The roster's template: an empty workbook with the columns, the admin's own regions and choices as drop-downs.

The lists stand on a hidden sheet under names of their own: kecamatan by kabupaten/kota, desa by kecamatan.
"""

from itertools import groupby

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from beneficiaries.choices import Bank, EnrollmentStatus, Relationship, SchoolLevel, Sex
from beneficiaries.sheets.roster import cells
from beneficiaries.sheets.roster.columns import COLUMNS, NUMBERED
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Role
from ejsika.imports.kinds import Head
from ejsika.imports.line_template import (
    LAST_ROW,
    LISTS,
    NUMBERS_AS_TEXT,
    OPTIONS,
    drop_down,
    example_style,
    head_style,
    write_notes,
    write_table,
)
from ejsika.lib.sheet_formats import TEXT
from ejsika.regions.models import Region

OFFERED = [
    *("kk", "nik", "name", "born_on", "sex", "address", "rt", "rw", "desa", "kecamatan", "kabupaten", "region_code"),
    *("latitude", "longitude", "phone", "bank", "account", "cohort_year", "status", "assistant"),
]
MEMBERS = ["kk", "nik", "name", "relationship", "sex", "born_on", "school_level", "grade", "is_pregnant", "is_disabled"]
MEMBER_TITLES = {"nik": "NIK", "name": "Nama"}
# Numbers that nobody can have: their last four digits are 0000.
EXAMPLE = {
    "kk": "3602010101260000",
    "nik": "3602014405800000",
    "name": "CONTOH Siti Aminah (baris ini tidak diimpor)",
    "born_on": "04/05/1980",
    "sex": Sex.FEMALE.label,
    "address": "Kp. Cikadu",
    "rt": "007",
    "rw": "002",
    "phone": "081200001111",
    "bank": Bank.BRI.value,
    "account": "0123456789",
    "cohort_year": 2026,
    "status": EnrollmentStatus.ACTIVE.label,
}
WIDTHS = {"name": 30, "address": 30, "desa": 22, "kecamatan": 22, "kabupaten": 24, "rt": 6, "rw": 6}
NOTES = [
    ("Satu keluarga satu baris", "Isi lembar Roster mulai baris 3. Urutan kolom boleh diubah, kolom boleh ditambah."),
    (
        "Lembar Anggota",
        "Boleh kosong. Satu orang satu baris, dengan No KK keluarganya di lembar Roster atau di data KPM.",
    ),
    ("Wajib", "No KK, NIK Pengurus, Nama Pengurus, dan tempat: Kode Desa, atau Desa/Kelurahan dengan Kabupaten/Kota."),
    ("Baris contoh", "Baris 2 hanya contoh dan tidak pernah diimpor. Boleh dihapus."),
    ("Sel kosong", "Sel kosong tidak pernah menghapus data yang sudah ada."),
    ("NIK dan No KK", "16 angka. Kolomnya sudah berformat Teks: jangan diubah, sebab Excel memotong angka ke-16."),
    ("Tanggal Lahir", "Hari/bulan/tahun, misalnya 04/05/1980."),
    ("Tempat", "Pilih Kabupaten/Kota dahulu, lalu Kecamatan, lalu Desa: daftarnya menyempit. Kode ada di Daftar Desa."),
    ("Lintang dan Bujur", "Isi berdua atau kosongkan berdua, misalnya -6.345 dan 106.123."),
    ("Bank, Jenis Kelamin, Status", "Pilih dari daftar. Graduasi hanya lewat kasus graduasi, tidak lewat lembar ini."),
    ("Pendamping", "Nama pengguna pendamping yang wilayahnya mencakup desa itu. Boleh kosong."),
]


def is_example(head: Head, row: list) -> bool:
    """Whether a line is the template's example: its two numbers, and its name still begins with CONTOH."""

    at = head.fields.get("name", len(row))
    if at >= len(row) or str(row[at]).lstrip()[:6].upper() != "CONTOH":  # first, as every line is asked
        return False
    return all(
        head.fields.get(name, len(row)) < len(row) and cells.plain_number(row[head.fields[name]]) == EXAMPLE[name]
        for name in ("kk", "nik")
    )


def write_template(target, user) -> None:
    """Write the template for one admin into a binary file. Cost: two queries."""
    places = _places(user)
    assistants = User.objects.for_user(user).active().filter(role=Role.PENDAMPING).order_by("username")
    with xlsxwriter.Workbook(target, OPTIONS) as book:
        sheet, members = book.add_worksheet("Roster"), book.add_worksheet("Anggota")
        _write_head(book, sheet, OFFERED, {})
        _write_head(book, members, MEMBERS, MEMBER_TITLES)
        _write_example(book, sheet, places)
        write_notes(book, NOTES)
        write_table(book, "Daftar Desa", ["Kabupaten/Kota", "Kecamatan", "Desa/Kelurahan", "Kode Desa"], places)
        named = _write_lists(book, places, list(assistants.values_list("username", flat=True)))
        _offer(sheet, OFFERED, named)
        _offer(members, MEMBERS, named)


def _places(user) -> list[tuple[str, str, str, str]]:
    """The desas of an admin's scope: (kabupaten/kota, kecamatan, desa, code), each below its own."""
    names = dict(Region.objects.values_list("code", "name"))
    levels = [Region.Level.DESA, Region.Level.KELURAHAN]
    codes = Region.objects.within(user.region_codes).filter(level__in=levels, closed_on=None)
    found = [(code[:4], names[code[:6]], names[code], code) for code in codes.values_list("code", flat=True)]
    return [(names[regency], district, desa, code) for regency, district, desa, code in sorted(found)]


def _write_head(book, sheet, names: list[str], titles: dict[str, str]) -> None:
    columns = {column.field: column for column in COLUMNS}
    styles = {required: head_style(book, required=required) for required in (True, False)}
    as_text = book.add_format({"num_format": TEXT})
    for index, name in enumerate(names):
        sheet.set_column(index, index, WIDTHS.get(name, 16), as_text if name in NUMBERED else None)
        sheet.write_string(0, index, titles.get(name, columns[name].title), styles[columns[name].required])
    sheet.freeze_panes(1, 0)
    sheet.ignore_errors(NUMBERS_AS_TEXT)


def _write_example(book, sheet, places) -> None:
    style = example_style(book)
    where = dict(zip(("kabupaten", "kecamatan", "desa", "region_code"), places[0], strict=True)) if places else {}
    for name, value in (EXAMPLE | where).items():
        sheet.write(1, OFFERED.index(name), value, style)


def _write_lists(book, places, assistants: list[str]) -> list[str]:
    """Write every list on the hidden sheet and give it a name; gives the fields that have one with words in it."""
    lists = book.add_worksheet(LISTS)
    lists.hide()
    districts = [key for key, _ in groupby(place[:2] for place in places)]
    named = {
        "kabupaten": [key for key, _ in groupby(place[0] for place in places)],
        "kecamatan": [district for _, district in districts],
        "kecamatan_kunci": [regency for regency, _ in districts],
        "desa": [place[2] for place in places],
        "desa_kunci": [f"{place[0]}/{place[1]}" for place in places],
        "sex": Sex.labels,
        "bank": Bank.values,
        "status": [status.label for status in EnrollmentStatus if status != EnrollmentStatus.GRADUATED],
        "assistant": assistants,
        "relationship": Relationship.labels,
        "school_level": SchoolLevel.labels,
        "is_pregnant": ["Ya", "Tidak"],
        "is_disabled": ["Ya", "Tidak"],
    }
    for index, (name, words) in enumerate(named.items()):
        lists.write_column(0, index, words)
        letter = xl_col_to_name(index)
        book.define_name(f"daftar_{name}", f"={LISTS}!${letter}$1:${letter}${max(len(words), 1)}")
    return [name for name, words in named.items() if words]


def _offer(sheet, names: list[str], named: list[str]) -> None:
    """Offer the lists in their columns of one sheet, from its second line to its last."""
    regency, district = (f"${xl_col_to_name(OFFERED.index(name))}2" for name in ("kabupaten", "kecamatan"))
    narrowed = {"kecamatan": regency, "desa": f'{regency}&"/"&{district}'}
    for name in named:
        if name in names:
            source = _narrowed(name, narrowed[name]) if name in narrowed else f"=daftar_{name}"
            sheet.data_validation(1, names.index(name), LAST_ROW, names.index(name), drop_down(source))


def _narrowed(name: str, key: str) -> str:
    """The part of a list that belongs to what the line says beside it; the whole list where it says nothing known."""
    part = f"OFFSET(daftar_{name},MATCH({key},daftar_{name}_kunci,0)-1,0,COUNTIF(daftar_{name}_kunci,{key}),1)"
    return f"=IF(COUNTIF(daftar_{name}_kunci,{key})=0,daftar_{name},{part})"
