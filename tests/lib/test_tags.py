import datetime

import pytest
from django.template import Context, Template

from ejsika.lib import tags

TODAY = datetime.date(2026, 11, 24)


@pytest.mark.parametrize(
    ("value", "shown"), [(12813, "12.813"), (0, "0"), (None, "tidak diketahui"), (1_000_000, "1.000.000")]
)
def test_numbers_have_dots_and_the_unknown_is_said(value, shown):
    assert tags.id_number(value) == shown


@pytest.mark.parametrize(
    ("days", "shown"),
    [
        (0, "hari ini"),
        (1, "kemarin"),
        (42, "42 hari lalu"),
        (120, "4 bulan lalu"),
        (800, "2 tahun lalu"),
        (-1, "besok"),
        (-3, "3 hari lagi"),
    ],
)
def test_ages_are_said_in_words(days, shown):
    assert tags.ago(TODAY - datetime.timedelta(days=days), TODAY) == shown


def test_dates_are_short():
    assert tags.day(TODAY) == "24 Nov 2026"


def test_query_keeps_the_other_parameters(rf):
    context = Context({"request": rf.get("/?region=36&sort=name")})
    assert Template("{% query sort=None page=2 %}").render(context) == "?region=36&amp;page=2"


def test_sparkline_starts_at_zero_and_needs_two_points():
    assert tags.spark_line([3]) is None
    assert tags.spark_line([0, 4])["points"] == "4.0,28.0 92.0,4.0"
