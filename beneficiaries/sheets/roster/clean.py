"""Cleaning one line of a roster: from cells to a staged row with sealed numbers, and what is wrong with it."""

import datetime
import hashlib
from dataclasses import dataclass, field

from beneficiaries.choices import Bank, EnrollmentStatus, Relationship, SchoolLevel, Sex
from beneficiaries.sheets.roster import cells
from beneficiaries.sheets.roster.messages import MESSAGES
from beneficiaries.sheets.roster.places import FAR_M, PlaceIndex
from ejsika.imports.kinds import Head
from ejsika.lib import geo
from ejsika.lib.sealed import digest, mask_digits, mask_within, seal_bytes, seal_number

LIMITS = {"name": 150, "address": 200, "phone": 20, "account": 40}
CHOICES = {
    "sex": (cells.SEXES, Sex.labels),
    "status": (cells.STATUSES, [s.label for s in EnrollmentStatus if s != EnrollmentStatus.GRADUATED]),
    "relationship": (cells.RELATIONSHIPS, Relationship.labels),
    "bank": (cells.BANKS, Bank.values),
}
NUMBERS = {"rt": (1, 999), "rw": (1, 999)}
FIRST_YEAR = 2000
NIK_DIGITS = 16
PLACES = {"region_code", "latitude", "longitude"}  # long numbers of no person, as long as no NIK fits into them
MASKED = {"kk", "nik", "account"}


@dataclass(frozen=True)
class Finding:
    """What is wrong or odd in one cell of a line."""

    field: str
    value: str
    code: str
    message: str
    is_error: bool


@dataclass
class Line:
    """One line as cleaned: the staged values by column, its family's key, what was found."""

    row: int
    family_key: bytes | int
    values: dict = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    is_marked: bool = False  # said to be the pengurus

    @property
    def is_wrong(self) -> bool:
        return any(finding.is_error for finding in self.findings)


@dataclass
class Importer:
    """Whose import it is, as far as cleaning must know."""

    region_codes: list[str]
    assistants: dict[str, tuple[int, list[str]]]  # user name in lower case -> id, region codes
    today: datetime.date


