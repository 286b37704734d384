"""What may be changed on a family's page: contact, point and members; and the number to be shown."""

import re
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError

from beneficiaries.actions import EDITED, seen_values
from beneficiaries.choices import PointSource
from beneficiaries.edits import (
    COLUMNS,
    PLACE,
    POINT,
    EditConflict,
    Seen,
    changed_by,
    columns_within,
    member_of,
    units_within,
)
from beneficiaries.forms.members import MemberForm, NewMemberForm, as_seen, as_written, words
from beneficiaries.models import Household
from beneficiaries.numbers import NumberKind
from beneficiaries.sheets.roster import cells, points
from ejsika.lib.geo import in_banten

# A mobile or a fixed number as it is dialled within the country.
PHONE = re.compile(r"0[1-9][0-9]{7,11}")
PAIR = re.compile(r"\s*([-−]?[0-9]+[.,][0-9]+)°?\s*[,;\s]\s*([-−]?[0-9]+[.,][0-9]+)°?\s*")
WORST_ACCURACY_M = 100_000
NOT_A_NUMBER = "Tulis derajat sebagai angka, misalnya {example}."
NEIGHBOURHOOD = "Tulis nomor antara 1 dan 999."
UNREADABLE = "Formulir ini tidak lengkap sampai di server. Periksa isinya, lalu simpan lagi."
GONE = "{} sudah bukan anggota keluarga ini, jadi perubahan untuknya tidak dapat disimpan. Periksa, lalu simpan lagi."
MINE, THEIRS = "mine", "theirs"
UNIT_WORDS = {
    POINT: "Titik rumah",
    "name": "nama",
    "relationship": "hubungan",
    "sex": "jenis kelamin",
    "born_on": "tanggal lahir",
    "school": "sekolah",
    "is_pregnant": "hamil",
    "is_disabled": "disabilitas berat",
}


def _degrees_field(label: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(label=label, required=False, max_length=60, widget=widget)


def _neighbourhood_field(label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=1,
        max_value=999,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 3, "maxlength": 3}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), NEIGHBOURHOOD),
    )


def choice_name(unit: str) -> str:
    return f"choose-{unit}"


def _choice_field(unit: str, standing: str, told: str, name: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=f"{name}: mana yang benar?",
        choices=[(MINE, "Isian saya di atas"), (THEIRS, f"Yang tersimpan: {standing}")],
        help_text=f"yang tersimpan {told}",
        widget=forms.RadioSelect(attrs={"class": "wide"}),
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Pilih mana yang benar, lalu simpan lagi."),
    )


