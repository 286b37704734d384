"""Handing many families over to one assistant: first what it would do, then all of it or nothing.

The same rules as for one family (beneficiaries.actions.assign), in a handful of statements however many they are.
"""

import datetime
import hashlib
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import BooleanField, Case, Max, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest

from beneficiaries import tallies
from beneficiaries.models import Assignment, Household
from ejsika.accounts.models import User
from ejsika.audit.models import record_many
from ejsika.lib.copying import copy_rows

MOST = 5_000  # families at once
CHANGED_SINCE = "Sebagian keluarga ini baru saja berubah. Periksa lagi angkanya, lalu tugaskan."


class Line(NamedTuple):
    """One family in a hand-over: its open assignment and whose that is, and the last day that is settled already."""

    household: int
    assignment: int | None
    holder: int | None
    settled_until: datetime.date | None
    is_possible: bool


@dataclass(frozen=True)
class HandOver:
    """What handing families over to an assistant would do, or has done."""

    assistant: User
    starting_on: datetime.date
    lines: list[Line]

    @property
    def new(self) -> list[Line]:
        """Families that nobody had."""
        return [line for line in self.lines if line.is_possible and line.holder is None]

    @property
    def moving(self) -> list[Line]:
        """Families that another assistant had."""
        return [line for line in self.lines if line.is_possible and line.holder not in (None, self.assistant.pk)]

    @property
    def kept(self) -> int:
        """How many families this assistant has already."""
        return sum(line.holder == self.assistant.pk for line in self.lines)

    @property
    def impossible(self) -> int:
        """How many families lie outside the assistant's regions or programmes: they stay as they are."""
        return sum(not line.is_possible and line.holder != self.assistant.pk for line in self.lines)

    @property
    def changes(self) -> int:
        return len(self.new) + len(self.moving)

    @cached_property
    def sources(self) -> list[tuple[str, int]]:
        """(name, how many) of the assistants that families would leave, most first. Cost: one query."""
        counts = Counter(line.holder for line in self.moving)
        people = User.objects.in_bulk(counts)
        return [(people[holder].name, n) for holder, n in counts.most_common()]

    @property
    def seen(self) -> str:
        """A digest of all this: tells whether a confirmation still means what it said."""
        told = repr((self.assistant.pk, self.starting_on, self.lines))
        return hashlib.sha256(told.encode()).hexdigest()

    def first_day(self, line: Line) -> datetime.date:
        """No day gets two assistants: a family that changed hands later starts on the day when it did."""
        return max(self.starting_on, line.settled_until or self.starting_on)


def plan(families, assistant: User, starting_on: datetime.date) -> HandOver:
    """Compare families (a scoped queryset) with what is asked. Cost: one query, and those of the assistant's scope."""
    held = Assignment.objects.open().filter(household=OuterRef("pk"))
    settled = (
        Assignment.objects.filter(household=OuterRef("pk"))
        .order_by()
        .values("household")
        .annotate(until=Max(Coalesce("ended_on", "started_on")))
        .values("until")
    )
    possible = families.within(assistant.region_codes) & families.program_rule(assistant)
    rows = families.order_by("pk").annotate(
        assignment=Subquery(held.values("pk")),
        holder=Subquery(held.values("assistant")),
        settled_until=Subquery(settled),
        is_possible=Case(When(possible, then=Value(True)), default=Value(False), output_field=BooleanField()),
    )
    return HandOver(assistant, starting_on, list(map(Line._make, rows.values_list("pk", *Line._fields[1:]))))


@transaction.atomic
def hand_over(
    *, families, assistant: User, starting_on: datetime.date, by: User, seen: str, reason: str = ""
) -> HandOver:
    """Hand families (a scoped queryset) over, or change nothing; gives what was done. Sent twice, it does nothing.

    `seen` is the digest of the HandOver that the writer saw. Errors: ValidationError if it would do something else by
    now, or the assistant is not active. Cost: seven statements.
    """
    list(families.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    found = plan(families, assistant, starting_on)
    if not found.changes:
        return found
    if found.seen != seen:
        raise ValidationError(CHANGED_SINCE)
    if not User.objects.active().filter(pk=assistant.pk).exists():
        raise ValidationError(f"{assistant.name} sudah tidak aktif. Pilih pendamping lain.")
    changing = found.new + found.moving
    ending = Assignment.objects.filter(pk__in=[line.assignment for line in found.moving])
    ending.update(ended_on=Greatest("started_on", Value(starting_on)))
    with connection.cursor() as cursor:
        rows = ((line.household, assistant.pk, found.first_day(line)) for line in changing)
        copy_rows(cursor, Assignment, ["household_id", "assistant_id", "started_on"], rows)
    tallies.refresh(tallies.desas_of(line.household for line in changing))
    entries = [
        (line.household, {"assistant": [line.holder, assistant.pk], "reason": reason, "together": len(changing)})
        for line in changing
    ]
    record_many("household.assigned", model=Household, by=by, entries=entries)
    return found
