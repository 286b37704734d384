"""Two families side by side: what each says, and what somebody must choose before they become one."""

import datetime
import hashlib
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import formats

from beneficiaries.choices import EnrollmentStatus
from beneficiaries.models import Assignment, Enrollment, GraduationCase, Household, Member
from ejsika.accounts.models import User
from ejsika.audit.models import AuditEvent
from ejsika.lib.sealed import SealedNumber, mask_digits, open_bytes
from ejsika.lib.tags import day

MINE, THEIRS = "mine", "theirs"
# What belongs together is chosen together.
HOUSEHOLD_UNITS = {
    "kk": ("No KK", ["kk"]),
    "place": ("Alamat", ["region", "address", "rt", "rw"]),
    "phone": ("No HP", ["phone"]),
    "point": ("Titik rumah", ["latitude", "longitude", "point_source", "point_accuracy_m"]),
    "account": ("Bank dan rekening", ["bank", "account_sealed", "account_digest"]),
}
PERSON_UNITS = {
    "nik": ("NIK pengurus", ["nik"]),
    "name": ("Nama pengurus", ["name"]),
    "born_on": ("Tanggal lahir", ["born_on"]),
    "sex": ("Jenis kelamin", ["sex"]),
    "relationship": ("Hubungan", ["relationship"]),
    "school": ("Sekolah", ["school_level", "grade"]),
    "is_pregnant": ("Hamil", ["is_pregnant"]),
    "is_disabled": ("Disabilitas berat", ["is_disabled"]),
}
_CHANGED_BY = ["household.created", "household.edited", "member.edited", "member.added", "household.imported"]
OUT_OF_REACH = "Salah satu keluarga ikut program di luar kewenangan Anda. Minta admin yang memegang semua programnya."
TWO_CASES = (
    "Usulan graduasi di program {program} masih terbuka, jadi keduanya belum dapat digabung. Selesaikan atau "
    "tetapkan dahulu usulan itu."
)


@dataclass(frozen=True)
class Row:
    """One thing that both families say or one of them: in words, and which is offered where they differ."""

    name: str
    label: str
    mine: str
    theirs: str
    differs: bool
    offered: str = MINE


@dataclass(frozen=True)
class SharedProgram:
    """A programme that both are in; `winner` is None where somebody must choose."""

    mine: Enrollment
    theirs: Enrollment
    winner: str | None

    @property
    def unit(self) -> str:
        return f"program-{self.mine.program_id}"


class Comparison:
    """What there is of two families, read once. Cost: some ten queries."""

    def __init__(self, kept: Household, merged: Household):
        self.kept, self.merged = kept, merged
        self.members = {family.pk: _members(family) for family in (kept, merged)}
        self.enrollments = {family.pk: _enrollments(family) for family in (kept, merged)}
        self.assignments = {family.pk: _open_assignment(family) for family in (kept, merged)}

    @property
    def my_recipient(self) -> Member | None:
        return _recipient(self.members[self.kept.pk])

    @property
    def their_recipient(self) -> Member | None:
        return _recipient(self.members[self.merged.pk])

    @property
    def shared(self) -> list[SharedProgram]:
        theirs = self.enrollments[self.merged.pk]
        pairs = [(one, theirs[program]) for program, one in self.enrollments[self.kept.pk].items() if program in theirs]
        return [SharedProgram(mine, other, _winner(mine, other)) for mine, other in pairs]

    def rows(self) -> list[Row]:
        """All that is compared, in the order of the page."""
        newer = self._newer()
        rows = [
            _row(name, label, columns, self.kept, self.merged, newer)
            for name, (label, columns) in HOUSEHOLD_UNITS.items()
        ]
        if self.my_recipient and self.their_recipient:
            people = self.my_recipient, self.their_recipient
            rows[:0] = [_row(name, label, columns, *people, newer) for name, (label, columns) in PERSON_UNITS.items()]
        rows += [self._program_row(pair, newer) for pair in self.shared]
        rows.append(self._assistant_row())
        return [row for row in rows if row.mine or row.theirs]

    def questions(self) -> list[Row]:
        settled = {pair.unit for pair in self.shared if pair.winner}
        return [row for row in self.rows() if row.differs and row.name not in settled]

    def _program_row(self, pair: SharedProgram, newer: str) -> Row:
        mine, theirs = _standing(pair.mine), _standing(pair.theirs)
        return Row(pair.unit, pair.mine.program.name, mine, theirs, mine != theirs, pair.winner or newer)

    def _assistant_row(self) -> Row:
        mine, theirs = (self.assignments[family.pk] for family in (self.kept, self.merged))
        names = [one.assistant.name if one else "" for one in (mine, theirs)]
        differs = (mine and mine.assistant_id) != (theirs and theirs.assistant_id)
        return Row("assistant", "Pendamping", *names, differs, MINE if mine else THEIRS)

    def _newer(self) -> str:
        """Whose data were written last."""
        last = dict(
            AuditEvent.objects.filter(
                target_kind=Household._meta.label_lower,
                target_id__in=[self.kept.pk, self.merged.pk],
                action__in=_CHANGED_BY,
            )
            .order_by()
            .values_list("target_id")
            .annotate(Max("pk"))
        )
        mine, theirs = ((last.get(family.pk, 0), family.created_at) for family in (self.kept, self.merged))
        return THEIRS if theirs > mine else MINE

    @property
    def state(self) -> str:
        """A digest of all that is shown: what changes meanwhile gives another."""
        told = [repr(sorted(_columns(family).items())) for family in (self.kept, self.merged)]
        for family in (self.kept, self.merged):
            told += [repr(sorted(_columns(member).items())) for member in self.members[family.pk]]
            told += [repr(sorted(_columns(one).items())) for one in self.enrollments[family.pk].values()]
            told.append(repr(getattr(self.assignments[family.pk], "pk", None)))
        return hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]

    def require_mergeable(self, by: User) -> None:
        """Errors: ValidationError if a programme is out of reach, or an open case has no place in what would be."""
        programs = {program for family in self.enrollments.values() for program in family}
        if not by.all_programs and not programs <= set(by.program_ids):
            raise ValidationError(OUT_OF_REACH)
        for pair in self.shared:
            ids = [pair.mine.pk, pair.theirs.pk]
            n = GraduationCase.objects.open().filter(enrollment__in=ids).count()
            is_graduated = EnrollmentStatus.GRADUATED in (pair.mine.status, pair.theirs.status)
            if n > 1 or (n and is_graduated):
                raise ValidationError(TWO_CASES.format(program=pair.mine.program.name))


