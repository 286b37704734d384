"""How far each assistant is with this month's visits: a numerator with its denominator, and what is excused."""

from dataclasses import dataclass, field

from django.db.models import Count, F, Q
from django.utils import timezone

from beneficiaries import figures
from reports.counts import Share
from reports.scope import Scope

# Each counts the families of the figure of this name: assistance_logs.obligations.figures.
FIGURES = ["visit_done", "visit_due", "visit_overdue", "visit_excused"]


@dataclass
class MonthDuty:
    """One assistant's families within a scope by what a visit must do for them this month; the excused in none."""

    visit_done: int = 0
    visit_due: int = 0
    visit_overdue: int = 0
    visit_excused: int = 0
    urls: dict[str, str] = field(default_factory=dict)

    @property
    def share(self) -> Share:
        """Those visited of those that were to be."""
        return Share(self.visit_done, self.visit_done + self.visit_due)


def month_duties(scope: Scope) -> dict[int, MonthDuty]:
    """By assistant's id, whoever has the family today. Cost: one query of tallies, or one over families."""
    rows = scope.tallied.duties() if scope.tallied else count_duties(scope)
    found = {assistant: MonthDuty(*counts) for assistant, *counts in rows}
    for assistant, duty in found.items():
        duty.urls = {name: scope.list_url(name, assistant=assistant) for name in FIGURES}
    return found


def count_duties(scope: Scope) -> list[tuple]:
    """Count a scope's families of each assistant one by one: the assistant's id, then n by figure."""
    today = timezone.localdate()
    in_force = Q(assignments__ended_on__isnull=True) | Q(assignments__ended_on__gt=today)
    counts = {name: Count("pk", filter=figures.get(name).condition(scope.view)) for name in FIGURES}
    families = scope.families.filter(in_force, assignments__started_on__lte=today)
    rows = families.values(assistant_id=F("assignments__assistant")).annotate(**counts).order_by()
    return list(rows.values_list("assistant_id", *FIGURES))
