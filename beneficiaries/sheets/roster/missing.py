"""A roster that is said to be complete: which active families of its programme and region it does not name.

They stay as they are until an admin gives a reason for them, one by one or for all; then the commit makes them
non-active, with the families that the roster names, and its undo makes them active again. Never a graduated one.
"""

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from beneficiaries.choices import EnrollmentStatus, InactiveReason
from beneficiaries.models.household import Household
from beneficiaries.sheets.roster.fields import TODAY
from beneficiaries.sheets.roster.models import RosterComplete, RosterMissing, RosterRow
from beneficiaries.sheets.roster.tables import ENROLLMENTS
from ejsika.accounts.models import User
from ejsika.audit.models import record
from ejsika.imports.choosing import note_choice, open_batch
from ejsika.imports.models import ImportBatch
from ejsika.imports.writing import keys_of, note_changes
from ejsika.regions.models import Region

MOST_DESAS = 30  # offered one by one; where a roster names more, its kecamatan and kabupaten are


def regions_offered(batch, user: User) -> list[Region]:
    """The regions that a roster may be complete for: those that its rows lie in, within both people's own."""
    rows = RosterRow.objects.filter(batch=batch, region_code__isnull=False)
    desas = set(rows.values_list("region_code", flat=True).distinct())
    codes = {code[:length] for code in desas for length in (2, 4, 6)} | (desas if len(desas) <= MOST_DESAS else set())
    within = [code for code in codes if user.covers(code) and batch.uploaded_by.covers(code)]
    regions = Region.objects.filter(code__in=within).select_related("parent__parent")
    return sorted(regions, key=lambda region: (len(region.code), region.code))


@transaction.atomic
def declare(batch: ImportBatch, by: User, region: Region | None) -> ImportBatch:
    """Say that a checked roster is complete for a region, or (None) that it is not.

    Errors: ValidationError if the batch is not open any more.
    """
    batch = open_batch(batch)
    RosterComplete.objects.filter(batch=batch).delete()
    if region is not None:
        RosterComplete.objects.create(batch=batch, region=region, by=by)
    _reconsider(batch)
    record("import.declared_complete", target=batch, by=by, regions=[region.code] if region else [])
    return batch


@transaction.atomic
def choose(
    batch: ImportBatch, by: User, *, reason: str = "", leaving: set[int] | None = None, staying: set[int] | None = None
) -> ImportBatch:
    """Give some of the missing families, or all (None), a reason to become non-active, or let some stay as they are.

    Without a reason those that have one keep it. Errors: ValidationError if a reason is missing, or the batch is not
    open any more.
    """
    batch = open_batch(batch)
    missing = RosterMissing.objects.filter(batch=batch)
    chosen = missing if leaving is None else missing.filter(household__in=leaving)
    if reason:
        chosen.update(reason=reason)
    elif chosen.filter(reason="").exists():
        raise ValidationError("Pilih alasan mengapa keluarga ini menjadi nonaktif.")
    if staying:
        missing.filter(household__in=staying).update(reason="")
    _reconsider(batch)
    record("import.missing_chosen", target=batch, by=by, count=batch.counts.get("leaving", 0))
    return batch


@transaction.atomic
def keep_all(batch: ImportBatch, by: User) -> ImportBatch:
    """Let all missing families stay as they are. Errors: ValidationError if the batch is not open any more."""
    batch = open_batch(batch)
    RosterMissing.objects.filter(batch=batch).update(reason="")
    _reconsider(batch)
    record("import.missing_chosen", target=batch, by=by, count=0)
    return batch


def _reconsider(batch: ImportBatch) -> None:
    note_choice(batch)
    with connection.cursor() as cursor:
        find(cursor, batch)
    batch.save(update_fields=["counts"])


def find(cursor, batch) -> None:
    """List anew the families that a complete roster does not name, and count them; reasons given before stay.

    Whoever is on a wrong line, by number or (where none can be read) by name, or resembles a new one, is not missing.
    """
    complete = RosterComplete.objects.filter(batch=batch).first()
    batch.counts = {name: count for name, count in batch.counts.items() if name not in ("missing", "leaving")}
    if complete is None:
        cursor.execute("DELETE FROM beneficiaries_rostermissing WHERE batch_id = %s", [batch.pk])
        return
    scope, parameters = Household.objects.for_user(batch.uploaded_by).values("pk").query.sql_with_params()
    values = {"batch": batch.pk, "program": batch.program_id, "region": complete.region_id}
    cursor.execute(_NAMED, values)
    cursor.execute(f"CREATE TEMP TABLE roster_scope ON COMMIT DROP AS {scope}", parameters)
    for statement in (_FOUND, _GONE, _COME):
        cursor.execute(statement, values | {"active": EnrollmentStatus.ACTIVE.value})
    cursor.execute("DROP TABLE roster_named, roster_scope, roster_missing")
    missing = RosterMissing.objects.filter(batch=batch)
    batch.counts |= {"missing": missing.count(), "leaving": missing.exclude(reason="").count()}


