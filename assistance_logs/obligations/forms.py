"""What an assistant writes about a hindrance, and a koordinator about taking it back."""

from django import forms

from assistance_logs.obligations.models import ExcuseReason


class ExcuseForm(forms.Form):
    reason = forms.ChoiceField(
        label="Mengapa tidak dapat dikerjakan bulan ini?",
        choices=ExcuseReason,
        widget=forms.RadioSelect,
        error_messages={"required": "Pilih alasannya.", "invalid_choice": "Pilih alasan dari daftar."},
    )
    note = forms.CharField(
        label="Keterangan", required=False, max_length=300, help_text="wajib diisi jika alasannya lainnya"
    )

    def clean(self) -> dict:
        if self.cleaned_data.get("reason") == ExcuseReason.OTHER and not self.cleaned_data.get("note"):
            self.add_error("note", "Tulis apa halangannya.")
        return self.cleaned_data


class RevokeForm(forms.Form):
    reason = forms.CharField(
        label="Mengapa dicabut?", max_length=300, error_messages={"required": "Tulis alasannya; pendamping membacanya."}
    )
