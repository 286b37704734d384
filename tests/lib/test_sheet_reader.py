"""Files that break the program which opens them: they break a process of its own, and are refused."""

import io
import os
import signal
import struct
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter

from ejsika.imports.kinds import Refusal
from ejsika.imports.kinds import get as get_kind
from ejsika.imports.tables import find_tables
from ejsika.lib.sheet_child import HEAD_LINES
from ejsika.lib.sheet_errors import SheetError
from ejsika.lib.sheet_reader import TOO_SLOW, Limits, read_sheets
from ejsika.lib.sheets import open_sheets
from tests.lib.test_sheets import archive, lie, workbook
from tests.sheets import ROSTERS

LIMITS = Limits(memory=1_000_000_000, seconds=20)
SHEET_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def read(content: bytes, limits: Limits = LIMITS) -> list:
    with read_sheets(content, limits) as sheets:
        return [(sheet.name, list(sheet.lines())) for sheet in sheets]


def refusal(content: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(SheetError) as error:
        read(content, limits)
    return error.value.code


def long_workbook(*names: str, lines: int = 12_000) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        for name in names:
            sheet = book.add_worksheet(name)
            for row in range(lines):
                sheet.write_row(row, 0, [f"{name} {row}", row])
    return content.getvalue()


def altered(content: bytes, name: str, change) -> bytes:
    """The same workbook with one of its entries changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.namelist():
            target.writestr(entry, change(source.read(entry)) if entry == name else source.read(entry))
    return made.getvalue()


@pytest.mark.parametrize("name", ["02_daftar_dinsos.xlsx", "06_cilegon.ods", "06_cilegon.xls", "05a_titik_koma.csv"])
def test_lines_come_as_they_are_opened_in_this_process(name):
    content = (ROSTERS / name).read_bytes()
    assert read(content) == [(sheet.name, list(sheet.lines())) for sheet in open_sheets(content)]


def test_long_sheets_are_walked_whole_in_any_order_also_when_one_was_left_half_way():
    with read_sheets(long_workbook("A", "B"), LIMITS) as (first, second):
        left = first.lines()
        for _ in range(HEAD_LINES + 1):
            next(left)
        for sheet in (second, first):
            assert [cells for _, cells in sheet.lines()] == [[f"{sheet.name} {n}", float(n)] for n in range(12_000)]
        assert (first.height, second.is_used) == (12_000, True)


def test_looking_for_a_head_asks_for_the_first_lines_alone():
    """A line more would have the whole sheet sent, only to be dropped, before it is read."""
    with read_sheets(long_workbook("A", "B"), LIMITS) as sheets:
        asked = []
        told = [replace(sheet, rows=lambda sheet=sheet: counted(sheet.rows(), asked)) for sheet in sheets]
        with pytest.raises(Refusal):
            find_tables(told, get_kind("roster"), {})
    assert max(asked) == HEAD_LINES


def counted(rows, asked):
    for number, row in enumerate(rows, 1):
        asked.append(number)
        yield row


def child() -> int:
    (pid,) = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    return int(pid)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        *((number, "file_bomb") for number in (signal.SIGABRT, signal.SIGKILL, signal.SIGXCPU)),
        (signal.SIGSEGV, "file_corrupt"),
    ],
)
def test_the_end_of_the_process_is_told_as_what_is_wrong_with_the_file(number, code):
    with pytest.raises(SheetError) as error, read_sheets(long_workbook("A"), LIMITS) as (sheet,):
        os.kill(child(), number)
        list(sheet.lines())
    assert error.value.code == code


def test_whoever_stops_the_service_does_not_stop_a_file_half_way():
    with read_sheets(long_workbook("A"), LIMITS) as (sheet,):
        os.kill(child(), signal.SIGTERM)
        os.kill(child(), signal.SIGINT)
        assert len(list(sheet.lines())) == 12_000


def test_a_process_that_says_nothing_more_is_not_waited_for():
    waited = []
    with (
        pytest.raises(SheetError) as error,
        read_sheets(long_workbook("A", lines=40_000), Limits(10**9, 1), lambda: waited.append(1)) as (sheet,),
    ):
        os.kill(child(), signal.SIGSTOP)
        list(sheet.lines())
    assert (error.value.code, error.value.message) == ("file_bomb", TOO_SLOW)
    assert waited


def test_no_process_is_left_when_the_reading_ends():
    with read_sheets(long_workbook("A"), LIMITS):
        pid = child()
    assert not Path(f"/proc/{pid}").exists()


def test_the_process_has_limits_and_none_of_our_secrets():
    with read_sheets(workbook({"A1": "No KK"}), Limits(700_000_000, 7)):
        limits = Path(f"/proc/{child()}/limits").read_text().splitlines()
        variables = Path(f"/proc/{child()}/environ").read_text()
    found = {line[:26].strip(): line[26:].split()[1] for line in limits}
    assert (found["Max address space"], found["Max cpu time"]) == ("700000000", "7")
    assert (found["Max file size"], found["Max core file size"]) == ("0", "0")
    assert "SECRET" not in variables
    assert "SEAL" not in variables


def test_a_reader_that_cannot_start_is_our_fault_and_not_the_files(monkeypatch):
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(RuntimeError):
        read(b"a;b")


def test_values_too_far_apart_to_hold_are_refused():
    """One value in the last cell of a sheet would take half a terabyte."""
    assert refusal(workbook({"A1": "No KK", "XFD1048576": "x"})) == "file_bomb"


def test_rectangle_that_could_be_held_but_not_walked_is_refused(monkeypatch):
    monkeypatch.setattr("ejsika.lib.sheets.MAX_RECTANGLE", 26)
    with pytest.raises(SheetError) as error:
        open_sheets(workbook({"A1": "No KK", "C9": "x"}))
    assert error.value.code == "file_bomb"


def test_what_takes_more_memory_than_allowed_is_refused():
    content = workbook({"A1": "No KK", "Z200000": "x"})
    assert read(content)
    assert refusal(content, Limits(120_000_000, 20)) == "file_bomb"


def test_bomb_that_its_directory_does_not_tell_of_is_refused():
    bomb = archive(xl__a="a", xl__worksheets__sheet1_DOT_xml=b" " * 240_000_000)
    assert refusal(lie(bomb, "xl/worksheets/sheet1.xml")) in ("file_corrupt", "file_bomb")


def entities(text: bytes) -> bytes:
    """The shared texts with a first one that doubles thirty times over."""
    steps = "".join(f'<!ENTITY a{n} "&a{n - 1};&a{n - 1};">' for n in range(1, 31))
    start = text.index(b"<sst")
    document = f'<!DOCTYPE sst [<!ENTITY a0 "No KK">{steps}<!ENTITY file SYSTEM "file:///etc/passwd">]>'
    return text[:start] + document.encode() + text[start:].replace(b"No KK", b"&a30;&file;")


def test_entities_are_neither_unfolded_nor_followed():
    content = altered(workbook({"A1": "No KK", "A2": "x"}), "xl/sharedStrings.xml", entities)
    try:
        cells = str(read(content))
    except SheetError as error:
        cells = error.code
    assert "root" not in cells
    assert len(cells) < 1_000


def test_passworded_xls_says_so():
    """Its second record becomes the one that says how the rest is locked."""
    content = bytearray((ROSTERS / "06_cilegon.xls").read_bytes())
    content[content.index(b"\x09\x08\x10\x00") + 20] = 0x2F
    assert refusal(bytes(content)) == "file_encrypted"


def test_text_of_one_endless_cell_is_refused():
    assert refusal(b"No KK;NIK\n1;2\n" + b"x" * 50_000_000) == "file_corrupt"


def test_too_many_entries_are_refused():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for number in range(1_001):
            packed.writestr(f"xl/{number}", "")
    assert refusal(content.getvalue()) == "file_bomb"


@pytest.mark.parametrize("text", ["\x00", "No KK;NIK\x00;Nama\n1;2;3", "\ufeffa;b\n\x001;2"])
def test_noughts_in_a_text_are_no_table(text):
    assert refusal(text.encode()) in ("file_type", "file_empty")


def test_message_that_is_not_plain_is_never_opened():
    from ejsika.lib.sheet_reader import _Plain

    harmful = b"cos\nsystem\n(S'true'\ntR."
    with pytest.raises(Exception, match=r"posix|os\.system"):
        _Plain(io.BytesIO(harmful)).load()


def test_truncated_record_in_xls_is_refused_and_not_waited_for():
    content = bytearray((ROSTERS / "06_cilegon.xls").read_bytes())
    place = content.index(b"\x5c\x00\x70\x00")
    struct.pack_into("<H", content, place + 2, 0xFFFF)
    assert refusal(bytes(content)) in ("file_corrupt", "file_bomb", "file_encrypted")
