"""Cleaning one cell: pure functions from what stands in it to a value, or to the code of what is wrong.

Every function takes the cell as the spreadsheet gave it and returns (value, code): one of them is None. An empty
cell gives (None, None).
"""

import calendar
import datetime
import re
from functools import lru_cache

from beneficiaries.choices import Bank, EnrollmentStatus, Relationship, SchoolLevel, Sex
from ejsika.imports.cells import (  # noqa: F401 - all cells in one place
    APOSTROPHES,
    is_fault,
    is_nothing,
    plain_number,
    says_nothing,
    text,
    written,
)
from ejsika.imports.kinds import plain

REMEMBERED = 50_000  # answers kept of what is read again and again
EXCEL_EPOCH, EARLIEST = datetime.date(1899, 12, 30), datetime.date(1900, 1, 1)
_MONTHS = (
    *("januari january", "pebruari februari february", "maret march", "april", "mei may", "juni june", "juli july"),
    *("agustus august ags agst agt agts", "september", "oktober october", "nopember november", "desember december"),
)
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
# Each by its name, by three letters of it or more, and by its Roman numeral.
MONTHS = {word[:end]: month for month, words in enumerate(_MONTHS, 1) for word in words.split() for end in range(3, 10)}
MONTHS |= {numeral: month for month, numeral in enumerate(_ROMAN, 1)}
_TIME = r"(?:[ t]\d{1,2}[:.]\d{2}.*)?"
_MARK = r"\s*[-–—/\\._ ]\s*"  # between the parts of a date
_DAY_FIRST = re.compile(
    rf"(\d{{1,2}})(?:{_MARK}(\d{{1,2}})(?:{_MARK}|\s*,\s*)|(?:{_MARK})?([a-z]+)\.?(?:{_MARK}|\s*,\s*)?)(\d{{4}}|\d{{2}}){_TIME}"
)
_PLACE_OF_BIRTH = re.compile(r"^[a-z][a-z. ()]*[,/ ]\s*(?=\d)")
_YEAR_FIRST = re.compile(rf"(\d{{4}}){_MARK}(\d{{1,2}}){_MARK}(\d{{1,2}}){_TIME}")
_SERIAL = re.compile(r"[0-9]{5}([.,]0+)?")
_NEIGHBOURHOOD = re.compile(r"^(RT|RW|KELAS|KLS|TAHUN|THN|TH)[\s.:-]*(?=\d)", re.IGNORECASE)
_RT_AND_RW = re.compile(
    r"(?:RT\s*/\s*RW|RT)?[\s.:]*(\d{1,4}|-+)(?:\s*[/\\|\-–—,;]\s*|[\s.]*(?=RW)|\s+)(?:RW)?[\s.:]*(\d{1,4}|-+)",
    re.IGNORECASE,
)
_RW_AND_RT = re.compile(r"RW[\s.:]*(\d{1,4}|-+)[\s.,;/-]*RT[\s.:]*(\d{1,4}|-+)", re.IGNORECASE)
_DAY_AND_MONTH = re.compile(r"\d{1,2}[-\s]?[a-z]{3,}|[a-z]{3,}[-\s]\d{1,2}|\d{4}-\d\d-\d\d.*", re.IGNORECASE)
NEIGHBOURHOODS = (1, 999)
_SEVERAL_PHONES = re.compile(r"[/;,|&\n]|\b(?:dan|atau)\b", re.IGNORECASE)
SHORTEST_PHONE = 8
_PHONE_MARKS = re.compile(r"[\s().:_=–—-]|[^\W\d_]")
_COUNTRY = re.compile(r"^(\+62|62(?=0?8))0?")
_BRANCH = re.compile(r"[\s,(-]+(KCP|KC|KK|Unit|Kantor|Cabang|Cab|Capem)\b.*", re.IGNORECASE)
EXPONENT = re.compile(r"\d+([.,]\d+)?e\+?\d+", re.IGNORECASE)


