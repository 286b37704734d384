"""Cells that hold no value but a fault, #N/A or #REF!, and formulae that nobody has calculated: told as texts.

The library that reads workbooks gives nothing for them, as for an empty cell, so the workbook's XML is changed before.
"""

import io
import re
import zipfile
from collections.abc import Callable, Collection

UNCALCULATED = "#RUMUS?"
FAULTS = {
    *("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA"),
    UNCALCULATED,
}
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_FAULT = re.compile(rb"(<(?:\w+:)?c\s[^<>]*?)\bt=\"e\"")
# What has a type, "str" for nothing, has been calculated.
_UNCALCULATED = re.compile(rb"(<c(?![^<>]*\st=)[^<>]*)>(<f\b[^<>]*/>|<f\b[^<>]*>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>")
_ENDS = (b"</f></c>", b"</f><v></v></c>", b"</f><v/></c>", b"</f><v /></c>")
_CALCULATED = rb'\1 t="str">\2<v>' + UNCALCULATED.encode() + rb"</v></c>"
# LibreOffice calls a fault an empty text beside which another one is shown.
_OPEN_FAULT = re.compile(rb"(<table:table-cell\s[^<>]*?)\soffice:string-value=\"\"")


def tell_in_sheet(xml: bytes) -> bytes:
    """A sheet of an XLSX, whole or in part, with its faults as texts; the very same bytes where there are none."""
    if b't="e"' in xml:
        xml = _FAULT.sub(rb'\1t="str"', xml)
    if b"<f" in xml and any(end in xml for end in _ENDS):
        xml = _UNCALCULATED.sub(_CALCULATED, xml)
    return xml


def tell_in_open_sheet(xml: bytes) -> bytes:
    """The same for the sheets of an ODS."""
    return _OPEN_FAULT.sub(rb"\1", xml) if b' office:string-value=""' in xml else xml


def tell(content: bytes, leave: Collection[str] = ()) -> bytes:
    """The same for a workbook; the entries of `leave` are not looked at. Cost: each sheet is unpacked once."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        changed = {}
        for entry in archive.namelist():
            if entry not in leave and (change := _of(entry)):
                xml = archive.read(entry)
                if (told := change(xml)) is not xml:
                    changed[entry] = told
        return _with(archive, changed) if changed else content


def _of(entry: str) -> Callable[[bytes], bytes] | None:
    if _SHEET.fullmatch(entry):
        return tell_in_sheet
    return tell_in_open_sheet if entry == "content.xml" else None


def _with(archive: zipfile.ZipFile, changed: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as written:
        for entry in archive.namelist():
            written.writestr(entry, changed.get(entry) or archive.read(entry))
    return target.getvalue()
