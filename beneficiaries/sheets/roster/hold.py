"""Keeping the families of a roster as they are, while they are compared and written or taken back."""

from django.db import connection

from beneficiaries.sheets import since
from beneficiaries.sheets.roster.models import RosterComplete
from beneficiaries.sheets.roster.tables import READ
from ejsika.imports.kinds import Since
from ejsika.imports.writing import know_sizes

# Families that the sheet's numbers lead to, and those that the batch created or found before, also as what they became.
_FAMILIES = """
    DROP TABLE IF EXISTS roster_held;
    CREATE TEMP TABLE roster_held ON COMMIT DROP AS
    SELECT household AS id FROM beneficiaries_rosterrow WHERE batch_id = %(batch)s AND household IS NOT NULL
    UNION SELECT k.id FROM beneficiaries_rosterrow r JOIN beneficiaries_household k ON k.kk = r.kk
        WHERE r.batch_id = %(batch)s
    UNION SELECT m.household_id FROM beneficiaries_rosterrow r JOIN beneficiaries_member m
        ON m.nik = r.nik AND m.left_on IS NULL WHERE r.batch_id = %(batch)s
    UNION SELECT household FROM beneficiaries_rostermissing WHERE batch_id = %(batch)s AND reason <> ''
    UNION SELECT g.into_id FROM beneficiaries_rosterrow r
        JOIN beneficiaries_householdmerge g ON g.merged_id = r.household WHERE r.batch_id = %(batch)s;
    ANALYZE roster_held
"""
# A visit or a look at a number changes nothing that a sheet writes.
_ACTS = [
    "household.edited",
    "member.edited",
    "member.added",
    "household.assigned",
    "household.imported",
    "household.import_undone",
    "household.left_out",
    "household.merged",
    "household.merged_away",
    "graduation.decided",
]


def hold(batch) -> Since:
    """Lock the families of a batch until the transaction ends; tells what has happened since they were compared.

    Enrollments first, as a decision on a graduation does: two that lock in one order never wait for each other.
    """
    with connection.cursor() as cursor:
        know_sizes(cursor, READ)
        cursor.execute(_FAMILIES, {"batch": batch.pk})
        for table, family in (("beneficiaries_enrollment", "household_id"), ("beneficiaries_household", "id")):
            cursor.execute(
                f"""SELECT count(*) FROM (SELECT FROM {table} WHERE {family} IN (SELECT id FROM roster_held)
                    ORDER BY id FOR UPDATE) locked"""
            )
        # A roster that is said to be complete is compared with families that it does not name: there it is never sure.
        if since.nothing_since(cursor, batch) and not RosterComplete.objects.filter(batch=batch).exists():
            return Since.NOTHING
        cursor.execute(_ACTED, {"checked_at": batch.checked_at, "acts": _ACTS})
        return Since.OWN if cursor.fetchone()[0] else Since.OTHERS


_ACTED = """
    SELECT EXISTS (SELECT FROM audit_auditevent a JOIN roster_held f ON f.id = a.target_id
        WHERE a.target_kind = 'beneficiaries.household' AND a.action = ANY(%(acts)s) AND a.at > %(checked_at)s)
"""
