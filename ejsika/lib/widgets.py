"""Widgets of forms that many pages bear."""

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join


class ShortSelect(forms.Select):
    """A select written in one go: Django renders a template for each option, which takes long for hundreds."""

    def render(self, name, value, attrs=None, renderer=None) -> str:
        chosen = {str(item) for item in self.format_value(value)}
        options = (
            (str(code), " selected" if str(code) in chosen else "", label)
            for code, label in ((("" if code is None else code), label) for code, label in self.choices)
        )
        written = format_html_join("", '<option value="{}"{}>{}</option>', options)
        attributes = flatatt(self.build_attrs(self.attrs, {"name": name} | (attrs or {})))
        return format_html("<select{}>{}</select>", attributes, written)
