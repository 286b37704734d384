"""A family's assessments as its page shows them: the condition before and now, lines of time, facts for a decision."""

import datetime
from dataclasses import dataclass, field

from django.utils import formats, timezone

from beneficiaries.assessment_choices import PhotoSubject
from beneficiaries.assessments.comparison import CRITERIA, Line, Verdict, compare, summary
from beneficiaries.assessments.criteria import score
from beneficiaries.evidence import Fact
from beneficiaries.models import Assessment, AssessmentPhoto, Household
from beneficiaries.timeline import Entry
from ejsika.lib.prepared import prepared

TITLE = "Asesmen rumah dan ekonomi"


@dataclass(frozen=True)
class Pictured:
    """One subject's earliest and latest photo, each with its assessment; the only one, where there is but one."""

    subject: str
    shown: list[tuple[AssessmentPhoto, Assessment]]


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

    @property
    def moved(self) -> list[Line]:
        """The criteria, and what is not as it was."""
        return [line for line in self.lines if line.verdict != Verdict.SAME or line.label == CRITERIA]

    @property
    def same(self) -> list[Line]:
        return [line for line in self.lines if line not in self.moved]

    @property
    def pictures(self) -> list[Pictured]:
        """What the photos show, before and now."""
        shown = [(photo, assessment) for assessment in self.assessments for photo in assessment.photos.all()]
        by_subject = {subject: [pair for pair in shown if pair[0].subject == subject] for subject in PhotoSubject}
        return [
            Pictured(subject.label, [*pairs[:1], *pairs[1:][-1:]]) for subject, pairs in by_subject.items() if pairs
        ]


def condition(household: Household, user) -> Condition:
    """What the panel shows. Cost: two queries, shared with the line of time."""
    found = _assessments(household, user)
    return Condition(found, compare(found[0], found[-1]) if found else [])


def entries(household: Household, user, limit: int) -> list[Entry]:
    """The newest assessments, each with what changed since the one before. Cost: two queries, shared with the panel."""
    found = _assessments(household, user)
    pairs = zip([None, *found], found, strict=False)
    told = [
        Entry(
            at=_moment(assessment),
            icon="clipboard-list",
            title=TITLE,
            detail=" · ".join(filter(None, _told(before, assessment))),
            url=assessment.get_absolute_url(),
        )
        for before, assessment in pairs
    ]
    return told[::-1][:limit]


def _told(before: Assessment | None, assessment: Assessment) -> list:
    criteria = score(assessment)
    counted = f"{criteria.met} dari 14 kriteria" if criteria.is_known and not criteria.unknown else ""
    return [counted, before and summary(before, assessment), assessment.officer.name]


def evidence(household: Household, user, on: datetime.date) -> list[Fact]:
    """The last assessment up to a day, and what changed since the first. Cost: two queries."""
    found = [one for one in _assessments(household, user) if one.assessed_on <= on]
    if not found:
        return [Fact(TITLE, "belum pernah")]
    since = f"sejak {formats.date_format(found[0].assessed_on)}: " if len(found) > 1 else ""
    changed = summary(found[0], found[-1]) or "tidak ada yang jelas membaik atau memburuk"
    first, last = score(found[0]), score(found[-1])
    before = f"{since}{first}" if since and first.is_known else ""
    return [
        Fact(TITLE, formats.date_format(found[-1].assessed_on), since and since + changed),
        Fact(CRITERIA, str(last) if last.is_known else "", before),
    ]


def _assessments(household: Household, user) -> list[Assessment]:
    """A family's assessments, oldest first: asked for once, as the panel and the line of time both show them."""
    if "known_assessments" not in household.__dict__:
        household.known_assessments = _of_family(household=household.pk, programs=user.known_programs)
    return household.known_assessments


@prepared(is_planned=True)
def _of_family(household, programs):
    found = Assessment.objects.in_known_family(programs).current().filter(household=household)
    return found.select_related("officer").prefetch_related("photos").order_by("assessed_on")


def _moment(assessment: Assessment) -> datetime.datetime:
    """The day it is about; the hour of its writing keeps the order within a day."""
    written, on = timezone.localtime(assessment.recorded_at), assessment.assessed_on
    return written.replace(year=on.year, month=on.month, day=on.day)
