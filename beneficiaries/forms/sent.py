"""An edit of a family as a phone sends it: beside the fields of the page's own form, what they were filled from."""

import json
import re

from django import forms
from django.core.exceptions import ValidationError

from beneficiaries.edits import COLUMNS, MEMBER_UNITS, PLACE, POINT, Seen, columns_of, member_of, plain_point
from beneficiaries.forms.changes import UNREADABLE, HouseholdEditForm
from beneficiaries.forms.members import MemberForm, NewMemberForm
from beneficiaries.models import Household
from ejsika.outbox.forms import SentForm
from ejsika.outbox.sending import STALE

LONGEST_BASE = 100_000
DEGREES = re.compile(r"-?[0-9]{1,3}\.[0-9]{6}")
_PLAIN = (str, int, type(None))  # bool is an int


class SentEditForm(SentForm):
    """The number of an edit, and `base`: the units that it was written upon; the point where there was network."""

    base = forms.CharField(max_length=LONGEST_BASE, widget=forms.HiddenInput, error_messages={"required": STALE})
    revision = forms.UUIDField(required=False, error_messages={"invalid": STALE})

    def clean_base(self) -> dict:
        try:
            base = json.loads(self.cleaned_data["base"])
        except ValueError:
            raise ValidationError(UNREADABLE) from None
        if not _is_base(base):
            raise ValidationError(UNREADABLE)
        return base


def _is_base(base) -> bool:
    """Whether it has all units of the family and of each member that it speaks of, in plain values."""
    if not isinstance(base, dict):
        return False
    numbers = {unit.partition("-")[0] for unit in base if "-" in unit}
    if not all(number[:1] == "m" and number[1:].isascii() and number[1:].isdecimal() for number in numbers):
        return False
    expected = {*COLUMNS, *(f"{number}-{name}" for number in numbers for name in MEMBER_UNITS)}
    if base.keys() - {POINT} != expected:
        return False
    return all(_is_point(value) if unit == POINT else _is_plain(unit, value) for unit, value in base.items())


def _is_point(value) -> bool:
    is_pair = isinstance(value, list) and len(value) == len(PLACE)
    return value is None or (is_pair and all(isinstance(part, str) and DEGREES.fullmatch(part) for part in value))


def _is_plain(unit: str, value) -> bool:
    parts = len(columns_of(unit))
    if parts == 1:
        return isinstance(value, _PLAIN)
    return isinstance(value, list) and len(value) == parts and all(isinstance(part, _PLAIN) for part in value)


def edit_form(fields, base: dict, household: Household) -> HouseholdEditForm | None:
    """The page's own form with what a phone sent, upon its base; None where that has members of another family."""
    members = {member_of(unit) for unit in base if member_of(unit)}
    if household.members.filter(pk__in=members).count() < len(members):
        return None
    data = fields.copy()
    seen = {POINT: plain_point(household.latitude, household.longitude)} | base
    if POINT not in base or not set(PLACE) <= data.keys():
        data["latitude"], data["longitude"] = seen[POINT] or ("", "")
    data["seen"] = Seen(seen).sign(household)
    return HouseholdEditForm(data, household=household)


def reasons_of(form: HouseholdEditForm) -> tuple[list[str], dict]:
    """What is wrong, a line each, and by the names of the fields."""
    reasons, errors = list(form.non_field_errors()), {}
    for part in (form, *form.all_rows):
        for field in part:
            if field.errors:
                where = f"{part.heading}, {field.label}" if part is not form else field.label
                reasons += [f"{where}: {error}" for error in field.errors]
                errors[field.html_name] = [{"message": error} for error in field.errors]
    return reasons, errors


class BareEditForm(SentForm):
    """The form as a phone keeps it: about no family; `row` becomes one of each member."""

    base = forms.CharField(widget=forms.HiddenInput)
    address = HouseholdEditForm.base_fields["address"]
    rt = HouseholdEditForm.base_fields["rt"]
    rw = HouseholdEditForm.base_fields["rw"]
    phone = HouseholdEditForm.base_fields["phone"]
    # Of an edit that was begun with network, where there is a map.
    latitude = forms.CharField(required=False, widget=forms.HiddenInput)
    longitude = forms.CharField(required=False, widget=forms.HiddenInput)
    accuracy = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self):
        super().__init__(auto_id="household_%s")
        self.initial |= {"uuid": ""}
        unknown = {f"m0-{name}": [None] * len(columns) for name, columns in MEMBER_UNITS.items()}
        seen = {unit: value if len(value) > 1 else None for unit, value in unknown.items()}
        self.row = MemberForm(pk=0, seen=seen, is_recipient=False)
        self.newcomer = NewMemberForm()
