"""The second engine of templates, Jinja2: for what a page repeats (rows, cards, marks, fields of forms).

A page is a Django template and takes such a part in by `{% jinja "beneficiaries/_household_table.html" … %}`; the part
stands below templates/jinja2, sees what it is given, and has words of ejsika.lib.tags as filters. Numbers come out
as they are, as ids and coordinates must; those that a person reads take |id_number.
"""

from django.forms.renderers import TemplatesSetting
from django.template import TemplateDoesNotExist, engines
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from jinja2 import Environment, pass_context

from ejsika.lib import tags
from ejsika.lib.http import page_url, row_url

FILTERS = ("id_number", "told", "linked", "day", "day_month", "ago", "rt_rw")


def environment(**options) -> Environment:
    """What such a template finds besides what it is given (see TEMPLATES in the settings)."""
    made = Environment(**options)  # noqa: S701 - Django asks for autoescape
    made.filters |= {name: getattr(tags, name) for name in FILTERS}
    made.filters["linebreaksbr"] = linebreaksbr
    made.globals |= {"icon": tags.icon, "spark_line": tags.spark_line, "query": pass_context(tags.query)}
    made.globals["url"] = _url
    return made


def _url(name: str, *args) -> str:
    if not args:
        return page_url(name)
    return row_url(name, *args) if len(args) == 1 and isinstance(args[0], int) else reverse(name, args=args)


class FormRenderer(TemplatesSetting):
    """Fields and widgets come from Jinja2, as a form has dozens; those of Django's admin are Django templates."""

    def get_template(self, template_name):
        try:
            return engines["jinja2"].get_template(template_name)
        except TemplateDoesNotExist:
            return engines["django"].get_template(template_name)
