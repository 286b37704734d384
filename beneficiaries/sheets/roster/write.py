"""Writing a matched roster: new families by INSERT … SELECT, known ones by their noted changes, all set-based."""

from django.db import connection

from beneficiaries import tallies
from beneficiaries.models.enrollment import refresh_statuses
from beneficiaries.sheets.roster import fields, match, missing
from beneficiaries.sheets.roster.match import SAME_MEMBER
from beneficiaries.sheets.roster.tables import (
    ASSIGNMENTS,
    ENROLLMENTS,
    FORMER_CARDS,
    HOUSEHOLDS,
    MEMBERS,
    STATUS_CHANGES,
    families_of_members,
)
from ejsika.imports.writing import (
    apply_changes,
    count_anew,
    give_memory,
    keys_of,
    note_changes,
    note_created,
    put_names_off,
    tell_written,
)

# The families to write, beside their households; rows that are wrong or the same stay out.
_WRITTEN = "roster_written f JOIN beneficiaries_household h ON h.id = f.household"
_KNOWN = f"{_WRITTEN} AND NOT f.is_new"
_PEOPLE = "beneficiaries_rosterrow r JOIN roster_written f ON f.family = r.family AND r.batch_id = %(batch)s"


def write(batch, by) -> None:
    """Write every family of a batch that is new or changed. Call in a transaction, right after match().

    Cost: some thirty statements, whatever the number of rows.
    """
    values = {"batch": batch.pk, "program": batch.program_id, "by": by.pk}
    with connection.cursor() as cursor:
        give_memory(cursor)
        put_names_off(cursor)
        _choose_families(cursor, batch)
        cursor.execute(_DESAS)
        desas = set(keys_of(cursor))
        _write_households(cursor, batch)
        _write_members(cursor, batch, values)
        left = families_of_members(cursor, batch)
        desas |= tallies.desas_of([*left, *missing.note(cursor, batch, by)])
        _write_enrollments(cursor, batch, values)
        _write_assignments(cursor, batch)
        _record(cursor, values | {"left": left})
        count_anew(cursor, batch, HOUSEHOLDS, MEMBERS, ENROLLMENTS, ASSIGNMENTS)
    tallies.refresh(desas)


def _choose_families(cursor, batch) -> None:
    """Make roster_written: what match() found to be new or changed, as the sheet and the admin's choices say it."""
    by_person, columns = match.is_by_person(cursor, batch), ", ".join(f"f.{column}" for column in match.FAMILY_COLUMNS)
    rows = f"SELECT * FROM beneficiaries_rosterrow WHERE batch_id = {int(batch.pk)} AND outcome IN ('create', 'change')"
    if by_person or batch.choices_made:
        match.make_families(cursor, batch, by_person=by_person)
        of_families = f"""SELECT family, f.row, {columns}, o.is_new, o.household FROM roster_family f
            JOIN (SELECT DISTINCT family, outcome = 'create' AS is_new, household FROM ({rows}) r) o USING (family)"""
    else:  # a line is a family
        of_families = f"SELECT family, f.row, {columns}, f.outcome = 'create' AS is_new, f.household FROM ({rows}) f"
    cursor.execute(
        f"""DROP TABLE IF EXISTS roster_written;
        CREATE TEMP TABLE roster_written ON COMMIT DROP AS {of_families};
        CREATE INDEX ON roster_written (household);
        ANALYZE roster_written (family, household, is_new)"""
    )


# Where the written families live until now and from now on.
_DESAS = f"""
    SELECT h.region_code FROM {_KNOWN} UNION SELECT f.region_code FROM roster_written f WHERE f.region_code IS NOT NULL
"""


def _write_households(cursor, batch) -> None:
    """Add the new families; change the known ones, and keep the card number that one had before."""
    cursor.execute(_NEW_HOUSEHOLDS)
    tell_written(batch, HOUSEHOLDS, cursor.rowcount)
    changed = fields.changes(fields.HOUSEHOLD, "h")
    note_changes(
        cursor,
        batch,
        HOUSEHOLDS,
        f"SELECT h.id, field, old, new FROM {_KNOWN} CROSS JOIN LATERAL {changed}",
    )
    cursor.execute(_FORMER_CARDS)
    note_created(cursor, batch, FORMER_CARDS, keys_of(cursor))
    apply_changes(cursor, batch, HOUSEHOLDS)