def identity(cell: object, prefix: str) -> tuple[str | None, str | None]:
    """Read a NIK or KK (`prefix` "nik" or "kk"): 16 digits, as text or as a number that Excel did not cut."""
    if type(cell) is str and len(cell) == 16 and cell.isdecimal() and cell.isascii():
        return cell, None
    raw = plain_number(cell)
    if says_nothing(raw):
        return None, "required"
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if re.fullmatch(r"\d{15}0", raw) or not re.fullmatch(r"\d+", raw):
            return None, f"{prefix}_truncated"
    elif is_cut(raw):
        return None, f"{prefix}_truncated"
    digits = unmarked(raw)
    if not re.fullmatch(r"[0-9]{16}", digits):
        return None, f"{prefix}_length"
    return digits, None


def unmarked(cell: object) -> str:
    """A number without what people write into it for the eye."""
    return re.sub(r"[\s.]", "", plain_number(cell))


def nik_code(nik: str) -> str | None:
    """What is impossible in a NIK: its birth date (a woman's day + 40) or its serial; None when all is possible."""
    if birth_in_nik(nik[6:12]) is None:
        return "nik_date"
    return "nik_serial" if nik[12:] == "0000" else None


@lru_cache(maxsize=REMEMBERED)
def birth_in_nik(digits: str) -> tuple[str, int, int, int] | None:
    """Read the six digits of a birth in a NIK: (sex, day, month, year of its century); None for what is impossible."""
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    sex, day = (Sex.FEMALE.value, day - 40) if day > 40 else (Sex.MALE.value, day)
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        return None
    if day > max(calendar.monthrange(century + year, month)[1] for century in (1900, 2000)):
        return None
    return sex, day, month, year


def date(
    cell: object, *, nik: str | None, today: datetime.date, adult: bool
) -> tuple[datetime.date | None, str | None]:
    """Read a date cell, an Excel serial number or text; two-digit years by the NIK. It must exist and be past."""
    if type(cell) is str and len(cell) == 10 and cell[2] == cell[5] == "/":  # most: the same days come again
        found = _of_day_month_year(cell)
    elif isinstance(cell, datetime.datetime):
        found = cell.date()
    elif isinstance(cell, datetime.date):
        found = cell
    elif says_nothing(raw := plain_number(cell)):
        return None, None
    elif (isinstance(cell, int | float) and not isinstance(cell, bool)) or _SERIAL.fullmatch(raw):
        found = _from_serial(float(raw.replace(",", ".")))
    else:
        found = _from_text(raw.lower(), nik, today, adult)
    if found is None or not EARLIEST <= found <= today:
        return None, "date_invalid"
    return found, None


@lru_cache(maxsize=REMEMBERED)
def _of_day_month_year(words: str) -> datetime.date | None:
    """Read dd/mm/yyyy, for which the NIK is not needed."""
    return _from_text(words.lower(), None, EARLIEST, adult=False) if words[6:].isdecimal() else None


def _from_serial(serial: float) -> datetime.date | None:
    return EXCEL_EPOCH + datetime.timedelta(days=int(serial)) if 1 <= serial < 100_000 else None


def _from_text(words: str, nik: str | None, today: datetime.date, adult: bool) -> datetime.date | None:
    """Read a date as people write one, the place of birth before it left out: "Lebak, 4 Mei '80"."""
    words = _PLACE_OF_BIRTH.sub("", words.replace("'", ""))
    if match := _DAY_FIRST.fullmatch(words):
        day, month, name, year = match.groups()
        month = month or name
    elif match := _YEAR_FIRST.fullmatch(words):
        year, month, day = match.groups()
    else:
        return None
    month = int(month) if month.isdigit() else MONTHS.get(month, 0)
    if len(year) == 2:
        year = _century(int(year), nik, today, adult)
    try:
        return datetime.date(int(year), month, int(day))
    except ValueError:
        return None


