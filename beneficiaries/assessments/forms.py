"""What an officer writes down about house and economy: what was not found out stays unknown."""

import datetime
import re
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils import formats, timezone
from django.utils.formats import number_format

from beneficiaries.assessment_choices import Lighting, PhotoSubject, Toilet
from beneficiaries.assessments.actions import find_sent
from beneficiaries.assessments.comparison import LABELS
from beneficiaries.models import Assessment, AssessmentPhoto, Household
from beneficiaries.models.assessment import (
    AMOUNTS,
    CHOSEN,
    CONTENT,
    INDICATORS,
    LARGEST_AMOUNT,
    LARGEST_FLOOR_M2,
    MOST_RESIDENTS,
    SEVERAL,
)
from ejsika.files.photos import Photo, read_photo
from ejsika.outbox.forms import SentForm
from ejsika.outbox.sending import STALE

EARLIEST = datetime.date(2000, 1, 1)
NONE = "tidak_ada"
NONE_WORDS = {"assets": "Tidak punya satu pun", "aid": "Tidak ada"}
UNKNOWN = [("", "Tidak diketahui")]
# Dots part thousands; full rupiah, however the currency is written before them.
RUPIAH = re.compile(r"(?:rp\.?)?\s*([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,-|,00)?", re.IGNORECASE)
AREA = f"Tulis luas dalam meter persegi penuh, antara 1 dan {LARGEST_FLOOR_M2}."


SECTIONS = {
    "Rumah": ["residents", "building_status", "land_proof", "floor_area_m2", "floor", "walls", "roof"],
    "Air dan listrik": ["drinking_water", "water_distance", "lighting", "power", "cooking_fuel"],
    "Jamban": ["toilet", "toilet_kind", "sewage"],
    "Makan, pakaian, berobat": ["meals", "meat", "clothes", "treatment"],
    "Kepala keluarga": ["head_education", "head_position", "head_livelihood"],
    "Aset": ["assets"],
    "Uang dan bantuan": [*AMOUNTS, "turnover", "aid"],
}


def photo_name(subject: str) -> str:
    return f"photo_{subject}"


def _number(label: str, help_text: str, most: int, wrong: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        required=False,
        min_value=1,
        max_value=most,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), wrong),
    )


def _chosen(name: str, help_text: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=LABELS[name],
        help_text=help_text,
        required=False,
        choices=[*UNKNOWN, *CHOSEN[name].choices],
        widget=forms.RadioSelect(attrs={"class": "pills"}),
        error_messages={"invalid_choice": "Pilihan ini tidak dikenal. Pilih dari daftar."},
    )


def _several(name: str, help_text: str) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=LABELS[name],
        help_text=help_text,
        required=False,
        choices=[*SEVERAL[name].choices, (NONE, NONE_WORDS[name])],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "pills"}),
        error_messages={"invalid_choice": "Ada pilihan yang tidak dikenal. Pilih dari daftar."},
    )


class PhotoField(forms.FileField):
    """One photo that a browser sends with the form, looked at and made small."""

    widget = forms.FileInput(attrs={"accept": "image/*"})

    def clean(self, data, initial=None) -> Photo | None:
        return read_photo(data) if data else None


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