_NEW_HOUSEHOLDS = """
    INSERT INTO beneficiaries_household (id, kk, recipient_name, region_code, address, rt, rw, phone, latitude,
        longitude, point_source, bank, account_sealed, account_digest, status)
    SELECT household, kk, name, region_code, coalesce(address, ''), rt, rw, coalesce(phone, ''), latitude,
        longitude, CASE WHEN latitude IS NULL THEN '' ELSE 'impor' END, coalesce(bank, ''), account_sealed,
        account_digest, coalesce(status, 'aktif')
    FROM roster_written WHERE is_new
"""
_FORMER_CARDS = f"""
    INSERT INTO beneficiaries_formercard (household_id, kk, replaced_on)
    SELECT h.id, h.kk, {fields.TODAY} FROM {_KNOWN} WHERE f.kk IS NOT NULL AND h.kk <> f.kk RETURNING id
"""


def _write_members(cursor, batch, values: dict) -> None:
    """Close the memberships of who moves here, change who is known, add who is new."""
    for changed in (_MOVED_HERE, _KNOWN_MEMBERS, _RECIPIENTS):
        note_changes(cursor, batch, MEMBERS, changed, values)
    apply_changes(cursor, batch, MEMBERS)
    cursor.execute(_NEW_MEMBERS, values)
    note_created(cursor, batch, MEMBERS, keys_of(cursor))


_MOVED_HERE = f"""
    SELECT m.id, 'left_on', NULL, {fields.TODAY}::text FROM {_PEOPLE}
    JOIN beneficiaries_member m ON m.nik = r.nik AND m.left_on IS NULL AND m.household_id <> f.household
"""
_KNOWN_MEMBERS = f"""
    SELECT m.id, field, old, new FROM {_PEOPLE} JOIN beneficiaries_member m ON {SAME_MEMBER}
    CROSS JOIN LATERAL {fields.changes(fields.MEMBER, "m")} WHERE NOT f.is_new
"""
# The recipient of the sheet becomes the family's; whoever was it before stays a member.
_RECIPIENTS = f"""
    SELECT m.id, 'is_recipient', m.is_recipient::text, (NOT m.is_recipient)::text
    FROM {_PEOPLE} JOIN beneficiaries_member m ON m.household_id = f.household AND m.left_on IS NULL
    CROSS JOIN LATERAL (SELECT ({SAME_MEMBER}) AS is_the_one) s
    WHERE NOT f.is_new AND r.is_recipient AND m.is_recipient IS DISTINCT FROM s.is_the_one
      AND (m.is_recipient OR s.is_the_one)
"""
_NEW_MEMBERS = f"""
    WITH added AS (
        INSERT INTO beneficiaries_member (household_id, nik, name, sex, born_on, relationship, is_recipient,
            school_level, grade, is_pregnant, is_disabled, joined_on)
        SELECT f.household, r.nik, r.name, coalesce(r.sex, ''), r.born_on, coalesce(r.relationship, ''),
            r.is_recipient, coalesce(r.school_level, ''), r.grade, r.is_pregnant, r.is_disabled, {fields.TODAY}
        FROM {_PEOPLE} WHERE f.is_new OR NOT EXISTS (SELECT FROM beneficiaries_member m WHERE {SAME_MEMBER})
        ORDER BY r.row RETURNING id, household_id)
    SELECT added.id FROM added JOIN roster_written f ON f.household = added.household_id WHERE NOT f.is_new
"""


def _write_enrollments(cursor, batch, values: dict) -> None:
    """Change the place of known families in the programme, give one to the others, and keep every step."""
    note_changes(cursor, batch, ENROLLMENTS, _KNOWN_ENROLLMENTS, values)
    apply_changes(cursor, batch, ENROLLMENTS)
    cursor.execute(_CHANGED_STATUSES, values)
    changed = cursor.fetchall()
    cursor.execute(_NEW_ENROLLMENTS, values)
    added = cursor.fetchall()
    note_created(cursor, batch, STATUS_CHANGES, [step for _, _, step in changed + added])
    note_created(cursor, batch, ENROLLMENTS, [key for _, key, _ in added])
    refresh_statuses([household for household, _, _ in changed + added])