class HouseholdEditForm(forms.Form):
    """Address, contact and point of a family, and a row for each member.

    `seen`, signed, says what the writer had before them. Where somebody else changed the same meanwhile, the form
    comes back by `after` and asks which of the two is right.
    """

    address = forms.CharField(label="Alamat", required=False, max_length=200, help_text="kampung, jalan, nomor rumah")
    rt = _neighbourhood_field("RT")
    rw = _neighbourhood_field("RW")
    phone = forms.CharField(
        label="No HP",
        required=False,
        max_length=30,
        help_text="misalnya 0812 3456 7890",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    latitude = _degrees_field("Lintang")
    longitude = _degrees_field("Bujur")
    accuracy = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, household: Household):
        self.household = household
        fresh = Seen(seen_values(household))
        before = fresh if data is None else Seen.read(data.get("seen", ""), household)
        if before is None:
            data = data.copy()
            data["seen"] = fresh.sign(household)
        self.is_unreadable, self.before = before is None, before or fresh
        initial = {name: getattr(household, name) for name in (*COLUMNS, *PLACE)}
        super().__init__(data, initial=initial | {"seen": fresh.sign(household)})
        self.rows = self._rows()
        self.newcomer = NewMemberForm(self.data if self.is_bound else None)
        told = changed_by(household, self.before.asked)
        for unit in self.before.asked:
            standing = words(unit, self.before.values[unit])
            self.fields[choice_name(unit)] = _choice_field(unit, standing, told[unit], self.name_of(unit))

    def _rows(self) -> list[MemberForm]:
        """A form for each member that was shown; of one that was not sent along nothing is changed."""
        recipient = self.household.members.filter(left_on__isnull=True, is_recipient=True).first()
        data = self.data if self.is_bound else None
        return [
            MemberForm(data, pk=pk, seen=self.before.values, is_recipient=bool(recipient) and pk == recipient.pk)
            for pk in self.before.members
            if data is None or f"m{pk}-name" in data
        ]

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(row.is_valid() for row in self.all_rows)])

    @property
    def all_rows(self) -> list[MemberForm]:
        return [*self.rows, self.newcomer]

    @property
    def has_problems(self) -> bool:
        return bool(self.errors) or any(row.errors for row in self.all_rows)

    @property
    def choices(self) -> dict:
        """The fields that ask which of two values is right, by unit of the family."""
        return {unit: self[choice_name(unit)] for unit in self.before.asked}

    @property
    def member_rows(self) -> list[tuple[MemberForm, list]]:
        """Each member's row with its fields that ask."""
        return [
            (row, [field for unit, field in self.choices.items() if member_of(unit) == row.pk]) for row in self.rows
        ]

    def name_of(self, unit: str) -> str:
        """What a unit is called: "Alamat", "Rizki, sekolah"."""
        name = self.fields[unit].label if unit in self.fields else UNIT_WORDS.get(unit.rpartition("-")[2], unit)
        member = member_of(unit)
        return f"{self.before.values.get(f'm{member}-name', 'Anggota')}, {name}" if member else name

    def clean_address(self) -> str:
        return as_seen(cells.text(self.cleaned_data["address"]), self.before.values["address"])

    def clean_phone(self) -> str:
        written = self.cleaned_data["phone"]
        if written in {self.before.values["phone"], self.household.phone}:  # an odd old one must not block the rest
            return written
        phone, has_another = cells.phone(written)
        if has_another:
            raise ValidationError("Tulis satu nomor saja.")
        if written and not PHONE.fullmatch(phone or ""):
            raise ValidationError("Nomor ini tidak lengkap atau bukan nomor Indonesia. Contoh: 0812 3456 7890.")
        return phone or ""

    def clean(self) -> dict:
        if self.is_unreadable:
            raise ValidationError(UNREADABLE)
        latitude, longitude = self._read_degrees()
        accuracy = self.cleaned_data.pop("accuracy", "")
        if self.has_error("latitude") or self.has_error("longitude"):
            return self.cleaned_data
        if (latitude is None) != (longitude is None):
            missing = "latitude" if latitude is None else "longitude"
            self.add_error(missing, "Isi lintang dan bujur berdua, atau kosongkan keduanya.")
        elif latitude is not None and (latitude, longitude) != self._known_point():
            self._check_place(latitude, longitude)
        self.cleaned_data |= self._point(latitude, longitude, accuracy)
        return self.cleaned_data

    def edit(self) -> dict:
        """What the action takes. Call after is_valid()."""
        values = {name: self.cleaned_data[name] for name in EDITED}
        members = {row.pk: row.values() for row in self.rows}
        for unit in self.before.asked:
            if self.cleaned_data[choice_name(unit)] == THEIRS:
                place = values if member_of(unit) is None else members.get(member_of(unit), {})
                place |= columns_within(unit, self.before.values[unit])
        leaving = [row.pk for row in self.rows if row.cleaned_data.get("left")]
        joining = [self.newcomer.values()] if self.newcomer.has_changed() else []
        return {"seen": self.before.values, "members": members, "leaving": leaving, "joining": joining, **values}

    def after(self, conflict: EditConflict) -> "HouseholdEditForm":
        """The form once more, beside what stands now: what others changed is filled in, what both changed is asked."""
        self.household.refresh_from_db()
        now, edit = seen_values(self.household), self.edit()
        mine = units_within(edit, edit["members"])
        changed = {unit for unit, value in mine.items() if value != self.before.values[unit]}
        data = self.data.copy()
        for unit in now.keys() - changed:
            prefix = f"m{member_of(unit)}-" if member_of(unit) else ""
            data.update({prefix + name: as_written(part) for name, part in columns_within(unit, now[unit]).items()})
        for name in [name for name in data if name.startswith(choice_name(""))]:
            del data[name]
        data["seen"] = Seen(now, [unit for unit in conflict.units if unit in now]).sign(self.household)
        form = HouseholdEditForm(data, household=self.household)
        for member in dict.fromkeys(member_of(unit) for unit in conflict.units if unit not in now):
            form.add_error(None, GONE.format(self.before.values[f"m{member}-name"]))
        return form

    def _read_degrees(self) -> list:
        """Read both fields; both numbers may have been pasted into the first."""
        written = [self.cleaned_data.get(name, "") for name in ("latitude", "longitude")]
        if (pair := PAIR.fullmatch(written[0])) and not written[1]:
            written = list(pair.groups())
        degrees = []
        for name, text, example in zip(("latitude", "longitude"), written, ("-6,301245", "106,245123"), strict=True):
            value, problem = points.coordinate(text)
            if problem or (text and value is None):
                self.add_error(name, NOT_A_NUMBER.format(example=example))
            degrees.append(value)
        return degrees

    def _check_place(self, latitude, longitude) -> None:
        if in_banten(latitude, longitude):
            return
        if in_banten(-latitude, longitude):
            self.add_error("latitude", f"Lintang di Banten selalu minus. Mungkin maksudnya {_written(-latitude)}?")
        elif in_banten(longitude, latitude) or in_banten(-longitude, latitude):
            self.add_error("latitude", "Lintang dan bujur tertukar. Lintang di Banten sekitar -6, bujur sekitar 106.")
        else:
            self.add_error("latitude", "Titik ini di luar Banten. Periksa kedua angkanya, atau ketuk rumahnya di peta.")

    def _known_point(self) -> tuple:
        point = self.before.values[POINT]
        return (None, None) if point is None else tuple(map(Decimal, point))

    def _point(self, latitude, longitude, accuracy: str) -> dict:
        """The point's four columns; one that stays where it was keeps its source and accuracy."""
        if (latitude, longitude) == self._known_point():
            aside = {name: getattr(self.household, name) for name in ("point_source", "point_accuracy_m")}
            return {"latitude": latitude, "longitude": longitude, **aside}
        metres = int(accuracy) if re.fullmatch(r"[0-9]{1,6}", accuracy) else None
        by_gps = latitude is not None and metres is not None and metres <= WORST_ACCURACY_M
        source = PointSource.GPS if by_gps else PointSource.PIN
        return {
            "latitude": latitude,
            "longitude": longitude,
            "point_source": "" if latitude is None else source,
            "point_accuracy_m": metres if by_gps else None,
        }


class RevealForm(forms.Form):
    """Which number is to be shown: its kind, and the id of the member or family that has it."""

    kind = forms.ChoiceField(choices=NumberKind)
    target = forms.IntegerField(min_value=1)


def _written(degrees) -> str:
    return f"{degrees:f}".replace(".", ",")
