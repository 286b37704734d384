"""Statements that PostgreSQL plans once a connection."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

SUM = "SELECT %(one)s::int + %(other)s::int"
USES = "SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement = 'SELECT $1::int + $2::int'"


def test_a_planned_statement_is_kept_and_takes_other_values(db):
    for one in (1, 2, 3):
        with connection.planned_cursor() as cursor:
            cursor.execute(SUM, {"one": one, "other": 1})
            assert cursor.fetchone() == (one + 1,)
    with connection.cursor() as cursor:
        cursor.execute(USES)
        assert cursor.fetchall() == [(3,)]


def test_a_planned_statement_is_told_among_queries(db):
    with CaptureQueriesContext(connection) as captured, connection.planned_cursor() as cursor:
        cursor.execute(SUM, {"one": 1, "other": 1})
    assert [query["sql"] for query in captured.captured_queries] == ["SELECT 1::int + 1::int"]


def test_a_planned_statement_may_name_a_value_twice_and_holds_signs_of_its_own(db):
    with connection.planned_cursor() as cursor:
        cursor.execute("SELECT %(one)s::int %% 3, %(other)s || '%%s', %(one)s", {"one": 8, "other": "a"})
        assert cursor.fetchone() == (2, "a%s", 8)
        cursor.execute("SELECT %s::int - %s", [8, 5])
        assert cursor.fetchone() == (3,)
