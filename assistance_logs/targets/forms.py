"""Which year and region targets are shown of, and what is set for whom."""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from assistance_logs.targets.models import LARGEST, TargetKind
from assistance_logs.targets.people import assistants_in, coordinators_in
from assistance_logs.targets.progress import Year
from beneficiaries.forms.scope import ScopeForm


class TargetScopeForm(ScopeForm):
    """The region from the scope, and the year that its month lies in."""

    @property
    def year(self) -> Year:
        return Year(self.cleaned_data["period"].year)

    @property
    def year_label(self) -> str:
        return str(self.year.number)

    def years(self) -> list[tuple[str, str]]:
        """("2026-12", "2026") of this year and those before."""
        this = timezone.localdate().year
        numbers = sorted({*range(this, this - 3, -1), self.year.number}, reverse=True)
        return [(f"{number}-12", str(number)) for number in numbers]


class TargetForm(forms.Form):
    """What is to be reached in a year, for everybody of a kind in a region, one person, or the region itself."""

    ASSISTANTS, COORDINATORS, REGION = "pendamping", "koordinator", "wilayah"

    holders = forms.ChoiceField(
        label="Untuk siapa?",
        widget=forms.RadioSelect(attrs={"class": "wide"}),
        error_messages={"required": "Pilih untuk siapa target ini."},
    )
    only = forms.ChoiceField(label="Hanya untuk satu orang", required=False)
    starting_on = forms.DateField(
        label="Berlaku mulai",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "Isi tanggal mulainya.", "invalid": "Tulis tanggal, misalnya 01/01/2027."},
    )

    def __init__(self, data=None, *, user, region):
        super().__init__(data, initial={"starting_on": timezone.localdate().replace(month=1, day=1)}, label_suffix="")
        self.region = region
        self.people = {self.ASSISTANTS: list(assistants_in(user, region.code))}
        labels = {self.ASSISTANTS: f"Sama untuk semua pendamping di sini ({len(self.people[self.ASSISTANTS])})"}
        if user.all_programs:  # these answer for all programmes
            self.people[self.COORDINATORS] = list(coordinators_in(region.code))
            labels[self.COORDINATORS] = f"Sama untuk semua koordinator di sini ({len(self.people[self.COORDINATORS])})"
            labels[self.REGION] = f"Untuk {region.name} seluruhnya"
        self.fields["holders"].choices = list(labels.items())
        names = [
            (kind.capitalize(), [(str(person.pk), person.name) for person in found])
            for kind, found in self.people.items()
            if found
        ]
        self.fields["only"].choices = [("", "Semua"), *names]
        for kind in TargetKind:
            self.fields[kind.value] = forms.IntegerField(
                label=f"{kind.label} setahun",
                required=False,
                min_value=1,
                max_value=LARGEST,
                localize=True,
                widget=forms.TextInput(attrs={"inputmode": "numeric"}),
                error_messages={"invalid": "Tulis angka bulat."},
            )

    @property
    def number_fields(self):
        return [self[kind.value] for kind in TargetKind]

    def clean_starting_on(self) -> datetime.date:
        day = self.cleaned_data["starting_on"]
        if not 2000 <= day.year <= timezone.localdate().year + 2:
            raise ValidationError("Tahunnya tidak masuk akal. Periksa tanggalnya.")
        return day

    def clean(self) -> dict:
        values = self.cleaned_data
        numbers = {kind.value: values.get(kind.value) for kind in TargetKind}
        numbers = {kind: number for kind, number in numbers.items() if number is not None}
        if not numbers and not {*TargetKind.values} & self.errors.keys():
            self.add_error(None, "Isi paling sedikit satu angka. Yang dikosongkan tidak berubah.")
        holders = values.get("holders")
        users = list(self.people.get(holders, []))
        if values.get("only") and holders:
            users = [user for user in users if str(user.pk) == values["only"]]
            if not users:
                self.add_error("only", "Orang ini tidak cocok dengan pilihan di atas. Ubah salah satunya.")
        elif holders in self.people and not users:
            self.add_error("holders", "Di wilayah ini belum ada orangnya. Pilih yang lain.")
        return {
            "users": users,
            "region": self.region if holders == self.REGION else None,
            "numbers": numbers,
            "starting_on": values.get("starting_on"),
        }
