"""What may be changed on a family's page: contact and point; and the number to be shown."""

import re

from django import forms
from django.core.exceptions import ValidationError

from beneficiaries.actions import seen_values
from beneficiaries.choices import PointSource
from beneficiaries.models import Household
from beneficiaries.numbers import NumberKind
from beneficiaries.sheets.roster import cells
from ejsika.lib.geo import in_banten

# A mobile or a fixed number as it is dialled within the country.
PHONE = re.compile(r"0[1-9][0-9]{7,11}")
PAIR = re.compile(r"\s*([-−]?[0-9]+[.,][0-9]+)°?\s*[,;\s]\s*([-−]?[0-9]+[.,][0-9]+)°?\s*")
WORST_ACCURACY_M = 100_000
NOT_A_NUMBER = "Tulis derajat sebagai angka, misalnya {example}."
NEIGHBOURHOOD = "Tulis nomor antara 1 dan 999."


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


class HouseholdEditForm(forms.Form):
    """Address, contact and point of a family. `seen` says which values the writer had before them."""

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
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, data=None, *, household: Household):
        self.household = household
        initial = {name: getattr(household, name) for name in ("address", "rt", "rw", "phone", "latitude", "longitude")}
        super().__init__(data, initial=initial | {"seen": seen_values(household)})

    def clean_phone(self) -> str:
        written = self.cleaned_data["phone"]
        if written == self.household.phone:  # an old one that is odd must not block the rest
            return written
        phone = cells.phone(written) or ""
        if written and not PHONE.fullmatch(phone):
            raise ValidationError("Nomor ini tidak lengkap atau bukan nomor Indonesia. Contoh: 0812 3456 7890.")
        return phone

    def clean(self) -> dict:
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

    def renew_seen(self) -> None:
        """Show the form again beside the values of now: saving it once more is then meant."""
        self.data = self.data.copy()
        self.data["seen"] = seen_values(self.household)

    def _read_degrees(self) -> list:
        """Read both fields; both numbers may have been pasted into the first."""
        written = [self.cleaned_data.get(name, "") for name in ("latitude", "longitude")]
        if (pair := PAIR.fullmatch(written[0])) and not written[1]:
            written = list(pair.groups())
        degrees = []
        for name, text, example in zip(("latitude", "longitude"), written, ("-6,301245", "106,245123"), strict=True):
            value, problem = cells.coordinate(text)
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
            self.add_error("latitude", "Titik ini di luar Banten. Periksa kedua angkanya, atau klik rumahnya di peta.")

    def _known_point(self) -> tuple:
        return self.household.latitude, self.household.longitude

    def _point(self, latitude, longitude, accuracy: str) -> dict:
        """The point's four columns; one that stays where it was keeps its source and accuracy."""
        if (latitude, longitude) == self._known_point():
            names = ("latitude", "longitude", "point_source", "point_accuracy_m")
            return {name: getattr(self.household, name) for name in names}
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
