"""A sheet that is read slice by slice tells the same lines as one that is read whole, and holds less."""

import datetime
import io
import re
import zipfile

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from ejsika.lib.sheet_errors import SheetError
from ejsika.lib.sheet_slices import large_sheets
from ejsika.lib.sheets import open_sheets
from tests.lib.test_sheet_reader import altered

SHEET = "xl/worksheets/sheet2.xml"
GAP, MERGED = 9_000, 11_000


@pytest.fixture(scope="module")
def large() -> bytes:
    """A sheet of some 17 MB beside a small one: it begins in B3, leaves lines out and merges cells over three lines."""
    content = io.BytesIO()
    options = {"constant_memory": True, "strings_to_numbers": False, "default_date_format": "dd/mm/yyyy"}
    with xlsxwriter.Workbook(content, options) as book:
        book.add_worksheet("Petunjuk").write("A1", "Isi lembar kedua")
        sheet = book.add_worksheet("KPM & lain")
        for row in range(2, 12_000):
            if row == MERGED:
                sheet.merge_range(MERGED, 1, MERGED + 2, 1, "satu kampung")
            if row != GAP and not MERGED <= row <= MERGED + 2:
                sheet.write_row(row, 1, [f"Siti <{row}>", row, "Kampung yang panjang namanya " * 36])
                sheet.write_datetime(row, 5, datetime.date(1990, 1, 1) + datetime.timedelta(days=row))
    return content.getvalue()


def whole(content: bytes) -> list[list]:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("KPM & lain")
    return [[""] * sheet.start[1] + row for row in sheet.iter_rows()]


def without_tail(rows: list[list]) -> list[list]:
    """Lines without the empty cells at their end, of which it does not matter how many are told."""
    return [row[: max((at for at, cell in enumerate(row, 1) if cell != ""), default=0)] for row in rows]


def test_slices_tell_what_the_whole_sheet_tells(large):
    small, sheet = open_sheets(large)
    assert list(small.rows()) == [["Isi lembar kedua"]]
    assert sheet.height == 12_000
    expected = whole(large)
    for row in (MERGED + 1, MERGED + 2):
        expected[row][1] = "satu kampung"
    assert without_tail(list(sheet.rows())) == without_tail(expected)


def test_first_lines_come_before_the_rest_is_unpacked(large):
    (sheet,) = large_sheets(large).values()
    rows = sheet.rows(lambda workbook, name: (0, 0, [[len(workbook)]]))
    assert next(rows)[0] < 1_000_000


def test_lines_without_numbers_are_read_whole(large):
    content = altered(large, SHEET, lambda xml: re.sub(rb'<row r="\d+"', b"<row", xml))
    assert large_sheets(content) == {}


def test_lines_out_of_order_are_refused(large):
    content = altered(
        large, SHEET, lambda xml: xml.replace(b'<row r="11990"', b'<row r="5"').replace(b'"B11990"', b'"B5"')
    )
    with pytest.raises(SheetError):
        list(open_sheets(content)[1].rows())


def test_faults_are_told_in_every_slice(large):
    content = altered(large, SHEET, lambda xml: re.sub(rb'<c r="B(\d+99)" t="inlineStr">.*?</c>', _fault, xml))
    assert large_sheets(content)
    *_, sheet = open_sheets(content)
    told = [number for number, row in sheet.lines() if row[1:2] == ["#REF!"]]
    assert told == [number for number in range(99, 12_000, 100) if number > 99 and number - 1 not in (GAP,)]


def _fault(found: re.Match) -> bytes:
    return b'<c r="B%b" t="e"><v>#REF!</v></c>' % found[1]


@pytest.fixture(scope="module")
def with_texts() -> bytes:
    """A workbook as Excel saves it, its texts apart; many come again, one is written with letters of several looks."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"strings_to_numbers": False}) as book:
        bold = book.add_format({"bold": True})
        book.add_worksheet("Petunjuk").write("A1", "Isi lembar kedua")
        book.add_worksheet("Kosong")
        sheet = book.add_worksheet("KPM & lain")
        for row in range(9_000):
            sheet.write_row(row, 0, ["Aktif", f"Siti <{row}> & 'anak'", row, f" {row} ", "", f"Kp. {row % 50}"])
        sheet.write_rich_string(8_000, 1, bold, "Tebal", " dan tidak")
    return content.getvalue()


@pytest.fixture
def _worth_it(monkeypatch):
    """As if a sheet of one megabyte were too large to be read at once with its texts."""
    monkeypatch.setattr("ejsika.lib.sheet_slices.LARGE_WITH_TEXTS", 1_000_000)
    monkeypatch.setattr("ejsika.lib.sheet_slices.SLICE", 500_000)


@pytest.mark.usefixtures("_worth_it")
def test_each_slice_gets_the_texts_that_it_names(with_texts):
    assert set(large_sheets(with_texts)) == {"Petunjuk", "KPM & lain"}
    hint, empty, sheet = open_sheets(with_texts)
    assert list(hint.rows()) == [["Isi lembar kedua"]]
    assert (empty.is_used, sheet.height) == (False, 9_000)
    rows = list(sheet.rows())
    assert without_tail(rows) == without_tail(whole(with_texts))
    assert rows[8_000][1] == "Tebal dan tidak"


@pytest.mark.usefixtures("_worth_it")
def test_texts_of_a_slice_are_few(with_texts):
    sheet, texts = large_sheets(with_texts)["KPM & lain"], []

    def read(workbook, name):
        with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
            texts.append(archive.getinfo("xl/sharedStrings.xml").file_size)
        return 0, 0, []

    list(sheet.rows(read))
    assert len(texts) > 3
    assert sum(texts) < 1.2 * sheet.archive.getinfo("xl/sharedStrings.xml").file_size + 5_000 * len(texts)


@pytest.mark.usefixtures("_worth_it")
@pytest.mark.parametrize("written", [b" t='s'><v>", b' t = "s"><v>', b' t="s"><f>1</f><v>'])
def test_texts_named_in_another_way_are_found_all_the_same(with_texts, written):
    content = altered(with_texts, "xl/worksheets/sheet3.xml", lambda xml: xml.replace(b' t="s"><v>', written, 40_000))
    *_, sheet = open_sheets(content)
    assert without_tail(list(sheet.rows())) == without_tail(whole(with_texts))


@pytest.mark.usefixtures("_worth_it")
def test_text_that_is_not_there_is_a_damaged_file(with_texts):
    content = altered(with_texts, "xl/worksheets/sheet3.xml", lambda xml: xml.replace(b"<v>8000</v>", b"<v>987654</v>"))
    *_, sheet = open_sheets(content)
    with pytest.raises(SheetError):
        list(sheet.rows())


@pytest.mark.usefixtures("_worth_it")
def test_texts_with_a_remark_between_them_are_read_whole(with_texts):
    content = altered(with_texts, "xl/sharedStrings.xml", lambda xml: xml.replace(b"<si>", b"<!-- <si> --><si>", 1))
    assert large_sheets(content) == {}
