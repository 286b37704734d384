"""What pages ask of the database: no more queries when there is more, and no large table read from end to end."""

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


@pytest.fixture
def full(db):
    world = FullWorld(timezone.localdate(), families=8)
    world.people = {}  # one of each role, made when first asked for
    tallies.refresh_all()
    return world


def queries_of(world, name) -> list[str]:
    """What a page asks, of somebody who may open it; asked twice, for the first time fills what is kept."""
    role, client = roles_of(name)[0], Client()
    if role not in world.people:
        world.people[role] = world.person(role, world.region)
    client.force_login(world.people[role])
    ask(client, world, name, "get")
    with CaptureQueriesContext(connection) as captured:
        ask(client, world, name, "get")
    return [query["sql"] for query in captured.captured_queries]


def test_no_page_asks_more_when_there_is_more(full):
    before = {name: queries_of(full, name) for name in PAGES}
    full.add_families(9)
    tallies.refresh_all()
    after = {name: queries_of(full, name) for name in PAGES}
    grown = {name: (len(before[name]), len(after[name])) for name in PAGES if len(after[name]) > len(before[name])}
    assert grown == {}


def test_no_page_reads_a_large_table_from_end_to_end(full):
    """Read as the plan for tables so small that a plain scan would win, with that way closed."""
    scanned = []
    with connection.cursor() as cursor:
        for name in PAGES:
            for sql in queries_of(full, name):
                if not sql.lstrip("(").startswith(("SELECT", "WITH")):
                    continue
                cursor.execute("SET LOCAL enable_seqscan = off")
                cursor.execute(f"EXPLAIN {sql}")
                plan = "\n".join(line for (line,) in cursor.fetchall())
                cursor.execute("SET LOCAL enable_seqscan = on")
                scanned += [(name, table, sql) for table in LARGE if f"Seq Scan on {table}" in plan]
    assert scanned == []
