"""How far an import is, while the job's own transaction is open, on its page and in the list, with and without htmx."""

import threading

import pytest
from django.db import connection, transaction
from django.urls import reverse

from ejsika.accounts.permissions import Role
from ejsika.imports import actions
from ejsika.jobs import work as jobs_work
from ejsika.jobs.models import Job
from ejsika.jobs.work import StillAtWork, at_work
from tests.factories import NORTH, make_program, make_region, make_user
from tests.sheets import family, write_roster

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def batch(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    make_region(NORTH)
    operator = make_user("admin", Role.ADMIN, "36")
    client.force_login(operator)
    content = write_roster(tmp_path / "a.xlsx", [family(NORTH) for _ in range(120)]).read_bytes()
    return actions.receive(kind="roster", program=make_program(), by=operator, name="a.xlsx", content=content)


def until_seen(job, **values):
    """Wait until the row says so, asked on a connection of our own."""
    event = threading.Event()
    for _ in range(100):
        if Job.objects.filter(pk=job.pk, **values).exists():
            return
        event.wait(0.05)
    pytest.fail("the work does not say how far it is")


def test_progress_is_seen_while_the_transaction_of_the_work_is_open(client, batch):
    go_on = threading.Event()

    def work():
        with at_work(batch.job, "Membuka berkas") as found, transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            found.read = 80
            found.report("Memeriksa baris", 40, 120)
            go_on.wait(10)
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        until_seen(batch.job, done=40)
        page = client.get(batch.get_absolute_url()).text
        rows = client.get(reverse("imports:batch_list")).text
    finally:
        go_on.set()
        thread.join()
    for words in ("80 dari 120 baris", "40 dari 120 baris", 'max="120" value="40"', "Batalkan pemeriksaan"):
        assert words in page
    assert "80 dari 120 baris" in rows


def test_what_waits_shows_its_steps_and_loads_itself_again_without_javascript(client, batch):
    page = client.get(batch.get_absolute_url()).text
    assert page.count("belum") == 3
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
    assert '<noscript><meta http-equiv="refresh"' in client.get(reverse("imports:batch_list")).text
    actions.check(batch)
    assert "http-equiv" not in client.get(batch.get_absolute_url()).text
    assert "http-equiv" not in client.get(reverse("imports:batch_list")).text


def test_rows_written_are_told_of_while_a_commit_goes_on(batch, monkeypatch):
    said = []
    monkeypatch.setattr(jobs_work.Work, "report", lambda self, *words: said.append(words))
    actions.check(batch)
    actions.commit(batch, batch.uploaded_by)
    assert ("Memeriksa baris", 120, 120) in said
    assert ("Menyimpan keluarga", 120, 120) in said


def test_the_same_work_is_never_done_twice_at_once(batch):
    raised = []

    def again():
        try:
            actions.check(batch)
        except StillAtWork as error:
            raised.append(error)
        finally:
            connection.close()

    with at_work(batch.job, "Membuka berkas"):
        thread = threading.Thread(target=again)
        thread.start()
        thread.join()
    assert raised
