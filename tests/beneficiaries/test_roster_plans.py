"""An import compares what belongs together, however wrong the planner's statistics are: never all rows with all others.

Autovacuum may count a table while a transaction fills it, and finds it empty: then a nested loop looks cheapest. Here
every table is said to be empty before every statement, and the rows that its plan visits are counted, not its seconds.
"""

import json
from contextlib import contextmanager

import pytest
from django.db import connection

from ejsika.accounts.permissions import Role
from ejsika.imports import actions
from tests.factories import NORTH, SOUTH, make_program, make_region, make_user
from tests.sheets import checked, family

FAMILIES = 520  # two of these are a large batch
MOST_VISITS = 60  # of a row of the sheet by one statement; all with all others would be hundreds
# It comes to whatever nobody has locked against it, as one who counts a table has.
_SAY_EMPTY = """UPDATE pg_class SET reltuples = 0, relpages = greatest(pg_relation_size(oid) / 8192, 1)
    WHERE relkind = 'r' AND relname ~ '^(beneficiaries|imports|assistance_logs|audit)_' AND oid <> ALL(ARRAY(
        SELECT relation FROM pg_locks WHERE mode = 'ShareUpdateExclusiveLock' AND relation IS NOT NULL))"""
_EXPLAIN = """LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0; SET auto_explain.log_analyze = on;
    SET auto_explain.log_timing = off; SET auto_explain.log_format = json; SET client_min_messages = log"""
_SAY_NOTHING = "SET auto_explain.log_min_duration = -1; SET client_min_messages = notice"


def visits(plan: dict) -> float:
    """The rows that a node of a plan and those below it gave or threw away, all its loops together."""
    thrown = sum(count for name, count in plan.items() if name.startswith("Rows Removed by"))
    own = (plan["Actual Rows"] + thrown) * plan["Actual Loops"]
    return own + sum(visits(node) for node in plan.get("Plans", ()))


@contextmanager
def misjudged():
    """Let the planner take every table for empty; gives the statements meanwhile as (visits, text)."""
    found: list[tuple[float, str]] = []

    def note(message) -> None:
        _, _, explained = message.message_primary.partition("plan:\n")
        if explained:
            query = json.loads(explained)
            found.append((visits(query["Plan"]), query["Query Text"]))

    def poison(execute, sql, parameters, many, context):
        with connection.connection.cursor() as cursor:
            cursor.execute(_SAY_EMPTY)
        return execute(sql, parameters, many, context)

    with connection.cursor() as cursor:
        cursor.execute(_EXPLAIN)
    connection.connection.add_notice_handler(note)
    try:
        with connection.execute_wrapper(poison):
            yield found
    finally:
        connection.connection.remove_notice_handler(note)
        with connection.cursor() as cursor:
            cursor.execute(_SAY_NOTHING)


@pytest.fixture
def sheet(db, settings, tmp_path):
    """Checks lines as an admin's roster."""
    settings.MEDIA_ROOT = tmp_path
    make_region(NORTH), make_region(SOUTH)
    program, admin = make_program(), make_user("admin", Role.ADMIN, "36")
    return lambda lines: checked("roster", lines, admin, tmp_path, program=program)


def families(count: int) -> list[dict]:
    """Lines of new families whose recipients are not all born on one day."""
    return [
        family(NORTH, **{"Tanggal Lahir": f"{day % 28 + 1:02}/{day % 12 + 1:02}/{1950 + day % 43}"})
        for day in range(count)
    ]


def test_no_statement_of_an_import_compares_all_rows_with_all_others(sheet):
    known = families(FAMILIES)
    first = sheet(known)
    actions.commit(first, first.uploaded_by)
    moved = [line | {"Alamat": "Kp. Baru", "Kode Desa": SOUTH} for line in known]
    with misjudged() as statements:
        batch = sheet([*moved, *families(FAMILIES)])
        assert (batch.counts["create"], batch.counts["change"]) == (FAMILIES, FAMILIES)
        actions.commit(batch, batch.uploaded_by)
        actions.undo(batch, batch.uploaded_by)
    assert len(statements) > 80
    most, sql = max(statements)
    assert most < MOST_VISITS * 2 * FAMILIES, sql
