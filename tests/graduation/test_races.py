"""Two people at once, with connections of their own: one step is taken, the other person is told."""

import threading
import time

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from beneficiaries.graduation.actions import decide, propose, send_back
from beneficiaries.models import Enrollment, GraduationCase
from ejsika.audit.models import AuditEvent

pytestmark = pytest.mark.django_db(transaction=True)


def run_at_once(enrollment, *acts):
    """Run the acts in threads that meet at the enrollment's lock; give what each raised, or None."""
    outcomes = [None] * len(acts)

    def run(number, act):
        try:
            act()
        except ValidationError as error:
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number, act]) for number, act in enumerate(acts)]
    with transaction.atomic():
        Enrollment.objects.select_for_update().get(pk=enrollment.pk)
        for thread in threads:
            thread.start()
        until_waiting(len(acts))
    for thread in threads:
        thread.join(timeout=30)
        assert not thread.is_alive()
    return outcomes


def until_waiting(count):
    """Ask the database until so many connections wait for a lock; only then is it a race."""
    deadline = time.monotonic() + 20
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            if cursor.fetchone()[0] >= count:
                return
            cursor.execute("SELECT pg_stat_clear_snapshot()")
    pytest.fail("the acts did not meet at the lock")


def told(action):
    return AuditEvent.objects.filter(action=action, target_kind="beneficiaries.graduationcase")


def test_two_deciders_make_one_decision(verified, dewi, second_dinsos):
    today = timezone.localdate()
    outcomes = run_at_once(
        verified.enrollment,
        lambda: decide(case=verified, by=dewi, decree="SK-A", on=today),
        lambda: decide(case=verified, by=second_dinsos, decree="SK-B", on=today),
    )

    refused = [error for error in outcomes if error]
    assert len(refused) == 1
    assert "tidak dapat ditetapkan" in refused[0].message
    case = GraduationCase.objects.get()
    winner = dewi if outcomes[0] is None else second_dinsos
    assert (case.state, case.decided_by) == ("ditetapkan", winner)
    assert case.decree == ("SK-A" if winner == dewi else "SK-B")
    assert [event.actor for event in told("graduation.decided")] == [winner]
    assert case.enrollment.status_changes.filter(status="graduasi").count() == 1


def test_decision_against_return_leaves_one_of_them(verified, dewi, second_dinsos):
    outcomes = run_at_once(
        verified.enrollment,
        lambda: decide(case=verified, by=dewi, decree="SK-A", on=timezone.localdate()),
        lambda: send_back(case=verified, by=second_dinsos, reason="Belum lengkap."),
    )

    assert [error is None for error in outcomes].count(True) == 1
    case = GraduationCase.objects.get()
    is_decided = outcomes[0] is None
    assert case.state == ("ditetapkan" if is_decided else "ditolak")
    assert case.enrollment.status == ("graduasi" if is_decided else "aktif")
    assert (told("graduation.decided").count(), told("graduation.returned").count()) == (
        (1, 0) if is_decided else (0, 1)
    )


def test_two_proposals_make_one_case(north_family, budi):
    enrollment = north_family.enrollments.get()
    today = timezone.localdate()

    def propose_once():
        propose(enrollment=enrollment, by=budi, kind="GM", reasons=["usaha"], on=today)

    outcomes = run_at_once(enrollment, propose_once, propose_once)

    refused = [error for error in outcomes if error]
    assert len(refused) == 1
    assert "sudah punya usulan graduasi" in refused[0].message
    assert GraduationCase.objects.count() == 1
    assert told("graduation.proposed").count() == 1
