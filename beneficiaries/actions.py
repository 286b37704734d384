"""Changes of a family's row and its assignment: each one atomic act with its audit entry.

Every act locks the family first, so that two at once follow each other.
"""

import hashlib

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from beneficiaries import tallies
from beneficiaries.models import Assignment, Household, Member
from beneficiaries.numbers import open_held
from ejsika.accounts.models import User
from ejsika.audit.models import record

PLACE = ["latitude", "longitude"]
EDITED = ["address", "rt", "rw", "phone", *PLACE, "point_source", "point_accuracy_m"]
CHANGED_SINCE = "Data keluarga ini baru saja diubah orang lain. Bandingkan dengan isian di bawah, lalu simpan lagi."


def seen_values(household: Household) -> str:
    """A digest of the values that an edit may change: tells whether they are still those that were on the screen."""
    values = "\0".join(str(_plain(getattr(household, name))) for name in EDITED)
    return hashlib.sha256(values.encode()).hexdigest()


@transaction.atomic
def edit_household(*, household: Household, by: User, seen: str, **values) -> dict[str, list]:
    """Write the values that differ, or change nothing; gives {field: [old, new]}.

    Errors: ValidationError if the family was changed since the writer saw it.
    """
    household = Household.objects.locked(household)
    if seen != seen_values(household):
        raise ValidationError(CHANGED_SINCE)
    differing = {name for name in EDITED if getattr(household, name) != values[name]}
    if differing & set(PLACE):
        differing |= set(PLACE)  # half a place tells a reader nothing
    changes = {name: [_plain(getattr(household, name)), _plain(values[name])] for name in EDITED if name in differing}
    if changes:
        for name in changes:
            setattr(household, name, values[name])
        household.save(update_fields=list(changes))
        if differing & set(PLACE):
            tallies.refresh([household.region_id])
        record("household.edited", target=household, by=by, changes=changes)
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


def _plain(value):
    """The value as an audit entry can hold it."""
    return value if value is None or isinstance(value, int | str) else str(value)