def _century(year: int, nik: str | None, today: datetime.date, adult: bool) -> int:
    """Complete a two-digit year. The NIK has two digits as well: it settles 20yy for a child, 19yy for an adult."""
    youngest = today.year - (17 if adult else 0)
    recent = 2000 + year
    if nik and int(nik[10:12]) == year and not adult and recent <= today.year:
        return recent
    return recent if recent <= youngest else 1900 + year


def number(cell: object, low: int, high: int) -> tuple[int | None, str | None]:
    """Read a whole number: 7, "007", "RT 07", "Tahun 2021", and the "7.0" that other programs write."""
    raw = plain_number(cell)
    if says_nothing(raw):
        return None, None
    digits = _NEIGHBOURHOOD.sub("", raw)
    digits = re.sub(r"[.,]0+$", "", digits)
    if not re.fullmatch(r"[0-9]{1,6}", digits) or not low <= int(digits) <= high:
        return (None, None) if re.fullmatch("0+", digits) else (None, "number_invalid")
    return int(digits), None


def neighbourhoods(cell: object) -> tuple[tuple[int | None, int | None], str | None]:
    """Read RT and RW from one cell: "007/002", "RT 7 RW 2", "02-05". A date is what a spreadsheet made of "02/05"."""
    nothing, raw = (None, None), plain_number(cell)
    if isinstance(cell, datetime.date) or _DAY_AND_MONTH.fullmatch(raw):
        return nothing, "number_dated"
    if says_nothing(raw):
        return nothing, None
    if found := _RT_AND_RW.fullmatch(raw):
        parts = found.groups()
    elif found := _RW_AND_RT.fullmatch(raw):
        parts = found.groups()[::-1]
    else:
        return nothing, "number_invalid"
    read = [number(part, *NEIGHBOURHOODS) for part in parts]
    code = next((code for _, code in read if code), None)
    return (nothing, code) if code else ((read[0][0], read[1][0]), None)


def phone(cell: object) -> tuple[str | None, bool]:
    """Read a phone number as text, and whether another stands beside it: the first is taken.

    The nought that Excel drops comes back, words beside a number go. Words alone say that there is none.
    """
    if type(cell) is str and cell.startswith("08") and cell.isdecimal() and len(cell) < 2 * SHORTEST_PHONE:
        return cell, False
    raw = plain_number(cell)
    if says_nothing(raw) or not re.search(r"\d", raw):
        return None, False
    several = [part for part in _SEVERAL_PHONES.split(raw) if len(re.findall(r"\d", part)) >= SHORTEST_PHONE]
    return _one_phone(several[0] if several[1:] else raw), len(several) > 1


def is_cut(raw: str) -> bool:
    """Whether a spreadsheet has made 8,12E+10 of a number that people wrote."""
    return "e" in raw.lower() and bool(EXPONENT.fullmatch(raw.replace(" ", "")))


def _one_phone(raw: str) -> str:
    raw = _COUNTRY.sub("0", _PHONE_MARKS.sub("", raw))
    return f"0{raw}" if raw.startswith("8") else raw


def yes_no(cell: object) -> tuple[bool | None, str | None]:
    raw = text(cell)
    word = plain(raw)
    if raw in _TICKS or word in _IS:
        return True, None
    if word in _IS_NOT:
        return False, None
    return (None, None) if says_nothing(raw) else (None, "choice_unknown")


_TICKS = {"√", "✓", "✔", "☑", "✅"}
_IS = {"YA", "Y", "1", "IYA", "YES", "HAMIL", "SEDANGHAMIL", "ADA", "TRUE", "X", "V", "BERAT"}
_IS_NOT = {"TIDAK", "TDK", "T", "N", "0", "NO", "FALSE", "BUKAN", "BELUM", "BLM", "NORMAL", "TIDAKHAMIL", "TDKHAMIL"}
_IS_NOT |= {"TIDAKADA", "TDKADA", "NIHIL"}


