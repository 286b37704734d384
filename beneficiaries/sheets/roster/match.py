"""Who is who: the staged roster against the register, in SQL, as the table of the roster contract says.

Everything below works on temporary tables of one transaction: roster_family (one row a family of the sheet, with the
households that its KK and its recipient's NIK lead to), roster_found (what was found wrong or odd), roster_outcome
(what becomes of each family: outcomes.py).
"""

from django.db import connection, transaction

from beneficiaries.choices import EnrollmentStatus
from beneficiaries.models.household import Household
from beneficiaries.sheets import since
from beneficiaries.sheets.retired import follow
from beneficiaries.sheets.roster import fields, missing, outcomes
from beneficiaries.sheets.roster.choosing import withhold
from beneficiaries.sheets.roster.columns import TITLES
from beneficiaries.sheets.roster.members import WITHOUT_FAMILY
from beneficiaries.sheets.roster.messages import MESSAGES, WARNINGS
from beneficiaries.sheets.roster.models import RosterRow
from beneficiaries.sheets.roster.outcomes import SAME_MEMBER
from beneficiaries.sheets.roster.suspects import find_suspects, name_suspects, recognise
from beneficiaries.sheets.roster.tables import READ
from ejsika.imports.models import SHEET_LINES, Problem
from ejsika.imports.writing import give_memory, know_sizes
from ejsika.lib.sealed import SealedNumber

__all__ = ["FAMILY_COLUMNS", "SAME_MEMBER", "is_by_person", "make_families", "match", "match_again"]
FAMILY_COLUMNS = (
    *("kk", "nik", "name", "born_on", "region_code", "address", "rt", "rw", "phone", "latitude", "longitude"),
    *("bank", "account_sealed", "account_digest", "cohort_year", "status", "assistant"),
)
# The choice that leaves a column as it is, where that has another name; a person's own columns are left in fields.py.
_CHOICE_OF = {"latitude": "point", "longitude": "point", "account_sealed": "account", "account_digest": "account"}
_NEVER_EMPTIED = {"nik", "born_on"}


def match(batch) -> None:
    """Set the outcome of every staged row of a batch, its problems, and batch.counts; changes nothing else.

    Cost: some twenty statements, whatever the number of rows.
    """
    _match(batch, None, is_anew=True)


def match_again(batch, families: list[int] | None) -> None:
    """Compare some families, or all (None), anew after a choice; whom they resemble is not looked for again."""
    _match(batch, families, is_anew=False)


@transaction.atomic
def _match(batch, families: list[int] | None, *, is_anew: bool) -> None:
    only = "true" if families is None else f"r.family = ANY(ARRAY{[int(family) for family in families]}::int[])"
    with connection.cursor() as cursor:
        give_memory(cursor)
        if is_anew:
            batch.compared_with = since.mark(cursor, batch)
        know_sizes(cursor, READ)
        outcomes.remember(cursor, batch, only)
        follow(cursor, batch, RosterRow)
        by_person = _reset(cursor, batch, only)
        make_families(cursor, batch, by_person=by_person, only=only)
        _know_scope(cursor, batch)
        _find_in_file(cursor, batch)
        _find_in_register(cursor, batch, is_anew=is_anew)
        outcomes.judge(cursor, batch)
        _tell(cursor, batch)
        batch.counts, batch.compared = outcomes.count(cursor, batch)
        missing.find(cursor, batch)
        batch.save(update_fields=["counts", "compared", "compared_with"])


def is_by_person(cursor, batch) -> bool:
    """Whether a line of this sheet is a person, and several may make a family."""
    cursor.execute(
        """SELECT count(*) > count(DISTINCT family) OR coalesce(bool_or(NOT is_recipient), false)
           FROM beneficiaries_rosterrow WHERE batch_id = %s""",
        [batch.pk],
    )
    return cursor.fetchone()[0]


def _reset(cursor, batch, only: str) -> bool:
    """Forget an earlier comparison; choose each family's recipient. Tells whether a line is a person."""
    cursor.execute(
        f"""DELETE FROM imports_problem p USING beneficiaries_rosterrow r
            WHERE p.batch_id = %(batch)s AND p.is_from_register AND r.batch_id = p.batch_id
              AND r.row = p.row AND {only}""",
        {"batch": batch.pk},
    )
    by_person = is_by_person(cursor, batch)
    if by_person:
        cursor.execute(_RECIPIENTS.format(only=only), {"batch": batch.pk, "second_sheet": SHEET_LINES})
    withhold(cursor, batch)
    recognise(cursor, batch, only)
    return by_person


