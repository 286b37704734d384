"""What templates say everywhere: numbers, dates and ages in Indonesian, icons, links that keep their parameters.

A builtin of every template (see settings), so none of it is loaded by name.
"""

import datetime
from functools import cache, lru_cache

from django import template
from django.conf import settings
from django.template import engines
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.safestring import mark_safe
from lucide import _render_icon as lucide_icon
from markupsafe import escape

from ejsika.lib.filter_words import in_words

register = template.Library()
UNKNOWN = "tidak diketahui"
FEW = "< 5"


@register.filter
def id_number(value) -> str:
    """A whole number with dots for thousands; what is not known is said to be so, never shown as 0."""
    if isinstance(value, int):
        return f"{value:,}".replace(",", ".")
    return UNKNOWN if value is None else formats.number_format(value, use_l10n=True, force_grouping=True)


@register.filter
def told(n: int | None) -> str:
    """A number of families or persons; None is one that is too small to be told (reports.small_counts)."""
    return FEW if n is None else id_number(n)


@register.filter
def linked(cell) -> str:
    """The number of anything with n and url, as a link to the list behind it where there is one."""
    words = escape(told(cell.n))
    return mark_safe(f'<a href="{escape(cell.url)}">{words}</a>') if cell.url else words  # noqa: S308 - escaped


@register.filter
def day(value) -> str:
    """A date as on screens: 24 Nov 2026. Aware times are shown in Jakarta's day."""
    return "" if value is None else _day(_date(value))


@lru_cache(2_000)  # the same days come again and again
def _day(date: datetime.date) -> str:
    return formats.date_format(date, "DATE_FORMAT")


@register.filter
def day_month(value) -> str:
    """A date without its year: 24 Nov."""
    return _day_month(_date(value))


@lru_cache(2_000)
def _day_month(date: datetime.date) -> str:
    return formats.date_format(date, "j M")


@register.filter
def ago(value, today=None) -> str:
    """How long ago a day was: "hari ini", "kemarin", "42 hari lalu", "3 bulan lalu"; ahead: "3 hari lagi"."""
    if value is None:
        return ""
    days = ((today or timezone.localdate()) - _date(value)).days
    if days < 0:
        return f"{-days} hari lagi" if days < -1 else "besok"
    if days < 2:
        return ("hari ini", "kemarin")[days]
    if days < 100:
        return f"{days} hari lalu"
    return f"{days // 30} bulan lalu" if days < 730 else f"{days // 365} tahun lalu"


@register.filter
def words(form) -> str:
    """What a filter is set to, in a line: "Wilayah: Kabupaten Lebak · Status: Aktif"."""
    return " · ".join(f"{label}: {value}" for label, value in in_words(form))


@register.filter
def rt_rw(place) -> str:
    """ "RT 002/RW 004" of anything with rt and rw; what is missing is left out."""
    parts = [f"{label} {number:03}" for label, number in (("RT", place.rt), ("RW", place.rw)) if number is not None]
    return "/".join(parts)


@register.simple_tag
def icon(name: str, size: int = 20, **attributes) -> str:
    """A lucide icon as inline SVG, hidden from screen readers: words stand beside it. Unknown names raise."""
    return _icon(name, size, **attributes)


@cache
def _icon(name: str, size: int, **attributes) -> str:
    return mark_safe(lucide_icon(name, size, aria_hidden="true", **attributes))  # noqa: S308 - the package's own SVG


@register.simple_tag(takes_context=True)
def jinja(context, name: str, **values) -> str:
    """A part of the page made by Jinja2 (ejsika.lib.jinja): it sees these values alone, or all where none is named."""
    made = engines["jinja2"].get_template(name).render(values or context.flatten())
    return mark_safe(made)  # noqa: S308 - autoescape is on there


@register.simple_tag
def asset(path: str) -> str:
    """Address of a static file, or its plain one where the hashed names are missing: error pages must not fail."""
    try:
        return static(path)
    except ValueError:
        return settings.STATIC_URL + path


@register.simple_tag(takes_context=True)
def page_title(context) -> str:
    """What the page put into its block "title", for the other places in the frame that show it."""
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    block = blocks.get_block("title") if blocks else None
    return block.nodelist.render(context) if block else ""


@register.simple_tag(takes_context=True)
def query(context, **changes) -> str:
    """The present GET parameters with some changed (None takes one out): "?region=36&sort=name"."""
    parameters = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    return f"?{parameters.urlencode()}" if parameters else "?"


def _date(value) -> datetime.date:
    return timezone.localtime(value).date() if isinstance(value, datetime.datetime) else value


def spark_line(points) -> dict | None:
    """Coordinates of a sparkline of 96 by 32, zero at its foot; None for fewer than two points."""
    points = [point or 0 for point in points or ()]
    if len(points) < 2:
        return None
    top, step = max(points) or 1, 88 / (len(points) - 1)
    places = [(f"{4 + index * step:.1f}", f"{28 - 24 * point / top:.1f}") for index, point in enumerate(points)]
    return {"points": " ".join(",".join(place) for place in places), "x": places[-1][0], "y": places[-1][1]}
