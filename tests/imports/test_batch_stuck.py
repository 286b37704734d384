"""Batches that were left half way: picked up by themselves, or given up with a word, never left."""

import datetime

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job as Queued

from beneficiaries.models import Household, RosterRow
from ejsika.accounts.permissions import Role
from ejsika.database.base import GONE
from ejsika.imports import actions, storage, tasks
from ejsika.imports.models import ImportBatch, Problem
from ejsika.imports.upkeep import _forget, forget_files
from ejsika.jobs.models import MOST_DEATHS, Job
from tests.factories import make_program, make_user
from tests.sheets import ROSTERS

CONTENT = (ROSTERS / "04_salah_semua.xlsx").read_bytes()


@pytest.fixture
def operator(db, client, settings, tmp_path, official_regions):
    settings.MEDIA_ROOT = tmp_path
    user = make_user("admin", Role.ADMIN, "36")
    client.force_login(user)
    return user


@pytest.fixture
def batch(operator):
    return actions.receive(kind="roster", program=make_program(), by=operator, name="a.xlsx", content=CONTENT)


def silent_for(batch, seconds):
    Job.objects.filter(pk=batch.job_id).update(seen_at=timezone.now() - datetime.timedelta(seconds=seconds))


def queued(batch):
    jobs = ProcrastinateJob.objects.filter(status="todo", args__batch_id=batch.pk)
    return list(jobs.values_list("task_name", flat=True))


@pytest.mark.parametrize(("status", "name"), [("uploaded", "check"), ("committing", "commit"), ("undoing", "undo")])
def test_batch_that_the_queue_has_lost_is_given_to_it_again_once(batch, operator, status, name):
    by = {"committed_by": operator, "committed_at": timezone.now()} if status == "undoing" else {}
    ImportBatch.objects.update(status=status, asked_by=operator, **by)
    tasks.pick_up()
    assert queued(batch) == []  # somebody has it, or only just lost it
    silent_for(batch, 60)
    tasks.pick_up()
    tasks.pick_up()
    assert queued(batch) == [f"imports.{name}"]


@pytest.mark.parametrize("status", ["checked", "cancelled", "discarded"])
def test_batch_that_waits_for_a_person_is_left_to_them(batch, status):
    ImportBatch.objects.update(status=status)
    silent_for(batch, 3600)
    tasks.pick_up()
    assert queued(batch) == []


def test_file_in_the_middle_of_which_three_workers_died_is_refused_and_says_so(client, batch):
    for deaths in range(1, MOST_DEATHS):
        Job.objects.update(state="running", process="0" * 32)  # as a killed worker leaves it
        Job.objects.get(pk=batch.job_id).start("Membuka berkas")
        assert Job.objects.get(pk=batch.job_id).deaths == deaths
    Job.objects.update(process="0" * 32)
    tasks.check(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.refusal_code, batch.job.state) == ("refused", "internal_error", "failed")
    assert "terhenti tiga kali" in client.get(batch.get_absolute_url()).text


def test_database_that_went_away_is_not_held_against_the_file(batch):
    for _ in range(MOST_DEATHS + 1):
        Job.objects.get(pk=batch.job_id).start("Membuka berkas")  # this very process begins again
    assert Job.objects.get(pk=batch.job_id).deaths == 0


@pytest.mark.parametrize("error", GONE)
def test_check_that_lost_its_database_is_begun_again_by_the_queue(batch, monkeypatch, error):
    def stage(*arguments):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(type(batch.sheet_kind), "stage", stage)
        with pytest.raises(error):
            tasks.check(batch.pk)
    assert tasks.check.get_retry_exception(
        exception=error(),
        job=Queued(id=1, queue="q", lock=None, queueing_lock=None, task_name="imports.check", attempts=40),
    )
    batch.refresh_from_db()
    assert batch.status == "uploaded"
    tasks.check(batch.pk)
    batch.refresh_from_db()
    assert batch.status == "checked"


def test_commit_in_the_middle_of_which_three_workers_died_goes_back_to_the_preview(batch, operator):
    actions.check(batch)
    ImportBatch.objects.update(status="committing")
    Job.objects.update(state="running", process="0" * 32, deaths=MOST_DEATHS - 1)
    tasks.commit(batch.pk, operator.pk)
    batch.refresh_from_db()
    assert batch.status == "checked"
    assert "terhenti tiga kali" in batch.failure
    assert not Household.objects.exists()


