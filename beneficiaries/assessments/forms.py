"""What an officer writes down about house and economy: what was not found out stays unknown."""

import datetime
import re

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils import timezone
from django.utils.formats import number_format

from beneficiaries.assessment_choices import Asset, Lighting, Toilet
from beneficiaries.assessments.comparison import LABELS
from beneficiaries.models import Assessment
from beneficiaries.models.assessment import AMOUNTS, CHOSEN, INDICATORS, LARGEST_AMOUNT, LARGEST_FLOOR_M2

EARLIEST = datetime.date(2000, 1, 1)
NO_ASSETS = "tidak_ada"
UNKNOWN = [("", "Tidak diketahui")]
# Dots part thousands; full rupiah, however the currency is written before them.
RUPIAH = re.compile(r"(?:rp\.?)?\s*([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,-|,00)?", re.IGNORECASE)
AREA = f"Tulis luas dalam meter persegi penuh, antara 1 dan {LARGEST_FLOOR_M2}."


def _chosen(name: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=LABELS[name],
        required=False,
        choices=[*UNKNOWN, *CHOSEN[name].choices],
        widget=forms.RadioSelect(attrs={"class": "pills"}),
        error_messages={"invalid_choice": "Pilihan ini tidak dikenal. Pilih dari daftar."},
    )


class RupiahField(forms.CharField):
    """A whole amount, "1.500.000"; empty is not known (None), 0 is nothing."""

    def __init__(self, label: str, help_text: str = ""):
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(label=label, help_text=help_text, required=False, max_length=30, widget=widget)

    def prepare_value(self, value):
        return number_format(value, use_l10n=True, force_grouping=True) if isinstance(value, int) else value

    def clean(self, value) -> int | None:
        written = super().clean(value)
        if not written:
            return None
        found = RUPIAH.fullmatch(written)
        if not found:
            raise ValidationError("Tulis rupiah penuh, misalnya 1.500.000.")
        amount = int(found[1].replace(".", ""))
        if amount > LARGEST_AMOUNT:
            raise ValidationError("Jumlah ini terlalu besar. Periksa nolnya.")
        return amount


class AssessmentForm(forms.Form):
    """One day's assessment; `last` is what the form starts from."""

    assessed_on = forms.DateField(
        label="Tanggal asesmen",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "Isi tanggal asesmen.", "invalid": "Tulis tanggal, misalnya 24/11/2026."},
    )
    floor_area_m2 = forms.IntegerField(
        label="Luas lantai",
        help_text="meter persegi",
        required=False,
        min_value=1,
        max_value=LARGEST_FLOOR_M2,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), AREA),
    )
    floor = _chosen("floor")
    walls = _chosen("walls")
    roof = _chosen("roof")
    drinking_water = _chosen("drinking_water")
    lighting = _chosen("lighting")
    power = _chosen("power")
    cooking_fuel = _chosen("cooking_fuel")
    toilet = _chosen("toilet")
    toilet_kind = _chosen("toilet_kind")
    sewage = _chosen("sewage")
    assets = forms.MultipleChoiceField(
        label="Yang dimiliki",
        help_text="boleh lebih dari satu; kosong berarti tidak diketahui",
        required=False,
        choices=[*Asset.choices, (NO_ASSETS, "Tidak punya satu pun")],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "pills"}),
        error_messages={"invalid_choice": "Ada pilihan yang tidak dikenal. Pilih dari daftar."},
    )
    monthly_spending = RupiahField("Pengeluaran sebulan", "rupiah; kosongkan kalau tidak diketahui")
    monthly_income = RupiahField("Penghasilan sebulan", "rupiah, seluruh keluarga; 0 kalau tidak ada")
    savings = RupiahField("Tabungan", "rupiah; 0 kalau tidak ada")
    note = forms.CharField(
        label="Catatan",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[MaxLengthValidator(1000)],
    )

    def __init__(self, data=None, *, last: Assessment | None):
        initial = {"assessed_on": timezone.localdate()}
        if last:
            initial |= {name: getattr(last, name) for name in INDICATORS}
            initial["assets"] = [NO_ASSETS] if last.assets == [] else last.assets
            if last.assessed_on == initial["assessed_on"]:
                initial["note"] = last.note
        super().__init__(data, initial=initial, label_suffix="")

    def clean_assessed_on(self) -> datetime.date:
        day = self.cleaned_data["assessed_on"]
        if day > timezone.localdate():
            raise ValidationError("Tanggal ini belum tiba. Periksa tanggal asesmen.")
        if day < EARLIEST:
            raise ValidationError("Tahunnya tidak masuk akal. Periksa tanggal asesmen.")
        return day

    def clean_assets(self) -> list[str] | None:
        chosen = self.cleaned_data["assets"]
        owned = [code for code in Asset.values if code in chosen]
        if NO_ASSETS in chosen and owned:
            raise ValidationError("Pilih yang dimiliki, atau “Tidak punya satu pun” saja.")
        return owned if chosen else None

    def clean(self) -> dict:
        found = self.cleaned_data
        if found.get("lighting") not in (None, "", Lighting.METERED):
            self._refuse_unasked("power", "Daya hanya untuk listrik PLN dengan meteran. Ubah salah satunya.")
        if found.get("toilet") == Toilet.NONE:
            for name in ("toilet_kind", "sewage"):
                self._refuse_unasked(name, "Tidak cocok dengan “Tidak ada fasilitas” di atas. Ubah salah satunya.")
        if not self.errors and not any(found[name] not in (None, "") for name in INDICATORS):
            raise ValidationError("Isi sedikitnya satu keterangan tentang rumah, aset atau uang keluarga ini.")
        return found

    def _refuse_unasked(self, name: str, why: str) -> None:
        """An answer to what is not asked: one that only stood there from last time is left out."""
        value = self.cleaned_data.get(name)
        if value and value == self.initial.get(name):
            self.cleaned_data[name] = ""
        elif value:
            self.add_error(name, why)

    @property
    def sections(self) -> list[tuple[str, list]]:
        """The fields under their headings."""
        names = {
            "Rumah": ["floor_area_m2", "floor", "walls", "roof"],
            "Air dan listrik": ["drinking_water", "lighting", "power", "cooking_fuel"],
            "Jamban": ["toilet", "toilet_kind", "sewage"],
            "Aset": ["assets"],
            "Uang": [*AMOUNTS],
        }
        return [(heading, [self[name] for name in fields]) for heading, fields in names.items()]
