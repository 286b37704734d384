"""Writing the assignments of a sheet, and taking them back: set-based, by the same notes as every import."""

from django.db import connection

from beneficiaries import tallies
from beneficiaries.sheets.retired import with_kept
from beneficiaries.sheets.roster.fields import TODAY
from beneficiaries.sheets.roster.tables import ASSIGNMENTS
from ejsika.imports.writing import (
    apply_changes,
    count_anew,
    delete_created,
    give_memory,
    keys_of,
    note_added,
    note_changes,
    restore_changes,
)


def write(batch, by) -> None:
    """Hand over every family of a batch that is new to its assistant. Call in a transaction, as match() found it.

    Cost: some ten statements, whatever the number of rows.
    """
    values = {"batch": batch.pk, "by": by.pk}
    with connection.cursor() as cursor:
        give_memory(cursor)
        cursor.execute(_HANDED_OVER, values)
        note_changes(cursor, batch, ASSIGNMENTS, _ENDING)
        apply_changes(cursor, batch, ASSIGNMENTS)
        note_added(cursor, batch, ASSIGNMENTS, _NEW)
        cursor.execute(_RECORDED, values)
        touched = _families(cursor, batch)
        count_anew(cursor, batch, ASSIGNMENTS)
    tallies.refresh(tallies.desas_of(touched))


# No day gets two assistants: a family that changed hands later starts on the day when it did (handover.first_day).
_HANDED_OVER = f"""
    DROP TABLE IF EXISTS handed_over;
    CREATE TEMP TABLE handed_over ON COMMIT DROP AS
    SELECT r.household, r.held, r.holder, r.assistant, coalesce(r.starting_on, {TODAY}) AS starting_on,
        (SELECT max(coalesce(a.ended_on, a.started_on)) FROM beneficiaries_assignment a
            WHERE a.household_id = r.household) AS settled_until
    FROM beneficiaries_assignmentrow r WHERE r.batch_id = %(batch)s AND r.outcome IN ('create', 'change')
"""
_ENDING = """
    SELECT a.id, 'ended_on', NULL, greatest(a.started_on, o.starting_on)::text
    FROM handed_over o JOIN beneficiaries_assignment a ON a.id = o.held
"""
_NEW = """
    INSERT INTO beneficiaries_assignment (household_id, assistant_id, started_on)
    SELECT household, assistant, greatest(starting_on, settled_until) FROM handed_over ORDER BY household
"""
_RECORDED = """
    INSERT INTO audit_auditevent (actor_id, action, target_kind, target_id, data)
    SELECT %(by)s, 'household.assigned', 'beneficiaries.household', household, jsonb_build_object(
        'batch', %(batch)s::bigint, 'assistant', jsonb_build_array(holder, assistant),
        'together', count(*) OVER ()) FROM handed_over
"""


def undo(batch, by) -> list[dict]:
    """Give families back to who had them, where nobody has handed them on since. Call in a transaction.

    Gives what stays as {"household": id, "what": words}.
    """
    with connection.cursor() as cursor:
        give_memory(cursor)
        touched = with_kept(cursor, _families(cursor, batch))
        left = set(delete_created(cursor, batch, ASSIGNMENTS))
        left |= {key for key, _ in restore_changes(cursor, batch, ASSIGNMENTS)}
        cursor.execute(_UNDONE, {"batch": batch.pk, "by": by.pk, "households": touched})
        cursor.execute(
            "SELECT DISTINCT household_id FROM beneficiaries_assignment WHERE id = ANY(%s) ORDER BY household_id",
            [sorted(left)],
        )
        kept = [{"household": key, "what": "Pendamping sudah diganti lagi sejak impor"} for key in keys_of(cursor)]
    tallies.refresh(tallies.desas_of(touched))
    return kept


_UNDONE = """
    INSERT INTO audit_auditevent (actor_id, action, target_kind, target_id, data)
    SELECT %(by)s, 'household.import_undone', 'beneficiaries.household', household,
        jsonb_build_object('batch', %(batch)s::bigint) FROM unnest(%(households)s::bigint[]) AS household
"""


def _families(cursor, batch) -> list[int]:
    cursor.execute(
        """SELECT household FROM beneficiaries_assignmentrow
           WHERE batch_id = %s AND outcome IN ('create', 'change') ORDER BY household""",
        [batch.pk],
    )
    return keys_of(cursor)
