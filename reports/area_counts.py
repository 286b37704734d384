"""The map for those who may not read names: counts at the middles of regions, no smaller than the desa."""

from django.db.models import F
from django.db.models.functions import Coalesce, Length

from ejsika.regions.models import Region
from reports.cells import MOST_CELLS, Box, place
from reports.counts import count_mapped_by_region
from reports.scope import Scope
from reports.small_counts import hide_small

# From which zoom on the regions of so many digits are drawn.
DIGITS_FROM_ZOOM = [(13, 10), (10, 6), (0, 4)]


def regions_in(box: Box, digits: int) -> list[Region]:
    """Regions of one level whose middle lies in a viewport; a desa without one stands at its kecamatan's."""
    return list(
        Region.objects.annotate(
            digits=Length("code"),
            lat=Coalesce("latitude", F("parent__latitude")),
            lon=Coalesce("longitude", F("parent__longitude")),
        )
        .filter(digits=digits, lat__range=(box.south, box.north), lon__range=(box.west, box.east))
        .order_by("code")
    )


def digits_at(zoom: int) -> int:
    return next(digits for start, digits in DIGITS_FROM_ZOOM if zoom >= start)


def count_areas(scope: Scope, box: Box, zoom: int) -> list[dict]:
    """Count families by region and state, small numbers hidden (None). Cost: as count_by_region, and one query."""
    smallest_part = max((len(code) for code in scope.part_codes), default=2)
    digits = max(digits_at(zoom), smallest_part)
    regions = regions_in(box, digits)
    if len(regions) > MOST_CELLS:
        regions = regions_in(box, 6)
    counts = count_mapped_by_region(scope, [r.code for r in regions])
    areas = []
    for region in regions:
        if any(counts[region.code].values()):
            area = place(region.lat, region.lon, counts[region.code])
            area["n"], shown = hide_small(counts[region.code])
            area |= {"states": list(shown.values()), "name": region.name}
            if area["n"] is None:
                area["shape"] = "few"
            areas.append(area)
    return areas
