"""What an admin says of two families that are one: whose values stay, who is whom, and why."""

from django import forms
from django.core.exceptions import ValidationError

from beneficiaries.forms.households import NUMBER_DIGITS
from beneficiaries.merging.comparison import MINE, THEIRS, Comparison
from beneficiaries.models import Member
from beneficiaries.search import digits_of

SHORTEST_REASON = 10
EMPTY = "kosong"


class NumberForm(forms.Form):
    """The number of the other family; sent by POST, so that it stands in no URL."""

    number = forms.CharField(
        label="NIK pengurus atau No KK keluarga lain",
        max_length=40,
        help_text="16 angka, lengkap",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": "Tulis nomor keluarga lain itu."},
    )

    def clean_number(self) -> str:
        digits = digits_of(self.cleaned_data["number"])
        if len(digits) != NUMBER_DIGITS:
            raise ValidationError("NIK dan No KK terdiri dari 16 angka. Tulis lengkap.")
        return digits


class MergeForm(forms.Form):
    """A question for each thing that differs, one for each person of the other family, and the reason.

    `seen` is the state that the page showed.
    """

    reason = forms.CharField(
        label="Alasan",
        max_length=300,
        help_text="bagaimana Anda tahu bahwa keduanya satu keluarga; jangan tulis nomor",
        error_messages={"required": "Tulis mengapa keduanya satu keluarga."},
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, comparison: Comparison):
        self.comparison = comparison
        super().__init__(data, initial={"seen": comparison.state}, label_suffix="")
        questions, mine = comparison.questions(), comparison.members[comparison.kept.pk]
        self.units = [row.name for row in questions]
        self.people = [f"person-{member.pk}" for member in comparison.members[comparison.merged.pk]]
        for row in questions:
            self.fields[row.name] = _choice(
                row.label,
                [
                    (MINE, f"Yang dipertahankan: {row.mine or EMPTY}"),
                    (THEIRS, f"Yang digabungkan: {row.theirs or EMPTY}"),
                ],
                row.offered,
            )
        joining = [("", "Orang lain: masuk sebagai anggota")]
        same = [(str(member.pk), f"Orang yang sama dengan {member.name}") for member in mine]
        for member in comparison.members[comparison.merged.pk]:
            offered = _twin(member, mine)
            self.fields[f"person-{member.pk}"] = _choice(
                f"{member.name}{' (pengurus)' if member.is_recipient else ''}",
                [*same, *joining],
                str(offered.pk) if offered else "",
                required=False,
                widget=forms.Select,
            )

    def clean_reason(self) -> str:
        reason = " ".join(self.cleaned_data["reason"].split())
        if len(reason) < SHORTEST_REASON:
            raise ValidationError(f"Tulis alasannya, sedikitnya {SHORTEST_REASON} huruf.")
        return reason

    @property
    def unit_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.units]

    @property
    def person_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.people]

    def decision(self) -> dict:
        """What merge() is told. Call after is_valid()."""
        said = self.cleaned_data
        persons = {int(name.partition("-")[2]): int(said[name]) for name in self.people if said[name]}
        return {
            "seen": said["seen"],
            "chosen": {name: said[name] for name in self.units},
            "persons": persons,
            "reason": said["reason"],
        }

    def after(self, error: ValidationError, comparison: Comparison) -> "MergeForm":
        """The form as it was sent, with what stands by now and why nothing was done."""
        data = self.data.copy()
        data["seen"] = comparison.state
        form = MergeForm(data, comparison=comparison)
        form.is_valid()
        form.add_error(None, error)
        return form


def _choice(label: str, choices: list, offered: str, *, required=True, widget=None) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        initial=offered,
        required=required,
        widget=widget or forms.RadioSelect(attrs={"class": "wide"}),
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Pilih salah satu."),
    )


def _twin(member: Member, mine: list[Member]) -> Member | None:
    """Who of the kept family this one seems to be: the other recipient, else the same name and birth date."""
    if member.is_recipient:
        return next((one for one in mine if one.is_recipient), None)
    alike = (one for one in mine if one.name.casefold() == member.name.casefold() and not one.is_recipient)
    return next((one for one in alike if one.born_on == member.born_on or None in (one.born_on, member.born_on)), None)
