"""A month of a team: what each assistant did of what was asked, as the assistant's own page of the month tells it."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef
from django.utils import timezone

from assistance_logs.obligations.duties import DutyKind
from assistance_logs.obligations.past import TeamMonth, last_day, months_of
from beneficiaries.figures import View
from beneficiaries.models import Assignment
from ejsika.accounts.models import User
from reports.scope import Scope

PEOPLE_A_PAGE = 25


@dataclass(frozen=True)
class Line:
    """An assistant's month; `cells` are (label, done, asked) of each kind that the table has."""

    assistant: User
    month: TeamMonth
    cells: list[tuple[str, int, int]]


class Team:
    """The assistants who had families in a scope's region on the month's last day, by name: never a ranking.

    The region chooses the people; what is counted are all their families that the viewer may count, so that each line
    says what the assistant's own page says. Cost: four queries.
    """

    def __init__(self, scope: Scope, page: str | None):
        self.view = View.of(scope.user, scope.view.start)
        held = Assignment.objects.on(last_day(self.view)).filter(household__in=scope.families.values("pk"))
        people = User.objects.filter(Exists(held.filter(assistant=OuterRef("pk"))))
        self.page: Page = Paginator(people.with_name_key().order_by("name_key", "pk"), PEOPLE_A_PAGE).get_page(page)
        self.months = months_of([person.pk for person in self.page], scope.user, self.view)

    @property
    def is_running(self) -> bool:
        return self.view.start <= timezone.localdate() < self.view.end

    @property
    def kinds(self) -> list[DutyKind]:
        """The kinds of which something was asked of somebody."""
        asked = {kind for month in self.months.values() for kind in month.kinds}
        return [kind for kind in DutyKind if kind in asked]

    @property
    def lines(self) -> list[Line]:
        kinds, nothing = self.kinds, TeamMonth()
        found = [(person, self.months.get(person.pk, nothing)) for person in self.page]
        return [
            Line(person, month, [(kind.label, *month.kinds.get(kind, (0, 0))) for kind in kinds])
            for person, month in found
        ]