def _choices(enum, **variants: str) -> dict[str, str]:
    known = {plain(value): value for value in enum.values} | {plain(label): value for value, label in enum.choices}
    return known | {plain(word): value for value, words in variants.items() for word in words.split("|")}


SEXES = _choices(Sex, L="Laki|Lk|Pria|Laki laki|Laki2|Male|1", P="Pr|Prp|Perem|Wanita|W|Perempuan|Female|2")
STATUSES = _choices(
    EnrollmentStatus,
    calon="Calon KPM|Calon penerima",
    aktif="Penerima|Terima|Active|KPM Aktif|Penerima aktif|Masih aktif",
    nonaktif="Nonaktif|Non aktif|Dikeluarkan|Tidak aktif|Keluar|Berhenti|Exclude|Tdk aktif",
    ditangguhkan="Tunda|Ditunda|Tangguh|Penangguhan|Ditangguh|Suspend|Ditahan",
)
STATUSES |= {
    plain(word): "graduasi"
    for word in ("Lulus", "Graduasi", "Graduasi alamiah", "Graduasi mandiri", "Sudah lulus", "Sudah graduasi")
}
RELATIONSHIPS = _choices(Relationship) | {
    plain(word): value
    for value, words in {
        "1": "Kepala keluarga|Kepala|KK|Suami (kepala keluarga)|Kepala rumah tangga|KRT|Kep keluarga"
        "|Kep kel|Kepala kel",
        "2": "Istri|Suami|Isteri|Pasangan|Istri/suami|Isteri/suami|Suami/istri|Suami/isteri",
        "3": "Anak|Anak kandung|Anak tiri|Anak angkat|Anak asuh",
        "5": "Cucu",
        "6": "Orang tua|Mertua|Ibu|Bapak|Ayah|Ortu|Ibu kandung|Bapak kandung|Ayah kandung|Ibu mertua|Bapak mertua",
        "7": "Pembantu|Sopir",
        "8": "Lainnya|Lain-lain|Famili lain|Famili lainnya|Famili|Saudara|Keponakan|Adik|Kakak|Nenek|Kakek|Adik ipar"
        "|Kakak ipar|Ipar|Paman|Bibi|Cicit|Sepupu",
    }.items()
    for word in words.split("|")
}
SCHOOLS = _choices(
    SchoolLevel,
    SD="SD|MI|SDN|SDLB|SDIT|Paket A|SD/MI|Sekolah Dasar",
    SMP="SMP|MTs|SMPN|SLTP|SMPLB|SMPIT|Paket B|SMP/MTs",
    SMA="SMA|SMK|MA|SMAN|SMKN|SLTA|SMU|STM|MAK|SMALB|Paket C|SMA/SMK|SMA/SMK/MA|SMA/MA/SMK",
)
BANKS = {plain(value): value for value in Bank.values} | {
    plain(word): bank.value
    for bank, words in {
        Bank.BANTEN: "Banten|BPD Banten|Bank BPD Banten|PT BPD Banten|Bank Pembangunan Daerah Banten|PT Bank Banten",
        Bank.BJB: "BJB|BPD BJB|PT Bank BJB|BPD Jabar Banten|BPD Jabar|Bank Jabar Banten|Bank Jabar"
        "|Bank Pembangunan Daerah Jawa Barat dan Banten",
        Bank.BRI: "Bank BRI|Bank Rakyat Indonesia|Bank Rakyat Indonesia (BRI)|PT BRI|BRI (Persero)|PT Bank BRI"
        "|Bank BRI (Persero)",
        Bank.POS: "Pos|PT Pos|Pos Indonesia|PT Pos Indonesia|PT Pos Indonesia (Persero)|Kantorpos|Bank Pos|Giro Pos",
    }.items()
    for word in words.split("|")
}


