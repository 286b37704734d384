"""What goes out as a spreadsheet: text that looks like a formula stays text, the rest keeps its kind."""

import datetime
import io
import re
import tracemalloc
import zipfile
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from ejsika.lib.formulae import guard, unguard
from ejsika.lib.sealed import SealedNumber
from ejsika.lib.sheet_formats import FORMATS, Csv, Table, Workbook
from ejsika.lib.sheets import open_sheets
from tests.factories import JAKARTA

NASTY = [
    *("=1+1", "==1+1", "-5", "+62", "+62 812", "@x", "'=x", "{=1}", "\t=1", "\r=1", " =1", "＝1", "=cmd|' /C'!A0"),
    *("O'Neil", "Siti 👩", "<b>x</b>", "0012", "1E5", "http://x.id", "a,b;c", 'kutip "dua"', "baris\nbaru", "x" * 300),
]


def table(*rows, headers=("Nama", "Isi")):
    return Table(list(headers), list(rows))


def cells(content, sheet="Data"):
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(sheet).to_python()


def markup(content, sheet=1):
    """The sheet as the file has it: the kind of every cell, and whether there is a formula."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return packed.read(f"xl/worksheets/sheet{sheet}.xml").decode()


def kinds(content):
    """The kind of each cell of the first row below the head, empty for a number."""
    row = re.search('<row r="2".*?</row>', markup(content), re.DOTALL)[0]
    return [re.search(' t="(.*?)"', cell)[1] if " t=" in cell else "" for cell in re.findall("<c .*?>", row)]


@pytest.mark.parametrize("text", NASTY)
def test_text_is_text_in_a_workbook(text):
    content = Workbook().export_data(table([text, 1]))
    assert cells(content)[1] == [text, 1.0]
    assert kinds(content) == ["inlineStr", ""]
    assert "<f>" not in markup(content)
    assert "hyperlink" not in markup(content)


@pytest.mark.parametrize("text", NASTY)
def test_text_comes_back_from_a_csv_and_no_cell_begins_a_formula(text):
    content = Csv().export_data(table([text, 1]))
    assert content.startswith(b"\xef\xbb\xbf")
    ((_, head), (_, row)) = open_sheets(content)[0].lines()
    assert head == ["Nama", "Isi"]
    assert row == [text, "1"]
    written = content.decode("utf-8-sig").split("\r\n", 1)[1].lstrip('"')
    assert written.lstrip()[0] not in "=+-@＝\t\r"


def test_numbers_dates_and_words_keep_their_kind():
    moment = datetime.datetime(2026, 11, 24, 20, 30, tzinfo=datetime.UTC)
    row = [5, -5, Decimal("-6.123456"), datetime.date(2026, 11, 24), moment, True, None, "", 10**16, "3602122001"]
    head = [str(n) for n in range(len(row))]
    content = Workbook().export_data(table(row, headers=head))
    day, night = datetime.date(2026, 11, 24), datetime.datetime(2026, 11, 25, 3, 30)  # noqa: DTZ001
    assert cells(content)[1] == [5, -5, -6.123456, day, night, "Ya", "", "", str(10**16), "3602122001"]
    assert kinds(content) == ["", "", "", "", "", "inlineStr", "inlineStr", "inlineStr"]
    ((_, _), (_, line)) = open_sheets(Csv().export_data(table(row, headers=head)))[0].lines()
    assert line[:8] == ["5", "-5", "-6.123456", "2026-11-24", "2026-11-25 03:30", "Ya", "", ""]


def test_days_before_the_spreadsheets_calendar_are_text():
    content = Workbook().export_data(table([datetime.date(1899, 12, 31), datetime.date(1900, 1, 1)]))
    assert cells(content)[1][0] == "1899-12-31"
    assert kinds(content) == ["inlineStr", ""]


@pytest.mark.parametrize("kind", FORMATS.values())
def test_a_sealed_number_is_masked_unless_somebody_opened_it(kind):
    number = SealedNumber.of("nik", "3602124405800001")
    content = kind().export_data(table([number, "x"]))
    rows = [row for _, row in open_sheets(content)[0].lines()]
    assert rows[1][0] == "360212••••••••••"


def test_a_workbook_tells_about_itself_on_a_second_sheet():
    given = table(["a", 1], ["b", 2])
    given.notes = [("Wilayah", "=1+1"), ("Dibuat", datetime.datetime(2026, 11, 24, 9, tzinfo=JAKARTA))]
    content = Workbook().export_data(given)
    assert [row[0] for row in cells(content, "Keterangan")] == ["Wilayah", "Dibuat", "Jumlah baris"]
    assert cells(content, "Keterangan")[2][1] == 2
    assert "<f>" not in markup(content, 2)


def test_the_head_stays_in_sight_and_is_repeated_on_paper():
    content = Workbook().export_data(table(["a", 1]))
    assert '<pane ySplit="1"' in markup(content)
    assert '<autoFilter ref="A1:B2"' in markup(content)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert "Data!$1:$1" in packed.read("xl/workbook.xml").decode()


@pytest.mark.parametrize("kind", FORMATS.values())
def test_an_empty_list_has_its_head(kind):
    rows = [row for _, row in open_sheets(kind().export_data(table()))[0].lines()]
    assert rows == [["Nama", "Isi"]]


@pytest.mark.parametrize("kind", FORMATS.values())
def test_memory_does_not_grow_with_the_rows(kind):
    def peak(rows):
        tracemalloc.start()
        with open("/dev/null", "wb") if kind is Csv else io.BytesIO() as target:  # noqa: PTH123
            kind().write(target, Table(["a"] * 10, (["nama panjang sekali", 1] * 5 for _ in range(rows))))
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(10)
    assert peak(6_000) < peak(1_000) + 600_000  # held as lists, the cells alone would take 4 MB more


@given(st.text())
def test_guarding_is_undone_exactly(text):
    assert unguard(guard(text)) == text


@given(st.text(alphabet="'= +-@\tx"))
def test_guarding_is_undone_exactly_where_signs_are_many(text):
    assert unguard(guard(text)) == text
