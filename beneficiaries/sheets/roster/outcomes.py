"""What becomes of each family of a sheet: new, changed (and in what), the same, left out, wrong; and of how many."""

from beneficiaries.sheets.roster import fields
from beneficiaries.sheets.roster.messages import WARNINGS
from beneficiaries.sheets.roster.suspects import UNDECIDED

# A person of the sheet is the open member of the matched family with the same NIK, or the one who was recognised, else
# (without a NIK) the one with the same name and birth date.
SAME_MEMBER = """m.household_id = f.household AND m.left_on IS NULL AND (m.nik = r.nik OR m.id = r.member OR (
    r.nik IS NULL AND lower(m.name) = lower(r.name) AND m.born_on IS NOT DISTINCT FROM r.born_on))"""
COUNTED = ("create", "change", "same", "error", "suspect")


def remember(cursor, batch, only: str) -> None:
    """Make roster_before: how many families of each outcome the rows at hand made until now."""
    cursor.execute(
        f"""DROP TABLE IF EXISTS roster_before;
        CREATE TEMP TABLE roster_before ON COMMIT DROP AS
        SELECT outcome, count(DISTINCT family) AS families FROM beneficiaries_rosterrow r
        WHERE batch_id = {int(batch.pk)} AND {only} AND {"false" if only == "true" else "true"} GROUP BY outcome"""
    )


def judge(cursor, batch) -> None:
    """Make roster_outcome and set each row's outcome by it: an error anywhere in a family makes it wrong whole.

    A new family is given the id here that it will have, in the sheet's order, unless it was while it was staged: when
    it is written, its rows need not be touched again.
    """
    cursor.execute("SELECT pg_get_serial_sequence('beneficiaries_household', 'id')")  # once: asking takes its time
    (ids,) = cursor.fetchone()
    values = {"batch": batch.pk, "program": batch.program_id, "warnings": list(WARNINGS), "ids": ids}
    cursor.execute(_OUTCOMES, values)
    cursor.execute(
        """UPDATE beneficiaries_rosterrow r SET household = o.household, outcome = o.outcome, changes = o.changes
           FROM roster_outcome o WHERE r.batch_id = %s AND r.family = o.family
             AND (r.household, r.outcome, r.changes) IS DISTINCT FROM (o.household, o.outcome, o.changes)""",
        [batch.pk],
    )


_OF_FAMILIES = f"""
    SELECT f.family, {fields.bits(fields.HOUSEHOLD)}
        | CASE WHEN e.id IS NULL THEN {fields.BITS["program"]} ELSE {fields.bits(fields.ENROLLMENT)} END
        | CASE WHEN f.assistant IS NOT NULL AND a.assistant_id IS DISTINCT FROM f.assistant
            THEN {fields.BITS["assistant"]} ELSE 0 END AS bits, f.withheld
    FROM roster_family f JOIN beneficiaries_household h ON h.id = f.household
    LEFT JOIN beneficiaries_enrollment e ON e.household_id = h.id AND e.program_id = %(program)s
    LEFT JOIN beneficiaries_assignment a ON a.household_id = h.id AND a.ended_on IS NULL
"""
_OF_PERSONS = f"""
    SELECT r.family, CASE WHEN m.id IS NULL THEN {fields.BITS["member"]} ELSE {fields.bits(fields.MEMBER)} END
        | CASE WHEN r.is_recipient AND m.is_recipient IS NOT TRUE THEN {fields.BITS["recipient"]} ELSE 0 END, r.withheld
    FROM beneficiaries_rosterrow r JOIN roster_family f ON f.family = r.family
    LEFT JOIN beneficiaries_member m ON {SAME_MEMBER}
    WHERE r.batch_id = %(batch)s AND f.household IS NOT NULL
"""
# A family of which everything is unticked is left out, like one that was unticked whole.
_OUTCOMES = f"""
    CREATE TEMP TABLE roster_outcome ON COMMIT DROP AS
    WITH wrong AS (SELECT DISTINCT family FROM roster_found WHERE code <> ALL(%(warnings)s)),
    changed AS (SELECT family, bit_or(bits) AS bits, bit_or(withheld) AS withheld
        FROM ({_OF_FAMILIES} UNION ALL {_OF_PERSONS}) b GROUP BY family),
    unticked AS (SELECT row FROM imports_choice WHERE batch_id = %(batch)s AND field = '')
    SELECT f.family, j.outcome, CASE j.outcome WHEN 'error' THEN NULL
            WHEN 'create' THEN coalesce(f.given, nextval(%(ids)s::regclass))
            ELSE f.household END AS household,
        CASE WHEN f.household IS NULL THEN 0 ELSE coalesce(c.bits | c.withheld, 0) END AS changes
    FROM roster_family f
    LEFT JOIN wrong w ON w.family = f.family LEFT JOIN changed c ON c.family = f.family
    LEFT JOIN unticked u ON u.row = f.row
    CROSS JOIN LATERAL (SELECT CASE WHEN f.wrong OR w.family IS NOT NULL THEN 'error' WHEN u.row IS NOT NULL THEN 'left'
        WHEN f.household IS NULL THEN 'create' WHEN c.bits <> 0 THEN 'change' WHEN c.withheld <> 0 THEN 'left'
        ELSE 'same' END AS outcome) j
    ORDER BY f.row
"""


def count(cursor, batch) -> tuple[dict[str, int], str]:
    """Count families by outcome, and sum up which family has which: (counts, sum).

    A wrong row that shares its KK with another counts as the layout groups them. Where only some families were
    compared anew, the others count as before.
    """
    cursor.execute("SELECT outcome, families FROM roster_before")
    before = dict(cursor.fetchall())
    counts = dict.fromkeys(COUNTED, 0) | (batch.counts if before else {})
    cursor.execute("SELECT outcome, count(*) FROM roster_outcome GROUP BY outcome")
    now = dict(cursor.fetchall())
    for outcome in before | now:
        counts[outcome] = counts.get(outcome, 0) - before.get(outcome, 0) + now.get(outcome, 0)
    cursor.execute(_SUSPECTS, {"batch": batch.pk})
    counts["suspect"] = cursor.fetchone()[0]
    cursor.execute(_FIELDS, {"batch": batch.pk})
    counts["fields"] = cursor.fetchone()[0]
    cursor.execute(_SUM, {"batch": batch.pk})
    return {name: number for name, number in counts.items() if number or name in COUNTED}, str(cursor.fetchone()[0])


_SUSPECTS = f"""
    SELECT count(DISTINCT s.family) FROM {UNDECIDED} AND r.outcome = 'create'
"""
_FIELDS = """
    SELECT count(*) FROM imports_choice c JOIN beneficiaries_rosterrow r ON r.batch_id = c.batch_id AND r.row = c.row
    WHERE c.batch_id = %(batch)s AND c.field <> '' AND r.outcome = 'change'
"""
_SUM = """
    SELECT coalesce(bit_xor(hashtextextended(concat_ws(' ', row, outcome, household, changes & ~withheld), 0)), 0)
    FROM beneficiaries_rosterrow WHERE batch_id = %(batch)s
"""
