"""What a list is narrowed by, in words: on paper and in a file its filter's fields cannot be seen."""

import datetime

from django import forms
from django.utils.formats import date_format

NOT_A_FILTER = {"cursor", "page"}  # the page in hand
WITHOUT_LABEL = {"search": "Nama"}  # chosen elsewhere on the page than in a field


def in_words(form: forms.Form) -> list[tuple[str, str]]:
    """The chosen values of a form as (label, words); nothing is said of empty ones, nor of a form with errors."""
    if not form.is_valid():
        return []
    found = []
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name)
        if value not in (None, "") and name not in NOT_A_FILTER:
            found.append((str(field.label or WITHOUT_LABEL.get(name, name)), _words(field, value)))
    return found


def _words(field: forms.Field, value) -> str:
    if isinstance(value, datetime.date):
        is_month = not isinstance(field, forms.DateField)  # a field of days gives days, another one months
        return date_format(value, "F Y" if is_month else "DATE_FORMAT")
    if isinstance(field, forms.ModelChoiceField):
        return str(value)
    labels = dict(getattr(field, "choices", ()))
    return str(labels.get(value) or getattr(value, "label", None) or value)
