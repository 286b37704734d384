"""Who has acted stays: the database refuses to remove them, and to name somebody who is not there."""

import pytest
from django.db import IntegrityError, connection, transaction

from beneficiaries.models import StatusChange
from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent, record
from tests.factories import make_household, make_program, make_user

NOBODY = 987_654


def refuses(sql, *parameters) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, parameters)
    except IntegrityError:
        return True
    return False


@pytest.fixture
def step(db):
    make_program()
    return StatusChange.objects.get(enrollment=make_household().enrollments.get())


def test_user_whom_an_audit_entry_names_is_not_removed(db):
    actor, other = make_user("pelaku", Role.ADMIN, region=""), make_user("lain", Role.ADMIN, region="")
    record("user.edited", target=other, by=actor)
    assert refuses("DELETE FROM accounts_user WHERE id = %s", actor.pk)
    assert not refuses("DELETE FROM accounts_user WHERE id = %s", other.pk)


def test_audit_entries_of_nobody_are_refused_all_together(db):
    actor = make_user("pelaku", Role.ADMIN, region="")
    insert = """INSERT INTO audit_auditevent (actor_id, action, target_kind, target_id)
        SELECT actor, 'user.edited', 'accounts.user', 1 FROM unnest(%s::bigint[]) AS actor"""
    assert refuses(insert, [actor.pk, NOBODY, actor.pk])
    assert not AuditEvent.objects.exists()
    assert not refuses(insert, [actor.pk, None, actor.pk])  # the system itself acts too
    assert AuditEvent.objects.count() == 3


def test_step_of_an_enrollment_names_a_user_who_is_there_and_stays(step):
    officer = make_user("petugas", Role.DINSOS, region="")
    assert refuses("UPDATE beneficiaries_statuschange SET by_id = %s WHERE id = %s", NOBODY, step.pk)
    insert = """INSERT INTO beneficiaries_statuschange (enrollment_id, status, "on", reason, letter, by_id)
        SELECT enrollment_id, status, "on", '', '', %s FROM beneficiaries_statuschange WHERE id = %s"""
    assert refuses(insert, NOBODY, step.pk)
    assert not refuses(insert, officer.pk, step.pk)
    assert refuses("DELETE FROM accounts_user WHERE id = %s", officer.pk)
