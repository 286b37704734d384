"""What was due for an assistant's families in a month, for a page: by how it came out, with the families' names."""

from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone

from assistance_logs.obligations.duties import DutyKind
from assistance_logs.obligations.past import Asked, Month, month_of
from beneficiaries.figures import View
from beneficiaries.models import Household
from ejsika.accounts.models import User


@dataclass(frozen=True)
class Line:
    """One thing that was due, and the family that it was due for."""

    asked: Asked
    family: Household


class MonthTasks:
    """A month's tasks of one assistant, as far as `viewer` may read. Cost: three queries."""

    def __init__(self, assistant: User, viewer: User, month):
        self.assistant, self.viewer = assistant, viewer
        self.view = View.of(viewer, month)

    @cached_property
    def month(self) -> Month:
        return month_of(self.assistant, self.viewer, self.view)

    @cached_property
    def lines(self) -> list[Line]:
        """The first due first, of families that the viewer may read of."""
        ids = {asked.household for asked in self.month.asked}
        families = Household.objects.for_user(self.viewer).select_related("region").in_bulk(ids)
        return [Line(asked, families[asked.household]) for asked in self.month.asked if asked.household in families]

    @property
    def unnamed(self) -> int:
        """How many families with something due the viewer may only count: somebody else looks after them by now."""
        return len({asked.household for asked in self.month.asked} - {line.family.pk for line in self.lines})

    @property
    def is_running(self) -> bool:
        return self.view.start <= timezone.localdate() < self.view.end

    @property
    def groups(self) -> list[tuple[str, str, list[Line]]]:
        """(name, title, lines) of each outcome that there is; meetings last, as they are the group's."""
        lines = sorted(self.lines, key=lambda line: line.asked.kind == DutyKind.SESSION)
        found = [
            (
                "missed",
                "Belum dikerjakan" if self.is_running else "Tidak dikerjakan",
                [line for line in lines if line.asked.is_missed],
            ),
            ("excused", "Berhalangan", [line for line in lines if line.asked.excuse and not line.asked.is_done]),
            ("done", "Dikerjakan", [line for line in lines if line.asked.is_done]),
        ]
        return [group for group in found if group[2]]
