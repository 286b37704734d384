"""Components against an independent statement of the same rule, in PostgreSQL's own age()."""

import datetime
import itertools

import pytest
from django.db import connection
from django.utils import timezone

from beneficiaries import figures
from beneficiaries.components import Component, condition, years_before
from beneficiaries.models import Household, Member
from tests.factories import make_household, make_member

DAY = datetime.date(2026, 11, 24)
INDEPENDENT = """
    SELECT m.id, k.name FROM beneficiaries_member m
    CROSS JOIN LATERAL (SELECT date_part('year', age(%(day)s::date, m.born_on)) AS years,
        m.born_on <= %(day)s AS is_born) a
    CROSS JOIN LATERAL (VALUES
        ('balita', a.is_born AND a.years < 5),
        ('sd', m.school_level = 'SD' AND coalesce(a.years < 21, true)
            OR m.school_level = '' AND a.years BETWEEN 7 AND 12),
        ('smp', m.school_level = 'SMP' AND coalesce(a.years < 21, true)
            OR m.school_level = '' AND a.years BETWEEN 13 AND 15),
        ('sma', m.school_level = 'SMA' AND coalesce(a.years < 21, true)
            OR m.school_level = '' AND a.years BETWEEN 16 AND 18),
        ('hamil', m.is_pregnant), ('lansia', a.years >= 60), ('disabilitas', m.is_disabled)
    ) AS k(name, is_so)
    WHERE k.is_so AND m.joined_on <= %(day)s AND (m.left_on IS NULL OR m.left_on > %(day)s)
"""


@pytest.fixture
def family(program):
    return make_household()


def add(family, born_on=None, **fields):
    return make_member(family, born_on=born_on, **fields)


def of(member, day=DAY):
    return [
        component.value
        for component in Component
        if Member.objects.filter(condition(component, day), pk=member.pk).exists()
    ]


def years_old(years, days=0):
    """Born on the day's date that many years before, some days later or earlier."""
    return years_before(DAY, years) + datetime.timedelta(days=days)


@pytest.mark.parametrize(
    ("born_on", "expected"),
    [
        (DAY, ["balita"]),
        (DAY + datetime.timedelta(days=1), []),
        (years_old(5, 1), ["balita"]),
        (years_old(5), []),
        (years_old(7, 1), []),
        (years_old(7), ["sd"]),
        (years_old(13, 1), ["sd"]),
        (years_old(13), ["smp"]),
        (years_old(16, 1), ["smp"]),
        (years_old(16), ["sma"]),
        (years_old(19, 1), ["sma"]),
        (years_old(19), []),
        (years_old(60, 1), []),
        (years_old(60), ["lansia"]),
        (None, []),
    ],
)
def test_an_age_changes_on_the_birthday(family, born_on, expected):
    assert of(add(family, born_on)) == expected


@pytest.mark.parametrize(
    ("born_on", "day", "expected"),
    [
        ("2020-02-29", "2025-02-28", ["balita"]),
        ("2020-02-29", "2025-03-01", []),
        ("2023-02-28", "2028-02-29", []),
        ("2023-03-01", "2028-02-29", ["balita"]),
        ("1964-02-29", "2024-02-28", []),
        ("1964-02-29", "2024-02-29", ["lansia"]),
        ("1968-02-29", "2028-02-29", ["lansia"]),
    ],
)
def test_the_29th_of_february(family, born_on, day, expected):
    assert of(add(family, datetime.date.fromisoformat(born_on)), datetime.date.fromisoformat(day)) == expected


def test_a_known_level_of_school_goes_before_the_age(family):
    assert of(add(family, years_old(14), school_level="SD")) == ["sd"]
    assert of(add(family, years_old(20), school_level="SMA")) == ["sma"]
    assert of(add(family, years_old(21), school_level="SMA")) == []
    assert of(add(family, None, school_level="SMP")) == ["smp"]


def test_flags_count_when_they_say_yes_alone(family):
    assert of(add(family, years_old(17), is_pregnant=True, is_disabled=True)) == ["sma", "hamil", "disabilitas"]
    assert of(add(family, years_old(30), is_pregnant=False, is_disabled=None)) == []


def test_only_the_days_of_the_membership_count(family):
    child = add(family, DAY, joined_on=DAY, left_on=DAY + datetime.timedelta(days=2))
    days = [DAY + datetime.timedelta(days=days) for days in (-1, 0, 1, 2)]
    assert [of(child, day) for day in days] == [[], ["balita"], ["balita"], []]


def test_every_rule_agrees_with_independent_sql(family):
    edges = [0, 1, 4, 5, 6, 7, 12, 13, 15, 16, 18, 19, 20, 21, 59, 60, 90]
    births = [years_old(years, days) for years in edges for days in (-1, 0, 1)]
    births += [None, datetime.date(2020, 2, 29), datetime.date(1964, 2, 29)]
    Member.objects.bulk_create(
        Member(
            household=family,
            name="Uji",
            joined_on=joined,
            left_on=left,
            born_on=born,
            school_level=level,
            is_pregnant=flag,
            is_disabled=flag,
        )
        for born, level, flag, (joined, left) in itertools.product(
            births,
            ["", "SD", "SMP", "SMA"],
            [None, False, True],
            [(datetime.date(2021, 1, 1), None), (DAY, None), (datetime.date(2021, 1, 1), DAY)],
        )
    )
    for day in (DAY, datetime.date(2025, 2, 28), datetime.date(2024, 2, 29), datetime.date(2025, 3, 1)):
        with connection.cursor() as cursor:
            cursor.execute(INDEPENDENT, {"day": day})
            expected = set(cursor.fetchall())
        assert expected
        found = {
            (pk, component.value)
            for component in Component
            for pk in Member.objects.filter(condition(component, day)).values_list("pk", flat=True)
        }
        assert found == expected


def test_a_figure_counts_active_families_once(client, program, ayu, dewi):
    today = timezone.localdate()
    with_two, stopped, without = (
        make_household(name=name, status=status)
        for name, status in (("Ani Dua", "aktif"), ("Beti Henti", "nonaktif"), ("Cici Tanpa", "aktif"))
    )
    for family in (with_two, with_two, stopped):
        add(family, today)
    add(without, today, left_on=today)
    condition = figures.get(Component.TODDLER.figure).condition(figures.View.of(dewi, today))
    assert list(Household.objects.countable_by(dewi).filter(condition)) == [with_two]
    client.force_login(ayu)
    page = client.get("/households/?figure=has_balita")
    assert [family.recipient_name for family in page.context["page"].rows] == ["Ani Dua"]


def test_the_family_page_shows_components_as_badges(client, ayu, family):
    today = timezone.localdate()
    add(family, today, name="Dinda")
    add(family, years_before(today, 8), name="Rizki", school_level="SD", grade=2)
    add(family, years_before(today, 14), name="Rani")
    client.force_login(ayu)
    badges = {line.member.name: line.badges for line in client.get(family.get_absolute_url()).context["members"]}
    assert badges["Dinda"] == ["Balita"] and badges["Rizki"] == ["Anak SD"] and badges["Rani"] == ["Usia SMP"]
