"""Counts of families for other agencies, by status and by who is in them: nothing but fives (reports.small_counts).

A sum is made of the numbers as shown, never of the real ones: it holds nothing that its parts do not hold, so taking
the others from a sum gives no hidden part.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.db.models.functions import Length
from django.utils import timezone

from beneficiaries.components import Component
from ejsika.regions.models import Region
from reports.components import NOTHING, by_region, count_components, tallied_by_region
from reports.counts import count_by_region
from reports.scope import Scope
from reports.small_counts import in_fives
from reports.summary import STATUSES

DISTRICT_DIGITS = 6
# Who is in the programme, may come into it, or rose from it; who was taken out is nobody's candidate.
STATUS_COLUMNS = {name: label for name, label in STATUSES.items() if name != "inactive"}
# Active families with somebody of whom another agency may take care.
MEMBER_COLUMNS = {one.figure: one.label for one in Component}
COLUMNS = STATUS_COLUMNS | MEMBER_COLUMNS


@dataclass(frozen=True)
class Shown:
    """A region, or all of them, and at least how many families each of COLUMNS has; 0 is shown as "< 5".

    `query` leads one level down.
    """

    region: Region | None
    at_least: dict[str, int]
    query: str = ""

    @property
    def statuses(self) -> list[tuple[str, int]]:
        return [(label, self.at_least[name]) for name, label in STATUS_COLUMNS.items()]

    @property
    def members(self) -> list[tuple[str, int]]:
        return [(label, self.at_least[name]) for name, label in MEMBER_COLUMNS.items()]


def families_shown(scope: Scope) -> tuple[list[Shown], Shown]:
    """Count the families of a scope's regions, kecamatan being the smallest.

    Shape: (one Shown a region, the sum of what is shown). Cost: four queries, of families where tallies do not hold.
    """
    region = scope.region
    regions = [region] if region and len(region.code) >= DISTRICT_DIGITS else scope.parts
    units = _counted(scope, _districts(regions))
    shown = [
        Shown(
            part,
            _sum(counts for code, counts in units.items() if code.startswith(part.code)),
            scope.query(part.code) if len(part.code) < DISTRICT_DIGITS and part != region else "",
        )
        for part in regions
    ]
    return shown, Shown(None, _sum(row.at_least for row in shown))


def _counted(scope: Scope, codes: list[str]) -> dict[str, dict[str, int]]:
    """Count each of these regions by each of COLUMNS, rounded down."""
    digits = max(map(len, codes), default=DISTRICT_DIGITS)
    if scope.tallied:
        having = tallied_by_region(scope.tallied, digits)
    else:
        having = count_components(by_region(scope.families, digits), scope.view, timezone.localdate())
    statuses = count_by_region(scope, STATUS_COLUMNS, codes)
    found = {}
    for code in codes:
        members = having.get(code, NOTHING).having
        exact = statuses[code] | {one.figure: members[one] for one in Component}
        found[code] = {name: in_fives(exact[name]) for name in COLUMNS}
    return found


def _sum(rows: Iterable[dict[str, int]]) -> dict[str, int]:
    added = dict.fromkeys(COLUMNS, 0)
    for row in rows:
        for name in COLUMNS:
            added[name] += row[name]
    return added


def _districts(regions: list[Region]) -> list[str]:
    """Codes of the kecamatan in these regions; a region that is no larger stands for itself."""
    inside = Q(pk__in=[])
    for region in regions:
        inside |= Q(code__startswith=region.code)
    small = [region.code for region in regions if len(region.code) >= DISTRICT_DIGITS]
    found = Region.objects.annotate(digits=Length("code")).filter(inside, digits=DISTRICT_DIGITS)
    return sorted({*small, *found.values_list("code", flat=True)})
