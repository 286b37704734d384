"""Families as the roster's own template writes them, with their members: what goes out comes in again as the same.

Two layouts: the workbook of two sheets, and one line a person. A cell that an import would refuse, though nothing of it
would change, stays empty: an empty cell never erases anything.
"""

from collections.abc import Iterator

from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from beneficiaries.choices import EnrollmentStatus, Relationship, SchoolLevel, Sex
from beneficiaries.known import present_members
from beneficiaries.models import Assignment, Household, Member
from beneficiaries.sheets.roster.columns import TITLES
from beneficiaries.sheets.roster.kind import assistants_for
from beneficiaries.sheets.roster.template import MEMBER_TITLES, MEMBERS, OFFERED, WIDTHS
from ejsika.lib import geo
from ejsika.lib.sealed import open_bytes
from ejsika.lib.sheet_formats import USUAL_WIDTH, Table
from ejsika.programs.models import Program
from reports.exports.base import ROWS_A_FETCH

ROSTER_SHEET, MEMBER_SHEET = "Roster", "Anggota"
FAMILY_COLUMNS = [*OFFERED, "program"]
_OF_A_PERSON = [name for name in MEMBERS if name not in ("kk", *OFFERED)]
PERSON_COLUMNS = ["kk", "nik", "name", *_OF_A_PERSON, *(n for n in FAMILY_COLUMNS if n not in ("kk", "nik", "name"))]
PENGURUS = "pengurus"
_LABELS = {
    "sex": dict(Sex.choices),
    "relationship": dict(Relationship.choices),
    "school_level": dict(SchoolLevel.choices),
    "status": dict(EnrollmentStatus.choices),
}


def two_sheets(families, enrollments, program: Program) -> list[Table]:
    """The template's two sheets of these families in one programme; `enrollments` are those in it.

    Both querysets are scoped.
    """
    cells = _Cells(program)
    persons = _persons(families, enrollments, recipients=False)
    people = ([cells.of_person(person, name) for name in MEMBERS] for person in persons)
    recipients = _persons(families, enrollments, recipients=True)
    lines = ([cells.of_family(person, name) for name in FAMILY_COLUMNS] for person in recipients)
    return [_table(ROSTER_SHEET, FAMILY_COLUMNS, {}, lines), _table(MEMBER_SHEET, MEMBERS, MEMBER_TITLES, people)]


def one_sheet(families, enrollments, program: Program) -> list[Table]:
    """One line a person, each with what there is of the family; the pengurus is marked so."""
    cells = _Cells(program)

    def line(person: Member) -> list:
        own = [cells.of_person(person, name, is_marked=True) for name in PERSON_COLUMNS[: 3 + len(_OF_A_PERSON)]]
        return own + [cells.of_family(person, name) for name in PERSON_COLUMNS[len(own) :]]

    return [_table("", PERSON_COLUMNS, MEMBER_TITLES, map(line, _persons(families, enrollments, recipients=False)))]


def _table(name: str, columns: list[str], titles: dict[str, str], lines: Iterator[list]) -> Table:
    heads = [titles.get(column, TITLES[column]) for column in columns]
    return Table(heads, lines, [WIDTHS.get(column, USUAL_WIDTH) for column in columns], name=name)


def _persons(families, enrollments, *, recipients: bool) -> Iterator[Member]:
    """The present members of families, one family after the other; each with its family, place and assistant."""
    enrolled = enrollments.filter(household=OuterRef("household"))
    held = Assignment.objects.on(timezone.localdate()).filter(household=OuterRef("household"))
    people = present_members(families)
    people = people.filter(is_recipient=True) if recipients else people
    people = people.select_related("household").annotate(
        desa=F("household__region__name"),
        kecamatan=F("household__region__parent__name"),
        kabupaten=F("household__region__parent__parent__name"),
        username=Subquery(held.values("assistant__username")[:1]),
        status=Subquery(enrolled.values("status")),
        cohort_year=Subquery(enrolled.values("cohort_year")),
    )
    return people.order_by("household", "-is_recipient", "pk").iterator(chunk_size=ROWS_A_FETCH)


class _Cells:
    """Writes the cells of one programme's roster."""

    def __init__(self, program: Program):
        self.program, self.assistants = program, assistants_for(program)

    def of_person(self, person: Member, name: str, *, is_marked: bool = False):
        if name == "kk":
            return person.household.kk.reveal()
        if name == "nik":
            return person.nik and person.nik.reveal()
        value = getattr(person, name)
        value = _LABELS[name].get(value, "") if name in _LABELS else value
        if name == "relationship" and is_marked and person.is_recipient:
            return f"{value} ({PENGURUS})" if value else PENGURUS.title()
        return value

    def of_family(self, person: Member, name: str):
        """A cell of the family of a person, or of the person where the template asks for the pengurus."""
        family: Household = person.household
        if name in ("kk", "nik", "name", "born_on", "sex"):
            return self.of_person(person, name)
        if name in ("desa", "kecamatan", "kabupaten", "cohort_year"):
            return getattr(person, name)
        if name in ("rt", "rw"):
            number = getattr(family, name)
            return None if number is None else f"{number:03}"
        if name in ("latitude", "longitude"):
            is_read = family.has_point and geo.in_banten(float(family.latitude), float(family.longitude))
            return getattr(family, name) if is_read else None
        if name == "account":
            return open_bytes("account", family.account_sealed).decode() if family.account_sealed else None
        if name == "program":
            return self.program.name
        if name == "status":
            return _LABELS["status"].get(person.status)
        if name == "assistant":
            return self._username(person)
        return getattr(family, "region_id" if name == "region_code" else name)

    def _username(self, person: Member) -> str | None:
        """The assistant, if an import would know them for this desa."""
        _, regions = self.assistants.get((person.username or "").lower(), (None, ()))
        return person.username if regions and person.household.region_id.startswith(regions) else None
