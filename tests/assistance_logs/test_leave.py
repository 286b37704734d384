"""Leave: one act that excuses all that falls within it, granted by another than who takes it, and taken back whole."""

import datetime
import threading

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assistance_logs.leaves import actions
from assistance_logs.models import DutyTally, Leave
from assistance_logs.obligations.actions import excuse
from assistance_logs.worklist import day_of
from beneficiaries import figures, tallies
from beneficiaries.actions import assign
from beneficiaries.models import Assignment, Household
from ejsika.audit.models import AuditEvent
from tests.factories import JAKARTA, NORTH, SOUTH, make_household, make_user, make_visit
from tests.graduation.test_races import until_waiting
from tests.markup import faults

NOW = datetime.datetime(2026, 11, 25, 8, tzinfo=JAKARTA)
TODAY = NOW.date()
LIST, NEW = reverse("assistance_logs:leave_list"), reverse("assistance_logs:leave_new")
DAY = datetime.timedelta(days=1)
FIGURES = ["visit_done", "visit_due", "visit_overdue", "visit_excused"]


@pytest.fixture
def november(db):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def families(november, program, budi):
    """Budi's, by the day on which their next visit (every 90 days) is due: 10, 20 and 28 November, 5 December."""
    found = {}
    for due in ("2026-11-10", "2026-11-20", "2026-11-28", "2026-12-05"):
        family = make_household(assistant=budi, name=f"Siti {due}")
        make_visit(family, budi, datetime.date.fromisoformat(due) - 90 * DAY)
        found[due] = family
    tallies.refresh_all()
    return found


def sent(**changes):
    return {"started_on": "2026-11-18", "ended_on": "2026-11-30", "reason": "cuti", "note": "Umrah"} | changes


def leave_of(budi, ayu, start="2026-11-18", end="2026-11-30"):
    days = {"started_on": datetime.date.fromisoformat(start), "ended_on": datetime.date.fromisoformat(end)}
    return actions.ask(assistant=budi, by=ayu, reason="cuti", **days)


def told(user) -> list[int]:
    """Done, due, overdue, excused of visits: by page, list and tally, which must agree."""
    today = timezone.localdate()
    view, own = figures.View.month(today), Household.objects.for_user(user)
    counts = [own.filter(figures.get(name).condition(view)).count() for name in FIGURES]
    kept = DutyTally.objects.filter(program=0, assistant_id=user.pk).values_list("done", "due", "overdue", "excused")
    assert [sum(column) for column in zip(*kept, strict=True)] == counts
    day = day_of(user, today)
    assert [day.done, day.left, day.overdue, day.excused] == counts
    assert tallies.differences() == []
    return counts


def test_what_falls_due_within_it_is_excused_and_nothing_else(families, budi, ayu):
    assert told(budi) == [0, 3, 2, 0]
    leave = leave_of(budi, ayu)
    assert told(budi) == [0, 1, 1, 2]
    late = [task for task in day_of(budi, TODAY).tasks if task.is_overdue]
    assert [task.recipient_name for task in late] == ["Siti 2026-11-10"], "that was due before it"
    lines = {task.recipient_name: task.lines[0].words for task in day_of(budi, TODAY).tasks}
    assert lines["Siti 2026-11-20"] == "Berhalangan bulan ini: Saya cuti"
    make_visit(families["2026-11-20"], budi, TODAY)
    tallies.refresh_all()
    assert told(budi) == [1, 1, 1, 1]
    actions.revoke(leave=leave, by=ayu, reason="Tidak jadi.")
    assert told(budi) == [1, 2, 1, 0]


def test_it_ends_with_the_month_in_which_the_assistant_comes_back(families, budi, ayu):
    leave_of(budi, ayu, "2026-11-18", "2026-12-03")
    for moment, counts in (("2026-12-31", [0, 2, 2, 2]), ("2027-01-01", [0, 4, 4, 0])):
        with time_machine.travel(datetime.datetime.fromisoformat(f"{moment}T08:00+07:00"), tick=False):
            tallies.refresh_all()
            assert told(budi) == counts, moment


def test_a_visit_that_moves_the_next_one_into_it_is_enough(families, budi, ayu):
    leave_of(budi, ayu, "2027-02-20", "2027-02-28")
    make_visit(families["2026-12-05"], budi, TODAY)  # due again on 23 February
    with time_machine.travel(datetime.datetime(2027, 2, 27, 8, tzinfo=JAKARTA), tick=False):
        tallies.refresh_all()
        assert told(budi)[3] == 1


def test_a_successor_is_not_on_leave(families, budi, ayu):
    leave_of(budi, ayu)
    gita, family = make_user("gita", "pendamping", NORTH[:4]), families["2026-11-20"]
    assign(household=family, assistant=gita, by=ayu, seen=Assignment.objects.get(household=family).pk)
    assert (told(gita), told(budi)) == ([0, 1, 1, 0], [0, 1, 1, 1])


def test_beside_an_excuse_each_family_counts_once(families, budi, ayu):
    excuse(household=families["2026-11-20"], by=budi, reason="bencana")
    leave_of(budi, ayu)
    assert told(budi) == [0, 1, 1, 2]


