"""Prepared queries: the same rows as the query itself, for each call its own, with nothing kept of the one before."""

import pytest
from django.db import connection

from beneficiaries.models import Member
from ejsika.lib.prepared import prepared
from tests.factories import NORTH, make_household, make_member

pytestmark = pytest.mark.django_db


@prepared
def present(order, households, sex):
    found = Member.objects.filter(household=households.any).select_related("household").order_by(order)
    return found if sex is None else found.filter(sex=sex)


@pytest.fixture
def families():
    found = [make_household(region=NORTH) for _ in range(2)]
    for family in found:
        make_member(family, name=f"Ani {family.pk}", sex="P")
        make_member(family, name=f"Budi {family.pk}", sex="L")
    return [family.pk for family in found]


def test_each_call_gives_its_own_rows(families, django_assert_num_queries):
    one, other = families
    present("pk", households=[one], sex="P")
    with django_assert_num_queries(2):
        names = [[m.name for m in present("pk", households=[pk], sex="L") if m.household.pk == pk] for pk in families]
    assert names == [[f"Budi {one}"], [f"Budi {other}"]]


def test_it_is_the_query_that_it_describes(families):
    rows = Member.objects.filter(household__in=families).order_by("-name")
    assert present("-name", households=families, sex=None) == list(rows)


def test_a_missing_value_may_leave_a_condition_out(families):
    count = len(present("pk", households=families, sex=None))
    assert count > len(present("pk", households=families, sex="L")) == 2
    assert len(present("pk", households=families, sex=None)) == count


def test_nothing_asked_for_is_nothing_found(families):
    assert present("pk", households=[], sex=None) == []


def test_values_are_never_part_of_the_statement(families):
    with connection.execute_wrapper(
        lambda execute, sql, params, many, context: told.append(sql) or execute(sql, params, many, context)
    ):
        told = []
        present("pk", households=families, sex="'; DROP TABLE x")
    assert "DROP" not in told[0]


def test_rows_may_be_plain_values(families):
    @prepared
    def names(household):
        return Member.objects.filter(household=household, sex="L").values_list("name", flat=True)

    assert names(household=families[0]) == [f"Budi {families[0]}"]
    assert names(household=families[1]) == [f"Budi {families[1]}"]


def test_a_planned_query_gives_each_call_its_own_rows(families):
    planned = prepared(lambda households: Member.objects.filter(household=households.any), is_planned=True)
    one, other = families
    assert [{member.household_id for member in planned(households=[family])} for family in (one, other)] == [
        {one},
        {other},
    ]


def test_who_may_see_nobody_gets_no_rows(families):
    nobody = prepared(lambda households: Member.objects.filter(household=households.any).filter(pk__in=[]))
    assert nobody(households=families) == []
