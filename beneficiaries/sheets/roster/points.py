"""Cleaning the cells of a point: degrees as numbers, or with minutes and seconds as maps and phones write them."""

import re
from decimal import Decimal

from ejsika.imports.cells import plain_number, says_nothing
from ejsika.lib import geo

_DEGREES = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]+)?")
_MILLIONTH = Decimal("0.000001")
_MINUS = str.maketrans("−–—", "---")
_TWO_DEGREES = re.compile(
    r"([+-]?\d{1,3}(?:\.\d+)?)°?\s*[,;\s]\s*([+-]?\d{1,3}(?:\.\d+)?)°?"
    r"|([+-]?\d{1,3},\d+)°?\s*[;,\s]\s+([+-]?\d{1,3},\d+)°?"
)
# 6°07'12.3"S, "6 7 12 LS", 6°07.205', 106,25 BT: degrees, perhaps minutes and seconds, and which way from the equator
# or from Greenwich, before or behind: Selatan and Utara, Timur and Barat, or the English letters.
_DMS = (
    r"([+-]?)(L?[SUN]|B?[TBEW])?\.?\s*(\d{1,3}(?:[.,]\d+)?)\s*(?:[°º˚*]|DER\w*\.?|\s)?"
    r"(?:\s*(\d{1,2}(?:[.,]\d+)?)\s*(?:['′’´`]|MENIT|\s)(?!['′’´`]))?"
    r"(?:\s*(\d{1,2}(?:[.,]\d+)?)\s*(?:[\"″”]|['′’´`]{2}|DETIK)?)?\s*(L?[SUN]|B?[TBEW])?"
)
_ONE_DMS, _TWO_DMS = re.compile(_DMS), re.compile(rf"({_DMS})\s*[,;\s]\s*({_DMS})")
_DMS_GROUPS = 6
_DEGREE_MARK = re.compile(r"[°º˚]|[SUNTBEW]")
_SOUTH_OR_WEST = {"S", "LS", "W", "B", "BB"}


def coordinate(cell: object) -> tuple[Decimal | None, str | None]:
    """Read degrees with comma or dot, to six decimals; whether they lie in Banten is judged with both together.

    0.0 is what programs write where there is nothing.
    """
    if type(cell) is str and "." in cell and _DEGREES.fullmatch(cell):
        has_six = cell[-7] == "." if len(cell) > 7 else False
        return (Decimal(cell) if has_six else Decimal(cell).quantize(_MILLIONTH)) or None, None
    raw = plain_number(cell)
    if says_nothing(raw):
        return None, None
    if not _DEGREES.fullmatch(raw):
        raw = raw.translate(_MINUS).replace(",", ".").rstrip("°").replace(" ", "")
        if not _DEGREES.fullmatch(raw):
            return None, "coordinate_invalid"
    return Decimal(raw).quantize(_MILLIONTH) or None, None


def in_degrees(cell: object) -> Decimal | None:
    """What degrees, minutes and seconds would be as a number: to be offered, as they are easily misread.

    None for what has neither a mark of degrees nor a direction.
    """
    written = plain_number(cell).translate(_MINUS).upper()
    found = _ONE_DMS.fullmatch(written)
    if found is None or not _DEGREE_MARK.search(written):
        return None
    sign, before, degrees, minutes, seconds, behind = found.groups()
    parts = [Decimal((part or "0").replace(",", ".")) for part in (degrees, minutes, seconds)]
    whole = all(part == int(part) for part, finer in zip(parts, (minutes, seconds), strict=False) if finer)
    if not whole or parts[1] >= 60 or parts[2] >= 60 or (before and behind):
        return None
    value = (parts[0] + parts[1] / 60 + parts[2] / 3600).quantize(_MILLIONTH)
    return -value if sign == "-" or (before or behind) in _SOUTH_OR_WEST else value


def pair_of_coordinates(cell: object) -> tuple[str, str] | None:
    """Cut "-6.345, 106.123" into latitude and longitude as written; None where these are not two numbers."""
    written = plain_number(cell).translate(_MINUS)
    if found := _TWO_DEGREES.fullmatch(written):
        return tuple(part for part in found.groups() if part is not None)
    found = _TWO_DMS.fullmatch(written.upper())
    return (found[1], found[2 + _DMS_GROUPS]) if found else None


def offered(latitude: Decimal | None, longitude: Decimal | None) -> str:
    """A point in minutes and seconds as it would be written here."""
    if latitude is None or longitude is None or not geo.in_banten(float(latitude), float(longitude)):
        return ""
    return f" Sebagai angka desimal: lintang {latitude}, bujur {longitude}."


def suggested(latitude: Decimal, longitude: Decimal) -> str:
    """What may have been meant by a point outside: a minus left out, or the two exchanged."""
    if geo.in_banten(-latitude, longitude):
        return f" Mungkin kurang tanda minus: -{latitude}?"
    for swapped in (longitude, -longitude):
        if geo.in_banten(swapped, latitude):
            return f" Mungkin tertukar: lintang {swapped}, bujur {latitude}?"
    return ""
