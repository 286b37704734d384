"""The tables that a roster writes, as ejsika.imports.writing wants to know them."""

from beneficiaries.models.assignment import Assignment
from beneficiaries.models.enrollment import Enrollment, StatusChange
from beneficiaries.models.household import FormerCard, Household, Member
from beneficiaries.sheets.roster.fields import GROUPS
from ejsika.imports.writing import Table, keys_of

# A number, once given back, may meanwhile be another family's or person's: then it stays as it is, and is said.
_KK_TAKEN = "EXISTS (SELECT FROM beneficiaries_household x WHERE x.kk = (to_jsonb(o)->>'old')::bytea AND x.id <> t.id)"
_NIK_TAKEN = "EXISTS (SELECT FROM beneficiaries_member x WHERE x.nik = t.nik AND x.left_on IS NULL AND x.id <> t.id)"
_OLD_NIK_TAKEN = """EXISTS (SELECT FROM beneficiaries_member x WHERE x.nik = (to_jsonb(o)->>'old')::bytea
    AND x.left_on IS NULL AND x.id <> t.id)"""
# The recipient of before comes back only where the one that this import made is still the recipient.
_RECIPIENT_SINCE = """EXISTS (SELECT FROM beneficiaries_member x WHERE x.household_id = t.household_id
    AND x.is_recipient AND x.left_on IS NULL AND x.id <> t.id AND NOT EXISTS (
        SELECT FROM imports_fieldchange y WHERE y.batch_id = c.batch_id AND y."table" = c."table" AND y.key = x.id
        AND y.field = 'is_recipient' AND y.new = 'true'))"""
# Who had the family before comes back only where nobody else has had it since.
_ASSIGNED_SINCE = """EXISTS (SELECT FROM beneficiaries_assignment x WHERE x.household_id = t.household_id
    AND x.id <> t.id AND (x.ended_on IS NULL OR x.started_on >= t.ended_on))"""

HOUSEHOLDS = Table(Household, groups=GROUPS, blocked={"kk": _KK_TAKEN})
MEMBERS = Table(
    Member,
    groups={"left_on": "membership", "is_recipient": "membership"},
    blocked={"left_on": _NIK_TAKEN, "nik": _OLD_NIK_TAKEN, "is_recipient": _RECIPIENT_SINCE},
    lower_first="is_recipient",
)
ENROLLMENTS = Table(Enrollment, groups=GROUPS)
STATUS_CHANGES = Table(StatusChange)
ASSIGNMENTS = Table(Assignment, blocked={"ended_on": _ASSIGNED_SINCE})
FORMER_CARDS = Table(FormerCard)
# All that an import reads in large statements, in the order in which each of its steps locks them to be counted.
READ = [
    *(table.name for table in (HOUSEHOLDS, MEMBERS, ENROLLMENTS, ASSIGNMENTS, STATUS_CHANGES, FORMER_CARDS)),
    *("imports_fieldchange", "audit_auditevent", "beneficiaries_rosterrow", "beneficiaries_rostersuspect"),
    "imports_problem",
]


def families_of_members(cursor, batch) -> list[int]:
    """The families of those members whom a batch changed: who moved is noted with the family that was left."""
    cursor.execute(
        """SELECT DISTINCT m.household_id FROM imports_fieldchange c JOIN beneficiaries_member m ON m.id = c.key
           WHERE c.batch_id = %s AND c."table" = 'beneficiaries_member'""",
        [batch.pk],
    )
    return keys_of(cursor)
