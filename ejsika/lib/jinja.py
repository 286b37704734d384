"""The second engine of templates, Jinja2: for what a page repeats (rows, cards, marks, fields of forms).

A page is a Django template and takes such a part in by `{% jinja "beneficiaries/_household_table.html" … %}`; the part
stands below templates/jinja2, sees what it is given, and has words of ejsika.lib.tags as filters. Numbers come out
as they are, as ids and coordinates must; those that a person reads take |id_number.
"""

from django.forms.renderers import TemplatesSetting
from django.template import TemplateDoesNotExist, engines
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from jinja2 import Environment

from ejsika.lib import tags

FILTERS = ("id_number", "linked", "day", "day_month", "ago", "rt_rw")


def environment(**options) -> Environment:
    """What such a template finds besides what it is given (see TEMPLATES in the settings)."""
    made = Environment(**options)  # noqa: S701 - Django asks for autoescape
    made.filters |= {name: getattr(tags, name) for name in FILTERS}
    made.filters["linebreaksbr"] = linebreaksbr
    made.globals |= {"icon": tags.icon, "url": lambda name, *args: reverse(name, args=args)}
    return made


class FormRenderer(TemplatesSetting):
    """Fields and widgets come from Jinja2, as a form has dozens; those of Django's admin are Django templates."""

    def get_template(self, template_name):
        try:
            return engines["jinja2"].get_template(template_name)
        except TemplateDoesNotExist:
            return engines["django"].get_template(template_name)
