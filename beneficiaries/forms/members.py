"""What may be changed of a family's members; their numbers are no part of it."""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from beneficiaries.choices import Relationship, SchoolLevel, Sex
from beneficiaries.edits import MEMBER_UNITS, POINT, columns_of, plain
from beneficiaries.models import Member
from beneficiaries.sheets.roster import cells

EARLIEST_BIRTH = datetime.date(1900, 1, 1)
GRADE = "Kelas 1–6 untuk SD, 7–9 untuk SMP, 10–12 untuk SMA."
YES_NO = {"ya": True, "tidak": False}
UNKNOWN = ("", "Tidak diketahui")


def as_written(value) -> str:
    """A plain value as the fields of the form write it."""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    return "" if value is None else str(value)


def _choice(label: str, choices) -> forms.ChoiceField:
    known = {"invalid_choice": "Pilihan ini tidak dikenal. Pilih dari daftar."}
    return forms.ChoiceField(label=label, required=False, choices=[UNKNOWN, *choices], error_messages=known)


def _yes_no(label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        required=False,
        choices=[UNKNOWN, ("ya", "Ya"), ("tidak", "Tidak")],
        coerce=YES_NO.get,
        empty_value=None,
        error_messages={"invalid_choice": "Pilihan ini tidak dikenal. Pilih dari daftar."},
    )


class MemberForm(forms.Form):
    """One member's row in the form of the family; `seen` are the plain values that it was shown with."""

    is_new = False

    name = forms.CharField(label="Nama", max_length=150, error_messages={"required": "Isi nama anggota ini."})
    relationship = _choice("Hubungan", Relationship.choices)
    sex = _choice("Jenis kelamin", Sex.choices)
    born_on = forms.DateField(
        label="Tanggal lahir",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "Tulis tanggal, misalnya 24/11/2014."},
    )
    school_level = _choice("Sekolah", SchoolLevel.choices)
    grade = forms.IntegerField(
        label="Kelas",
        required=False,
        min_value=1,
        max_value=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 2, "maxlength": 2}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), GRADE),
    )
    is_pregnant = _yes_no("Hamil")
    is_disabled = _yes_no("Disabilitas berat")
    left = forms.BooleanField(label="Tidak lagi tinggal bersama keluarga ini", required=False)

    def __init__(self, data=None, *, pk: int, seen: dict, is_recipient: bool):
        self.pk, self.is_recipient = pk, is_recipient
        self.seen = {}
        for name, columns in MEMBER_UNITS.items():
            value = seen[f"m{pk}-{name}"]
            self.seen |= dict(zip(columns, value if len(columns) > 1 else [value], strict=True))
        initial = {name: as_written(value) for name, value in self.seen.items()}
        super().__init__(data, prefix=f"m{pk}", initial=initial, label_suffix="")
        if is_recipient:
            del self.fields["left"]

    @property
    def heading(self) -> str:
        return self.seen["name"] or "Anggota"

    def clean_name(self) -> str:
        return as_seen(cells.text(self.cleaned_data["name"]), self.seen["name"])

    def clean_born_on(self) -> datetime.date | None:
        day = self.cleaned_data["born_on"]
        if day is not None and not EARLIEST_BIRTH <= day <= timezone.localdate() and self._is_new("born_on", day):
            raise ValidationError("Tanggal lahir ini tidak mungkin. Periksa tahunnya.")
        return day

    def clean(self) -> dict:
        """Look at what belongs together, unless it stands so already: an odd old value must not block the rest."""
        found = self.cleaned_data
        level, grade = found.get("school_level"), found.get("grade")
        if None not in (level, grade) and (self._is_new("school_level", level) or self._is_new("grade", grade)):
            found["grade"], problem = cells.grade(grade, level)
            if problem or not level:
                self.add_error("grade", GRADE if problem else "Pilih sekolahnya juga, atau kosongkan kelasnya.")
        is_new = self._is_new("is_pregnant", True) or self._is_new("sex", Sex.MALE)
        if found.get("is_pregnant") and found.get("sex") == Sex.MALE and is_new:
            self.add_error("is_pregnant", "Tidak cocok dengan jenis kelaminnya. Ubah salah satunya.")
        return found

    def values(self) -> dict:
        """The columns as they were written. Call after is_valid()."""
        return {name: self.cleaned_data[name] for name in self.seen}

    def _is_new(self, name: str, value) -> bool:
        return plain(value) != self.seen[name]


class NewMemberForm(MemberForm):
    """The row of somebody who joins the family today; left empty, nobody does."""

    heading = "Anggota baru"
    is_new = True

    def __init__(self, data=None):
        self.pk, self.is_recipient = None, False
        self.seen = {
            column: None if column in ("born_on", "grade", "is_pregnant", "is_disabled") else ""
            for columns in MEMBER_UNITS.values()
            for column in columns
        }
        forms.Form.__init__(
            self, data, prefix="new", label_suffix="", empty_permitted=True, use_required_attribute=False
        )
        del self.fields["left"]


def as_seen(text: str, seen: str | None) -> str:
    """A text as it was shown, where the form has changed nothing of it but its spaces."""
    return seen if seen is not None and text.split() == seen.split() else text


def words(unit: str, value) -> str:
    """What a unit holds, as a person reads it."""
    if unit == POINT:
        return ", ".join(value) if value else "tanpa titik"
    if isinstance(value, list):
        parts = zip(columns_of(unit), value, strict=True)
        told = [words(f"-{name}", part) for name, part in parts if part not in (None, "")]
        return " kelas ".join(told) or "kosong"
    name = unit.rpartition("-")[2]
    if isinstance(value, bool):
        return "Ya" if value else "Tidak"
    if value in (None, ""):
        return "kosong"
    if name == "born_on":
        return f"{datetime.date.fromisoformat(value):%d/%m/%Y}"
    choices = dict(Member._meta.get_field(name).flatchoices) if "-" in unit else {}
    return str(choices.get(value, value))