class AssessmentForm(SentForm):
    """One day's assessment; `last` is what the form starts from, `replaces` what it puts right."""

    # Subjects of which a phone sends photos after the form.
    pictured = forms.CharField(required=False, widget=forms.HiddenInput)
    replaces = forms.CharField(required=False, widget=forms.HiddenInput)  # for a phone, which keeps no address
    assessed_on = forms.DateField(
        label="Tanggal asesmen",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "Isi tanggal asesmen.", "invalid": "Tulis tanggal, misalnya 24/11/2026."},
    )
    residents = _number(
        "Penghuni",
        "orang yang tinggal di rumah ini",
        MOST_RESIDENTS,
        f"Tulis jumlah orang, antara 1 dan {MOST_RESIDENTS}.",
    )
    building_status = _chosen("building_status")
    land_proof = _chosen("land_proof")
    floor_area_m2 = _number("Luas lantai", "meter persegi", LARGEST_FLOOR_M2, AREA)
    floor = _chosen("floor")
    walls = _chosen("walls")
    roof = _chosen("roof")
    drinking_water = _chosen("drinking_water")
    water_distance = _chosen("water_distance", "dari sumur atau mata air ke penampungan tinja terdekat")
    lighting = _chosen("lighting")
    power = _chosen("power")
    cooking_fuel = _chosen("cooking_fuel")
    toilet = _chosen("toilet")
    toilet_kind = _chosen("toilet_kind")
    sewage = _chosen("sewage")
    meals = _chosen("meals")
    meat = _chosen("meat")
    clothes = _chosen("clothes", "untuk tiap orang")
    treatment = _chosen("treatment", "di puskesmas atau poliklinik")
    head_education = forms.ChoiceField(
        label="Pendidikan",
        help_text="ijazah tertinggi",
        required=False,
        choices=[*UNKNOWN, *CHOSEN["head_education"].choices],
        error_messages={"invalid_choice": "Pilihan ini tidak dikenal. Pilih dari daftar."},
    )
    head_position = _chosen("head_position")
    head_livelihood = _chosen("head_livelihood")
    assets = _several("assets", "boleh lebih dari satu; kosong berarti tidak diketahui")
    monthly_spending = RupiahField("Pengeluaran sebulan", "rupiah; kosongkan kalau tidak diketahui")
    monthly_income = RupiahField("Penghasilan sebulan", "rupiah, seluruh keluarga; 0 kalau tidak ada")
    savings = RupiahField("Tabungan", "rupiah; 0 kalau tidak ada")
    turnover = _chosen("turnover", "kalau ada usaha")
    aid = _several("aid", "diterima setahun ini; kosong berarti tidak diketahui")
    note = forms.CharField(
        label="Catatan",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[MaxLengthValidator(1000)],
    )

    def __init__(
        self,
        data=None,
        files=None,
        *,
        household: Household | None,
        user=None,
        last: Assessment | None = None,
        replaces: Assessment | None = None,
        is_theirs_today=True,
    ):
        self.household, self.user, self.replaces = household, user, replaces
        self.standing = replaces or (last if last and is_own_of_today(last, user) else None)
        self.is_theirs_today = is_theirs_today
        self.photos: dict[str, Photo] = {}
        super().__init__(data, files, initial=start_values(household, replaces or last, replaces))
        for subject in PhotoSubject:
            self.fields[photo_name(subject)] = PhotoField(label=subject.label, required=False)

    @classmethod
    def bare(cls) -> "AssessmentForm":
        """The form as a phone keeps it: about no family and no day, the same for everybody."""
        form = cls(household=None)
        form.auto_id = "assessment_%s"  # bare forms of several kinds stand in one page
        form.initial |= {"uuid": "", "assessed_on": ""}
        return form

    def clean_assessed_on(self) -> datetime.date:
        day = self.cleaned_data["assessed_on"]
        if day > timezone.localdate():
            raise ValidationError("Tanggal ini belum tiba. Periksa tanggal asesmen.")
        if day < EARLIEST:
            raise ValidationError("Tahunnya tidak masuk akal. Periksa tanggal asesmen.")
        if not self.is_theirs_today and not self.household.assignments.touching(day).filter(assistant=self.user):
            raise ValidationError(
                f"Pada {formats.date_format(day)} keluarga ini tidak ditugaskan kepada Anda. Periksa tanggalnya; "
                "kalau tanggalnya benar, minta koordinator memeriksa tanggal penugasan."
            )
        return day

    def clean_pictured(self) -> list[str]:
        """A word that is none is left out: nobody can mend it by hand."""
        return [subject for subject in PhotoSubject.values if subject in self.cleaned_data["pictured"].split(",")]

    def clean_assets(self) -> list[str] | None:
        return self._owned("assets", "Pilih yang dimiliki, atau “Tidak punya satu pun” saja.")

    def clean_aid(self) -> list[str] | None:
        return self._owned("aid", "Pilih yang diterima, atau “Tidak ada” saja.")

    def _owned(self, name: str, contradicting: str) -> list[str] | None:
        chosen = self.cleaned_data[name]
        owned = [code for code in SEVERAL[name].values if code in chosen]
        if NONE in chosen and owned:
            raise ValidationError(contradicting)
        return owned if chosen else None

    def clean(self) -> dict:
        found = self.cleaned_data
        for name in ("outbox_version", "replaces"):
            found.pop(name, None)
        self.photos = {subject: found.pop(photo_name(subject), None) for subject in PhotoSubject.values}
        self.photos = {subject: photo for subject, photo in self.photos.items() if photo}
        if found.get("lighting") not in (None, "", Lighting.METERED):
            self._refuse_unasked("power", "Daya hanya untuk listrik PLN dengan meteran. Ubah salah satunya.")
        if found.get("toilet") == Toilet.NONE:
            for name in ("toilet_kind", "sewage"):
                self._refuse_unasked(name, "Tidak cocok dengan “Tidak ada fasilitas” di atas. Ubah salah satunya.")
        if not self.errors and not any(found[name] not in (None, "") for name in INDICATORS):
            raise ValidationError("Isi sedikitnya satu keterangan tentang rumah, aset atau uang keluarga ini.")
        found["pictured"] = [*dict.fromkeys([*found.get("pictured", []), *self.photos])]
        return found

    def _refuse_unasked(self, name: str, why: str) -> None:
        """An answer to what is not asked: one that only stood there from last time is left out."""
        value = self.cleaned_data.get(name)
        if value and value == self.initial.get(name):
            self.cleaned_data[name] = ""
        elif value:
            self.add_error(name, why)

    @property
    def sections(self) -> list["Section"]:
        """The fields under their headings."""
        following = [*list(SECTIONS)[1:], "Foto dan catatan"]
        return [
            Section(heading, [self[name] for name in fields], after)
            for (heading, fields), after in zip(SECTIONS.items(), following, strict=True)
        ]

    @property
    def slots(self) -> list[tuple[str, forms.BoundField, AssessmentPhoto | None]]:
        """The photos' fields by subject, each with the photo that stands already."""
        standing = {row.subject: row for row in self.standing.photos.all()} if self.standing else {}
        return [(subject, self[photo_name(subject)], standing.get(subject)) for subject in PhotoSubject.values]

    def sent_before(self) -> Assessment | None:
        """The assessment that this same sending stored already, whatever else it says now. Call after is_valid()."""
        return find_sent(self.cleaned_data.get("uuid"), by=self.user, household=self.household)


class OutboxAssessmentForm(AssessmentForm):
    """What a phone sends that may have been edited since a sending of which no answer came."""

    revision = forms.UUIDField(required=False, error_messages={"invalid": STALE})


@dataclass(frozen=True)
class Section:
    """Some questions under a heading, and the heading that follows."""

    heading: str
    fields: list
    following: str


def is_own_of_today(assessment: Assessment, user) -> bool:
    """Whether saving again today would put it right."""
    return assessment.officer_id == user.pk and assessment.assessed_on == timezone.localdate()


def start_values(household: Household | None, last: Assessment | None, replaces: Assessment | None = None) -> dict:
    """What the form starts from: the answers of last time, and those of today that it puts right."""
    today = timezone.localdate()
    values = {"assessed_on": replaces.assessed_on if replaces else today}
    if last:
        values |= {name: getattr(last, name) for name in CONTENT}
        values |= {name: [NONE] if getattr(last, name) == [] else getattr(last, name) for name in SEVERAL}
        if last.assessed_on != values["assessed_on"]:
            del values["note"]
    if replaces:
        values["replaces"] = replaces.pk
    if household and values.get("residents") is None:
        values["residents"] = household.members.filter(left_on__isnull=True).count() or None
    return values
