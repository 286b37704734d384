"""The texts of an XLSX that stand apart from its sheets (sharedStrings.xml, as Excel saves them): each slice of a sheet
is given those that it names, for whoever reads a workbook reads all that are in it."""

import re
from array import array

PART = "xl/sharedStrings.xml"
_ITEM = re.compile(rb"<si[\s/>]")
# A cell whose value is the number of a text, as all common programs write it; and how it could be written beside.
_CELL, _TYPE, _OTHER_WAYS = b' t="s"><v>', b't="s"', (b"'s'", b"t =", b"t= ")
_NUMBER = re.compile(_CELL + rb"(\d+)")


class SharedTexts:
    """All texts as they came, and where each begins."""

    def __init__(self, xml: bytes):
        self.xml = xml
        self.begins = array("Q", (found.start() for found in _ITEM.finditer(xml)))
        self.end = max(xml.rfind(b"</si>") + len(b"</si>"), self.begins[-1] if self.begins else 0)

    @property
    def can_be_taken_apart(self) -> bool:
        """Whether they are written as all common programs do: without prefix, and with nothing that hides a text."""
        return bool(self.begins) and not any(hidden in self.xml for hidden in (b"<!--", b"<![CDATA["))

    def of_slice(self, xml: bytes) -> tuple[bytes, bytes]:
        """A slice of a sheet whose texts are numbered anew, and these texts as a part of a workbook.

        Errors: ValueError for a text that is not there.
        """
        found = _NUMBER.findall(xml)
        if len(found) != xml.count(_TYPE) or any(way in xml for way in _OTHER_WAYS):
            return xml, self.xml  # written in a way of its own: the reader gets all
        cells = {number: b"%s%d" % (_CELL, place) for place, number in enumerate(dict.fromkeys(found))}
        sheet = _NUMBER.sub(lambda cell: cells[cell[1]], xml)
        return sheet, b"".join((self.xml[: self.begins[0]], *map(self._item, map(int, cells)), b"</sst>"))

    def _item(self, number: int) -> bytes:
        if number >= len(self.begins):
            raise ValueError("no such text")
        is_last = number + 1 == len(self.begins)
        return self.xml[self.begins[number] : self.end if is_last else self.begins[number + 1]]


def names_texts(xml: bytes) -> bool:
    """Whether a sheet may name texts that stand apart."""
    return any(way in xml for way in (_TYPE, *_OTHER_WAYS))
