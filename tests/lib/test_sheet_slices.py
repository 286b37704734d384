"""A sheet that is read slice by slice tells the same lines as one that is read whole, and holds less."""

import datetime
import io
import re

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
