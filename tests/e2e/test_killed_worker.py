"""A worker that is killed in the middle of a check leaves its job to the next one."""

import io

import pytest
from django.core.management import call_command
from django.db import connection

from ejsika.accounts.permissions import Role
from ejsika.imports import actions, tasks
from ejsika.imports.models import ImportBatch
from ejsika.jobs.upkeep import forget_accesses
from tests.factories import make_program, make_user
from tests.sheets import ROSTERS


@pytest.fixture
def batch(transactional_db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    call_command("load_regions", stdout=io.StringIO())
    content = (ROSTERS / "01_template.xlsx").read_bytes()
    admin = make_user("admin", Role.ADMIN, "36")
    return actions.receive(kind="roster", program=make_program(), by=admin, name="a.xlsx", content=content)


def leave_in_the_hands_of_a_dead_worker():
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '5 minutes') RETURNING id"
        )
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [cursor.fetchone()[0]])


def test_job_of_a_killed_worker_is_taken_up_again(batch, run_queue):
    tasks.check.defer(batch_id=batch.pk)
    leave_in_the_hands_of_a_dead_worker()
    run_queue()  # its upkeep frees the job
    run_queue()
    batch.refresh_from_db()
    assert (batch.status, batch.counts["create"]) == (ImportBatch.Status.CHECKED, 120)


def test_work_that_is_done_leaves_no_rows(run_queue):
    forget_accesses.defer(timestamp=0)
    run_queue()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'jobs.forget_accesses'")
        assert cursor.fetchone() == (0,)


def test_job_of_a_living_worker_is_left_to_it(batch, run_queue):
    tasks.check.defer(batch_id=batch.pk)
    leave_in_the_hands_of_a_dead_worker()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now()")
    run_queue()
    run_queue()
    batch.refresh_from_db()
    assert batch.status == ImportBatch.Status.UPLOADED
