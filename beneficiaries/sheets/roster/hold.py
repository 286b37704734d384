"""Keeping the families of a roster as they are, while they are compared and written or taken back."""

from django.db import connection

# Families that the sheet's numbers lead to, and those that the batch created or found before.
_FAMILIES = """
    SELECT household AS id FROM beneficiaries_rosterrow WHERE batch_id = %(batch)s AND household IS NOT NULL
    UNION SELECT k.id FROM beneficiaries_rosterrow r JOIN beneficiaries_household k ON k.kk = r.kk
        WHERE r.batch_id = %(batch)s
    UNION SELECT m.household_id FROM beneficiaries_rosterrow r JOIN beneficiaries_member m
        ON m.nik = r.nik AND m.left_on IS NULL WHERE r.batch_id = %(batch)s
    UNION SELECT household FROM beneficiaries_rostermissing WHERE batch_id = %(batch)s AND reason <> ''
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
    "graduation.decided",
]


def hold(batch) -> bool:
    """Lock the families of a batch until the transaction ends; tells whether one was changed since the check.

    Enrollments first, as a decision on a graduation does: two that lock in one order never wait for each other.
    """
    values = {"batch": batch.pk, "checked_at": batch.checked_at, "acts": _ACTS}
    with connection.cursor() as cursor:
        for table, family in (("beneficiaries_enrollment", "household_id"), ("beneficiaries_household", "id")):
            cursor.execute(
                f"""SELECT count(*) FROM (SELECT FROM {table} WHERE {family} IN ({_FAMILIES})
                    ORDER BY id FOR UPDATE) locked""",
                values,
            )
        cursor.execute(
            f"""SELECT EXISTS (SELECT FROM audit_auditevent a WHERE a.target_kind = 'beneficiaries.household'
                AND a.target_id IN ({_FAMILIES}) AND a.action = ANY(%(acts)s) AND a.at > %(checked_at)s)""",
            values,
        )
        return cursor.fetchone()[0]
