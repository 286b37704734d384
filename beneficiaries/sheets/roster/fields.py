"""Which columns of the register a roster fills, from what, and when: one table for comparing and for writing.

In the SQL, f is the family as the sheet gives it, r a person of the sheet, h, m and e the household, member and
enrollment of the register. An empty cell is NULL and never erases a value.
"""

from dataclasses import dataclass

from django.conf import settings

from beneficiaries.models.enrollment import Enrollment
from beneficiaries.models.household import Household, Member

# The day in Jakarta, whatever the connection's zone: current_date would be yesterday until seven in the morning.
TODAY = f"(now() AT TIME ZONE '{settings.TIME_ZONE}')::date"


@dataclass(frozen=True)
class Filled:
    """A register column, the SQL of its new value, and the SQL of when it applies at all (and differs)."""

    column: str
    new: str
    applies: str


def _differs(alias: str, column: str, new: str) -> Filled:
    return Filled(column, new, f"({new} IS NOT NULL AND {alias}.{column} IS DISTINCT FROM {new})")


# An imported point never replaces one taken by GPS; its four columns change together.
_POINT = (
    "(f.latitude IS NOT NULL AND h.point_source <> 'gps'"
    " AND (h.latitude, h.longitude) IS DISTINCT FROM (f.latitude, f.longitude))"
)
_ACCOUNT = "(f.account_digest IS NOT NULL AND h.account_digest IS DISTINCT FROM f.account_digest)"
_STATUS = "(f.status IS NOT NULL AND e.status IS DISTINCT FROM f.status)"

HOUSEHOLD = [
    _differs("h", "kk", "f.kk"),
    _differs("h", "recipient_name", "f.name"),
    *(_differs("h", column, f"f.{column}") for column in ("region_code", "address", "rt", "rw", "phone", "bank")),
    Filled("account_digest", "f.account_digest", _ACCOUNT),
    Filled("account_sealed", "f.account_sealed", _ACCOUNT),
    Filled("latitude", "f.latitude", _POINT),
    Filled("longitude", "f.longitude", _POINT),
    Filled("point_source", "'impor'", _POINT),
    Filled("point_accuracy_m", "NULL::integer", _POINT),
]
MEMBER = [
    _differs("m", column, f"r.{column}")
    for column in ("name", "sex", "born_on", "relationship", "school_level", "grade", "is_pregnant", "is_disabled")
]
ENROLLMENT = [
    _differs("e", "cohort_year", "f.cohort_year"),
    Filled("status", "f.status", _STATUS),
    Filled("since", TODAY, _STATUS),
    Filled("reason", "''", _STATUS),
    Filled("letter", "''", _STATUS),
]
# Columns that only make sense together: an undo restores all of a group or none.
GROUPS = {
    **dict.fromkeys(("latitude", "longitude", "point_source", "point_accuracy_m"), "point"),
    **dict.fromkeys(("account_digest", "account_sealed"), "account"),
    **dict.fromkeys(("status", "since", "reason", "letter"), "status"),
}
MODELS = {model._meta.db_table: model for model in (Household, Member, Enrollment)}


def any_applies(filled: list[Filled]) -> str:
    """SQL: whether anything would change."""
    return "(" + " OR ".join(field.applies for field in filled) + ")"


def changes(filled: list[Filled], alias: str) -> str:
    """SQL of a lateral table of the changes of one row: (field, old, new) as PostgreSQL's text."""
    rows = ", ".join(
        f"('{field.column}', {alias}.{field.column}::text, ({field.new})::text, {field.applies})" for field in filled
    )
    return f"(VALUES {rows}) AS changed(field, old, new, applies)"
