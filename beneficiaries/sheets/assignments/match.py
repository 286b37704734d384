"""The sheet of assignments against the register: which family, which assistant, whether anything changes; in SQL."""

from django.db import connection, transaction

from beneficiaries.choices import EnrollmentStatus
from beneficiaries.models.household import Household
from beneficiaries.sheets import since
from beneficiaries.sheets.assignments.models import AssignmentRow
from beneficiaries.sheets.retired import follow
from ejsika.accounts.permissions import Role
from ejsika.imports.kinds import Since
from ejsika.imports.models import Problem
from ejsika.imports.writing import give_memory
from ejsika.lib.sealed import SealedNumber

_LOOKED_AFTER = [EnrollmentStatus.ACTIVE, EnrollmentStatus.SUSPENDED, EnrollmentStatus.CANDIDATE]
# What another hand can have changed of a family's assistants since the check.
_OF_ASSISTANTS = ("user.created", "user.changed", "user.activated", "user.deactivated")  # what they may have since
_ACTS = ["household.assigned", "household.imported", "household.import_undone"]
_ACTS += ["household.merged", "household.merged_away"]


def hold(batch) -> Since:
    """Lock the families of a batch until the transaction ends; tells whether one changed hands since the check."""
    values = {"batch": batch.pk, "checked_at": batch.checked_at, "acts": _ACTS}
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM (SELECT FROM beneficiaries_household WHERE id IN (
                   SELECT household FROM beneficiaries_assignmentrow WHERE batch_id = %(batch)s
                   UNION SELECT g.into_id FROM beneficiaries_assignmentrow r
                   JOIN beneficiaries_householdmerge g ON g.merged_id = r.household WHERE r.batch_id = %(batch)s)
               ORDER BY id FOR UPDATE) locked""",
            values,
        )
        if since.nothing_since(cursor, batch, noticed=_OF_ASSISTANTS):
            return Since.NOTHING
        cursor.execute(
            """SELECT EXISTS (SELECT FROM audit_auditevent a WHERE a.target_kind = 'beneficiaries.household'
                   AND a.target_id IN (SELECT household FROM beneficiaries_assignmentrow WHERE batch_id = %(batch)s)
                   AND a.action = ANY(%(acts)s) AND a.at > %(checked_at)s)""",
            values,
        )
        return Since.OWN if cursor.fetchone()[0] else Since.OTHERS


@transaction.atomic
def match(batch) -> list[tuple]:
    """Set the outcome of every row of a batch and batch.counts; gives what is wrong or odd, as LineKind.tell wants it.

    Cost: nine statements, whatever the number of rows.
    """
    Problem.objects.filter(batch=batch, is_from_register=True)._raw_delete("default")
    scope, parameters = Household.objects.for_user(batch.uploaded_by).values("pk").query.sql_with_params()
    values = {"batch": batch.pk, "role": Role.PENDAMPING.value, "looked_after": [str(s) for s in _LOOKED_AFTER]}
    with connection.cursor() as cursor:
        give_memory(cursor)
        batch.compared_with = since.mark(cursor, batch)
        follow(cursor, batch, AssignmentRow)
        cursor.execute(_FAMILIES, values)
        for inside in _INSIDE:
            cursor.execute(f"{inside} ({scope})", parameters)
        cursor.execute(_FOUND, values)
        cursor.execute(_TOLD)
        found = [_told(*row) for row in cursor.fetchall()]
        cursor.execute(_OUTCOMES, values)
        cursor.execute(
            "SELECT outcome, count(*) FROM beneficiaries_assignmentrow WHERE batch_id = %(batch)s GROUP BY outcome",
            values,
        )
        batch.counts = dict.fromkeys(("create", "change", "same", "error", "suspect"), 0) | dict(cursor.fetchall())
        cursor.execute(_SUM, values)
        batch.compared = cursor.fetchone()[0]
        batch.save(update_fields=["counts", "compared", "compared_with"])
    return found


def _told(row: int, field: str, code: str, number: bytes | None, username: str) -> tuple:
    value = username if field == "username" else str(SealedNumber(field, number)) if number else ""
    return row, field, value, code, {}


# What each readable row leads to. A family's open assignment is that of today; `may` says whether the assistant's
# regions and programmes hold the family.
_FAMILIES = """
    DROP TABLE IF EXISTS assigning;
    CREATE TEMP TABLE assigning ON COMMIT DROP AS
    SELECT r.id, r.row, r.kk, r.nik, r.username, k.id AS by_kk, m.household_id AS by_nik, h.id AS household, h.status,
        false AS is_inside, false AS is_nik_inside, a.id AS held, a.assistant_id AS holder, u.id AS assistant,
        EXISTS (SELECT FROM accounts_user_regions s WHERE s.user_id = u.id
            AND starts_with(h.region_code, s.region_id))
        AND (u.all_programs OR EXISTS (SELECT FROM accounts_user_programs p JOIN beneficiaries_enrollment e
            ON e.program_id = p.program_id WHERE p.user_id = u.id AND e.household_id = h.id)) AS may
    FROM beneficiaries_assignmentrow r
    LEFT JOIN beneficiaries_household k ON k.kk = r.kk
    LEFT JOIN beneficiaries_member m ON m.nik = r.nik AND m.left_on IS NULL
    LEFT JOIN beneficiaries_household h ON h.id = coalesce(k.id, m.household_id)
    LEFT JOIN beneficiaries_assignment a ON a.household_id = h.id AND a.ended_on IS NULL
    LEFT JOIN accounts_user u ON lower(u.username) = lower(r.username) AND u.is_active AND u.role = %(role)s
    WHERE r.batch_id = %(batch)s AND r.row NOT IN (SELECT row FROM imports_problem
        WHERE batch_id = %(batch)s AND level = 'error' AND NOT is_from_register);
    CREATE INDEX ON assigning (household);
    ANALYZE assigning
