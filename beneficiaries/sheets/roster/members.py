"""Two sheets of one workbook: families on the first, their members on the second, joined by No KK.

A member's line brings no place: the family has one. A person who stands on both sheets, as the family's recipient on
the first, is one person: the first sheet's cells count, the second fills what the first leaves open.
"""

from beneficiaries.sheets.roster.clean import LineCleaner
from beneficiaries.sheets.roster.suspects import SIMILAR_NAME
from ejsika.imports.models import SHEET_LINES

_OF_A_PERSON = ("sex", "born_on", "relationship", "school_level", "grade", "is_pregnant", "is_disabled")


class MemberCleaner(LineCleaner):
    """Cleans the lines of a members' sheet."""

    def _place(self, nik, point) -> None:
        """The family's sheet says where."""


def join(cursor, batch) -> None:
    """Put the staged members of the second sheet into the families of the first, and make one of who is on both.

    Two lines that contradict each other about one person stay two: match() says so of both. Cost: three statements.
    """
    values = {"batch": batch.pk, "first": SHEET_LINES}
    for statement in (_NO_RECIPIENTS, _JOINED, _ONE_PERSON):
        cursor.execute(statement, values)


_NO_RECIPIENTS = """
    UPDATE beneficiaries_rosterrow SET is_recipient = false WHERE batch_id = %(batch)s AND row >= %(first)s
"""
_JOINED = """
    UPDATE beneficiaries_rosterrow r SET family = f.family FROM (
        SELECT kk, min(family) AS family FROM beneficiaries_rosterrow
        WHERE batch_id = %(batch)s AND row < %(first)s AND kk IS NOT NULL GROUP BY kk) f
    WHERE r.batch_id = %(batch)s AND r.row >= %(first)s AND r.kk = f.kk
"""
# Names without any letter that PostgreSQL knows, such as Chinese ones, resemble nothing, not even themselves.
_FILLED = ", ".join(f"{column} = coalesce(f.{column}, r.{column})" for column in _OF_A_PERSON)
_ONE_PERSON = f"""
    WITH folded AS (
        UPDATE beneficiaries_rosterrow f SET also_row = r.row, {_FILLED}
        FROM (SELECT *, count(*) OVER (PARTITION BY nik) AS times FROM beneficiaries_rosterrow
            WHERE batch_id = %(batch)s AND row >= %(first)s AND nik IS NOT NULL) r
        WHERE f.batch_id = %(batch)s AND f.row < %(first)s AND r.times = 1
          AND f.family = r.family AND f.nik = r.nik AND r.outcome <> 'error'
          AND (lower(f.name) = lower(r.name) OR similarity(lower(f.name), lower(r.name)) >= {SIMILAR_NAME})
          AND coalesce(f.born_on = r.born_on, true) AND coalesce(f.sex = r.sex, true)
        RETURNING r.id)
    DELETE FROM beneficiaries_rosterrow WHERE id IN (SELECT id FROM folded)
"""
# Members whose family is on neither sheet nor in the register.
WITHOUT_FAMILY = """
    INSERT INTO roster_found
    SELECT r.family, r.row, 'kk', 'family_missing'
    FROM beneficiaries_rosterrow r JOIN roster_family f ON f.family = r.family
    WHERE r.batch_id = %(batch)s AND f.row >= %(first)s AND f.hk IS NULL AND r.kk IS NOT NULL
"""
