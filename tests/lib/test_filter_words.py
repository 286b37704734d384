"""What a list is narrowed by, said in a line on paper and in a file."""

import datetime

import pytest
from django import forms

from ejsika.lib.filter_words import in_words
from ejsika.lib.tags import words


class Filter(forms.Form):
    status = forms.ChoiceField(label="Status", required=False, choices=[("", "Semua"), ("aktif", "Aktif")])
    period = forms.CharField(label="Periode", required=False)
    day = forms.DateField(label="Sejak", required=False)
    days = forms.IntegerField(label="Belum dikunjungi selama", required=False)
    search = forms.CharField(required=False)
    cursor = forms.IntegerField(required=False)

    def clean_period(self):
        return datetime.date(2026, 11, 1) if self.cleaned_data["period"] else None


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({}, []),
        ({"status": "aktif"}, [("Status", "Aktif")]),
        ({"period": "2026-11"}, [("Periode", "November 2026")]),
        ({"day": "2026-11-24"}, [("Sejak", "24 Nov 2026")]),
        ({"days": "90", "cursor": "5"}, [("Belum dikunjungi selama", "90")]),
        ({"search": "<b>siti</b>"}, [("Nama", "<b>siti</b>")]),
        ({"status": "x", "days": "90"}, []),
    ],
)
def test_chosen_values_are_told_by_their_labels(data, told):
    assert in_words(Filter(data)) == told


def test_a_line_joins_them():
    assert words(Filter({"status": "aktif", "days": "90"})) == "Status: Aktif · Belum dikunjungi selama: 90"


def test_a_form_with_errors_says_nothing():
    assert words(Filter({"status": "x"})) == ""