_RECIPIENTS = f"""
    UPDATE beneficiaries_rosterrow r SET is_recipient = r.id = chosen.id FROM (
        SELECT DISTINCT ON (family) family, id FROM (
            SELECT *, coalesce(born_on <= {fields.TODAY} - interval '17 years', relationship IN ('1', '2'),
                false) AS adult, min(row) OVER (PARTITION BY family) AS first
            FROM beneficiaries_rosterrow r WHERE batch_id = %(batch)s AND {{only}}) p
        WHERE first < %(second_sheet)s
        ORDER BY family, is_recipient DESC,
            (adult AND relationship IS NOT DISTINCT FROM '2' AND sex IS DISTINCT FROM 'L') DESC,
            (relationship IS NOT DISTINCT FROM '1') DESC, adult DESC, row) chosen
    WHERE r.batch_id = %(batch)s AND r.family = chosen.family AND r.is_recipient <> (r.id = chosen.id)
"""


def make_families(cursor, batch, *, by_person: bool, only: str = "true", as_chosen: bool = True) -> None:
    """Make roster_family: what the sheet says of each family, and the households its numbers lead to.

    hk has the KK; hn has the recipient's NIK as its recipient (or the person whom somebody knows to be the same), hm
    as a mere member. `household` is the one it matches, `given` the id that a new family was given when it was last
    compared. `only` is SQL over the staged rows r. With `as_chosen` the cells that an admin has unticked are empty.
    """
    rows = f"FROM beneficiaries_rosterrow r WHERE r.batch_id = {int(batch.pk)} AND {only}"
    said = f"{_SAID_BY_PERSONS} {rows} GROUP BY r.family" if by_person else f"{_SAID_BY_LINE} {rows}"
    said = said.format(wrong=_WRONG_ROWS.format(batch=int(batch.pk)))
    is_chosen = as_chosen and batch.choices_made > 0
    columns = ", ".join(_unless_withheld(column) if is_chosen else f"f.{column}" for column in FAMILY_COLUMNS)
    cursor.execute(
        f"""DROP TABLE IF EXISTS roster_family, roster_found, roster_outcome;
        CREATE TEMP TABLE roster_family ON COMMIT DROP AS
        SELECT f.family, f.row, f.wrong, f.given, f.withheld, {columns}, k.id AS hk, p.hn, p.hm,
            CASE WHEN k.id IS NULL THEN p.hn ELSE k.id END AS household
        FROM ({said}) f
        LEFT JOIN beneficiaries_household k ON k.kk = {_unless_withheld("kk", "") if is_chosen else "f.kk"}
        LEFT JOIN beneficiaries_member m ON m.nik = f.nik AND m.left_on IS NULL
        CROSS JOIN LATERAL (SELECT
            CASE WHEN m.is_recipient THEN m.household_id WHEN m.id IS NULL THEN (
                SELECT s.household_id FROM beneficiaries_member s WHERE s.id = f.member AND s.left_on IS NULL)
            END AS hn,
            CASE WHEN NOT m.is_recipient THEN m.household_id END AS hm) p;
        CREATE INDEX ON roster_family (family);
        CREATE INDEX ON roster_family (household);
        ANALYZE roster_family (family, household, hk, hn, hm);
        CREATE TEMP TABLE roster_found (family int, row int, field text, code text) ON COMMIT DROP"""
    )


def _unless_withheld(column: str, name: str | None = None) -> str:
    """SQL: a column of a family, empty where it was unticked. A name stays with a person who is new in the family."""
    if column in _NEVER_EMPTIED:
        return f"f.{column}"
    kept = f"f.withheld & {fields.BITS[_CHOICE_OF.get(column, column)]} = 0"
    kept += " OR p.hn IS NULL" if column == "name" else ""
    return f"CASE WHEN {kept} THEN f.{column} END" + (f" AS {column}" if name is None else name)


# Lines in which cleaning found an error.
_WRONG_ROWS = (
    "(r.row IN (SELECT row FROM imports_problem WHERE batch_id = {batch} AND level = 'error' AND NOT is_from_register))"
)
# What a sheet says of a family: one line's cells, or the first that any of its persons gives, the recipient first.
_GIVEN = "CASE WHEN r.outcome = 'create' THEN r.household END"
_SAID_BY_LINE = f"SELECT r.family, r.row, {{wrong}} AS wrong, {_GIVEN} AS given, r.withheld, r.member, " + ", ".join(
    f"r.{c}" for c in FAMILY_COLUMNS
)
_OF_THE_RECIPIENT = {"nik", "name", "born_on"}
_SAID_BY_PERSONS = (
    "SELECT r.family, coalesce(min(r.row) FILTER (WHERE r.is_recipient), min(r.row)) AS row, "
    f"bool_or({{wrong}}) AS wrong, min({_GIVEN}) AS given, "
    "coalesce(bit_or(r.withheld) FILTER (WHERE r.is_recipient), 0) AS withheld, "
    "min(r.member) FILTER (WHERE r.is_recipient) AS member, "
    + ", ".join(
        f"(array_agg(r.{c} ORDER BY NOT r.is_recipient, r.row) FILTER (WHERE r.{c} IS NOT NULL"
        f"{' AND r.is_recipient' if c in _OF_THE_RECIPIENT else ''}))[1] AS {c}"
        for c in FAMILY_COLUMNS
    )
)