class LineCleaner:
    """Cleans lines of one sheet. No query once made; numbers are sealed here and never leave in clear."""

    def __init__(self, head: Head, places: PlaceIndex, importer: Importer):
        self.at, self.places, self.importer = head.fields, places, importer
        self.by_person = "relationship" in head.fields
        self.line: Line
        self.cells: list

    def clean(self, row: int, row_cells: list) -> Line:
        self.cells = row_cells
        self.line = line = Line(row, self.family_key(row))
        nik = self._identities()
        self._text("name")
        self._text("address")
        self._person(nik)
        point = self._point()
        self._place(nik, point)
        self._money_and_phone()
        self._enrollment()
        if line.is_wrong:  # a wrong row carries no warnings
            line.findings = [finding for finding in line.findings if finding.is_error]
        return line

    def cell(self, name: str) -> object:
        """The cell of a column; empty when the sheet or the line is shorter."""
        index = self.at.get(name)
        return self.cells[index] if index is not None and index < len(self.cells) else ""

    def family_key(self, row: int) -> bytes | int:
        """What joins lines into a family: the KK as written where a line is a person, else the line itself."""
        raw = cells.text(self.cell("kk")).lstrip("'").replace(" ", "")
        return hashlib.blake2b(raw.encode(), digest_size=16).digest() if self.by_person and raw else row

    def _find(self, name: str, code: str, message: str = "", *, is_error: bool = True) -> None:
        raw = cells.text(self.cell(name))
        if name not in PLACES or len(raw) >= NIK_DIGITS:
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

    def _text(self, name: str) -> None:
        raw = cells.text(self.cell(name))
        if name != "name" and cells.is_nothing(raw):
            return
        if name == "name" and cells.is_nothing(raw):
            self._find(name, "required")
        elif len(raw) > LIMITS[name]:
            self._find(name, "text_too_long", MESSAGES["text_too_long"].format(limit=LIMITS[name]))
        else:
            self.line.values[name] = raw

    def _set(self, name: str, value_and_code: tuple) -> object:
        value, code = value_and_code
        if code == "choice_unknown":
            labels = (
                CHOICES[name][1]
                if name in CHOICES
                else SchoolLevel.labels
                if name == "school_level"
                else ["Ya", "Tidak"]
            )
            self._find(name, code, MESSAGES[code].format(choices=", ".join(labels)))
        elif code:
            self._find(name, code)
        else:
            self.line.values[name] = value
        return value

    def _person(self, nik: str | None) -> None:
        adult = not self.by_person
        if "sex" in self.at:
            self._set("sex", cells.choice(self.cell("sex"), CHOICES["sex"][0]))
        if self.by_person:
            relationship, self.line.is_marked = cells.relationship(self.cell("relationship"))
            self._set("relationship", relationship)
        adult = adult or self.line.values.get("relationship") in {Relationship.HEAD, Relationship.SPOUSE}
        if "born_on" in self.at:
            read = cells.date(self.cell("born_on"), nik=nik, today=self.importer.today, adult=adult)
            self._set("born_on", read)
        if "school_level" in self.at:
            self._set("school_level", cells.school(self.cell("school_level")))
        if "grade" in self.at:
            self._set("grade", cells.grade(self.cell("grade"), self.line.values.get("school_level")))
        for name in ("is_pregnant", "is_disabled"):
            if name in self.at:
                self._set(name, cells.yes_no(self.cell(name)))
        if nik:
            self._compare_with_nik(nik)

    def _compare_with_nik(self, nik: str) -> None:
        day = int(nik[6:8])
        sex, born_on = self.line.values.get("sex"), self.line.values.get("born_on")
        if sex and sex != (Sex.FEMALE if day > 40 else Sex.MALE):
            self._warn("sex", "nik_sex_differs")
        if born_on and f"{born_on:%d%m%y}" != f"{day - 40 if day > 40 else day:02}{nik[8:12]}":
            self._warn("born_on", "nik_birth_differs")

    def _point(self) -> tuple[float, float] | None:
        if "latitude" not in self.at and "longitude" not in self.at:
            return None
        (latitude, bad_latitude), (longitude, bad_longitude) = (
            cells.coordinate(self.cell(name)) for name in ("latitude", "longitude")
        )
        if bad_latitude or bad_longitude or (latitude is None) != (longitude is None):
            at_fault = "latitude" if bad_latitude or (latitude is None and not bad_longitude) else "longitude"
            self._find(at_fault, "coordinate_invalid")
            return None
        if latitude is None:
            return None
        if not geo.in_banten(latitude, longitude):
            wrong = "longitude" if geo.LATITUDES[0] <= latitude <= geo.LATITUDES[1] else "latitude"
            forgotten = f" Mungkin kurang tanda minus: -{latitude}?" if geo.in_banten(-latitude, longitude) else ""
            self._find(wrong, "coordinate_invalid", MESSAGES["coordinate_invalid"] + forgotten)
            return None
        self.line.values |= {"latitude": latitude, "longitude": longitude}
        return float(latitude), float(longitude)

    def _place(self, nik: str | None, point: tuple[float, float] | None) -> None:
        place = self.places.find(*(self.cell(name) for name in ("region_code", "desa", "kecamatan", "kabupaten")))
        at = place.field if place.field in self.at else "region_code"
        if place.problem == "region_ambiguous":
            self._find(at, place.problem, self.places.list_candidates(place.message, nik, point))
        elif place.problem:
            self._find(at, place.problem, place.message, is_error=place.level == "error")
        if place.code is None:
            return
        if not any(place.code.startswith(code) for code in self.importer.region_codes):
            self._find("desa" if "desa" in self.at else "region_code", "region_outside_scope")
            return
        self.line.values["region_code"] = place.code
        if nik and nik[:4] != place.code[:4]:
            self._warn("nik", "nik_region_differs")
        if point and (self.places.centroid_distance_m(place.code, point) or 0) > FAR_M:
            self._warn("latitude", "coordinate_far")

    def _money_and_phone(self) -> None:
        for name in ("bank",):
            if name in self.at:
                self._set(name, cells.choice(self.cell(name), CHOICES[name][0]))
        phone = cells.phone(self.cell("phone"))
        if phone and len(phone) > LIMITS["phone"]:
            self._find("phone", "text_too_long", MESSAGES["text_too_long"].format(limit=LIMITS["phone"]))
        elif phone:
            self.line.values["phone"] = phone
        if cells.is_nothing(self.cell("account")):
            return
        account = cells.text(self.cell("account")).lstrip("'").replace(" ", "")
        if len(account) > LIMITS["account"]:
            self._find("account", "text_too_long", MESSAGES["text_too_long"].format(limit=LIMITS["account"]))
            return
        self.line.values["account_sealed"] = seal_bytes("account", account.encode())
        self.line.values["account_digest"] = digest("account", account)

    def _enrollment(self) -> None:
        for name, (low, high) in NUMBERS.items():
            if name in self.at:
                self._set(name, cells.number(self.cell(name), low, high))
        self._neighbourhoods()
        if "cohort_year" in self.at:
            self._set("cohort_year", cells.number(self.cell("cohort_year"), FIRST_YEAR, self.importer.today.year + 1))
        if "status" in self.at:
            self._set("status", cells.choice(self.cell("status"), CHOICES["status"][0]))
        if not cells.is_nothing(self.cell("assistant")):
            self._assistant(cells.text(self.cell("assistant")).lower())

    def _neighbourhoods(self) -> None:
        """Read RT and RW from one column "007/002"."""
        if cells.is_nothing(self.cell("rt_rw")):
            return
        parts = [
            part.strip()
            for part in cells.text(self.cell("rt_rw")).upper().replace("RW", "/").split("/")
            if part.strip()
        ]
        if len(parts) != 2:
            self._find("rt_rw", "number_invalid")
            return
        for name, part in zip(("rt", "rw"), parts, strict=True):
            value, code = cells.number(part, *NUMBERS[name])
            if code:
                self._find("rt_rw", code)
                return
            self.line.values.setdefault(name, value)

    def _assistant(self, username: str) -> None:
        found, desa = self.importer.assistants.get(username), self.line.values.get("region_code")
        if found is None or (desa and not any(desa.startswith(code) for code in found[1])):
            self._find("assistant", "assistant_unknown")
        else:
            self.line.values["assistant"] = found[0]