"""
_INSIDE = (
    "UPDATE assigning SET is_inside = true WHERE household IN",
    "UPDATE assigning SET is_nik_inside = true WHERE by_nik IN",
)
# One thing a row, the first that holds; what is odd only where nothing is wrong.
_FOUND = """
    CREATE TEMP TABLE assigning_found ON COMMIT DROP AS
    SELECT f.id, f.row, v.field, v.code, v.is_error, f.username,
        CASE v.field WHEN 'kk' THEN f.kk WHEN 'nik' THEN f.nik END AS number
    FROM (SELECT *, count(*) OVER (PARTITION BY household) AS times,
            CASE WHEN kk IS NULL THEN 'nik' ELSE 'kk' END AS key FROM assigning) f
    CROSS JOIN LATERAL (
        SELECT field, code, is_error FROM (VALUES
            (1, f.key, 'household_unknown', f.household IS NULL, true),
            (2, f.key, 'region_outside_scope', f.household IS NOT NULL AND NOT f.is_inside, true),
            (3, 'nik', 'region_outside_scope', f.by_nik IS NOT NULL AND NOT f.is_nik_inside, true),
            (4, 'nik', 'identity_conflict', f.by_kk <> f.by_nik, true),
            (5, f.key, 'duplicate_in_file', f.household IS NOT NULL AND f.times > 1, true),
            (6, 'username', 'assistant_unknown', f.may IS NOT true AND f.holder IS DISTINCT FROM f.assistant, true),
            (7, 'kk', 'kk_unknown', f.kk IS NOT NULL AND f.by_kk IS NULL, false),
            (8, f.key, 'household_inactive', f.status <> ALL(%(looked_after)s), false)
        ) AS s(turn, field, code, holds, is_error) WHERE holds ORDER BY turn LIMIT 1) v
"""
_TOLD = "SELECT row, field, code, number, username FROM assigning_found ORDER BY row"
# What was compared, as a sum: a commit writes only what still gives the same.
_SUM = """
    SELECT left(md5(string_agg(concat_ws(':', row, outcome, household, held, assistant), ',' ORDER BY row)), 20)
    FROM beneficiaries_assignmentrow WHERE batch_id = %(batch)s
"""
_OUTCOMES = """
    UPDATE beneficiaries_assignmentrow r
    SET household = o.household, held = o.held, holder = o.holder, assistant = o.assistant, outcome = o.outcome
    FROM (
        SELECT f.id, CASE WHEN x.id IS NULL THEN f.household END AS household, f.held, f.holder, f.assistant,
            CASE WHEN x.id IS NOT NULL THEN 'error' WHEN f.holder IS NULL THEN 'create'
                WHEN f.holder = f.assistant THEN 'same' ELSE 'change' END AS outcome
        FROM assigning f LEFT JOIN assigning_found x ON x.id = f.id AND x.is_error) o
    WHERE r.id = o.id AND r.batch_id = %(batch)s;
    DROP TABLE assigning, assigning_found
"""
