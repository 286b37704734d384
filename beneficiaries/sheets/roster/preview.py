"""What the admin sees before a roster is written: its families by outcome, changed ones field by field."""

from collections import defaultdict

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from beneficiaries.models.enrollment import Enrollment
from beneficiaries.models.household import Household, Member
from beneficiaries.sheets.roster import fields
from beneficiaries.sheets.roster.match import SAME_MEMBER, is_by_person, make_families
from beneficiaries.sheets.roster.models import RosterRow
from ejsika.accounts.models import User
from ejsika.imports.kinds import Change, PreviewRow
from ejsika.imports.models import SHEET_LINES
from ejsika.lib.sealed import SealedNumber, open_bytes
from ejsika.regions.models import Region

_HIDDEN = {"account_digest", "point_source", "point_accuracy_m", "since", "reason", "letter"}


def rows(batch, outcome: str, after: int, limit: int) -> list[PreviewRow]:
    """Give one page of families of one outcome, by the first row that each has in the sheet.

    Cost: two queries, five more where families change.
    """
    found = list(_first_lines(batch).filter(outcome=outcome, row__gt=after).order_by("row")[:limit])
    names = dict(
        Region.objects.filter(code__in={r.region_code for r in found if r.region_code}).values_list("code", "name")
    )
    is_open = batch.status == batch.Status.CHECKED
    changes = _changes(batch, [row.family for row in found]) if outcome == "change" and is_open else {}
    written = _written(batch, [row.household for row in found]) if outcome == "change" and not is_open else {}
    return [
        PreviewRow(
            row=row.row,
            title=row.name or "Tanpa nama",
            number=str(SealedNumber("kk", row.kk)) if row.kk else "",
            place=names.get(row.region_code, ""),
            url=reverse("beneficiaries:household_detail", args=[row.household]) if row.household else "",
            changes=tuple(changes.get(row.family) or written.get(row.household) or ()),
        )
        for row in found
    ]


def _first_lines(batch):
    """The line that stands for each family: its recipient's, or its first where only members are told of."""
    of_family = RosterRow.objects.filter(batch=batch, family=OuterRef("family"))
    is_first = ~Exists(of_family.filter(Q(is_recipient=True) | Q(row__lt=OuterRef("row"))))
    stands_for = Q(is_recipient=True) | Q(is_first, row__gte=SHEET_LINES)
    return RosterRow.objects.filter(stands_for, batch=batch)


@transaction.atomic
def _changes(batch, families: list[int]) -> dict[int, list[Change]]:
    """Compare some families of the sheet with the register, field by field."""
    with connection.cursor() as cursor:
        make_families(cursor, batch, by_person=is_by_person(cursor, batch), families=families)
        cursor.execute(_COMPARED, {"batch": batch.pk, "program": batch.program_id})
        found = cursor.fetchall()
    return _shown(found, batch)


_FAMILIES = "roster_family f JOIN beneficiaries_household h ON h.id = f.household"
_PEOPLE = "beneficiaries_rosterrow r JOIN roster_family f ON f.family = r.family AND r.batch_id = %(batch)s"
_COMPARED = f"""
    SELECT f.family, 'household', '', field, old, new FROM {_FAMILIES}
    CROSS JOIN LATERAL {fields.changes(fields.HOUSEHOLD, "h")} WHERE applies
    UNION ALL
    SELECT f.family, 'member', r.name, field, old, new FROM {_PEOPLE} JOIN beneficiaries_member m ON {SAME_MEMBER}
    CROSS JOIN LATERAL {fields.changes(fields.MEMBER, "m")} WHERE applies
    UNION ALL
    SELECT f.family, 'enrollment', '', field, old, new FROM {_FAMILIES}
    JOIN beneficiaries_enrollment e ON e.household_id = h.id AND e.program_id = %(program)s
    CROSS JOIN LATERAL {fields.changes(fields.ENROLLMENT, "e")} WHERE applies
    UNION ALL
    SELECT f.family, 'new', '', 'member', NULL, r.name FROM {_PEOPLE} WHERE f.household IS NOT NULL
        AND NOT EXISTS (SELECT FROM beneficiaries_member m WHERE {SAME_MEMBER})
    UNION ALL
    SELECT f.family, 'new', '', 'program', NULL, '' FROM {_FAMILIES} WHERE NOT EXISTS (
        SELECT FROM beneficiaries_enrollment e WHERE e.household_id = h.id AND e.program_id = %(program)s)
    UNION ALL
    SELECT f.family, 'new', '', 'assistant', a.assistant_id::text, f.assistant::text FROM {_FAMILIES}
    LEFT JOIN beneficiaries_assignment a ON a.household_id = h.id AND a.ended_on IS NULL
    WHERE f.assistant IS NOT NULL AND a.assistant_id IS DISTINCT FROM f.assistant
"""


def _written(batch, households: list[int]) -> dict[int, list[Change]]:
    """What a commit changed on these households themselves, from its notes."""
    noted = batch.changes.filter(table=Household._meta.db_table, key__in=households).exclude(field="")
    return _shown([(c.key, "household", "", c.field, c.old, c.new) for c in noted], batch)


def _shown(found: list[tuple], batch) -> dict[int, list[Change]]:
    """Turn compared fields into words; numbers are masked."""
    regions = {value for _, _, _, field, old, new in found if field == "region_code" for value in (old, new)}
    names = dict(Region.objects.filter(code__in=regions - {None}).values_list("code", "name"))
    people = {value for _, _, _, field, old, new in found if field == "assistant" for value in (old, new)}
    names |= {str(pk): name for pk, name in User.objects.filter(pk__in=people - {None}).values_list("pk", "name")}
    shown = defaultdict(list)
    for key, table, person, field, old, new in found:
        if field in _HIDDEN or (table == "member" and field == "name"):
            continue
        if table == "new":
            label = {"member": "Anggota baru", "program": "Program baru", "assistant": "Pendamping"}[field]
            change = Change(
                label, names.get(old, ""), batch.program.name if field == "program" else names.get(new, new)
            )
        else:
            model = {"household": Household, "member": Member, "enrollment": Enrollment}[table]
            label = _label(model, field) + (f" ({person})" if person else "")
            change = Change(label, _value(model, field, old, names), _value(model, field, new, names))
        shown[key].append(change)
    return shown


def _label(model, column: str) -> str:
    words = str(next(f for f in model._meta.local_fields if f.column == column).verbose_name)
    return words[:1].upper() + words[1:]


def _value(model, column: str, text: str | None, names: dict) -> str:
    """A column's text form as a person reads it."""
    if text is None or text == "":
        return ""
    if column in ("kk", "nik"):
        return str(SealedNumber(column, bytes.fromhex(text[2:])))
    if column == "account_sealed":
        return f"••••{open_bytes('account', bytes.fromhex(text[2:])).decode()[-4:]}"
    if column == "region_code":
        return names.get(text, text)
    choices = dict(next(f for f in model._meta.local_fields if f.column == column).flatchoices)
    return str(choices.get(text, text))