def _members(family: Household) -> list[Member]:
    members = family.members.filter(left_on__isnull=True)
    return list(members.order_by("-is_recipient", "relationship", "born_on", "pk"))


def _enrollments(family: Household) -> dict[int, Enrollment]:
    return {one.program_id: one for one in family.enrollments.select_related("program").order_by("program__code")}


def _open_assignment(family: Household) -> Assignment | None:
    return family.assignments.open().select_related("assistant").first()


def _recipient(members: list[Member]) -> Member | None:
    return next((member for member in members if member.is_recipient), None)


def _winner(mine: Enrollment, theirs: Enrollment) -> str | None:
    """A family that was graduated stays so: a sheet cannot change that, nor can this."""
    if EnrollmentStatus.GRADUATED in (mine.status, theirs.status):
        return MINE if mine.status == EnrollmentStatus.GRADUATED else THEIRS
    return None


def _standing(one: Enrollment) -> str:
    year = f", angkatan {one.cohort_year}" if one.cohort_year else ""
    return f"{one.get_status_display()} sejak {day(one.since)}{year}"


def _row(name: str, label: str, columns: list[str], mine, theirs, newer: str) -> Row:
    values = [[_comparable(getattr(row, column)) for column in columns] for row in (mine, theirs)]
    if name == "account":  # each sealing gives other bytes: the digest tells
        values = [[row.bank, _comparable(row.account_digest)] for row in (mine, theirs)]
    words = [_words(name, row) for row in (mine, theirs)]
    offered = newer
    if bool(words[0]) != bool(words[1]):
        offered = MINE if words[0] else THEIRS
    elif name == "point" and [row.point_source for row in (mine, theirs)].count("gps") == 1:
        offered = MINE if mine.point_source == "gps" else THEIRS
    return Row(name, label, *words, values[0] != values[1], offered)


def _comparable(value):
    return bytes(value) if isinstance(value, bytes | memoryview) else value


def _words(name: str, row) -> str:
    """A unit of one side as a person reads it; numbers are masked."""
    if name in ("kk", "nik"):
        return str(getattr(row, name) or "")
    if name == "place":
        return ", ".join(filter(None, [row.address_line, row.region.name]))
    if name == "point":
        return f"{row.latitude}, {row.longitude} ({row.get_point_source_display()})" if row.has_point else ""
    if name == "account":
        digits = open_bytes("account", row.account_sealed).decode() if row.account_sealed else ""
        return " ".join(filter(None, [row.bank, mask_digits(digits)]))
    if name == "school":
        return " kelas ".join(str(part) for part in (row.school_level, row.grade) if part)
    return _word(row, name)


def _word(row, name: str) -> str:
    value = getattr(row, name)
    if isinstance(value, bool):
        return "Ya" if value else "Tidak"
    if isinstance(value, datetime.date):
        return formats.date_format(value)
    choices = dict(row._meta.get_field(name).flatchoices)
    return str(choices.get(value, value) or "")


def _columns(row) -> dict:
    return {field.attname: _plain(getattr(row, field.attname)) for field in row._meta.concrete_fields}


def _plain(value):
    """A value as JSON can hold it, sealed ones in hexadecimal."""
    if isinstance(value, SealedNumber):
        value = value.sealed
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value if value is None or isinstance(value, int | str | bool) else str(value)


def columns_before(comparison: Comparison) -> dict:
    """All that stands in the rows of both families, for whoever must find out what was."""
    return {
        side: {
            "household": _columns(family),
            "members": [_columns(member) for member in comparison.members[family.pk]],
            "enrollments": [_columns(one) for one in comparison.enrollments[family.pk].values()],
        }
        for side, family in (("kept", comparison.kept), ("merged", comparison.merged))
    }