def choice(cell: object, known: dict[str, str]) -> tuple[str | None, str | None]:
    """Read a choice by its code, label or a spelling variant; code and label may stand side by side: "1. Anak"."""
    raw = text(cell)
    if says_nothing(raw):
        return None, None
    value = known.get(plain(raw))
    if value is None and (parts := _WITH_CODE.fullmatch(raw)):
        value = _agreed({known.get(plain(part)) for part in parts.groups() if part})
    return (value, None) if value is not None else (None, "choice_unknown")


# "1. Anak", "L - Laki-laki"; "Perempuan (P)". What the numbers of another list mean nobody knows: the word counts.
_WITH_CODE = re.compile(r"(?:\d{1,2}|([^\W\d_]{1,2}))\s*[-–.:)=(]\s*(.*[^\W\d_].*)|(.*\S)\s*\(([^\W\d_]{1,4})\)")


def _agreed(values: set) -> str | None:
    return values.pop() if len(values) == 1 else None


def bank(cell: object) -> tuple[str | None, str | None]:
    """Read a bank, with its branch perhaps: "BRI Unit Cibadak"."""
    return choice(_BRANCH.sub("", text(cell)), BANKS)


def relationship(cell: object) -> tuple[tuple[str | None, str | None], bool]:
    """Read a relationship to the head, and whether the person is marked as the pengurus: "Istri (pengurus)"."""
    rest, marks = re.subn(
        r"\W*\b(pengurus|penerima)( kpm| manfaat| bantuan)?\b\W*", " ", text(cell), flags=re.IGNORECASE
    )
    return choice(_WHICH_CHILD.sub("", rest), RELATIONSHIPS), bool(marks)


_WHICH_CHILD = re.compile(r"(?<=[a-z]) *(ke)?[ -]*\d+\s*$", re.IGNORECASE)  # "Anak ke-3"


_NOT_AT_SCHOOL = re.compile(
    r"(TIDAK|TDK|BELUM|BLM|TIDAK ?/ ?BELUM)( PERNAH| LAGI| MASUK)? (BER)?SEKOLAH( LAGI)?|PUTUS SEKOLAH|BALITA"
    r"|(TIDAK |TDK |BELUM |BLM )?(TAMAT|LULUS)( .*)?|TK|PAUD|RA|KULIAH|MAHASISWA|[SD][1-4]|D[1-4]/D[1-4].*|D4/S1"
    r"|(AKADEMI|DIPLOMA|STRATA|PROFESI).*"
)
_EQUIVALENT = re.compile(r"[\s/]*\b(SEDERAJAT|SETARA)\b\W*$", re.IGNORECASE)


def school(cell: object) -> tuple[str | None, str | None]:
    """Read the school that a person is at now; "belum sekolah" and the like are no school, nor is one that is over."""
    raw = text(cell)
    if _NOT_AT_SCHOOL.fullmatch(raw.upper()):
        return None, None
    return choice(_EQUIVALENT.sub("", raw) or raw, SCHOOLS)


_CLASS = re.compile(r"(?:kelas|kls)?[\s.]*(\d{1,2}|[ivx]{1,4})(?:[\s.-]?[a-h])?", re.IGNORECASE)


def grade(cell: object, level: str | None) -> tuple[int | None, str | None]:
    """Read a grade as 1–12: 1–3 at an SMP means 7–9, at an SMA 10–12. "VII-B" is a 7."""
    if found := _CLASS.fullmatch(text(cell)):
        written = found[1].lower()
        cell = _ROMAN.index(written) + 1 if written in _ROMAN else written
    year, code = number(cell, 1, 12)
    if code or year is None:
        return None, code
    offset = {SchoolLevel.SMP: 6, SchoolLevel.SMA: 9}.get(level, 0)
    year = year + offset if offset and year <= 3 else year
    allowed = {SchoolLevel.SD: range(1, 7), SchoolLevel.SMP: range(7, 10), SchoolLevel.SMA: range(10, 13)}
    return (year, None) if year in allowed.get(level, range(1, 13)) else (None, "number_invalid")
