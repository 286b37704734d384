"""What hangs on a family goes along when it is merged into another: each room says how its rows move."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import models
from django.db.models import QuerySet

from beneficiaries.models import Assessment, FormerCard, Household, SentEdit


@dataclass(frozen=True)
class Carrier:
    """The rows of one table that name a family: what a person calls them, and how they move."""

    model: type[models.Model]
    label: str
    carry: Callable[[Household, Household], None]
    counted: Callable[[QuerySet], QuerySet] = QuerySet.all


_carriers: list[Carrier] = []


def register(model, label: str, carry, counted=QuerySet.all) -> None:
    """Add a table; `carry(kept, merged)` moves its rows, or leaves those for which there is no room with `merged`."""
    _carriers.append(Carrier(model, label, carry, counted))


def carried_models() -> set[type[models.Model]]:
    return {carrier.model for carrier in _carriers}


def carry_all(kept: Household, merged: Household) -> None:
    for carrier in _carriers:
        carrier.carry(kept, merged)


def counts(merged: Household) -> Iterable[tuple[str, int]]:
    """What would go along, and how many: (label, n). Cost: a query a table."""
    for carrier in _carriers:
        n = carrier.counted(carrier.model.objects.filter(household=merged)).count()
        if n:
            yield carrier.label, n


def moving(model, room_for: Callable[[Household], models.Q] | None = None) -> Callable[[Household, Household], None]:
    """Move all rows of a table, or those that `room_for(kept)` says there is room for."""

    def carry(kept: Household, merged: Household) -> None:
        rows = model.objects.filter(household=merged)
        (rows.filter(room_for(kept)) if room_for else rows).update(household=kept)

    return carry


def _another_day(kept: Household) -> models.Q:
    """One assessment a family and day: a second one of the same day stays where it is."""
    return ~models.Q(assessed_on__in=Assessment.objects.filter(household=kept).values("assessed_on"))


register(Assessment, "asesmen", moving(Assessment, _another_day))
register(FormerCard, "No KK lama", moving(FormerCard))
register(SentEdit, "perubahan dari ponsel", moving(SentEdit))
