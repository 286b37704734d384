"""A family's assessments as its page shows them: the condition before and now, lines of time, facts for a decision."""

import datetime
from dataclasses import dataclass, field

from django.utils import formats, timezone

from beneficiaries.assessments.comparison import Line, compare, summary
from beneficiaries.evidence import Fact
from beneficiaries.models import Assessment, Household
from beneficiaries.timeline import Entry
from ejsika.lib.prepared import prepared

TITLE = "Asesmen rumah dan ekonomi"


@dataclass(frozen=True)
class Condition:
    """The first and the latest assessment side by side; with one alone, it stands as the latest."""

    assessments: list[Assessment]  # oldest first
    lines: list[Line] = field(default_factory=list)

    @property
    def first(self) -> Assessment | None:
        return self.assessments[0] if len(self.assessments) > 1 else None

    @property
    def latest(self) -> Assessment | None:
        return self.assessments[-1] if self.assessments else None

    @property
    def newest_first(self) -> list[Assessment]:
        return self.assessments[::-1]


def condition(household: Household, user) -> Condition:
    """What the panel shows. Cost: one query, shared with the line of time."""
    found = _assessments(household, user)
    return Condition(found, compare(found[0], found[-1]) if found else [])


def entries(household: Household, user, limit: int) -> list[Entry]:
    """The newest assessments, each with what changed since the one before. Cost: one query, shared with the panel."""
    found = _assessments(household, user)
    pairs = zip([None, *found], found, strict=False)
    told = [
        Entry(
            at=_moment(assessment),
            icon="clipboard-list",
            title=TITLE,
            detail=" · ".join(filter(None, [before and summary(before, assessment), assessment.officer.name])),
        )
        for before, assessment in pairs
    ]
    return told[::-1][:limit]


def evidence(household: Household, user, on: datetime.date) -> list[Fact]:
    """The last assessment up to a day, and what changed since the first. Cost: one query."""
    found = [one for one in _assessments(household, user) if one.assessed_on <= on]
    if not found:
        return [Fact(TITLE, "belum pernah")]
    since = f"sejak {formats.date_format(found[0].assessed_on)}: " if len(found) > 1 else ""
    changed = summary(found[0], found[-1]) or "tidak ada yang jelas membaik atau memburuk"
    return [Fact(TITLE, formats.date_format(found[-1].assessed_on), since and since + changed)]


def _assessments(household: Household, user) -> list[Assessment]:
    """A family's assessments, oldest first: asked for once, as the panel and the line of time both show them."""
    if "known_assessments" not in household.__dict__:
        household.known_assessments = _of_family(household=household.pk, programs=user.known_programs)
    return household.known_assessments


@prepared(is_planned=True)
def _of_family(household, programs):
    found = Assessment.objects.in_known_family(programs).filter(household=household)
    return found.select_related("officer").order_by("assessed_on")


def _moment(assessment: Assessment) -> datetime.datetime:
    """The day it is about; the hour of its writing keeps the order within a day."""
    written, on = timezone.localtime(assessment.recorded_at), assessment.assessed_on
    return written.replace(year=on.year, month=on.month, day=on.day)