def _know_scope(cursor, batch) -> None:
    """Make roster_scope: the families that the sheet's numbers lead to, and whether they are the importer's own."""
    scope, parameters = Household.objects.for_user(batch.uploaded_by).values("pk").query.sql_with_params()
    cursor.execute(
        f"""CREATE TEMP TABLE roster_scope (household bigint PRIMARY KEY, inside boolean) ON COMMIT DROP;
            INSERT INTO roster_scope
            SELECT h AS household, h IN ({scope}) AS inside FROM (
                SELECT hk AS h FROM roster_family UNION SELECT hn FROM roster_family UNION SELECT hm FROM roster_family
                UNION SELECT m.household_id FROM beneficiaries_member m JOIN beneficiaries_rosterrow r
                    ON r.nik = m.nik AND m.left_on IS NULL WHERE r.batch_id = {int(batch.pk)}
                    AND r.family IN (SELECT family FROM roster_family)
            ) known WHERE h IS NOT NULL""",
        parameters,
    )


def _find_in_file(cursor, batch) -> None:
    """Numbers that stand twice in the file with different lines, recipients without a NIK, families without a place.

    Two numbers of one family are such too, where it is the importer's own; of others nothing is told.
    """
    cursor.execute(
        """INSERT INTO roster_found
           SELECT DISTINCT ON (family, row) family, row, field, 'duplicate_in_file' FROM (
               SELECT family, row, 'nik' AS field FROM (
                   SELECT family, row, count(*) OVER (PARTITION BY nik) AS n
                   FROM beneficiaries_rosterrow WHERE batch_id = %(batch)s AND nik IS NOT NULL) s
               WHERE n > 1 AND family IN (SELECT family FROM roster_family)
               UNION ALL
               SELECT family, row, 'kk' FROM (
                   SELECT family, row, count(*) OVER (PARTITION BY kk) AS n FROM roster_family WHERE kk IS NOT NULL) s
               WHERE n > 1
               UNION ALL
               SELECT family, row, 'kk' FROM (
                   SELECT family, row, count(*) OVER (PARTITION BY household) AS n
                   FROM roster_family WHERE household IN (SELECT household FROM roster_scope WHERE inside)
                       AND (hk IS NULL OR hn IS NULL OR hk = hn)) s
               WHERE n > 1
           ) found ORDER BY family, row, field DESC""",
        {"batch": batch.pk},
    )
    values = {"batch": batch.pk, "second_sheet": SHEET_LINES, "field": _field_of_place(batch)}
    for statement in (_NUMBERLESS, _PLACELESS):
        cursor.execute(statement.format(wrong=_WRONG_ROWS.format(batch=int(batch.pk))), values)


def _field_of_place(batch) -> str:
    """The column at which a place is at fault."""
    return "desa" if "desa" in batch.titles else "region_code"


# Where a line is a person, who is the recipient and where the family lives is known of the whole family alone.
_NUMBERLESS = """
    INSERT INTO roster_found SELECT family, row, 'nik', 'required' FROM beneficiaries_rosterrow r
    WHERE batch_id = %(batch)s AND is_recipient AND nik IS NULL AND family IN (SELECT family FROM roster_family)
      AND NOT {wrong}
"""
_PLACELESS = """
    INSERT INTO roster_found SELECT family, row, %(field)s, 'required' FROM roster_family f
    WHERE region_code IS NULL AND row < %(second_sheet)s AND NOT wrong AND NOT EXISTS (
        SELECT FROM beneficiaries_rosterrow r
        WHERE r.batch_id = %(batch)s AND r.family = f.family AND r.region_code IS NOT NULL)
"""


def _find_in_register(cursor, batch, *, is_anew: bool) -> None:
    for statement in (_FAMILY_FINDINGS, _MEMBER_FINDINGS, _PROGRAM_FINDINGS):
        cursor.execute(
            statement,
            {"batch": batch.pk, "program": batch.program_id, "graduated": EnrollmentStatus.GRADUATED.value},
        )
    cursor.execute(_CLOSED_PLACES, {"field": _field_of_place(batch)})
    cursor.execute(WITHOUT_FAMILY, {"batch": batch.pk, "first": SHEET_LINES})
    if is_anew:
        find_suspects(cursor, batch)
    name_suspects(cursor, batch)
    cursor.execute("DROP TABLE roster_scope")