def test_an_assistant_asks_and_a_koordinator_grants(client, families, budi, ayu):
    client.force_login(budi)
    assert "assistant" not in client.get(NEW).context["form"].fields
    page = client.post(NEW, sent(), follow=True)
    assert "diajukan kepada koordinator" in page.text and "menunggu persetujuan" in page.text
    leave = Leave.objects.get()
    assert (leave.assistant, leave.is_waiting, told(budi)[3]) == (budi, True, 0), "not before it is granted"
    grant = reverse("assistance_logs:leave_grant", args=[leave.pk])
    assert client.post(grant).status_code == 403
    client.force_login(ayu)
    assert "1 cuti menunggu persetujuan" in client.get(reverse("reports:review")).text
    assert faults(client.get(LIST).text) == []
    assert "Cuti Budi disetujui" in client.post(grant, follow=True).text
    assert told(budi) == [0, 1, 1, 2]
    assert "sudah diputuskan" in client.post(grant, follow=True).text
    asked, granted = AuditEvent.objects.filter(action__startswith="leave.").order_by("pk")
    assert asked.data == {"leave": leave.pk, "started_on": "2026-11-18", "ended_on": "2026-11-30", "reason": "cuti",
                          "note": "Umrah"}  # fmt: skip
    assert (asked.actor, granted.actor, granted.target_id) == (budi, ayu, budi.pk)


def test_a_koordinator_writes_one_down_and_takes_it_back(client, families, budi, ayu):
    client.force_login(ayu)
    assert "Cuti tercatat." in client.post(NEW, sent(assistant=budi.pk), follow=True).text
    assert told(budi)[3] == 2
    revoke = reverse("assistance_logs:leave_revoke", args=[Leave.objects.get().pk])
    assert "Tulis alasannya" in client.post(revoke, {}).text and told(budi)[3] == 2
    page = client.post(revoke, {"reason": "Salah bulan."}, follow=True)
    assert "berlaku lagi" in page.text and "dibatalkan oleh Ayu: Salah bulan." in page.text
    assert told(budi) == [0, 3, 2, 0]
    assert "sudah dibatalkan" in client.post(revoke, {"reason": "Lagi."}).text
    assert client.post(NEW, sent(assistant=budi.pk)).status_code == 302, "the days are free again"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"started_on": ""}, "Isi hari pertamanya"),
        ({"ended_on": "2026-11-17"}, "tidak mungkin sebelum hari pertama"),
        ({"ended_on": "2028-01-01"}, "paling lama setahun"),
        ({"started_on": "0001-01-01"}, "tiga bulan lalu"),
        ({"started_on": "2026-08-01"}, "tiga bulan lalu"),
        ({"started_on": "9999-12-31"}, "setahun lagi"),
        ({"started_on": "x"}, "Mulai"),
        ({"reason": "malas"}, "Pilih alasan dari daftar"),
        ({"note": "x" * 301}, "300"),
    ],
)
def test_what_is_wrong_changes_nothing(client, families, budi, changes, words):
    client.force_login(budi)
    answer = client.post(NEW, sent(**changes))
    assert answer.status_code == 422 and words in answer.text
    assert not Leave.objects.exists()


def test_two_leaves_do_not_overlap(client, families, budi, ayu):
    leave = leave_of(budi, ayu)
    client.force_login(budi)
    assert "sudah tercatat sebagai cuti" in client.post(NEW, sent(started_on="2026-11-30")).text
    with pytest.raises(IntegrityError, match="leave_one_at_a_time"), transaction.atomic():
        Leave.objects.create(assistant=budi, started_on=leave.ended_on, ended_on=TODAY + 90 * DAY, reason="cuti",
                             asked_by=budi)  # fmt: skip
    with pytest.raises(IntegrityError, match="leave_not_granted_by_its_assistant"), transaction.atomic():
        Leave.objects.filter(pk=leave.pk).update(granted_by=budi)
    with pytest.raises(ValidationError, match="koordinator"):
        actions.grant(leave=actions.ask(assistant=budi, by=budi, started_on=TODAY + 9 * DAY, reason="sakit",
                                        ended_on=TODAY + 9 * DAY), by=budi)  # fmt: skip


def test_nobody_sees_or_decides_those_of_others(client, families, budi, ayu, citra, south_family, dewi):
    leave = leave_of(budi, ayu)
    client.force_login(citra)
    assert "Budi" not in client.get(LIST).text
    assert client.get(reverse("assistance_logs:leave_revoke", args=[leave.pk])).status_code == 404
    client.force_login(ayu)
    assert "di luar wilayah Anda" in client.post(NEW, sent(assistant=citra.pk)).text
    client.force_login(dewi)
    assert client.get(LIST).status_code == 403


def test_more_leaves_ask_no_more(client, families, budi, ayu):
    client.force_login(ayu)
    leave_of(budi, ayu)
    client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    for number in range(1, 6):
        day = TODAY + number * 40 * DAY
        actions.revoke(leave=leave_of(budi, ayu, f"{day}", f"{day}"), by=ayu, reason="x")
    with CaptureQueriesContext(connection) as many:
        assert client.get(LIST).context["page"].paginator.count == 6
    assert len(many) == len(few) <= 9


@pytest.mark.django_db(transaction=True)
def test_asked_twice_at_once_it_stands_once(budi, program):
    faults = []

    def say():
        try:
            actions.ask(assistant=budi, by=budi, started_on=TODAY, ended_on=TODAY, reason="cuti")
        except ValidationError as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=say) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(faults), Leave.objects.count()) == (2, 1)


@pytest.mark.django_db(transaction=True)
def test_a_leave_counts_for_a_family_that_is_handed_over_at_the_same_moment(families, budi, citra, ayu):
    far = make_household(region=SOUTH, assistant=citra)
    make_visit(far, citra, TODAY - 100 * DAY)
    tallies.refresh_all()

    def grant():
        try:
            leave_of(budi, ayu, start="2026-11-01")
        finally:
            connection.close()

    thread = threading.Thread(target=grant)
    with transaction.atomic():
        assign(household=far, assistant=budi, by=ayu, seen=far.assignments.get().pk)
        thread.start()
        until_waiting(1)
    thread.join(timeout=20)
    assert DutyTally.objects.get(program=0, desa=SOUTH, assistant_id=budi.pk).excused == 1
    assert tallies.differences() == []
