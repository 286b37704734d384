"""Changes of a family's data and its assignment: each one atomic act with its audit entry.

Every act locks the family first, so that two at once follow each other.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from beneficiaries import tallies
from beneficiaries.edits import (
    COLUMNS,
    PLACE,
    POINT,
    Merged,
    columns_of,
    member_of,
    merge,
    plain,
    snapshot,
    units_within,
)
from beneficiaries.models import Assignment, Household, Member
from beneficiaries.numbers import open_held
from ejsika.accounts.models import User
from ejsika.audit.models import record

EDITED = [*COLUMNS, *PLACE, "point_source", "point_accuracy_m"]


def seen_values(household: Household) -> dict:
    """What an edit may change, as it stands: what a form is shown with, and gives back when it is sent."""
    members = household.members.filter(left_on__isnull=True)
    return snapshot(household, members.order_by("-is_recipient", "relationship", "born_on", "pk"))


@transaction.atomic
def edit_household(
    *,
    household: Household,
    by: User,
    seen: dict,
    members: dict[int, dict] | None = None,
    leaving=(),
    joining=(),
    **values,
) -> Merged:
    """Write what differs from what the writer saw, beside what others changed since, or change nothing.

    `seen` comes from seen_values; `members` gives columns by member, `leaving` ids of members, `joining` columns of new
    ones: both from today on. Who is in the family by name and birth date joins no second time.
    Errors: EditConflict if somebody else changed the same to another value; ValidationError if the recipient leaves.
    """
    household = Household.objects.locked(household)
    present = {row.pk: row for row in household.members.filter(left_on__isnull=True).select_for_update()}
    merged = merge(seen, units_within(values, members or {}), snapshot(household, present.values()))
    merged.left.extend(pk for pk in leaving if pk in present)
    _write_members(household, by, present, members or {}, merged)
    _add_members(household, by, present, joining, merged)
    _write_columns(household, by, values, merged.written)
    if POINT in merged.written or merged.has_changed_members:
        tallies.refresh([household.region_id])
    return merged


@transaction.atomic
def set_first_point(*, household: Household, by: User, **point) -> bool:
    """Give a family its point (columns of Household) if it has none yet; whoever comes second changes nothing.

    Its tallies are left to the caller, whose last act they are.
    """
    household = Household.objects.locked(household)
    if household.has_point:
        return False
    record("household.edited", target=household, by=by, changes=_set(household, point))
    return True


def _write_columns(household: Household, by: User, values: dict, written: list[str]) -> None:
    names = [name for name in COLUMNS if name in written]
    if POINT in written:  # half a place tells a reader nothing
        aside = [name for name in EDITED if name not in COLUMNS + PLACE]
        names += [*PLACE, *(name for name in aside if getattr(household, name) != values[name])]
    if not names:
        return
    changes = _set(household, {name: values[name] for name in names})
    record("household.edited", target=household, by=by, changes=changes)


def _write_members(household: Household, by: User, present: dict[int, Member], members: dict, merged: Merged) -> None:
    """Write the members' columns, each with an entry of its own; the recipient's name stands on the family too."""
    for pk, member in present.items():
        names = [name for unit in merged.written if member_of(unit) == pk for name in columns_of(unit)]
        columns = {name: members[pk][name] for name in names if getattr(member, name) != members[pk][name]}
        if pk in merged.left:
            if member.is_recipient:
                raise ValidationError("Pengurus tidak dapat dikeluarkan di sini. Gantilah pengurusnya lebih dulu.")
            columns["left_on"] = max(timezone.localdate(), member.joined_on)
        if not columns:
            continue
        changes = _set(member, columns)
        record("member.edited", target=household, by=by, member=pk, changes=changes)
        if member.is_recipient and "name" in changes:
            _set(household, {"recipient_name": member.name})


def _add_members(household: Household, by: User, present: dict[int, Member], joining, merged: Merged) -> None:
    known = {(member.name, member.born_on) for member in present.values()}
    for columns in joining:
        if (columns["name"], columns["born_on"]) in known:
            continue
        member = Member.objects.create(household=household, joined_on=timezone.localdate(), **columns)
        record("member.added", target=household, by=by, member=member.pk)
        merged.joined.append(member.pk)


def _set(row, columns: dict) -> dict[str, list]:
    """Write columns of a row; gives {column: [old, new]} as an audit entry can hold it."""
    changes = {name: [plain(getattr(row, name)), plain(value)] for name, value in columns.items()}
    for name, value in columns.items():
        setattr(row, name, value)
    row.save(update_fields=list(columns))
    return changes


@transaction.atomic
def assign(*, household: Household, assistant: User | None, by: User, seen: int | None, reason: str = "") -> None:
    """Hand a family over to another assistant as of today, or to nobody; today belongs to the new one.

    `seen` is the assignment that the writer saw. Errors: ValidationError if another has taken its place since, the
    family has that assistant already, or the assistant is not active.
    """
    household = Household.objects.locked(household)
    current = household.assignments.open().select_related("assistant").first()
    if seen != (current and current.pk):
        name = current.assistant.name if current else "tanpa pendamping"
        raise ValidationError(
            f"Penugasan ini baru saja diubah orang lain; sekarang: {name}. Periksa, lalu simpan lagi."
        )
    if (current and current.assistant) == assistant:
        raise ValidationError(
            f"Keluarga ini sudah didampingi {assistant.name}." if assistant else "Keluarga ini sudah tanpa pendamping."
        )
    if assistant and not assistant.is_active:
        raise ValidationError(f"{assistant.name} sudah tidak aktif. Pilih pendamping lain.")
    today = timezone.localdate()
    if current:
        current.ended_on = max(today, current.started_on)
        current.save(update_fields=["ended_on"])
    if assistant:
        Assignment.objects.create(household=household, assistant=assistant, started_on=today)
    tallies.refresh([household.region_id])
    pair = [current and current.assistant_id, assistant and assistant.pk]
    record("household.assigned", target=household, by=by, assistant=pair, reason=reason)


@transaction.atomic
def reveal(*, kind: str, holder: Household | Member, by: User) -> str:
    """Open one number, and keep on record who saw whose."""
    record("number.revealed", target=holder, by=by, kind=kind)
    return open_held(kind, holder)