_NAMED = """
    CREATE TEMP TABLE roster_named ON COMMIT DROP AS
    SELECT household AS id FROM beneficiaries_rosterrow WHERE batch_id = %(batch)s AND household IS NOT NULL
    UNION SELECT k.id FROM beneficiaries_rosterrow r JOIN beneficiaries_household k ON k.kk = r.kk
        WHERE r.batch_id = %(batch)s
    UNION SELECT c.household_id FROM beneficiaries_rosterrow r JOIN beneficiaries_formercard c ON c.kk = r.kk
        WHERE r.batch_id = %(batch)s
    UNION SELECT m.household_id FROM beneficiaries_rosterrow r JOIN beneficiaries_member m
        ON m.nik = r.nik AND m.left_on IS NULL WHERE r.batch_id = %(batch)s
    UNION SELECT m.household_id FROM beneficiaries_rostersuspect s JOIN beneficiaries_member m ON m.id = s.member
        WHERE s.batch_id = %(batch)s
    UNION SELECT h.id FROM beneficiaries_rosterrow r JOIN beneficiaries_household h
        ON lower(h.recipient_name) = lower(r.name) AND (r.region_code IS NULL OR h.region_code = r.region_code)
        WHERE r.batch_id = %(batch)s AND r.outcome = 'error'
"""
_FOUND = """
    CREATE TEMP TABLE roster_missing ON COMMIT DROP AS
    SELECT h.id FROM beneficiaries_household h
    JOIN beneficiaries_enrollment e ON e.household_id = h.id AND e.program_id = %(program)s AND e.status = %(active)s
    WHERE starts_with(h.region_code, %(region)s) AND h.id IN (SELECT * FROM roster_scope)
        AND h.id NOT IN (SELECT id FROM roster_named WHERE id IS NOT NULL)
"""
_GONE = """
    DELETE FROM beneficiaries_rostermissing x WHERE batch_id = %(batch)s
        AND NOT EXISTS (SELECT FROM roster_missing m WHERE m.id = x.household)
"""
_COME = """
    INSERT INTO beneficiaries_rostermissing (batch_id, household, reason)
    SELECT %(batch)s, m.id, '' FROM roster_missing m WHERE NOT EXISTS (
        SELECT FROM beneficiaries_rostermissing x WHERE x.batch_id = %(batch)s AND x.household = m.id)
"""


def leaving(cursor, batch) -> list[int]:
    """The families that this batch makes non-active."""
    cursor.execute(
        "SELECT household FROM beneficiaries_rostermissing WHERE batch_id = %s AND reason <> '' ORDER BY household",
        [batch.pk],
    )
    return keys_of(cursor)


def note(cursor, batch, by) -> list[int]:
    """Note that the chosen families become non-active, before the enrollments are written; gives them.

    Each gets its audit entry. Cost: three statements.
    """
    values = {
        "batch": batch.pk,
        "program": batch.program_id,
        "by": by.pk,
        "active": EnrollmentStatus.ACTIVE.value,
        "inactive": EnrollmentStatus.INACTIVE.value,
        "codes": InactiveReason.values,
        "words": [str(label) for label in InactiveReason.labels],
    }
    note_changes(cursor, batch, ENROLLMENTS, _LEAVING, values)
    cursor.execute(_RECORDED, values)
    return leaving(cursor, batch)


_LEAVING = f"""
    SELECT e.id, v.field, v.old, v.new FROM beneficiaries_rostermissing x
    JOIN unnest(%(codes)s::text[], %(words)s::text[]) AS known(code, words) ON known.code = x.reason
    JOIN beneficiaries_enrollment e ON e.household_id = x.household AND e.program_id = %(program)s
        AND e.status = %(active)s
    CROSS JOIN LATERAL (VALUES ('status', e.status, %(inactive)s), ('since', e.since::text, {TODAY}::text),
        ('reason', e.reason, known.words), ('letter', e.letter, '')) AS v(field, old, new)
    WHERE x.batch_id = %(batch)s
"""
_RECORDED = """
    INSERT INTO audit_auditevent (actor_id, action, target_kind, target_id, data)
    SELECT %(by)s, 'household.left_out', 'beneficiaries.household', household,
        jsonb_build_object('batch', %(batch)s::bigint, 'reason', reason)
    FROM beneficiaries_rostermissing WHERE batch_id = %(batch)s AND reason <> ''
"""
