"""An edit beside the edits of others: what the writer had before them, what they wrote, what stands now.

A family's data are taken unit by unit: what one edit must not tear apart. A unit is a column of the family, its point,
or one of a member's ("m12345-school", level and grade). Units hold plain values, as JSON can, so that a form can carry
what it was shown with. No number of a person is among them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core import signing
from django.utils import formats, timezone

from beneficiaries.models import Household, Member
from ejsika.audit.models import AuditEvent

COLUMNS = ["address", "rt", "rw", "phone"]
PLACE = ["latitude", "longitude"]
POINT = "point"
MEMBER_UNITS = {
    "name": ["name"],
    "relationship": ["relationship"],
    "sex": ["sex"],
    "born_on": ["born_on"],
    "school": ["school_level", "grade"],
    "is_pregnant": ["is_pregnant"],
    "is_disabled": ["is_disabled"],
}
_SALT = "beneficiaries.edit"
_ACTS = ["household.edited", "member.edited", "household.imported", "household.import_undone"]
_LOOKED_BACK = 30


class EditConflict(Exception):
    """Units that the writer and somebody else changed to different values; nothing was saved."""

    def __init__(self, units: list[str]):
        super().__init__(f"{len(units)} units")
        self.units = units


@dataclass(frozen=True)
class Seen:
    """What a form was shown with; `asked`: units of which the writer was asked to choose."""

    values: dict
    asked: list[str] = field(default_factory=list)

    def sign(self, household: Household) -> str:
        """For a hidden field: readable, but nobody can change it, nor use it for another family."""
        content = {"household": household.pk, "values": self.values, "asked": self.asked}
        return signing.dumps(content, salt=_SALT, compress=True)

    @classmethod
    def read(cls, text: str, household: Household) -> "Seen | None":
        """None for what was not signed here for this family, and of a page older than the units of now."""
        try:
            content = signing.loads(text, salt=_SALT)
        except signing.BadSignature:
            return None
        seen = cls(content["values"], content["asked"])
        expected = {*COLUMNS, POINT, *(f"m{pk}-{name}" for pk in seen.members for name in MEMBER_UNITS)}
        return seen if content["household"] == household.pk and expected == seen.values.keys() else None

    @property
    def members(self) -> list[int]:
        """Ids of the members that were shown."""
        return list(dict.fromkeys(member_of(unit) for unit in self.values if member_of(unit)))


@dataclass(frozen=True)
class Merged:
    """Units to write, units that others changed and the writer did not, members who leave and who join."""

    written: list[str]
    kept: list[str]
    left: list[int] = field(default_factory=list)
    joined: list[int] = field(default_factory=list)

    @property
    def has_changed_members(self) -> bool:
        return bool(self.left or self.joined) or any(member_of(unit) for unit in self.written)

    @property
    def has_changed(self) -> bool:
        return bool(self.written or self.left or self.joined)


def merge(seen: dict, mine: dict, now: dict) -> Merged:
    """Put what one person wrote upon what stands now; all three by unit, in plain values.

    Errors: EditConflict with every unit that both changed to different values, or that is there no more.
    """
    changed = [unit for unit, value in mine.items() if unit not in seen or value != seen[unit]]

    def clashes(unit: str) -> bool:
        if unit not in now:
            return True
        is_as_seen = unit in seen and now[unit] == seen[unit]
        return not is_as_seen and now[unit] != mine[unit]

    conflicts = [unit for unit in changed if clashes(unit)]
    if conflicts:
        raise EditConflict(conflicts)
    kept = [unit for unit in now if unit not in changed and unit in seen and now[unit] != seen[unit]]
    return Merged([unit for unit in changed if now[unit] != mine[unit]], kept)


def snapshot(household: Household, members: Iterable[Member]) -> dict:
    """What stands in a family's row and in those of its present members, by unit."""
    values = {name: plain(getattr(household, name)) for name in COLUMNS}
    values[POINT] = plain_point(household.latitude, household.longitude)
    for member in members:
        values |= member_units(member.pk, vars(member))
    return values


def member_units(pk: int, columns: dict) -> dict:
    """A member's units from its columns; one of several columns is a list."""
    units = {}
    for name, parts in MEMBER_UNITS.items():
        values = [plain(columns[part]) for part in parts]
        units[f"m{pk}-{name}"] = values if len(parts) > 1 else values[0]
    return units


def units_within(values: dict, members: dict[int, dict]) -> dict:
    """The units of an edit: the family's columns, and those of each member."""
    units = {name: plain(values[name]) for name in COLUMNS}
    units[POINT] = plain_point(*(values[name] for name in PLACE))
    for pk, columns in members.items():
        units |= member_units(pk, columns)
    return units


def columns_within(unit: str, value) -> dict:
    """The columns that a unit's value holds, in plain values."""
    columns = columns_of(unit)
    parts = value if isinstance(value, list) else [value] * len(columns)
    return dict(zip(columns, parts, strict=True))


def columns_of(unit: str) -> list[str]:
    """The columns of the row that a unit belongs to."""
    name = unit.rpartition("-")[2]
    return PLACE if name == POINT else MEMBER_UNITS.get(name, [name])


def plain(value):
    return value if value is None or isinstance(value, int | str) else str(value)


def plain_point(latitude, longitude) -> list[str] | None:
    return None if latitude is None else [str(latitude), str(longitude)]


def member_of(unit: str) -> int | None:
    return int(unit[1:].partition("-")[0]) if "-" in unit else None


def changed_by(household: Household, units: Iterable[str]) -> dict[str, str]:
    """Who changed these units last, and when, in words. Cost: one query, none without units."""
    units = list(units)
    if not units:
        return {}
    events = AuditEvent.objects.filter(
        target_kind=Household._meta.label_lower, target_id=household.pk, action__in=_ACTS
    ).select_related("actor")
    events = list(events.order_by("-pk")[:_LOOKED_BACK])
    return {unit: _told(next((event for event in events if _touches(event, unit)), None)) for unit in units}


def _touches(event: AuditEvent, unit: str) -> bool:
    """Whether an act changed a unit; an import names no members' columns, so it may have changed any of them."""
    columns = set(columns_of(unit))
    if event.action == "member.edited":
        return event.data["member"] == member_of(unit) and not columns.isdisjoint(event.data["changes"])
    if event.action == "household.edited":
        return member_of(unit) is None and not columns.isdisjoint(event.data.get("changes", {}))
    return member_of(unit) is not None or not columns.isdisjoint(event.data.get("fields", columns))


def _told(event: AuditEvent | None) -> str:
    if event is None:
        return "diubah orang lain"
    at = timezone.localtime(event.at)
    words = "lewat impor " if event.action.startswith("household.import") else ""
    who = event.actor.name if event.actor else "sistem"
    return f"diubah {words}oleh {who} pada {formats.date_format(at)}, {formats.time_format(at)}"
