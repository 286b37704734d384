"""Which assistant a family gets: one family on its page, or many that were picked on the list."""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from beneficiaries.forms.households import HouseholdFilterForm
from beneficiaries.handover import MOST
from beneficiaries.models import Assignment, Household
from ejsika.accounts.models import User
from ejsika.lib.paginate import count_up_to

NONE_PICKED = "Belum ada keluarga yang dipilih. Centang keluarga di daftar, lalu tekan Tugaskan."
NONE_LEFT = "Tidak ada lagi keluarga yang cocok dengan saringan ini. Mungkin baru saja ditugaskan."
TOO_MANY = "Sekali tugas paling banyak {most} keluarga. Persempit daftarnya dengan saringan, lalu ulangi."
DAYS_BACK = 92


class AssignForm(forms.Form):
    """Which assistant a family gets; none means that nobody has it from today on."""

    assistant = forms.ModelChoiceField(
        label="Pendamping",
        required=False,
        queryset=User.objects.none(),
        empty_label="Tanpa pendamping",
        help_text="Hanya pendamping aktif yang wilayah dan programnya meliputi keluarga ini.",
        error_messages={"invalid_choice": "Pendamping ini tidak aktif, atau wilayah atau programnya lain. Pilih lagi."},
    )
    reason = forms.CharField(
        label="Alasan",
        required=False,
        max_length=300,
        help_text="wajib diisi jika keluarga menjadi tanpa pendamping",
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, household: Household, current: Assignment | None):
        initial = {"assistant": current and current.assistant_id, "seen": current and current.pk}
        super().__init__(data, initial=initial)
        field = self.fields["assistant"]
        field.queryset = assignable([household.region_id], household.enrollments.values("program"))
        field.label_from_instance = _with_burden

    def clean(self) -> dict:
        chosen = self.cleaned_data
        if "assistant" in chosen and chosen["assistant"] is None and not chosen.get("reason"):
            self.add_error("reason", "Tulis alasan mengapa keluarga ini menjadi tanpa pendamping.")
        return chosen

    @property
    def has_candidates(self) -> bool:
        return len(self.fields["assistant"].choices) > 1

    def renew_seen(self, current: Assignment | None) -> None:
        self.data = self.data.copy()
        self.data["seen"] = current.pk if current else ""


class Selection:
    """The families that were picked on the list: single ones, or all that its filter lets through.

    `families` is narrowed to what the person may see; `foreign` counts the picked ones that are not among them.
    """

    def __init__(self, data, *, user, session):
        self.filter = HouseholdFilterForm(data, user=user, session=session)
        self.is_all = "all" in data
        seen = Household.objects.for_user(user)
        self.ids = set() if self.is_all else {int(text) for text in data.getlist("household") if _is_id(text)}
        self.families = self.filter.apply(seen) if self.is_all else seen.filter(pk__in=self.ids)
        self.count = count_up_to(self.families, MOST)

    @property
    def foreign(self) -> int:
        return 0 if self.is_all else len(self.ids) - self.count

    @property
    def refusal(self) -> str:
        """Why nothing can be done with these families; "" where something can."""
        if self.count > MOST:
            return TOO_MANY.format(most=f"{MOST:,}".replace(",", "."))
        if self.count:
            return ""
        wrong = [error for errors in self.filter.errors.values() for error in errors]
        return " ".join(wrong) or (NONE_LEFT if self.is_all else NONE_PICKED)

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The selection as hidden fields, for the next step."""
        picked = [("all", "1")] if self.is_all else [("household", str(pk)) for pk in sorted(self.ids)]
        return [*self.filter.kept.items(), *picked]

    @property
    def list_url(self) -> str:
        return f"{reverse('beneficiaries:household_list')}?{self.filter.query()}"


class HandOverForm(forms.Form):
    """To whom many families go, and since when; `seen` is the digest of what the confirmation said.

    Its fields have a prefix: the filter of the list, which comes along, has an assistant as well.
    """

    prefix = "to"

    assistant = forms.ModelChoiceField(
        label="Pendamping",
        queryset=User.objects.none(),
        empty_label="Pilih pendamping",
        help_text="Di belakang nama: banyaknya keluarga yang sekarang didampingi.",
        error_messages={
            "required": "Pilih pendamping.",
            "invalid_choice": "Pendamping ini tidak aktif, atau wilayah atau programnya lain. Pilih lagi.",
        },
    )
    starting_on = forms.DateField(
        label="Mulai tanggal",
        initial=timezone.localdate,
        help_text="Hari ini, atau paling lama tiga bulan lalu jika keluarganya sudah diserahkan lebih dulu.",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "Isi tanggalnya.", "invalid": "Tulis tanggal, misalnya 24/11/2026."},
    )
    reason = forms.CharField(label="Alasan", required=False, max_length=300, help_text="boleh kosong")
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, data=None, *, families):
        super().__init__(data, label_suffix="")
        field = self.fields["assistant"]
        regions = families.order_by().values_list("region_id", flat=True).distinct()
        programs = families.order_by().values_list("enrollments__program", flat=True).distinct()
        field.queryset = assignable(list(regions), list(filter(None, programs)))
        field.label_from_instance = _with_burden

    def clean_starting_on(self) -> datetime.date:
        day, today = self.cleaned_data["starting_on"], timezone.localdate()
        if day > today:
            raise ValidationError("Tanggalnya belum tiba. Isi hari ini atau sebelumnya.")
        if day < today - datetime.timedelta(days=DAYS_BACK):
            raise ValidationError("Tanggalnya lebih dari tiga bulan lalu. Isi tanggal yang lebih baru.")
        return day

    @property
    def has_candidates(self) -> bool:
        return len(self.fields["assistant"].choices) > 1


def assignable(region_codes: list[str], programs):
    """Active assistants whose regions hold one of these desas and who have one of these programmes (ids)."""
    in_program = User.programs.through.objects.filter(user=OuterRef("pk"), program__in=programs)
    return (
        User.objects.active()
        .assistants()
        .covering(region_codes)
        .filter(Q(all_programs=True) | Exists(in_program))
        .annotate(families=Count("assignments", filter=Q(assignments__ended_on__isnull=True)))
        .order_by("name", "pk")
    )


def _with_burden(assistant: User) -> str:
    return f"{assistant.name} · {assistant.families} keluarga"


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18
