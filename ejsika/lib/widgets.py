"""Widgets of forms that many pages bear."""

from django import forms
from django.forms.utils import flatatt
from django.utils.safestring import mark_safe
from markupsafe import escape


class ShortSelect(forms.Select):
    """A select written in one go: Django renders a template for each option, which takes long for hundreds."""

    def render(self, name, value, attrs=None, renderer=None) -> str:
        chosen = {str(item) for item in self.format_value(value)}
        options = ((str("" if code is None else code), label) for code, label in self.choices)
        written = "".join(
            f'<option value="{escape(code)}"{" selected" if code in chosen else ""}>{escape(label)}</option>'
            for code, label in options
        )
        attributes = flatatt(self.build_attrs(self.attrs, {"name": name} | (attrs or {})))
        return mark_safe(f"<select{attributes}>{written}</select>")  # noqa: S308 - escaped above
