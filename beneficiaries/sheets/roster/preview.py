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


def rows(batch, staged, outcome: str, after: int, limit: int) -> list[PreviewRow]:
    """Give one page of families of one outcome, by the first row that each has in the sheet; `staged` narrows them.

    Cost: three queries, six more where families change.
    """
    found = list(_first_lines(batch, staged).filter(outcome=outcome, row__gt=after).order_by("row")[:limit])
    names = dict(
        Region.objects.filter(code__in={r.region_code for r in found if r.region_code}).values_list("code", "name")
    )
    is_open = batch.status == batch.Status.CHECKED
    families = [row.family for row in found if row.household]
    changes = _changes(batch, families) if outcome in ("change", "left") and is_open and families else {}
    written = _written(batch, [row.household for row in found]) if outcome == "change" and not is_open else {}
    is_there = outcome != "create" or batch.status == batch.Status.COMMITTED  # a new family, once it is written
    left = set(batch.choices.filter(field="", row__in=[row.row for row in found]).values_list("row", flat=True))
    return [
        PreviewRow(
            row=row.row,
            title=row.name or "Tanpa nama",
            number=str(SealedNumber("kk", row.kk)) if row.kk else "",
            place=names.get(row.region_code, ""),
            url=reverse("beneficiaries:household_detail", args=[row.household]) if row.household and is_there else "",
            changes=tuple(changes.get(row.family) or written.get(row.household) or ()),
            is_left=row.row in left,
        )
        for row in found
    ]


def _first_lines(batch, staged):
    """The line that stands for each family: its recipient's, or its first where only members are told of."""
    of_family = RosterRow.objects.filter(batch=batch, family=OuterRef("family"))
    is_first = ~Exists(of_family.filter(Q(is_recipient=True) | Q(row__lt=OuterRef("row"))))
    return staged.filter(Q(is_recipient=True) | Q(is_first, row__gte=SHEET_LINES))


@transaction.atomic
def _changes(batch, families: list[int]) -> dict[int, list[Change]]:
    """Compare some families of the sheet with the register, field by field, what was unticked included."""
    only = f"r.family = ANY(ARRAY{[int(family) for family in families]}::int[])"
    with connection.cursor() as cursor:
        make_families(cursor, batch, by_person=is_by_person(cursor, batch), only=only, as_chosen=False)
        cursor.execute(_COMPARED, {"batch": batch.pk, "program": batch.program_id})
        found = cursor.fetchall()
    return _shown(found, batch)


_FAMILIES = "roster_family f JOIN beneficiaries_household h ON h.id = f.household"
_PEOPLE = "beneficiaries_rosterrow r JOIN roster_family f ON f.family = r.family AND r.batch_id = %(batch)s"
_OF_A_FAMILY = "'', f.row, f.withheld, CASE WHEN f.hn IS NULL THEN 0 ELSE 1 END"
_COMPARED = f"""
    SELECT f.family, 'household', field, old, new, choice, {_OF_A_FAMILY} FROM {_FAMILIES}
    CROSS JOIN LATERAL {fields.differences(fields.HOUSEHOLD, "h")} WHERE applies
    UNION ALL
    SELECT f.family, 'member', field, old, new,
        CASE WHEN choice = 'name' AND r.is_recipient THEN 'hidden' ELSE choice END, r.name, r.row, r.withheld, 1
    FROM {_PEOPLE} JOIN beneficiaries_member m ON {SAME_MEMBER}
    CROSS JOIN LATERAL {fields.differences(fields.MEMBER, "m")} WHERE applies
    UNION ALL
    SELECT f.family, 'enrollment', field, old, new, choice, {_OF_A_FAMILY} FROM {_FAMILIES}
    JOIN beneficiaries_enrollment e ON e.household_id = h.id AND e.program_id = %(program)s
    CROSS JOIN LATERAL {fields.differences(fields.ENROLLMENT, "e")} WHERE applies
    UNION ALL
    SELECT f.family, 'new', 'member', NULL, r.name, '', {_OF_A_FAMILY} FROM {_PEOPLE} WHERE f.household IS NOT NULL
        AND NOT EXISTS (SELECT FROM beneficiaries_member m WHERE {SAME_MEMBER})
    UNION ALL
    SELECT f.family, 'new', 'program', NULL, '', '', {_OF_A_FAMILY} FROM {_FAMILIES} WHERE NOT EXISTS (
        SELECT FROM beneficiaries_enrollment e WHERE e.household_id = h.id AND e.program_id = %(program)s)
    UNION ALL
    SELECT f.family, 'new', 'assistant', a.assistant_id::text, f.assistant::text, 'assistant', {_OF_A_FAMILY}
    FROM {_FAMILIES} LEFT JOIN beneficiaries_assignment a ON a.household_id = h.id AND a.ended_on IS NULL
    WHERE f.assistant IS NOT NULL AND a.assistant_id IS DISTINCT FROM f.assistant
"""


def _written(batch, households: list[int]) -> dict[int, list[Change]]:
    """What a commit changed on these households themselves, from its notes."""
    noted = batch.changes.filter(table=Household._meta.db_table, key__in=households).exclude(field="")
    return _shown([(c.key, "household", c.field, c.old, c.new, "", "", 0, 0, 0) for c in noted], batch)


def _shown(found: list[tuple], batch) -> dict[int, list[Change]]:
    """Turn compared fields into words; numbers are masked. A new recipient's name is not chosen by itself."""
    regions = {value for _, _, field, old, new, *_ in found if field == "region_code" for value in (old, new)}
    names = dict(Region.objects.filter(code__in=regions - {None}).values_list("code", "name"))
    people = {value for _, _, field, old, new, *_ in found if field == "assistant" for value in (old, new)}
    names |= {str(pk): name for pk, name in User.objects.filter(pk__in=people - {None}).values_list("pk", "name")}
    shown = defaultdict(list)
    for family, table, field, old, new, choice, person, row, withheld, is_known in found:
        if field in _HIDDEN or choice == "hidden":
            continue
        if table == "new":
            label = {"member": "Anggota baru", "program": "Program baru", "assistant": "Pendamping"}[field]
            old, new = names.get(old, ""), batch.program.name if field == "program" else names.get(new, new)
        else:
            model = {"household": Household, "member": Member, "enrollment": Enrollment}[table]
            label = _label(model, field) + (f" ({person})" if person else "")
            old, new = (_value(model, field, text, names) for text in (old, new))
        may_choose = choice and (choice != "name" or is_known)
        is_left = bool(choice and withheld & fields.BITS[choice])
        shown[family].append(Change(label, old, new, f"{row}:{choice}" if may_choose else "", is_left))
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
