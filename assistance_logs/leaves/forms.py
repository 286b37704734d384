"""What is written about a leave."""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from assistance_logs.leaves.models import LeaveReason
from assistance_logs.targets.people import assistants_in
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Role

MOST_DAYS = 366
BACK_DAYS = 92  # so far back a leave may begin: older months have been reported


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self):
        super().__init__(format="%Y-%m-%d")


class LeaveForm(forms.Form):
    """`assistant` is asked of a koordinator alone: an assistant writes the own one."""

    assistant = forms.ModelChoiceField(
        label="Pendamping",
        queryset=User.objects.none(),
        empty_label="Pilih pendamping",
        error_messages={
            "required": "Pilih pendampingnya.",
            "invalid_choice": "Pendamping ini tidak ada atau di luar wilayah Anda.",
        },
    )
    started_on = forms.DateField(label="Mulai", widget=DayInput, error_messages={"required": "Isi hari pertamanya."})
    ended_on = forms.DateField(
        label="Sampai dengan", widget=DayInput, error_messages={"required": "Isi hari terakhirnya."}
    )
    reason = forms.ChoiceField(
        label="Alasan",
        choices=LeaveReason,
        widget=forms.RadioSelect,
        error_messages={"required": "Pilih alasannya.", "invalid_choice": "Pilih alasan dari daftar."},
    )
    note = forms.CharField(label="Keterangan", required=False, max_length=300)

    def __init__(self, data=None, *, user):
        super().__init__(data, label_suffix="")
        self.user = user
        if user.role == Role.PENDAMPING:
            del self.fields["assistant"]
        else:
            self.fields["assistant"].queryset = assistants_in(user, "")

    def clean_started_on(self) -> datetime.date:
        day = self.cleaned_data["started_on"]
        if abs((day - timezone.localdate()).days) > MOST_DAYS or (timezone.localdate() - day).days > BACK_DAYS:
            raise ValidationError("Mulai paling lama tiga bulan lalu, paling lambat setahun lagi. Periksa tanggalnya.")
        return day

    def clean(self) -> dict:
        values = self.cleaned_data
        values.setdefault("assistant", self.user if "assistant" not in self.fields else None)
        start, end = values.get("started_on"), values.get("ended_on")
        if start and end and end < start:
            self.add_error("ended_on", "Hari terakhir tidak mungkin sebelum hari pertama.")
        elif start and end and (end - start).days >= MOST_DAYS:
            self.add_error("ended_on", "Cuti paling lama setahun. Periksa tanggalnya.")
        return values


class RevokeForm(forms.Form):
    reason = forms.CharField(
        label="Alasan", max_length=300, error_messages={"required": "Tulis alasannya; yang lain membacanya."}
    )
