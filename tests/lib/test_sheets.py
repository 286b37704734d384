"""Files as they come: each is opened, or refused with the right word, by its content alone."""

import io
import time
import zipfile

import pytest
import xlsxwriter

from ejsika.lib.sheets import SheetError, open_sheets

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
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
    started = time.monotonic()
    assert refusal(bomb) == "file_bomb"
    assert time.monotonic() - started < 1


def test_values_too_far_apart_to_hold_are_refused():
    """One value in the last cell of a sheet would take half a terabyte, and end the worker with it."""
    assert refusal(workbook({"A1": "No KK", "XFD1048576": "x"})) == "file_bomb"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_text_is_read_whatever_its_encoding_and_mark(encoding, mark):
    content = f'"No KK"{mark}NIK{mark}Alamat\r\n1{mark}2{mark}"Kp. José{mark} ""Lama""\nRT 7"\r\n'.encode(encoding)
    (sheet,) = open_sheets(content)
    assert list(sheet.lines()) == [(1, ["No KK", "NIK", "Alamat"]), (2, ["1", "2", f'Kp. José{mark} "Lama"\nRT 7'])]


def test_lines_keep_the_numbers_that_the_spreadsheet_shows():
    (sheet,) = open_sheets(workbook({"B3": "No KK", "B5": 7}))
    assert list(sheet.lines()) == [(1, ["", ""]), (2, ["", ""]), (3, ["", "No KK"]), (4, ["", ""]), (5, ["", 7.0])]
