"""Which columns of the register a roster fills, from what, and when: one table for comparing and for writing.

In the SQL, f is the family as the sheet gives it, r a person of the sheet, h, m and e the household, member and
enrollment of the register. An empty cell is NULL and never erases a value, and what an admin unticked is left as it is.
"""

from dataclasses import dataclass

from django.conf import settings

# The day in Jakarta, whatever the connection's zone: current_date would be yesterday until seven in the morning.
TODAY = f"(now() AT TIME ZONE '{settings.TIME_ZONE}')::date"


# What an admin may leave as it is, one by one; and what happens only with its whole family.
CHOICES = (
    *("kk", "name", "region_code", "address", "rt", "rw", "phone", "bank", "account", "point", "cohort_year", "status"),
    *("assistant", "nik", "sex", "born_on", "relationship", "school_level", "grade", "is_pregnant", "is_disabled"),
)
EVENTS = ("member", "program", "recipient")
# Each has a bit in RosterRow.withheld (unticked) and RosterRow.changes (would change).
BITS = {name: 1 << place for place, name in enumerate(CHOICES + EVENTS)}


@dataclass(frozen=True)
class Filled:
    """A register column, the SQL of its new value and of when the sheet says something else, the choice it goes by.

    `unless` is SQL of when an admin has left it as it is; of families such cells are empty already.
    """

    column: str
    new: str
    differs: str
    choice: str
    unless: str = "false"

    @property
    def applies(self) -> str:
        return self.differs if self.unless == "false" else f"({self.differs} AND NOT {self.unless})"


# A text that an import would not have written so: blanks at its ends, several in a row, what is not seen.
_ODD = r"[^[:print:]]|[\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2069\u3000\u00ad\ufeff]|^ |  | $"
_UNSEEN = r"[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
_BLANKS = r"[\s\x01-\x1f\x7f\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+"


def _text_differs(alias: str, column: str, new: str, choice: str = "") -> Filled:
    """As _differs(); a text that differs only in how blanks were typed is the same (ejsika.imports.cells.text)."""
    known = f"{alias}.{column}"
    read = f"btrim(regexp_replace(regexp_replace({known}, '{_UNSEEN}', '', 'g'), '{_BLANKS}', ' ', 'g'))"
    is_odd = f"({known} ~ '{_ODD}' AND {read} = {new})"
    differs = f"({new} IS NOT NULL AND {known} IS DISTINCT FROM {new} AND NOT coalesce({is_odd}, false))"
    return Filled(column, new, differs, choice or column)


def _differs(alias: str, column: str, new: str, choice: str = "") -> Filled:
    return Filled(column, new, f"({new} IS NOT NULL AND {alias}.{column} IS DISTINCT FROM {new})", choice or column)


def _of_a_person(column: str, differs: str = "") -> Filled:
    new = f"r.{column}"
    differs = differs or f"({new} IS NOT NULL AND m.{column} IS DISTINCT FROM {new})"
    return Filled(column, new, differs, column, f"(r.withheld & {BITS[column]} <> 0)")


# An imported point never replaces one taken by GPS; its four columns change together.
_POINT = (
    "(f.latitude IS NOT NULL AND h.point_source <> 'gps'"
    " AND (h.latitude, h.longitude) IS DISTINCT FROM (f.latitude, f.longitude))"
)
_ACCOUNT = "(f.account_digest IS NOT NULL AND h.account_digest IS DISTINCT FROM f.account_digest)"
_STATUS = "(f.status IS NOT NULL AND e.status IS DISTINCT FROM f.status)"

HOUSEHOLD = [
    _differs("h", "kk", "f.kk"),
    _text_differs("h", "recipient_name", "f.name", "name"),
    _text_differs("h", "address", "f.address"),
    *(_differs("h", column, f"f.{column}") for column in ("region_code", "rt", "rw", "phone", "bank")),
    Filled("account_digest", "f.account_digest", _ACCOUNT, "account"),
    Filled("account_sealed", "f.account_sealed", _ACCOUNT, "account"),
    Filled("latitude", "f.latitude", _POINT, "point"),
    Filled("longitude", "f.longitude", _POINT, "point"),
    Filled("point_source", "'impor'", _POINT, "point"),
    Filled("point_accuracy_m", "NULL::integer", _POINT, "point"),
]
# A NIK changes only where somebody has said that the two are one person.
MEMBER = [
    _of_a_person("nik", "(r.member = m.id AND r.nik IS NOT NULL AND m.nik IS DISTINCT FROM r.nik)"),
    _of_a_person("name", _text_differs("m", "name", "r.name").differs),
    *(
        _of_a_person(column)
        for column in ("sex", "born_on", "relationship", "school_level", "grade", "is_pregnant", "is_disabled")
    ),
]
ENROLLMENT = [
    _differs("e", "cohort_year", "f.cohort_year"),
    Filled("status", "f.status", _STATUS, "status"),
    Filled("since", TODAY, _STATUS, "status"),
    Filled("reason", "''", _STATUS, "status"),
    Filled("letter", "''", _STATUS, "status"),
]
# Columns that only make sense together: an undo restores all of a group or none.
GROUPS = {
    **dict.fromkeys(("latitude", "longitude", "point_source", "point_accuracy_m"), "point"),
    **dict.fromkeys(("account_digest", "account_sealed"), "account"),
    **dict.fromkeys(("status", "since", "reason", "letter"), "status"),
}


def bits(filled: list[Filled]) -> str:
    """SQL: the bits of all that would change."""
    conditions = {field.choice: field.applies for field in filled}
    return (
        "(" + " | ".join(f"CASE WHEN {sql} THEN {BITS[choice]} ELSE 0 END" for choice, sql in conditions.items()) + ")"
    )


def changes(filled: list[Filled], alias: str) -> str:
    """SQL of a lateral table of the changes of one row: (field, old, new) as PostgreSQL's text.

    Each column is a SELECT of its own, which ends at its condition: as VALUES, all would be turned into text first.
    """
    rows = " UNION ALL ".join(
        f"SELECT '{field.column}', {alias}.{field.column}::text, ({field.new})::text WHERE {field.applies}"
        for field in filled
    )
    return f"({rows}) AS changed(field, old, new)"


def differences(filled: list[Filled], alias: str) -> str:
    """As changes(), with the choice that each goes by, and with those that an admin has unticked."""
    rows = ", ".join(
        f"('{field.column}', {alias}.{field.column}::text, ({field.new})::text, '{field.choice}', {field.differs})"
        for field in filled
    )
    return f"(VALUES {rows}) AS changed(field, old, new, choice, applies)"
