"""Counts of families for other agencies, of which no small number can be worked out.

Every number is rounded down to a full five, so a group of fewer than five families shows as "< 5", and 0 looks like 4.
A sum is made of the numbers as shown, never of the real ones: it holds nothing that its parts do not hold, so taking
the others from a sum gives no hidden part. Taking one programme from all programmes leaves a span of nine families,
never a small number.
"""

from dataclasses import dataclass

from django.db.models import Q
from django.db.models.functions import Length

from ejsika.regions.models import Region
from reports.counts import count_by_region
from reports.scope import Scope

STEP = 5
DISTRICT_DIGITS = 6


def rounded_down(n: int) -> int:
    """Give the full fives in a number: 0 for what is too small to be shown."""
    return n // STEP * STEP


@dataclass(frozen=True)
class Shown:
    """A region and at least how many active families it has; 0 is shown as "< 5". `query` leads one level down."""

    region: Region
    at_least: int
    query: str = ""


def active_families(scope: Scope) -> tuple[list[Shown], int]:
    """Count the active families of a scope's regions, kecamatan being the smallest.

    Shape: (one Shown a region, the sum of what is shown). Cost: two queries.
    """
    region = scope.region
    regions = [region] if region and len(region.code) >= DISTRICT_DIGITS else scope.parts
    units = _districts(regions)
    counts = count_by_region(scope, ["active"], units)
    shown = [
        Shown(
            part,
            sum(rounded_down(counts[code]["active"]) for code in units if code.startswith(part.code)),
            scope.query(part.code) if len(part.code) < DISTRICT_DIGITS and part != region else "",
        )
        for part in regions
    ]
    return shown, sum(row.at_least for row in shown)


def _districts(regions: list[Region]) -> list[str]:
    """Codes of the kecamatan in these regions; a region that is no larger stands for itself."""
    inside = Q(pk__in=[])
    for region in regions:
        inside |= Q(code__startswith=region.code)
    small = [region.code for region in regions if len(region.code) >= DISTRICT_DIGITS]
    found = Region.objects.annotate(digits=Length("code")).filter(inside, digits=DISTRICT_DIGITS)
    return sorted({*small, *found.values_list("code", flat=True)})