_FAMILY_FINDINGS = """
    INSERT INTO roster_found
    SELECT f.family, f.row, v.field, v.code FROM roster_family f
    LEFT JOIN roster_scope k ON k.household = f.hk
    LEFT JOIN roster_scope n ON n.household = coalesce(f.hn, f.hm)
    CROSS JOIN LATERAL (
        SELECT 'kk', 'region_outside_scope' WHERE NOT k.inside
        UNION ALL SELECT 'nik', 'region_outside_scope' WHERE NOT n.inside AND k.inside IS NOT false
        UNION ALL SELECT 'nik', 'identity_conflict' WHERE k.inside AND n.inside AND f.hk <> f.hn
        UNION ALL SELECT 'kk', 'kk_changed' WHERE f.kk IS NOT NULL AND f.hk IS NULL AND f.hn IS NOT NULL
        UNION ALL SELECT 'nik', 'recipient_changed' WHERE f.nik IS NOT NULL AND f.hk IS NOT NULL AND f.hn IS NULL
        UNION ALL SELECT 'nik', 'member_elsewhere' WHERE f.hm IS NOT NULL AND f.hm IS DISTINCT FROM f.hk
    ) AS v(field, code)
"""
# Persons of the sheet beside the recipient: known in another family, or in one that is not the importer's own.
_MEMBER_FINDINGS = """
    INSERT INTO roster_found
    SELECT r.family, r.row, 'kk', 'region_outside_scope'
    FROM beneficiaries_rosterrow r JOIN roster_family f ON f.family = r.family
    JOIN roster_scope s ON s.household = f.hk AND NOT s.inside
    WHERE r.batch_id = %(batch)s AND r.row <> f.row AND r.kk IS NOT NULL
    UNION ALL
    SELECT r.family, r.row, 'nik', CASE WHEN NOT s.inside THEN 'region_outside_scope'
        WHEN m.is_recipient THEN 'identity_conflict' ELSE 'member_elsewhere' END
    FROM beneficiaries_rosterrow r JOIN roster_family f ON f.family = r.family
    JOIN beneficiaries_member m ON m.nik = r.nik AND m.left_on IS NULL
    JOIN roster_scope s ON s.household = m.household_id
    WHERE r.batch_id = %(batch)s AND NOT r.is_recipient AND m.household_id IS DISTINCT FROM f.household
"""
# In a desa that was closed a family may stay, but nobody comes to live there.
_CLOSED_PLACES = """
    INSERT INTO roster_found
    SELECT f.family, f.row, %(field)s, 'region_unknown' FROM roster_family f
    JOIN regions_region g ON g.code = f.region_code AND g.closed_on IS NOT NULL
    LEFT JOIN roster_scope s ON s.household = f.household AND s.inside
    LEFT JOIN beneficiaries_household h ON h.id = s.household
    WHERE h.region_code IS DISTINCT FROM f.region_code
"""
# A sheet makes nobody graduated, nor anybody who is so anything else; of families elsewhere it does not tell.
_PROGRAM_FINDINGS = """
    INSERT INTO roster_found
    SELECT f.family, f.row, 'status', 'graduated_needs_case' FROM roster_family f
    LEFT JOIN beneficiaries_enrollment e ON e.household_id = f.household AND e.program_id = %(program)s
        AND e.household_id IN (SELECT household FROM roster_scope WHERE inside)
    WHERE (f.status = %(graduated)s) <> (e.status IS NOT DISTINCT FROM %(graduated)s)
    UNION ALL
    SELECT DISTINCT f.family, f.row, 'kk', 'already_in_program' FROM roster_family f
    JOIN beneficiaries_enrollment e ON e.household_id = f.household AND e.status = 'aktif'
    JOIN programs_program_excludes x ON x.from_program_id = %(program)s AND x.to_program_id = e.program_id
"""


def _tell(cursor, batch) -> None:
    """Turn what was found into problems that a person can read; numbers are opened here only to be masked."""
    cursor.execute(
        """SELECT DISTINCT x.row, x.field, x.code, r.kk, r.nik, coalesce(r.name, ''), coalesce(r.status, '')
           FROM roster_found x JOIN beneficiaries_rosterrow r ON r.batch_id = %s AND r.row = x.row
           ORDER BY x.row, x.field, x.code""",
        [batch.pk],
    )
    problems = []
    for row, field, code, kk, nik, name, status in cursor.fetchall():
        number = {"kk": kk, "nik": nik}.get(field)
        value = str(SealedNumber(field, number)) if number else {"name": name, "status": status}.get(field, "")
        level = Problem.Level.WARNING if code in WARNINGS else Problem.Level.ERROR
        problems.append(
            Problem(
                batch=batch,
                sheet=batch.sheet_of(row),
                row=row,
                column=batch.title_of(row, field) or TITLES[field],
                value=value,
                code=code,
                level=level,
                message=MESSAGES[code],
                is_from_register=True,
            )
        )
    Problem.objects.bulk_create(problems, batch_size=1000)
