"""What an admin may untick of a roster, and how the staged rows know of it."""

from django.db.models import F, QuerySet

from beneficiaries.sheets.roster.fields import BITS, CHOICES
from beneficiaries.sheets.roster.models import RosterRow

_WITH_THE_PERSON = ("name", "nik")  # where the recipient is another person, these come with them
OPEN = ("create", "change", "left")  # the outcomes that an admin may still choose about


def withhold(cursor, batch) -> None:
    """Set RosterRow.withheld by the choices kept; a new check has staged the rows without them."""
    if not batch.choices_made:
        return
    known = ", ".join(f"('{name}', {BITS[name]})" for name in CHOICES)
    cursor.execute(
        f"""UPDATE beneficiaries_rosterrow r SET withheld = coalesce(c.bits, 0)
            FROM beneficiaries_rosterrow s LEFT JOIN (
                SELECT row, bit_or(bit) AS bits FROM imports_choice JOIN (VALUES {known}) AS known(field, bit)
                    USING (field)
                WHERE batch_id = %(batch)s GROUP BY row) c ON c.row = s.row
            WHERE r.id = s.id AND r.batch_id = %(batch)s AND s.batch_id = %(batch)s
              AND r.withheld <> coalesce(c.bits, 0)""",
        {"batch": batch.pk},
    )


def choosable(batch, keys: set[tuple[int, str]]) -> set[tuple[int, str]]:
    """Those of some (row, field) that may be chosen about: of families that would be written or were unticked.

    A name is not, where it is another person's: it comes with the person. Cost: one query.
    """
    rows = RosterRow.objects.filter(batch=batch, outcome__in=OPEN, row__in={row for row, _ in keys})
    changes = dict(rows.values_list("row", "changes"))
    return {(row, field) for row, field in keys if row in changes and (not field or is_offered(changes[row], field))}


def is_offered(changes: int, field: str) -> bool:
    """Whether a field of a family that would change so may be left as it is by itself."""
    if field not in CHOICES or not changes & BITS[field]:
        return False
    return not (field in _WITH_THE_PERSON and changes & BITS["recipient"])


def rows_of_field(batch, field: str) -> QuerySet[RosterRow]:
    """All rows of a batch where this field would change and may be left as it is, as is_offered says."""
    if field not in CHOICES:
        return RosterRow.objects.none()
    rows = RosterRow.objects.filter(batch=batch, outcome__in=("change", "left"))
    rows = rows.alias(bit=F("changes").bitand(BITS[field])).exclude(bit=0)
    if field in _WITH_THE_PERSON:
        rows = rows.alias(recipient=F("changes").bitand(BITS["recipient"])).filter(recipient=0)
    return rows


def families_of(batch, rows: set[int]) -> list[int]:
    found = RosterRow.objects.filter(batch=batch, row__in=rows).order_by().values_list("family", flat=True)
    return list(found.distinct())
