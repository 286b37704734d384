"""What the page of one assessment shows."""

from dataclasses import dataclass

from beneficiaries.assessments.comparison import LABELS, words
from beneficiaries.assessments.criteria import Score, score
from beneficiaries.assessments.forms import SECTIONS
from beneficiaries.models import Assessment
from ejsika.accounts.permissions import Permission


@dataclass(frozen=True)
class Answers:
    """One section's questions with their answers in words; None is not known."""

    heading: str
    lines: list[tuple[str, str | None]]


def assessment_context(assessment: Assessment, user) -> dict:
    """Answers by section, the 14 criteria, photos, versions. Cost: two queries."""
    return {
        "assessment": assessment,
        "household": assessment.household,
        "sections": [
            Answers(heading, [(LABELS[name], words(assessment, name)) for name in names])
            for heading, names in SECTIONS.items()
        ],
        "score": score(assessment),
        "criteria": _told(score(assessment)),
        "photos": list(assessment.photos.order_by("pk")),
        "versions": assessment.versions(),
        "can_correct": assessment.is_current and user.may(Permission.ASSESSMENT_RECORD),
        "back_url": assessment.household.get_absolute_url(),
    }


def _told(found: Score) -> list[tuple[str, str]]:
    """The criteria with a word each: those that are met first, those that are not known last."""
    words_of = {True: "terpenuhi", False: "tidak", None: "belum diketahui"}
    ordered = sorted(found.criteria, key=lambda one: [True, False, None].index(one.met))
    return [(one.label, words_of[one.met]) for one in ordered]