_KNOWN_ENROLLMENTS = f"""
    SELECT e.id, field, old, new FROM {_WRITTEN}
    JOIN beneficiaries_enrollment e ON e.household_id = h.id AND e.program_id = %(program)s
    CROSS JOIN LATERAL {fields.changes(fields.ENROLLMENT, "e")}
"""
_CHANGED_STATUSES = """
    WITH steps AS (
        INSERT INTO beneficiaries_statuschange (enrollment_id, status, "on", reason, letter, by_id)
        SELECT e.id, e.status, e.since, e.reason, e.letter, %(by)s FROM imports_fieldchange c
        JOIN beneficiaries_enrollment e ON e.id = c.key
        WHERE c.batch_id = %(batch)s AND c."table" = 'beneficiaries_enrollment' AND c.field = 'status'
        RETURNING id, enrollment_id)
    SELECT e.household_id, e.id, steps.id FROM steps JOIN beneficiaries_enrollment e ON e.id = steps.enrollment_id
"""
# Of families that are new themselves nothing more is noted: an undo takes all that they have.
_NEW_ENROLLMENTS = f"""
    WITH added AS (
        INSERT INTO beneficiaries_enrollment (household_id, program_id, status, since, reason, letter, cohort_year)
        SELECT f.household, %(program)s, coalesce(f.status, 'aktif'),
            coalesce(make_date(f.cohort_year, 1, 1), {fields.TODAY}), '', '', f.cohort_year
        FROM roster_written f WHERE f.is_new OR NOT EXISTS (SELECT FROM beneficiaries_enrollment e
            WHERE e.household_id = f.household AND e.program_id = %(program)s)
        ORDER BY f.row RETURNING *),
    steps AS (
        INSERT INTO beneficiaries_statuschange (enrollment_id, status, "on", reason, letter, by_id)
        SELECT id, status, since, reason, letter, %(by)s FROM added RETURNING id, enrollment_id)
    SELECT added.household_id, added.id, steps.id FROM added JOIN steps ON steps.enrollment_id = added.id
    JOIN roster_written f ON f.household = added.household_id WHERE NOT f.is_new
"""


def _write_assignments(cursor, batch) -> None:
    """Hand families over to the assistants that the sheet names; the day belongs to the new one."""
    note_changes(cursor, batch, ASSIGNMENTS, _HANDED_OVER)
    apply_changes(cursor, batch, ASSIGNMENTS)
    cursor.execute(_NEW_ASSIGNMENTS)
    note_created(cursor, batch, ASSIGNMENTS, keys_of(cursor))


_HANDED_OVER = f"""
    SELECT a.id, 'ended_on', NULL, {fields.TODAY}::text FROM roster_written f
    JOIN beneficiaries_assignment a ON a.household_id = f.household AND a.ended_on IS NULL
    WHERE f.assistant IS NOT NULL AND a.assistant_id <> f.assistant
"""
_NEW_ASSIGNMENTS = f"""
    WITH added AS (
        INSERT INTO beneficiaries_assignment (household_id, assistant_id, started_on)
        SELECT f.household, f.assistant, {fields.TODAY} FROM roster_written f
        WHERE f.assistant IS NOT NULL AND NOT EXISTS (SELECT FROM beneficiaries_assignment a
            WHERE a.household_id = f.household AND a.ended_on IS NULL) RETURNING id, household_id)
    SELECT added.id FROM added JOIN roster_written f ON f.household = added.household_id WHERE NOT f.is_new
"""


def _record(cursor, values: dict) -> None:
    """One audit entry a family: which batch, whether it is new, which fields changed (no values).

    A family that a member left for one of these has its entry too: it is no longer what it was.
    """
    cursor.execute(
        """INSERT INTO audit_auditevent (actor_id, action, target_kind, target_id, data)
           SELECT %(by)s, 'household.imported', 'beneficiaries.household', f.household, jsonb_build_object(
               'batch', %(batch)s::bigint, 'created', f.is_new, 'fields', coalesce(c.fields, '[]'::jsonb))
           FROM roster_written f LEFT JOIN (
               SELECT key, jsonb_agg(DISTINCT field) AS fields FROM imports_fieldchange
               WHERE batch_id = %(batch)s AND "table" = 'beneficiaries_household' AND field <> '' GROUP BY key
           ) c ON c.key = f.household
           UNION ALL SELECT %(by)s, 'household.imported', 'beneficiaries.household', l.household, jsonb_build_object(
               'batch', %(batch)s::bigint, 'created', false, 'fields', '[]'::jsonb)
           FROM unnest(%(left)s::bigint[]) AS l(household)
           WHERE NOT EXISTS (SELECT FROM roster_written f WHERE f.household = l.household)""",
        values,
    )
