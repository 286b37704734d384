"""Which month a report is of."""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format

from beneficiaries.forms.scope import parse_month

MONTHS_OFFERED = 13


class MonthForm(forms.Form):
    period = forms.CharField(label="Bulan", required=False)

    def clean_period(self) -> datetime.date:
        text = self.cleaned_data["period"]
        try:
            return parse_month(text) if text else timezone.localdate().replace(day=1)
        except ValueError:
            raise ValidationError("Bulan ditulis tahun-bulan, misalnya 2026-11.") from None

    def months(self) -> list[tuple[str, str, bool]]:
        """("2026-11", "November 2026", whether chosen) of the last year, and of the month that is shown."""
        chosen = self.cleaned_data.get("period") if self.is_valid() else None
        month, found = timezone.localdate().replace(day=1), []
        for _ in range(MONTHS_OFFERED):
            found.append(month)
            month = (month - datetime.timedelta(days=1)).replace(day=1)
        if chosen and chosen not in found:
            found.append(chosen)
        return [(f"{month:%Y-%m}", date_format(month, "F Y"), month == chosen) for month in sorted(found, reverse=True)]
