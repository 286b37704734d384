"""How often a family must be visited: by days or the calendar, by programme and region, on the borders of periods."""

import datetime

import pytest
import time_machine
from django.db import IntegrityError, transaction

from beneficiaries import figures, tallies
from beneficiaries.models import Household
from beneficiaries.tally_check import figure_differences
from ejsika.programs.models import ProgramRule, RuleName
from tests.factories import JAKARTA, NORTH, SOUTH, make_household, make_region, make_visit


def rule_of(program, **fields):
    basis = program.legal_basis
    fields = {"name": RuleName.VISIT_EVERY_DAYS, "value": 30, "valid_from": datetime.date(2013, 1, 1)} | fields
    return ProgramRule.objects.create(program=program, legal_basis=basis, **fields)


def in_time() -> set:
    view = figures.View.month(datetime.date(2026, 11, 1))
    return set(
        Household.objects.filter(figures.get("in_time").condition(view)).values_list("recipient_name", flat=True)
    )


@pytest.mark.parametrize(
    ("name", "value", "day", "since"),
    [
        ("visit_every_days", 90, "2026-11-25", "2026-08-27"),
        ("visit_every_days", 1, "2024-03-01", "2024-02-29"),
        ("visit_every_months", 1, "2026-11-01", "2026-10-01"),
        ("visit_every_months", 1, "2026-10-31", "2026-09-01"),
        ("visit_every_months", 1, "2026-01-31", "2025-12-01"),
        ("visit_every_months", 3, "2026-12-31", "2026-07-01"),
        ("visit_every_months", 3, "2027-01-01", "2026-10-01"),
        ("visit_every_months", 12, "2024-02-29", "2023-01-01"),
    ],
)
def test_the_last_visit_that_is_in_time(name, value, day, since):
    rule = ProgramRule(name=name, value=value)
    assert rule.visited_since(datetime.date.fromisoformat(day)) == datetime.date.fromisoformat(since)


@pytest.mark.parametrize("day", ["2026-11-30", "2026-12-01", "2027-01-01", "2028-02-29"])
@pytest.mark.parametrize("value", [1, 3, 5])
def test_list_and_tally_agree_on_calendar_months_and_on_the_stricter_of_two_rules(program, budi, day, value):
    now = datetime.datetime.combine(datetime.date.fromisoformat(day), datetime.time(0, 1), JAKARTA)
    program.rules.update(value=80)
    rule_of(program, name=RuleName.VISIT_EVERY_MONTHS, value=value)
    for days in range(1, 340, 13):
        make_visit(make_household(assistant=budi), budi, now.date() - datetime.timedelta(days=days))
    with time_machine.travel(now, tick=False):
        tallies.refresh_all()
        assert figure_differences() == []


def test_a_regions_own_rule_goes_first_there(program, budi, citra):
    rule_of(program, region=make_region(SOUTH[:4]), value=10)
    today = datetime.date(2026, 11, 25)
    for name, region, assistant in (("Utara", NORTH, budi), ("Selatan", SOUTH, citra)):
        make_visit(make_household(name=name, region=region), assistant, today - datetime.timedelta(days=20))
    with time_machine.travel(datetime.datetime.combine(today, datetime.time(9), JAKARTA), tick=False):
        tallies.refresh_all()
        assert in_time() == {"Utara"}
        assert figure_differences() == []


def test_a_rule_is_one_at_a_time_in_a_region_and_counts_something(program):
    for fields in ({}, {"value": 0, "valid_from": datetime.date(2012, 1, 1), "valid_until": datetime.date(2012, 1, 2)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rule_of(program, **fields)
    rule_of(program, region=make_region(SOUTH[:4]))
    with pytest.raises(IntegrityError), transaction.atomic():
        rule_of(program, region=make_region(SOUTH[:4]))
