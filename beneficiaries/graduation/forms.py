"""What each step of a case asks of its person."""

import datetime
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from beneficiaries.choices import GraduationKind, GraduationReason, GraduationState
from beneficiaries.forms.scope import ScopeForm
from beneficiaries.graduation.models import WAITS_FOR, GraduationCase
from beneficiaries.models import Enrollment
from ejsika.programs.models import LegalBasis

TAB_LABELS = {
    GraduationState.PROPOSED: "Diusulkan",
    GraduationState.VERIFIED: "Diverifikasi",
    GraduationState.DECIDED: "Ditetapkan",
    GraduationState.RETURNED: "Dikembalikan",
}


class DayField(forms.DateField):
    """A day that has come already; today where nothing else is said."""

    def __init__(self, **kwargs):
        messages = {"required": "Isi tanggalnya.", "invalid": "Tulis tanggal, misalnya 24/11/2026."}
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(initial=timezone.localdate, error_messages=messages, widget=widget, **kwargs)

    def clean(self, value) -> datetime.date:
        day = super().clean(value)
        if day and day > timezone.localdate():
            raise ValidationError("Tanggalnya belum tiba. Isi tanggal hari ini atau sebelumnya.")
        return day


def note_field(**kwargs) -> forms.CharField:
    return forms.CharField(required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), **kwargs)


class ProposalForm(forms.Form):
    enrollment = forms.ModelChoiceField(
        label="Program",
        queryset=Enrollment.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Pilih program yang ditinggalkan keluarga ini.",
            "invalid_choice": "Pilih salah satu program di bawah ini.",
        },
    )
    kind = forms.ChoiceField(
        label="Jenis graduasi",
        choices=GraduationKind,
        widget=forms.RadioSelect(attrs={"class": "wide"}),
        error_messages={"required": "Pilih jenis graduasi."},
    )
    reasons = forms.MultipleChoiceField(
        label="Alasan",
        help_text="boleh lebih dari satu",
        choices=GraduationReason,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "pills"}),
        error_messages={"required": "Pilih paling sedikit satu alasan."},
    )
    on = DayField(label="Tanggal usulan")
    note = note_field(label="Catatan", help_text="Apa yang berubah pada keluarga ini?")

    def __init__(self, data=None, *, household, user, returned: GraduationCase | None = None):
        super().__init__(data, initial=_values(returned) if returned else None, label_suffix="")
        enrollments = Enrollment.objects.for_user(user).proposable().filter(household=household)
        self.enrollments = list(enrollments.select_related("program").order_by("program__code"))
        field = self.fields["enrollment"]
        field.queryset = enrollments.select_related("program").order_by("program__code")
        field.label_from_instance = lambda enrollment: str(enrollment.program)
        if len(self.enrollments) == 1:
            del self.fields["enrollment"]

    def clean_reasons(self) -> list[str]:
        return list(dict.fromkeys(self.cleaned_data["reasons"]))

    def clean(self) -> dict:
        if len(self.enrollments) == 1:
            self.cleaned_data["enrollment"] = self.enrollments[0]
        enrollment, on = self.cleaned_data.get("enrollment"), self.cleaned_data.get("on")
        if enrollment and on and on < enrollment.entered_on:
            self.add_error("on", "Tanggal ini mendahului masuknya keluarga ke program. Periksa tanggalnya.")
        return self.cleaned_data


class StepForm(forms.Form):
    """A form on the page of a case, where several may stand: each with ids of its own."""

    def __init__(self, data=None, *, case: GraduationCase):
        super().__init__(data, auto_id=f"{type(self).__name__.lower()}_%s", label_suffix="")
        self.case = case


class VerificationForm(StepForm):
    on = DayField(label="Tanggal verifikasi")
    note = note_field(label="Catatan verifikasi")

    def clean_on(self) -> datetime.date:
        on = self.cleaned_data["on"]
        if self.case.proposed_on and on < self.case.proposed_on:
            raise ValidationError("Tanggal ini mendahului tanggal usulan. Periksa tanggalnya.")
        return on


class DecisionForm(StepForm):
    decree = forms.CharField(label="Nomor SK", max_length=100, error_messages={"required": "Isi nomor SK."})
    on = DayField(label="Tanggal SK")
    legal_basis = forms.ModelChoiceField(
        label="Dasar hukum",
        queryset=LegalBasis.objects.order_by("number"),
        required=False,
        empty_label="Tidak disebut",
        error_messages={"invalid_choice": "Pilih dasar hukum dari daftar."},
    )

    def clean_on(self) -> datetime.date:
        on = self.cleaned_data["on"]
        if self.case.verified_on and on < self.case.verified_on:
            raise ValidationError("Tanggal ini mendahului tanggal verifikasi. Periksa tanggalnya.")
        return on

    def clean(self) -> dict:
        basis, on = self.cleaned_data.get("legal_basis"), self.cleaned_data.get("on")
        if basis and on and (on < basis.valid_from or (basis.valid_until and on > basis.valid_until)):
            self.add_error("legal_basis", "Dasar hukum ini tidak berlaku pada tanggal SK.")
        return self.cleaned_data


class ReturnForm(StepForm):
    reason = forms.CharField(
        label="Alasan dikembalikan",
        help_text="Pendamping membacanya: tulis apa yang kurang dan apa yang perlu dilakukan.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Tulis alasannya, supaya pendamping tahu apa yang perlu dilakukan."},
    )


class CaseFilterForm(ScopeForm):
    """The list of cases: region and programme from the scope, and a state; a bad value shows nothing."""

    ALL = "semua"

    state = forms.ChoiceField(
        label="Keadaan",
        required=False,
        choices=[*GraduationState.choices, (ALL, "Semua")],
        error_messages={"invalid_choice": "Keadaan ini tidak dikenal. Pilih salah satu di bawah."},
    )

    def apply(self, queryset):
        found = super().apply(queryset)
        program = self.cleaned_data.get("program")
        return found.filter(enrollment__program=program) if program else found

    def waiting_state(self) -> str | None:
        """The state whose next step this person's role takes."""
        return next((state for state, permission in WAITS_FOR.items() if self.user.may(permission)), None)

    def chosen_state(self, counts: dict[str, int]) -> str:
        """The state asked for; else the one that waits for this person, if anything does; else all."""
        waiting = self.waiting_state()
        return self.cleaned_data.get("state") or (waiting if waiting and counts[waiting] else self.ALL)

    def in_state(self, cases, state: str):
        """Narrow cases to a state, or to all of them."""
        return cases if state == self.ALL else cases.filter(state=state)

    def tabs(self, counts: dict[str, int], chosen: str) -> list["Tab"]:
        """One tab a state and one for all; first the one that waits for this person."""
        first = self.waiting_state()
        states = sorted(counts, key=lambda state: state != first)
        return [
            *(Tab(state, TAB_LABELS[state], counts[state], state == chosen, state == first) for state in states),
            Tab(self.ALL, "Semua", sum(counts.values()), chosen == self.ALL, is_mine=False),
        ]


@dataclass(frozen=True)
class Tab:
    state: str
    label: str
    count: int
    is_chosen: bool
    is_mine: bool


def _values(case: GraduationCase) -> dict:
    """What a new proposal of a returned case starts from."""
    return {"enrollment": case.enrollment_id, "kind": case.kind, "reasons": case.reasons, "note": case.note}
