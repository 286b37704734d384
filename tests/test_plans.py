"""What pages ask of the database: no more queries when there is more, and no large table read from end to end."""

import copy

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from beneficiaries import tallies
from tests.pages import ROWS, ask, roles_of
from tests.scenes import FullWorld

PAGES = sorted(name for name, row in ROWS.items() if "get" in row.methods)
LARGE = {
    "beneficiaries_household",
    "beneficiaries_member",
    "beneficiaries_enrollment",
    "beneficiaries_assignment",
    "beneficiaries_assessment",
    "beneficiaries_graduationcase",
    "beneficiaries_statuschange",
    "assistance_logs_visit",
    "assistance_logs_visittally",
    "assistance_logs_assistantvisittally",
    "assistance_logs_membership",
    "assistance_logs_groupsession",
    "assistance_logs_attendance",
    "audit_auditevent",
    "imports_fieldchange",
}


@pytest.fixture(scope="module")
def kept_full(kept):
    """A full register, and what each page asks of it."""

    def build() -> FullWorld:
        world = FullWorld(timezone.localdate(), families=8)
        tallies.refresh_all()
        for name in PAGES:
            queries_of(world, name)  # the first time fills what is kept
        world.queries = {name: queries_of(world, name) for name in PAGES}
        return world

    return kept(build)


@pytest.fixture
def full(kept_full, db):
    return copy.deepcopy(kept_full)


def queries_of(world, name) -> list[str]:
    """What a page asks, of somebody who may open it."""
    client = Client()
    world.log_in(client, world.person(roles_of(name)[0], world.region))
    with CaptureQueriesContext(connection) as captured:
        ask(client, world, name, "get")
    return [query["sql"] for query in captured.captured_queries]


def test_no_page_asks_more_when_there_is_more(full):
    full.add_families(9)
    tallies.refresh_all()
    grown = {}
    for name in PAGES:
        before, after = len(full.queries[name]), len(queries_of(full, name))
        if after > before:
            grown[name] = before, after
    assert grown == {}


def test_no_page_reads_a_large_table_from_end_to_end(full):
    """Read as the plan for tables so small that a plain scan would win, with that way closed."""
    scanned = []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for name in PAGES:
            for sql in full.queries[name]:
                if not sql.lstrip("(").startswith(("SELECT", "WITH")):
                    continue
                cursor.execute(f"EXPLAIN {sql}")
                plan = "\n".join(line for (line,) in cursor.fetchall())
                scanned += [(name, table, sql) for table in LARGE if f"Seq Scan on {table}" in plan]
    assert scanned == []
