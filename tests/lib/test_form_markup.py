"""Fields as every form shows them: what describes a field is found by its id, choices are big buttons."""

import re

from django import forms


class VisitForm(forms.Form):
    result = forms.ChoiceField(
        label="Hasil", choices=[("met", "Bertemu"), ("away", "Rumah kosong")], widget=forms.RadioSelect
    )
    topics = forms.MultipleChoiceField(
        label="Tentang apa?",
        help_text="boleh lebih dari satu",
        choices=[("health", "Kesehatan")],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "pills"}),
    )
    notes = forms.CharField(label="Catatan", help_text="Singkat saja")
    agreed = forms.BooleanField(label="Setuju difoto")


def test_what_describes_a_field_is_on_the_page():
    page = VisitForm({}).as_div()
    described = re.findall(r'aria-describedby="([^"]+)"', page)
    ids = re.findall(r' id="([^"]+)"', page)
    assert {word for words in described for word in words.split()} <= set(ids)
    assert "id_notes_error" in ids
    assert len(ids) == len(set(ids))


def test_a_wrong_field_says_so_in_words_with_an_icon():
    field = str(VisitForm({})["notes"].as_field_group())
    assert 'aria-invalid="true"' in field
    assert re.search(r'<li><svg[^>]+aria-hidden="true"', field)


def test_choices_are_a_named_group_of_buttons():
    form = VisitForm()
    assert re.search(r"<fieldset[^>]*><legend>Hasil</legend>", form["result"].as_field_group())
    assert form["result"].as_field_group().count('class="choice"') == 2
    assert "choices--pills" in form["topics"].as_field_group()


def test_a_lone_checkbox_has_its_words_beside_it():
    field = VisitForm()["agreed"].as_field_group()
    assert re.search(r'<input[^>]+type="checkbox"[^>]*><label for="id_agreed">Setuju difoto</label>', field)
