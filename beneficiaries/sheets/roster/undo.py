"""Taking an import back: what nobody has changed since returns to what it was; the rest stays and is listed."""

from django.db import connection

from beneficiaries import tallies
from beneficiaries.models.enrollment import refresh_statuses
from beneficiaries.sheets.retired import with_kept
from beneficiaries.sheets.roster import missing
from beneficiaries.sheets.roster.columns import TITLES
from beneficiaries.sheets.roster.tables import (
    ASSIGNMENTS,
    ENROLLMENTS,
    FORMER_CARDS,
    HOUSEHOLDS,
    MEMBERS,
    STATUS_CHANGES,
    families_of_members,
)
from ejsika.imports.writing import ROW_DIGEST, delete_created, give_memory, restore_changes

_TITLES = TITLES | {
    "recipient_name": "Nama Pengurus",
    "region_code": "Desa/Kelurahan",
    "is_recipient": "Pengurus",
    "left_on": "Keanggotaan",
    "since": "Status",
    "reason": "Status",
    "letter": "Status",
    "account_sealed": "No Rekening",
    "account_digest": "No Rekening",
    "point_source": "Titik",
    "point_accuracy_m": "Titik",
    "latitude": "Titik",
    "longitude": "Titik",
    "ended_on": "Pendamping",
    "assistant_id": "Pendamping",
}


def undo(batch, by) -> list[dict]:
    """Take back what a batch wrote. Call in a transaction; gives what stays as {"household": id, "what": words}."""
    with connection.cursor() as cursor:
        give_memory(cursor)
        touched = with_kept(cursor, _families(cursor, batch))
        left = families_of_members(cursor, batch)
        desas = tallies.desas_of([*touched, *left])
        kept = _delete_new_families(cursor, batch)
        kept += _restore(cursor, batch)
        refresh_statuses(touched)
        _record(cursor, batch, by, sorted({*touched, *left}))
    tallies.refresh(desas | tallies.desas_of(touched))
    return kept


def _families(cursor, batch) -> list[int]:
    cursor.execute(
        """SELECT DISTINCT household FROM beneficiaries_rosterrow
           WHERE batch_id = %s AND outcome IN ('create', 'change') ORDER BY household""",
        [batch.pk],
    )
    return sorted({key for (key,) in cursor.fetchall()} | set(missing.leaving(cursor, batch)))


def _delete_new_families(cursor, batch) -> list[dict]:
    """Delete the families that the batch created, unless anything happened to one since: its audit tells.

    Imports that were taken back themselves, and looks at a number, leave nothing behind.
    """
    cursor.execute(
        """CREATE TEMP TABLE undone ON COMMIT DROP AS
           SELECT h.id AS household, EXISTS (SELECT FROM audit_auditevent a
               LEFT JOIN imports_importbatch b ON b.id = (a.data->>'batch')::bigint
                   AND a.action IN ('household.imported', 'household.assigned', 'household.left_out')
               WHERE a.target_kind = 'beneficiaries.household' AND a.target_id = h.id
                 AND a.action NOT IN ('number.revealed', 'household.import_undone')
                 AND b.id IS DISTINCT FROM %(batch)s AND b.status IS DISTINCT FROM 'undone') AS was_used
           FROM beneficiaries_household h WHERE h.id IN (
               SELECT household FROM beneficiaries_rosterrow WHERE batch_id = %(batch)s AND outcome = 'create')""",
        {"batch": batch.pk},
    )
    gone = "household_id IN (SELECT household FROM undone WHERE NOT was_used)"
    cursor.execute(
        f"""DELETE FROM beneficiaries_statuschange WHERE enrollment_id IN (
                SELECT id FROM beneficiaries_enrollment WHERE {gone});
            DELETE FROM beneficiaries_enrollment WHERE {gone};
            DELETE FROM beneficiaries_assignment WHERE {gone};
            DELETE FROM beneficiaries_formercard WHERE {gone};
            DELETE FROM beneficiaries_sentedit WHERE {gone};
            DELETE FROM beneficiaries_member WHERE {gone};
            DELETE FROM beneficiaries_household WHERE id IN (SELECT household FROM undone WHERE NOT was_used)"""
    )
    cursor.execute("SELECT household FROM undone WHERE was_used ORDER BY household")
    kept = [{"household": key, "what": "Keluarga ini sudah dipakai sejak impor"} for (key,) in cursor.fetchall()]
    cursor.execute("DROP TABLE undone")
    return kept


