"""Files as they come: each is opened, or refused with the right word, by its content alone."""

import io
import re
import struct
import zipfile

import pytest
import xlsxwriter

from ejsika.lib.sheet_errors import SheetError
from ejsika.lib.sheet_faults_xls import faults_of
from ejsika.lib.sheets import open_sheets
from tests.sheets import ROSTERS, seconds_of_computing

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
ODS = "application/vnd.oasis.opendocument.spreadsheet"
LOCKED = "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"
ODT = "application/vnd.oasis.opendocument.text"


def workbook(cells: dict[str, object]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for place, value in cells.items():
            sheet.write(place, value)
    return content.getvalue()


def archive(**entries) -> bytes:
    """A ZIP of entries whose names are written with __ for / and _DOT_ for a dot."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in entries.items():
            packed.writestr(
                name.replace("__", "/").replace("_DOT_", "."), text, None if name != "mimetype" else zipfile.ZIP_STORED
            )
    return content.getvalue()


def refusal(content: bytes) -> str:
    with pytest.raises(SheetError) as error:
        open_sheets(content)
    return error.value.code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"  \r\n\n", "file_empty"),
        (b"\xef\xbb\xbf", "file_empty"),
        (b"Kepala Dinas\nSerang", "file_type"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR,;", "file_type"),
        (b"\xff\xd8\xff\xe1\x01,;\x02abc", "file_type"),
        (b"%PDF-1.4\n<< /A [1, 2] >>", "file_type"),
        (b"{\\rtf1\\ansi;, halo}", "file_type"),
        (b"<!DOCTYPE html><table><tr><td>No KK, NIK</td></tr></table>", "file_type"),
        (archive(word__document_DOT_xml="<a/>"), "file_type"),
        (archive(mimetype=ODT, content_DOT_xml="<a/>"), "file_type"),
        (OLE + "WordDocument".encode("utf-16-le") + bytes(600), "file_type"),
        (OLE + "EncryptedPackage".encode("utf-16-le") + bytes(600), "file_encrypted"),
        (archive(mimetype=ODS, content_DOT_xml="\x8f", **{"META-INF/manifest.xml": LOCKED}), "file_encrypted"),
        (archive(mimetype=ODS, **{"encrypted-package": "x", "META-INF/manifest.xml": LOCKED}), "file_encrypted"),
        (OLE, "file_corrupt"),
        (b"PK\x03\x04rusak", "file_corrupt"),
        (workbook({"A1": "No KK"})[:2000], "file_corrupt"),
    ],
)
def test_what_is_no_spreadsheet_is_refused_with_its_reason(content, code):
    assert refusal(content) == code


def test_bomb_is_refused_before_it_is_unpacked():
    bomb = archive(xl__worksheets__sheet1_DOT_xml=b" " * 240_000_000)
    assert len(bomb) < 350_000
    started = seconds_of_computing()
    assert refusal(bomb) == "file_bomb"
    assert seconds_of_computing() - started < 1


CELL = '<table:table-cell office:value-type="string" {}><text:p>x</text:p></table:table-cell>'
ONE = CELL.format("")
MANY = 'table:number-columns-repeated="{}"'


def ods_row(cells: str, times: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{times}">{cells}</table:table-row>'


def ods(*rows: str) -> bytes:
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    body = f'<office:spreadsheet><table:table table:name="A">{"".join(rows)}</table:table></office:spreadsheet>'
    document = f"<office:document-content {spaces}><office:body>{body}</office:body></office:document-content>"
    return archive(mimetype=ODS, content_DOT_xml=document, **{"META-INF/manifest.xml": "<manifest/>"})


@pytest.mark.parametrize(
    "rows",
    [
        [ods_row(CELL.format(MANY.format(16_384)), 1_048_576)],
        [ods_row(CELL.format(MANY.format(100)), 1_048_576)],
        [ods_row("<table:table-cell/>", 1_048_575), ods_row(f"<table:table-cell {MANY.format(16_383)}/>" + ONE)],
    ],
)
def test_a_few_cells_that_say_they_stand_there_a_million_times_are_refused(rows):
    assert refusal(ods(*rows)) == "file_bomb"


def test_empty_cells_to_the_end_of_a_sheet_are_as_libreoffice_writes_them():
    rows = [ods_row(ONE), ods_row(f"<table:table-cell {MANY.format(16_384)}/>", 1_048_575)]
    (sheet,) = open_sheets(ods(*rows))
    assert list(sheet.lines()) == [(1, ["x"])]


def lie(content: bytes, name: str) -> bytes:
    """Let a ZIP say of one entry that it unpacks to 100 bytes, in its directory and before the entry."""
    changed = bytearray(content)
    place = zipfile.ZipFile(io.BytesIO(content)).getinfo(name).header_offset
    struct.pack_into("<I", changed, place + 22, 100)
    listed = content.index(b"PK\x01\x02")
    while content[listed + 46 : listed + 46 + len(name)] != name.encode():
        listed = content.index(b"PK\x01\x02", listed + 4)
    struct.pack_into("<I", changed, listed + 24, 100)
    return bytes(changed)


@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels", "xl/workbook.bin"])
def test_bomb_that_lies_about_its_size_is_no_workbook(name):
    content = archive(xl__a="a", **{name.replace("/", "__").replace(".", "_DOT_"): b" " * 50_000_000})
    started = seconds_of_computing()
    assert refusal(lie(content, name)) == "file_corrupt"
    assert seconds_of_computing() - started < 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_text_is_read_whatever_its_encoding_and_mark(encoding, mark):
    content = f'"No KK"{mark}NIK{mark}Alamat\r\n1{mark}2{mark}"Kp. José{mark} ""Lama""\nRT 7"\r\n'.encode(encoding)
    (sheet,) = open_sheets(content)
    assert list(sheet.lines()) == [(1, ["No KK", "NIK", "Alamat"]), (2, ["1", "2", f'Kp. José{mark} "Lama"\nRT 7'])]


def test_lines_keep_the_numbers_that_the_spreadsheet_shows():
    (sheet,) = open_sheets(workbook({"B3": "No KK", "B5": 7}))
    assert list(sheet.lines()) == [(1, ["", ""]), (2, ["", ""]), (3, ["", "No KK"]), (4, ["", ""]), (5, ["", 7.0])]


def test_a_cell_merged_over_lines_stands_in_each_of_them():
    tall = CELL.format('table:number-rows-spanned="3"').replace(">x<", ">A<")
    covered = ods_row("<table:covered-table-cell/>" + ONE)
    (sheet,) = open_sheets(ods(ods_row(ONE + ONE), ods_row(tall + ONE), covered, covered, ods_row(ONE)))
    assert [row[0] for row in sheet.rows()] == ["x", "A", "A", "A", "x"]
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.merge_range("A2:B4", "A")
        page.write("C5", "x")
    (sheet,) = open_sheets(content.getvalue())
    assert [row[:2] for row in sheet.rows()][1:] == [["A", ""], ["A", ""], ["A", ""], ["", ""]]


def test_faults_in_an_xls_are_told_as_they_are_shown():
    """Of five cells of texts in a row two become faults, one written as such and one that a formula came to."""
    content = (ROSTERS / "06_cilegon.xls").read_bytes()
    texts = re.search(rb"(?:\xfd\x00\x0a\x00.{10}){5}", content[20_000:], re.DOTALL)
    place = texts.start() + 20_000
    row, column, xf = struct.unpack_from("<3H", content, place + 4)
    written = struct.pack("<2H3H2B", 0x0205, 8, row, column, xf, 0x2A, 1) + _record(12)
    result = bytes([2, 0, 0x17, 0, 0, 0, 0xFF, 0xFF])
    formula = (
        struct.pack("<2H3H", 0x0006, 24, row, column + 2, xf) + result + bytes(6) + b"\x02\x00\x1c\x17" + _record(10)
    )
    changed = content[:place] + written + formula + content[place + 5 * 14 :]
    (sheet, *_), (before, *_) = open_sheets(changed), open_sheets(content)
    cells, known = list(sheet.rows()), list(before.rows())
    assert cells[row][column : column + 5] == ["#N/A", "", "#REF!", "", ""] != known[row][column : column + 5]
    assert [line for number, line in enumerate(cells) if number != row] == [
        line for number, line in enumerate(known) if number != row
    ]


def _record(length: int) -> bytes:
    """A record that nobody reads."""
    return struct.pack("<2H", 0x1234, length) + bytes(length)


def test_an_xls_whose_sectors_lead_nowhere_tells_of_no_faults():
    content = bytearray((ROSTERS / "06_cilegon.xls").read_bytes() + b"\x05\x02\x08\x00abcdef\x2a\x01")
    assert faults_of(bytes(content)) == [{}] * len(open_sheets(bytes(content)))
    for place, value in ((30, 40), (44, 2**31), (48, 2**31), (76, 2**30)):
        broken = bytearray(content)
        struct.pack_into("<I", broken, place, value)
        assert faults_of(bytes(broken)) == []
