"""Jinja2 parts: escaped, with the words of our tags, and the fields of every form among them."""

import pytest
from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.template import engines


def written(source: str, **values) -> str:
    return engines["jinja2"].from_string(source).render(values)


def test_what_people_typed_is_escaped():
    assert written("{{ name }}|{{ name|linebreaksbr }}", name="<b>&") == "&lt;b&gt;&amp;|&lt;b&gt;&amp;"


def test_numbers_are_plain_for_addresses_and_grouped_for_readers():
    assert written("{{ n }} {{ n|id_number }}", n=12345) == "12345 12.345"


def test_icon_and_address_are_at_hand():
    made = written('{{ icon("check") }}{{ url("beneficiaries:household_detail", 12345) }}')
    assert made.startswith("<svg") and made.endswith("/households/12345/")


def test_a_part_sees_what_it_is_given_alone(rf):
    source = '{% jinja "assistance_logs/_task_cards.html" tasks=none %}'
    made = engines["django"].from_string(source).render({"none": [], "tasks": ["nobody's"]}, rf.get("/"))
    assert "<li>" not in made


class NameForm(forms.Form):
    name = forms.CharField(label="Nama <i>", help_text="sesuai KTP")
    topics = forms.MultipleChoiceField(choices=[("a", "A & B")], widget=forms.CheckboxSelectMultiple)


@pytest.mark.parametrize(
    "part", ["&lt;i&gt;", "A &amp; B", 'id="id_name_helptext"', 'class="choices"', "tidak boleh kosong"]
)
def test_fields_of_forms_are_made_by_it(part):
    assert part in str(NameForm({"name": ""}))


def test_widgets_of_the_admin_stay_django_templates():
    assert 'class="vDateField"' in str(AdminDateWidget().render("on", None))
