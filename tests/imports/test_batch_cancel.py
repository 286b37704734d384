"""Stopping an import: while it waits, while it is read, and not any more once it is being written."""

import threading
import time

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from beneficiaries.models import Household, RosterRow
from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent
from ejsika.imports import actions, tasks
from ejsika.imports.models import ImportBatch, Problem, SkippedLine
from ejsika.jobs.models import Job
from ejsika.jobs.work import at_work
from tests.factories import NORTH, make_program, make_region, make_user
from tests.sheets import family, write_roster

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def operator(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    make_region(NORTH)
    user = make_user("admin", Role.ADMIN, "36")
    client.force_login(user)
    return user


@pytest.fixture
def path(tmp_path):
    return write_roster(tmp_path / "a.xlsx", [family(NORTH) for _ in range(120)])


@pytest.fixture
def batch(operator, path):
    content = path.read_bytes()
    return actions.receive(kind="roster", program=make_program(), by=operator, name="a.xlsx", content=content)


def cancel(client, batch):
    answer = client.post(reverse("imports:batch_cancel", args=[batch.pk]), follow=True)
    batch.refresh_from_db()
    return answer.text


def left_of(batch):
    return [model.objects.filter(batch=batch).count() for model in (RosterRow, Problem, SkippedLine)]


def ask(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def until(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        ask("SELECT pg_stat_clear_snapshot()")


def test_check_that_waits_is_cancelled_and_never_begins(client, batch):
    assert "Pemeriksaan dibatalkan" in cancel(client, batch)
    tasks.check(batch.pk)
    batch.refresh_from_db()
    assert batch.status == "cancelled"
    assert left_of(batch) == [0, 0, 0]
    assert AuditEvent.objects.filter(action="import.cancelled", target_id=batch.pk).exists()


def test_check_in_a_long_statement_ends_within_a_second_of_the_click_and_leaves_nothing(client, batch, monkeypatch):
    """What compares with the register may take a minute; here it does."""
    monkeypatch.setattr(type(batch.sheet_kind), "match", lambda self, found: ask("SELECT pg_sleep(60)"))
    thread = threading.Thread(target=lambda: (tasks.check(batch.pk), connection.close()))
    thread.start()
    until(lambda: ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"))
    assert left_of(batch)[0] == 120
    assert "Pemeriksaan dibatalkan" in cancel(client, batch)
    thread.join(timeout=5)
    assert not thread.is_alive()
    batch.refresh_from_db()
    assert (batch.status, batch.job.state) == ("cancelled", "cancelled")
    assert left_of(batch) == [0, 0, 0]


def test_check_cancelled_at_its_very_end_stays_cancelled(client, batch, monkeypatch):
    def match(self, found):
        thread = threading.Thread(target=lambda: (actions.cancel(batch, batch.uploaded_by), connection.close()))
        thread.start()
        thread.join()

    monkeypatch.setattr(type(batch.sheet_kind), "match", match)
    tasks.check(batch.pk)
    batch.refresh_from_db()
    assert batch.status == "cancelled"
    assert left_of(batch) == [0, 0, 0]


def test_commit_that_waits_goes_back_to_the_preview(client, operator, batch):
    actions.check(batch)
    client.post(reverse("imports:batch_commit", args=[batch.pk]))
    assert "Batalkan penyimpanan" in client.get(batch.get_absolute_url()).text
    assert "Penyimpanan dibatalkan sebelum dimulai" in cancel(client, batch)
    tasks.commit(batch.pk, operator.pk)  # what the queue still had
    assert (batch.status, Household.objects.count()) == ("checked", 0)
    client.post(reverse("imports:batch_commit", args=[batch.pk]))
    tasks.commit(batch.pk, operator.pk)
    assert Household.objects.count() == 120


def test_commit_that_was_cancelled_while_a_worker_took_it_up_writes_nothing(client, operator, batch):
    actions.check(batch)
    client.post(reverse("imports:batch_commit", args=[batch.pk]))
    taken = ImportBatch.objects.get(pk=batch.pk)
    cancel(client, batch)
    with pytest.raises(actions.ValidationError):
        actions.commit(taken, operator)
    batch.refresh_from_db()
    assert (batch.status, Household.objects.count()) == ("checked", 0)


def test_commit_that_has_begun_is_not_cancelled(client, operator, batch):
    actions.check(batch)
    client.post(reverse("imports:batch_commit", args=[batch.pk]))
    with at_work(Job.objects.get(pk=batch.job_id), "Menyimpan"):
        page = client.get(batch.get_absolute_url()).text
        assert "tidak dapat dihentikan lagi" in page
        assert "Batalkan penyimpanan" not in page
        assert "Sudah dimulai" in cancel(client, batch)
    assert batch.status == "committing"


def test_undo_that_waits_is_cancelled(client, operator, batch):
    actions.check(batch)
    actions.commit(batch, operator)
    client.post(reverse("imports:batch_undo", args=[batch.pk]))
    assert "Impor tetap tersimpan" in cancel(client, batch)
    tasks.undo(batch.pk, operator.pk)
    assert (batch.status, Household.objects.count()) == ("committed", 120)


@pytest.mark.parametrize("status", ["checked", "refused", "discarded"])
def test_what_is_over_is_not_cancelled(client, batch, status):
    ImportBatch.objects.update(status=status, refusal_code="x", refusal_message="x")
    assert "tidak dapat diteruskan" in cancel(client, batch)
    assert batch.status == status


def test_command_whose_check_is_cancelled_on_screen_says_so(client, operator, path, monkeypatch):
    def match(self, found):
        thread = threading.Thread(target=lambda: (actions.cancel(found, operator), connection.close()))
        thread.start()
        thread.join()

    make_program()
    monkeypatch.setattr("beneficiaries.sheets.roster.kind.RosterKind.match", match)
    with pytest.raises(CommandError, match="dibatalkan di layar"):
        call_command("import_roster", str(path), "--program", "JAMSOSRATU", "--user", "admin")
    assert ImportBatch.objects.get().status == "cancelled"
