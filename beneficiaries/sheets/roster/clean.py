"""Cleaning one line of a roster: from cells to a staged row with sealed numbers, and what is wrong with it."""

import datetime
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, partial
from operator import itemgetter

from beneficiaries.choices import Bank, EnrollmentStatus, Relationship, SchoolLevel, Sex
from beneficiaries.sheets.roster import cells, points
from beneficiaries.sheets.roster.messages import MESSAGES
from beneficiaries.sheets.roster.places import PLACE_FIELDS, PlaceIndex
from ejsika.imports.kinds import Head, plain
from ejsika.lib import geo
from ejsika.lib.sealed import digest, mask_digits, mask_within, seal_bytes, seal_number

LIMITS = {"name": 150, "address": 200, "phone": 20, "account": 40}
# What is offered to who wrote something else.
LABELS = {
    "sex": Sex.labels,
    "status": [status.label for status in EnrollmentStatus if status != EnrollmentStatus.GRADUATED],
    "relationship": Relationship.labels,
    "bank": Bank.values,
    "school_level": SchoolLevel.labels,
    "is_pregnant": ["Ya", "Tidak"],
    "is_disabled": ["Ya", "Tidak"],
}
FIRST_YEAR = 2000
NIK_DIGITS, LONGEST_SHOWN = 16, 600  # the second of a wrong cell, before its numbers are masked
# Long numbers of no person, as long as no NIK fits into them.
PLACES = {"region_code", "latitude", "longitude", "point"}
MASKED = {"kk", "nik", "account"}


@dataclass(frozen=True)
class Finding:
    """What is wrong or odd in one cell of a line."""

    field: str
    value: str
    code: str
    message: str
    is_error: bool


@dataclass(slots=True)
class Line:
    """One line as cleaned: the staged values by column, its family's key, what was found."""

    row: int
    family_key: bytes | int
    values: dict = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    is_marked: bool = False  # said to be the pengurus

    @property
    def is_wrong(self) -> bool:
        return bool(self.findings) and any(finding.is_error for finding in self.findings)


@dataclass
class Importer:
    """Whose import it is, as far as cleaning must know."""

    region_codes: tuple[str, ...]
    assistants: dict[str, tuple[int, tuple[str, ...]]]  # user name in lower case -> id, region codes
    today: datetime.date
    program: frozenset[str] = frozenset()  # its code and name, plain


def readers(this_year: int) -> dict[str, Callable]:
    """How each column is read whose cells stand for themselves, as (value, code of what is wrong).

    The same few words stand in them on every line: each is read once.
    """
    found = {
        name: partial(cells.number, low=low, high=high)
        for name, (low, high) in {
            "rt": cells.NEIGHBOURHOODS,
            "rw": cells.NEIGHBOURHOODS,
            "cohort_year": (FIRST_YEAR, this_year + 1),
        }.items()
    }
    for name, known in {"sex": cells.SEXES, "status": cells.STATUSES}.items():
        found[name] = partial(cells.choice, known=known)
    found |= {
        "bank": cells.bank,
        "school_level": cells.school,
        "is_pregnant": cells.yes_no,
        "is_disabled": cells.yes_no,
    }
    return {name: remembered(read) for name, read in found.items()}


def remembered(read: Callable) -> Callable:
    """Keep the answers for cells that come again; 1, 1.0 and True are different cells."""
    return lru_cache(maxsize=cells.REMEMBERED, typed=True)(read)


