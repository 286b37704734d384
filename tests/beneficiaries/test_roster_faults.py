"""What has gone wrong before the roster came: formulae that failed, copies cut short, desas that are no more."""

import datetime
import io
import re
import zipfile

import pytest

from beneficiaries.models import Household
from ejsika.imports import actions
from ejsika.regions.models import Region
from tests.beneficiaries.test_roster_ugly import HEAD, check, line, staged, text, workbook  # noqa: F401
from tests.factories import make_nik
from tests.sheets import counted, found, seconds_of_computing

ODS = "application/vnd.oasis.opendocument.spreadsheet"


def with_cells(content: bytes, **cells: str) -> bytes:
    """A workbook in whose first sheet some cells are replaced by other XML."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.namelist():
            xml = source.read(entry).decode()
            if entry == "xl/worksheets/sheet1.xml":
                for place, cell in cells.items():
                    xml = re.sub(rf'<c r="{place}"[^>]*?(/>|>.*?</c>)', cell, xml)
            target.writestr(entry, xml)
    return made.getvalue()


FAULTY = {
    "C2": '<c r="C2" t="e"><f>VLOOKUP(A2,X:Y,2,0)</f><v>#N/A</v></c>',
    "D3": '<c r="D3" t="e"><v>#REF!</v></c>',
    "E4": '<c r="E4" s="1" t="e"><f>1/0</f><v>#DIV/0!</v></c>',
    "E5": '<c r="E5"><f>DATE(1980,5,4)</f><v></v></c>',
    "G6": '<c r="G6" t="e"><v>#NAME?</v></c>',
    "G7": '<c r="G7" t="str"><f>IF(1,"","x")</f><v></v></c>',
    "I8": '<c r="I8" t="e"><v>#N/A</v></c>',
    "J9": '<c r="J9" t="e"><v>#N/A</v></c>',
}
TOLD = {
    2: ["nik_length"],
    3: ["required"],
    4: ["date_invalid"],
    5: ["date_invalid"],
    6: ["formula_error"],
    8: ["required"],
    9: ["formula_error"],
}


def test_a_formula_that_failed_is_told_and_is_no_empty_cell(check):  # noqa: F811
    batch = check(with_cells(workbook(HEAD, *map(line, range(1, 9))), **FAULTY))
    assert (found(batch), counted(batch)) == (TOLD, {"create": 3, "error": 5})
    assert {problem.message for problem in batch.problems.all()} == {
        "Rumus di sel ini gagal atau belum dihitung. Buka di Excel, perbaiki rumusnya atau ketik isinya."
    }
    assert "#N/A" in batch.problems.filter(row=2).values_list("value", flat=True)


def test_formulae_filled_down_below_the_list_are_no_families(check):  # noqa: F811
    below = ["", "#N/A", "#N/A", "#N/A", "#N/A", "", "", "", "#N/A", "#N/A", "#N/A"]
    batch = check(text(HEAD, line(1), below, below))
    assert (found(batch), batch.rows, batch.skipped) == ({}, 1, 2)


def test_a_fault_in_an_open_workbook_is_told(check):  # noqa: F811
    def cell(word):
        if word != "#N/A":
            return f'<table:table-cell office:value-type="string"><text:p>{word}</text:p></table:table-cell>'
        kind = 'office:value-type="string" office:string-value="" calcext:value-type="error"'
        return f'<table:table-cell table:formula="of:=NA()" {kind}><text:p>#N/A</text:p></table:table-cell>'

    rows = [HEAD, line(1), line(2, born="#N/A")]
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "calcext")
    )
    lines = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    table = f'<office:spreadsheet><table:table table:name="A">{lines}</table:table></office:spreadsheet>'
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        target.writestr("mimetype", ODS)
        target.writestr("META-INF/manifest.xml", "<manifest/>")
        target.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body>{table}</office:body></office:document-content>",
        )
    assert found(check(made.getvalue())) == {3: ["date_invalid"]}


def test_numbers_cut_by_excel_are_told_also_of_telephones(check):  # noqa: F811
    batch = check(text([*HEAD, "NO HP"], [*line(1), "8,12346E+10"], [*line(2), "0812 3456 7890"]))
    assert found(batch) == {2: ["number_invalid"]}
    assert "HP terpotong" in batch.problems.get().message


def test_totals_and_signatures_beside_a_place_are_no_families(check):  # noqa: F811
    rows = [
        ["TOTAL", "", "", "4 KPM", "", "", "", "", "Pasar Keong", "Cibadak", "Lebak"],
        ["", "", "", "Drs. H. Fulan", "", "", "", "", "NIP. 19650412 199003 1 004"],
        ["", "", "", "Pendamping 1", "", "", "", "", "Kepala Desa"],
    ]
    batch = check(workbook(HEAD, line(1), *rows))
    assert (found(batch), batch.rows, batch.skipped) == ({}, 1, 3)


@pytest.mark.parametrize(
    "head",
    [
        ["NO", "NO KK", "NIK Penerima Bantuan", "Nama Peserta", "Tgl Lahir Pengurus", "JK Pengurus", "Alamat Domisili"],
        ["#", "nomor_kk", "ktp", "nama_kpm", "tgl_lahir_kpm", "jk_kpm", "dusun"],
        ["NO", "KK Penerima", "NIK Sesuai KTP", "NAMA IBU/PENGURUS", "TTL Penerima Manfaat", "L / P", "KP / DUSUN"],
    ],
)
def test_titles_that_say_whose_they_are(check, head):  # noqa: F811
    batch = check(workbook([*head, "RT/RW Domisili", "Ds.", "Kecamatan Domisili", "nama_kab"], line(1)))
    assert (found(batch), counted(batch), batch.unknown_columns) == ({}, {"create": 1}, head[:1])
    assert staged(batch, "born_on", "address", "rt") == [(datetime.date(1980, 5, 4), "Kp. Cikadu", 2)]


def test_a_column_that_says_it_exactly_counts_before_one_that_says_it_loosely(check):  # noqa: F811
    batch = check(workbook(["Alamat KPM Penerima", "Nama Penerima KPM", *HEAD], ["Kp. Lain", "LAIN", *line(1)]))
    assert staged(batch, "name", "address") == [("SITI 1", "Kp. Cikadu")]
    assert batch.unknown_columns == ["Alamat KPM Penerima", "Nama Penerima KPM", "NO"]


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content + b"\x00" * 99,
        lambda content: content.decode().encode("utf-16-be"),
        lambda content: b"\n".join(b'"' + row.replace(b'"', b'""') + b'"' for row in content.splitlines()),
        lambda content: b"\n".join(b'"' + row.replace(b",", b'", "') + b'"' for row in content.splitlines()),
        lambda content: b"\xef\xbb\xbfsep=,\r\n" + content,
    ],
)
def test_texts_that_other_programs_have_spoilt(check, change):  # noqa: F811
    batch = check(change(text(HEAD, line(1), line(2), delimiter=",")))
    assert (found(batch), counted(batch)) == ({}, {"create": 2})
    assert staged(batch, "name", "address") == [("SITI 1", "Kp. Cikadu"), ("SITI 2", "Kp. Cikadu")]


def test_a_zip_around_a_workbook_says_so(check):  # noqa: F811
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        packed.writestr("daftar/DAFTAR KPM.XLSX", workbook(HEAD, line(1)))
    batch = check(content.getvalue())
    assert (batch.refusal_code, "Ekstrak" in batch.refusal_message) == ("file_type", True)


CLOSED = "3602182010"  # Pasar Keong


@pytest.fixture
def close(check):  # noqa: F811
    def closed(*lines):
        """A family of Pasar Keong, whose desa was closed after it had come into the register."""
        batch = check(workbook(HEAD, *lines))
        actions.commit(batch, batch.uploaded_by)
        Region.objects.filter(pk=CLOSED).update(closed_on="2026-11-01")

    yield closed
    Region.objects.filter(pk=CLOSED).update(closed_on=None)


def test_a_family_of_a_closed_desa_is_known_again_and_nobody_else_comes_there(check, close):  # noqa: F811
    known, moved = line(1), line(2, desa="Kaduagung Tengah")
    close(known, moved)
    moved[8] = "Pasar Keong"
    code_head = [*HEAD, "KODE DESA"]
    batch = check(workbook(code_head, [*known, ""], [*moved, ""], [*line(3), ""], [*line(4), CLOSED]))
    assert (found(batch), counted(batch)) == ({row: ["region_unknown"] for row in (3, 4, 5)}, {"same": 1, "error": 3})
    assert "ditutup" in batch.problems.first().message
    changed = check(workbook(code_head, [*known[:6], "Kp. Baru", *known[7:], CLOSED]))
    actions.commit(changed, changed.uploaded_by)
    assert list(Household.objects.filter(region=CLOSED).values_list("address", flat=True)) == ["Kp. Baru"]


def test_an_open_desa_of_the_name_counts_before_a_closed_one(check, close):  # noqa: F811
    close(line(1))
    twin = Region.objects.create(
        code="3602182099", level="desa", name="Pasar Keong", parent_id="360218", closed_on=None
    )
    batch = check(workbook(HEAD, line(2)))
    assert staged(batch, "region_code") == [(twin.pk,)]


PERSONS = ["NO KK", "NIK", "NAMA", "HUBUNGAN", "TGL LAHIR", "PENDIDIKAN", "KELAS", "DESA", "KECAMATAN", "KABUPATEN"]
PLACE, NO_PLACE = ["Pasar Keong", "Cibadak", "Lebak"], ["", "", ""]


def person(card: str, relationship: str, place: list = PLACE, nik: str | None = None, **cells) -> list:
    told = {"kk": card, "nik": make_nik("3602182010") if nik is None else nik, "name": "SITI", "as": relationship}
    return list((told | {"born": "04-05-1980", "school": "", "grade": ""} | cells).values()) + place


def test_who_marks_each_line_as_the_recipient_must_give_each_a_nik(check):  # noqa: F811
    """A sheet of persons in which every family is one line looks like a sheet of families."""
    cards = [f"36021801012{number:05}" for number in range(801, 804)]
    batch = check(
        workbook(
            PERSONS,
            person(cards[0], "Pengurus", nik=""),
            person(cards[1], "Pengurus", NO_PLACE),
            person(cards[2], "Pengurus"),
        )
    )
    assert (found(batch), counted(batch)) == ({2: ["required"], 3: ["required"]}, {"create": 1, "error": 2})


def test_a_family_has_one_place_on_whichever_of_its_lines(check):  # noqa: F811
    cards = [f"36021801012{number:05}" for number in range(811, 814)]
    batch = check(
        workbook(
            PERSONS,
            person(cards[0], "Istri"),
            person(cards[0], "Anak", NO_PLACE, nik=""),
            person(cards[1], "Anak", NO_PLACE, nik=""),
            person(cards[1], "Istri"),
            person(cards[2], "Istri", NO_PLACE),
            person(cards[2], "Anak", ["Pasar Keong", "", ""], nik=""),
        )
    )
    assert (found(batch), counted(batch)) == ({7: ["required"]}, {"create": 2, "error": 1})
    alone = check(workbook(PERSONS, person(cards[2], "Istri", NO_PLACE), person(cards[2], "Anak", NO_PLACE, nik="")))
    assert (found(alone), counted(alone)) == ({2: ["required"]}, {"error": 1})


def test_a_card_written_in_groups_is_the_same_card(check):  # noqa: F811
    card = "3602180101200821"
    cards = [card, f"'{card}", "3602 1801.0120-0821".replace("-", " "), int(card)]
    rows = [person(one, "Istri" if one == card else "Anak", nik=None if one == card else "") for one in cards]
    for number, row in enumerate(rows):
        row[2] = f"SITI {number}"
    assert counted(check(workbook(PERSONS, *rows))) == {"create": 1}


def test_grades_as_schools_write_them(check):  # noqa: F811
    card = "3602180101200831"
    grades = [("SD", "VI"), ("SMP", "VII-B"), ("SMA", "Kelas XII"), ("SMP", "8 A"), ("SMA", "XIII")]
    rows = [
        person(card, "Anak", nik="", name=f"ANAK {level} {grade}", school=level, grade=grade) for level, grade in grades
    ]
    batch = check(workbook(PERSONS, person(card, "Istri"), *rows))
    assert found(batch) == {7: ["number_invalid"]}
    assert [grade for (grade,) in staged(batch, "grade")] == [None, 6, 7, 12, 8, None]


@pytest.mark.parametrize("place", ["A4", "I2"])
def test_an_endless_cell_does_not_keep_the_worker(check, place):  # noqa: F811
    """Nine million letters in a line that is left out, or in a place: many seconds of looking for numbers."""
    cell = f'<c r="{place}" t="inlineStr"><is><t>{"a1 234567 " * 950_000}</t></is></c>'
    content = workbook(HEAD, line(1), line(2), ["-"])
    started = seconds_of_computing()
    batch = check(with_cells(content, **{place: cell}))
    assert batch.rows == 2 and all(len(problem.value) <= 200 for problem in batch.problems.all())
    assert seconds_of_computing() - started < 3


def test_numbered_titles_and_remarks_in_square_brackets_are_known(check):  # noqa: F811
    head = [f"{number}. {title}" for number, title in enumerate(HEAD, 1)]
    head[4] = "5) Tgl Lahir [hh/bb/tttt]"
    batch = check(workbook(head, line(1)))
    assert (found(batch), counted(batch), staged(batch, "born_on")[0]) == (
        {},
        {"create": 1},
        (datetime.date(1980, 5, 4),),
    )