def _restore(cursor, batch) -> list[dict]:
    """In known families: delete what was added, put back what was changed. What was added goes first, since a person
    who moved can only return when the new membership is gone."""
    kept: list[tuple] = []
    for table in (STATUS_CHANGES, ENROLLMENTS, FORMER_CARDS, ASSIGNMENTS, MEMBERS):
        what = f"{table.model._meta.verbose_name} baru"
        kept += [(table.name, key, what) for key in delete_created(cursor, batch, table, _unused(table))]
    for table in (HOUSEHOLDS, MEMBERS, ENROLLMENTS, ASSIGNMENTS):
        left = restore_changes(cursor, batch, table)
        kept += [(table.name, key, _TITLES.get(field, field)) for key, field in left]
    families = _families_of(cursor, kept) if kept else {}
    return [
        {"household": household, "what": what}
        for household, what in dict.fromkeys((families[table, key], what) for table, key, what in kept)
    ]


def _families_of(cursor, kept: list[tuple]) -> dict[tuple[str, int], int]:
    """The families of rows given as (table, key, …). Cost: one query, however many they are."""
    within = " UNION ALL ".join(
        f"SELECT '{table.name}' AS name, id, household_id FROM {table.name}"
        for table in (ENROLLMENTS, FORMER_CARDS, ASSIGNMENTS, MEMBERS)
    )
    cursor.execute(
        f"""SELECT k.name, k.key, f.household_id FROM (
                SELECT DISTINCT * FROM unnest(%s::text[], %s::bigint[]) AS k(name, key)) k
            JOIN ({within} UNION ALL SELECT '{HOUSEHOLDS.name}', id, id FROM {HOUSEHOLDS.name}
                UNION ALL SELECT '{STATUS_CHANGES.name}', s.id, e.household_id FROM {STATUS_CHANGES.name} s
                    JOIN {ENROLLMENTS.name} e ON e.id = s.enrollment_id) f ON f.name = k.name AND f.id = k.key""",
        [[table for table, _, _ in kept], [key for _, key, _ in kept]],
    )
    return {(table, key): household for table, key, household in cursor.fetchall()}


def _unused(table) -> str:
    """An enrollment that has steps or cases of later days stays, and so does the step that these follow."""
    if table is STATUS_CHANGES:
        return f"""NOT EXISTS (SELECT FROM beneficiaries_statuschange x
            WHERE x.enrollment_id = t.enrollment_id AND x.id > t.id)
        AND NOT EXISTS (SELECT FROM imports_fieldchange y JOIN beneficiaries_enrollment e ON e.id = y.key
            WHERE y.batch_id = c.batch_id AND y."table" = '{ENROLLMENTS.name}' AND y.field = ''
              AND e.id = t.enrollment_id AND ({ROW_DIGEST.format(alias="e")} <> y.new
                OR EXISTS (SELECT FROM beneficiaries_graduationcase g WHERE g.enrollment_id = e.id)))"""
    if table is not ENROLLMENTS:
        return "true"
    return """NOT EXISTS (SELECT FROM beneficiaries_statuschange x WHERE x.enrollment_id = t.id)
        AND NOT EXISTS (SELECT FROM beneficiaries_graduationcase x WHERE x.enrollment_id = t.id)"""


def _record(cursor, batch, by, touched: list[int]) -> None:
    cursor.execute(
        """INSERT INTO audit_auditevent (actor_id, action, target_kind, target_id, data)
           SELECT %s, 'household.import_undone', 'beneficiaries.household', household,
               jsonb_build_object('batch', %s::bigint) FROM unnest(%s::bigint[]) AS household""",
        [by.pk, batch.pk, touched],
    )