def test_worker_that_comes_too_late_does_not_put_a_committed_batch_back(batch, operator, monkeypatch):
    """A worker was taken for dead, but its commit went through while the next one waited for the lock."""
    actions.check(batch)
    ImportBatch.objects.update(status="committing")
    late = ImportBatch.objects.select_related("job").get(pk=batch.pk)
    tasks.commit(batch.pk, operator.pk)
    monkeypatch.setattr(tasks, "_batch", lambda pk: late)
    tasks.commit(batch.pk, operator.pk)
    batch.refresh_from_db()
    assert (batch.status, Household.objects.count()) == ("committed", 2)


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(path.read_bytes()[:99])])
def test_upload_that_is_lost_or_cut_is_refused_with_what_to_do(batch, settings, damage):
    damage(settings.MEDIA_ROOT / batch.file_path)
    actions.check(batch)
    batch.refresh_from_db()
    assert (batch.status, batch.refusal_code) == ("refused", "file_lost")
    assert "Unggah lagi" in batch.refusal_message


def test_upload_that_finds_no_room_is_told_and_leaves_nothing(client, operator, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "full"
    settings.MEDIA_ROOT.symlink_to("/dev/full")
    form = {"file": SimpleUploadedFile("a.xlsx", CONTENT), "program": make_program().pk}
    answer = client.post(reverse("imports:batch_new"), form, follow=True)
    assert "ruang di server penuh" in answer.text
    assert not ImportBatch.objects.exists()


def after(days):
    return time_machine.travel(timezone.now() + datetime.timedelta(days=days), tick=False)


def kept(batch, settings):
    rows = [model.objects.filter(batch=batch).exists() for model in (RosterRow, Problem)]
    return [bool(batch.file_path) and (settings.MEDIA_ROOT / batch.file_path).exists(), *rows]


def test_file_goes_after_thirty_days_and_what_was_read_with_it(
    client, batch, settings, django_capture_on_commit_callbacks
):
    actions.check(batch)
    path = settings.MEDIA_ROOT / batch.file_path
    with after(29), django_capture_on_commit_callbacks(execute=True):
        forget_files()
    batch.refresh_from_db()
    assert kept(batch, settings) == [True, True, True]
    with after(31), django_capture_on_commit_callbacks(execute=True):
        forget_files()
    batch.refresh_from_db()
    assert kept(batch, settings) == [False, False, False]
    assert not path.exists()
    assert (batch.status, batch.counts["error"], batch.uploaded_by.username) == ("discarded", 14, "admin")
    page = client.get(batch.get_absolute_url()).text
    assert "Berkas yang diunggah sudah dihapus" in page
    assert "Tidak disimpan dalam 30 hari" in page


def test_batch_that_somebody_saves_while_files_go_keeps_its_rows(batch, operator, settings):
    actions.check(batch)
    ImportBatch.objects.filter(pk=batch.pk).update(status="committing")
    _forget(batch, timezone.localdate())  # as it was listed, before the button was pressed
    assert kept(batch, settings) == [True, True, True]
    tasks.commit(batch.pk, operator.pk)
    assert Household.objects.count() == ImportBatch.objects.get(pk=batch.pk).to_write > 0


def test_committed_batch_can_be_undone_when_its_file_is_gone(
    client, batch, operator, settings, django_capture_on_commit_callbacks
):
    actions.check(batch)
    actions.commit(batch, operator)
    with after(31), django_capture_on_commit_callbacks(execute=True):
        forget_files()
    batch.refresh_from_db()
    assert kept(batch, settings) == [False, True, True]
    client.force_login(operator)
    answer = client.post(reverse("imports:batch_wrong_rows", args=[batch.pk]), follow=True)
    assert "Berkas aslinya sudah dihapus" in answer.text
    actions.undo(batch, operator)
    assert not Household.objects.exists()


@pytest.mark.parametrize("status", ["refused", "cancelled", "discarded"])
def test_rows_of_what_is_over_go_the_next_night(batch, settings, status):
    actions.check(batch)
    ImportBatch.objects.update(status=status, refusal_code="x", refusal_message="x")
    forget_files()
    assert kept(batch, settings) == [True, False, False]


def test_upload_of_a_batch_that_never_came_to_be_goes_after_a_day(batch, settings):
    orphan = storage.store(b"x")
    forget_files()
    assert (settings.MEDIA_ROOT / orphan).exists()
    with after(2):
        forget_files()
    assert not (settings.MEDIA_ROOT / orphan).exists()
    assert (settings.MEDIA_ROOT / batch.file_path).exists()


def test_looking_for_the_stuck_costs_one_query_when_there_is_none(batch, django_assert_num_queries):
    assert connection.in_atomic_block
    with django_assert_num_queries(1):
        tasks.pick_up()