class LineCleaner:
    """Cleans lines of one sheet. No query once made; numbers are sealed here and never leave in clear.

    Each method reads some columns of the line at hand into its values, or says what is wrong with them.
    """

    def __init__(self, head: Head, places: PlaceIndex, importer: Importer):
        self.at, self.places, self.importer = head.fields, places, importer
        self.by_person = "relationship" in head.fields
        self.width = max(head.fields.values()) + 1
        self.find_place = remembered(places.find)
        self.read_neighbourhoods = remembered(cells.neighbourhoods)
        self.read_username = remembered(lambda cell: cells.written(cell).lower())
        known = readers(importer.today.year)
        self.columns = [(name, known[name]) for name in head.fields if name in known]
        self.names, self.pick = tuple(head.fields), itemgetter(*head.fields.values())
        self.line: Line
        self.cells: dict[str, object]  # of the line at hand, by column

    def clean(self, row: int, row_cells: list) -> Line:
        if len(row_cells) < self.width:
            row_cells = row_cells + [""] * (self.width - len(row_cells))
        self.cells = dict(zip(self.names, self.pick(row_cells), strict=True))
        if "program" in self.at:
            self._choose_program()
        self.line = line = Line(row, self.family_key(row))
        nik = self._identities()
        self._name()
        self._address()
        for name, read in self.columns:
            self._set(name, read(self.cells[name]))
        self._person(nik)
        self._place(nik, self._point())
        self._neighbourhoods()
        self._phone()
        self._account()
        self._assistant()
        if line.is_wrong:  # a wrong row carries no warnings
            line.findings = [finding for finding in line.findings if finding.is_error]
        return line

    def _choose_program(self) -> None:
        """Of a family in several programmes a download tells all: "Jamsosratu; JSCM" beside "Aktif; Nonaktif"."""
        programs = str(self.cell("program")).split(";")
        if len(programs) == 1:
            return
        own = next((at for at, name in enumerate(programs) if plain(name) in self.importer.program), None)
        for name in ("status", "cohort_year"):
            if name in self.at:
                parts = str(self.cell(name)).split(";")
                of_own = parts[own] if own is not None and len(parts) == len(programs) else ""
                self.cells[name] = of_own if len(parts) > 1 else self.cell(name)

    def cell(self, name: str) -> object:
        """The cell of a column; empty when the sheet has no such column."""
        return self.cells.get(name, "")

    def family_key(self, row: int) -> bytes | int:
        """What joins lines into a family: the KK as written where a line is a person, else the line itself."""
        if not self.by_person:
            return row
        raw = cells.unmarked(self.cell("kk"))
        return hashlib.blake2b(raw.encode(), digest_size=16).digest() if raw else row

    def _find(self, name: str, code: str, message: str = "", *, is_error: bool = True) -> None:
        raw = cells.text(self.cell(name))[:LONGEST_SHOWN]
        if cells.is_fault(raw):
            message = MESSAGES["formula_error"]
        elif name not in PLACES or len(raw) >= NIK_DIGITS:
            raw = (mask_digits if name in MASKED else mask_within)(raw)
        self.line.findings.append(Finding(name, raw[:200], code, message or MESSAGES[code], is_error))

    def _warn(self, name: str, code: str, message: str = "") -> None:
        self._find(name, code, message, is_error=False)

    def _identities(self) -> str | None:
        """Read KK and NIK, seal them; give the NIK for what is compared with it."""
        kk, code = cells.identity(self.cell("kk"), "kk")
        if code:
            self._find("kk", code)
        nik, code = cells.identity(self.cell("nik"), "nik")
        if nik and (impossible := cells.nik_code(nik)):
            nik, code = None, impossible
        if code and not (code == "required" and self.by_person):
            self._find("nik", code)
        self.line.values["kk"] = kk and seal_number("kk", kk)
        self.line.values["nik"] = nik and seal_number("nik", nik)
        return nik

    def _name(self) -> None:
        if raw := cells.written(self.cell("name")):
            self._keep("name", raw)
        else:
            self._find("name", "required")

    def _address(self) -> None:
        if raw := cells.written(self.cell("address")):
            self._keep("address", raw)
        else:
            self._warn_of_fault("address")

    def _warn_of_fault(self, name: str) -> None:
        """Say that a cell which may be empty is so because its formula has failed."""
        if cells.is_fault(cells.text(self.cell(name))):
            self._warn(name, "formula_error")

    def _keep(self, name: str, raw: str) -> None:
        """Set a text unless it is too long."""
        if len(raw) > LIMITS[name]:
            self._find(name, "text_too_long", MESSAGES["text_too_long"].format(limit=LIMITS[name]))
        else:
            self.line.values[name] = raw

    def _set(self, name: str, value_and_code: tuple) -> None:
        value, code = value_and_code
        if code is None:
            if value is not None:
                self.line.values[name] = value
        elif code == "choice_unknown":
            self._find(name, code, MESSAGES[code].format(choices=", ".join(LABELS[name])))
        else:
            self._find(name, code)

    def _person(self, nik: str | None) -> None:
        values, adult = self.line.values, True
        if self.by_person:
            relationship, self.line.is_marked = cells.relationship(self.cell("relationship"))
            self._set("relationship", relationship)
            adult = values.get("relationship") in {Relationship.HEAD, Relationship.SPOUSE}
        if "born_on" in self.at:
            read = cells.date(self.cell("born_on"), nik=nik, today=self.importer.today, adult=adult)
            self._set("born_on", read)
        if "grade" in self.at:
            self._set("grade", cells.grade(self.cell("grade"), values.get("school_level")))
        if nik:
            self._compare_with_nik(nik)

    def _compare_with_nik(self, nik: str) -> None:
        sex, *birth = cells.birth_in_nik(nik[6:12])
        said, born_on = self.line.values.get("sex"), self.line.values.get("born_on")
        if said and said != sex:
            self._warn("sex", "nik_sex_differs")
        if born_on and [born_on.day, born_on.month, born_on.year % 100] != birth:
            self._warn("born_on", "nik_birth_differs")

    def _point(self) -> tuple[float, float] | None:
        written = self._written_point()
        if written is None:
            return None
        at, *parts = written
        (latitude, bad_latitude), (longitude, bad_longitude) = map(points.coordinate, parts)
        if bad_latitude or bad_longitude or (latitude is None) != (longitude is None):
            at_fault = "latitude" if bad_latitude or (latitude is None and not bad_longitude) else "longitude"
            said = MESSAGES["coordinate_invalid"] + points.offered(*map(points.in_degrees, parts))
            self._find(at or at_fault, "coordinate_invalid", said)
            return None
        if latitude is None:
            return None
        point = float(latitude), float(longitude)
        if not geo.in_banten(*point):
            wrong = "longitude" if geo.LATITUDES[0] <= latitude <= geo.LATITUDES[1] else "latitude"
            said = MESSAGES["coordinate_invalid"] + points.suggested(latitude, longitude)
            self._find(at or wrong, "coordinate_invalid", said)
            return None
        self.line.values |= {"latitude": latitude, "longitude": longitude}
        return point

    def _written_point(self) -> tuple[str, object, object] | None:
        """The two cells of a point; where one column holds both, its name and the two parts of its cell."""
        if "latitude" in self.at or "longitude" in self.at:
            return "", self.cell("latitude"), self.cell("longitude")
        cell = self.cell("point")
        if "point" not in self.at or cells.is_nothing(cell):
            return None
        return "point", *(points.pair_of_coordinates(cell) or ("x", "x"))

    def _place(self, nik: str | None, point: tuple[float, float] | None) -> None:
        place = self.find_place(*map(self.cell, PLACE_FIELDS))
        if self.by_person and place.is_empty:
            return  # another person's line tells where the family lives; match.py says so where none does
        if place.problem:
            at = place.field if place.field in self.at else "region_code"
            is_ambiguous = place.problem == "region_ambiguous"
            message = self.places.list_candidates(place.message, nik, point) if is_ambiguous else place.message
            self._find(at, place.problem, message, is_error=place.level == "error")
        for name in place.faults:
            self._warn(name, "formula_error")
        if place.code is None:
            return
        if not place.code.startswith(self.importer.region_codes):
            self._find("desa" if "desa" in self.at else "region_code", "region_outside_scope")
            return
        self.line.values["region_code"] = place.code
        if nik and nik[:4] != place.code[:4]:
            self._warn("nik", "nik_region_differs")
        if point and self.places.is_far(place.code, point):
            self._warn("latitude", "coordinate_far")

    def _phone(self) -> None:
        cell = self.cell("phone")
        phone, has_another = cells.phone(cell)
        if phone is None:
            self._warn_of_fault("phone")
        elif not phone.isdecimal() and cells.is_cut(cells.plain_number(cell)):
            self._find("phone", "number_invalid", MESSAGES["phone_truncated"])
        else:
            self._keep("phone", phone)
        if has_another:
            self._warn("phone", "phone_second")

    def _account(self) -> None:
        account = self.cell("account")
        if type(account) is not str or len(account) < 2 or not account.isdecimal():
            account = cells.written(account).lstrip(cells.APOSTROPHES).replace(" ", "")
        if not account:
            self._warn_of_fault("account")
            return
        if not account.isdecimal() and cells.is_cut(account):
            self._find("account", "number_invalid", MESSAGES["account_truncated"])
            return
        if len(account) > LIMITS["account"]:
            self._find("account", "text_too_long", MESSAGES["text_too_long"].format(limit=LIMITS["account"]))
            return
        self.line.values["account_sealed"] = seal_bytes("account", account.encode())
        self.line.values["account_digest"] = digest("account", account)

    def _neighbourhoods(self) -> None:
        """Read RT and RW from one column; columns of their own count before it."""
        if "rt_rw" not in self.at:
            return
        read, code = self.read_neighbourhoods(self.cell("rt_rw"))
        if code:
            self._find("rt_rw", "number_invalid", MESSAGES[code])
        for name, value in zip(("rt", "rw"), read, strict=True):
            if value is not None:
                self.line.values.setdefault(name, value)

    def _assistant(self) -> None:
        username = self.read_username(self.cell("assistant"))
        if not username:
            return
        pk, regions = self.importer.assistants.get(username, (None, ()))
        desa = self.line.values.get("region_code")
        if pk is None or (desa and not desa.startswith(regions)):
            self._find("assistant", "assistant_unknown")
        else:
            self.line.values["assistant"] = pk
