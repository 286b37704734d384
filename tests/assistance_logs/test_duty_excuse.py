"""Saying what hinders a visit this month, and a koordinator's taking it back."""

import datetime
import threading

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse

from assistance_logs.models import Excuse
from assistance_logs.obligations import actions
from assistance_logs.worklist import day_of
from ejsika.audit.models import AuditEvent
from tests.factories import JAKARTA, make_household, make_visit

NOW = datetime.datetime(2026, 11, 25, 8, tzinfo=JAKARTA)
TODAY = NOW.date()


@pytest.fixture
def late(client, budi, program):
    """A family that Budi should have visited; he is logged in on a morning of November."""
    family = make_household(assistant=budi, name="Siti Telat")
    make_visit(family, budi, TODAY - datetime.timedelta(days=120))
    with time_machine.travel(NOW, tick=False):
        client.force_login(budi)
        yield family


def url(family):
    return reverse("assistance_logs:duty_excuse", args=[family.pk])


def test_it_takes_the_family_out_of_what_is_late_until_the_month_ends(client, late, budi):
    assert "Ada halangan" in client.get(reverse("assistance_logs:task_list")).text
    answer = client.post(url(late), {"reason": "bencana", "note": "Banjir."}, follow=True)
    assert "Halangan Siti Telat tercatat" in answer.text and "1 berhalangan" not in answer.text
    day = day_of(budi, TODAY)
    assert (day.overdue, day.left, day.excused, day.progress(TODAY)) == (0, 0, 1, None)
    assert "Berhalangan bulan ini: Bencana" in answer.text and "Banjir." in client.get(late.get_absolute_url()).text
    entry = AuditEvent.objects.get(action="duty.excused").data
    assert (entry["reason"], entry["note"]) == ("bencana", "Banjir.")
    december = datetime.datetime(2026, 12, 1, 0, 1, tzinfo=JAKARTA)
    with time_machine.travel(december, tick=False):
        assert day_of(budi, december.date()).overdue == 1


def test_a_visit_after_all_counts(client, late, budi):
    client.post(url(late), {"reason": "cuti"})
    make_visit(late, budi, TODAY)
    day = day_of(budi, TODAY)
    assert (day.done, day.left, day.excused) == (1, 0, 0)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({}, "Pilih alasannya."),
        ({"reason": "malas"}, "Pilih alasan dari daftar."),
        ({"reason": "lain"}, "Tulis apa halangannya."),
        ({"reason": "lain", "note": "x" * 301}, "300"),
        ({"reason": "rumah_kosong"}, "Log belum memuat dua kunjungan dengan hasil rumah kosong"),
    ],
)
def test_what_is_wrong_changes_nothing(client, late, data, error):
    answer = client.post(url(late), data)
    assert answer.status_code == 422 and error in answer.text
    assert not Excuse.objects.exists()


def test_two_empty_houses_in_the_log_are_enough(client, late, budi):
    for days in (9, 2):
        make_visit(late, budi, TODAY - datetime.timedelta(days=days), result="rumah_kosong", person_met="tidak_ada")
    assert client.post(url(late), {"reason": "rumah_kosong"}).status_code == 302


def test_where_nothing_is_due_there_is_nothing_to_excuse(client, late, budi):
    make_visit(late, budi, TODAY)
    assert "Tidak ada yang jatuh tempo" in client.post(url(late), {"reason": "cuti"}).text
    assert not Excuse.objects.exists()


def test_a_koordinator_revokes_it_with_a_reason(client, late, ayu, budi):
    client.post(url(late), {"reason": "cuti"})
    excuse = Excuse.objects.get()
    revoke = reverse("assistance_logs:excuse_revoke", args=[excuse.pk])
    assert client.post(revoke, {"reason": "x"}).status_code == 403
    client.force_login(ayu)
    assert revoke in client.get(late.get_absolute_url()).text
    assert client.post(revoke, {}).status_code == 422
    answer = client.post(revoke, {"reason": "Cuti sudah habis."}, follow=True)
    assert "dicabut Ayu: Cuti sudah habis." in answer.text
    assert day_of(budi, TODAY).overdue == 1
    assert "sudah dicabut" in client.post(revoke, {"reason": "Lagi."}).text
    actions.excuse(household=late, by=budi, reason="bencana")  # a new word, beside the old one
    assert Excuse.objects.count() == 2 and day_of(budi, TODAY).excused == 1


def test_other_regions_do_not_find_it(client, late, budi, citra):
    excuse = actions.excuse(household=late, by=budi, reason="cuti")
    client.force_login(citra)
    assert client.get(url(late)).status_code == 404
    assert client.get(reverse("assistance_logs:excuse_revoke", args=[excuse.pk])).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_said_twice_at_once_it_stands_once(budi, program):
    family = make_household(assistant=budi)
    faults = []

    def say(reason):
        try:
            actions.excuse(household=family, by=budi, reason=reason)
        except ValidationError as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=say, args=[reason]) for reason in ("cuti", "bencana", "cuti")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (faults, Excuse.objects.count()) == ([], 1)
