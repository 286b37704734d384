"""The list of families as it is opened most: narrowed by region, programme and status alone, from its beginning.

Its two statements are written once for all that has the same reach and asks for the same (ejsika.lib.prepared).
"""

import datetime
from dataclasses import dataclass
from functools import lru_cache

from beneficiaries import figures
from beneficiaries.known import COLUMNS
from beneficiaries.models import Household
from ejsika.accounts.models.user import Reach
from ejsika.lib.paginate import counted, counting, in_order
from ejsika.lib.prepared import SHAPES_KEPT, prepared


@dataclass(frozen=True)
class PlainList:
    """What is asked, and by whom: all that the statements depend on. No region: the person's own ones."""

    reach: Reach
    day: datetime.date
    region: str
    view: figures.View
    figure: str
    status: str

    def families(self):
        found = Household.objects.for_user(self.reach.user())
        if self.region:
            found = found.filter(found.within([self.region]))
        found = found.with_keys().filter(figures.get(self.figure).condition(self.view))
        return found.filter(figures.has_status(self.view, self.status)) if self.status else found

    def count_up_to(self, limit: int) -> int:
        """Count the families, but stop just above `limit`. Cost: one query."""
        return counted(_counting(self, limit))

    def first(self, number: int, key: str, *, are_few: bool) -> list[tuple]:
        """The COLUMNS of the first families in the order of a key. Cost: one query."""
        return _first(self, number, key, are_few)


@lru_cache(SHAPES_KEPT)
def _counting(asked: PlainList, limit: int) -> tuple[str, tuple] | None:
    return counting(asked.families(), limit)


@prepared
def _first(asked, number, key, are_few):
    return in_order(asked.families().values_list(*COLUMNS, named=True), key, are_few=are_few)[:number]
