"""The map for those who may not read names: counts at the middles of regions, no smaller than the desa."""

from django.db.models import F
from django.db.models.functions import Coalesce, Length

from ejsika.regions.models import Region
from reports.cells import MOST_CELLS, Box, place
from reports.counts import count_mapped_by_region
from reports.scope import Scope
from reports.small_counts import all_told, told

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
    """Count families by region and state, as they are told; of desas those are drawn too where there may be none.

    Cost: as count_by_region, and one query.
    """
    smallest_part = max((len(code) for code in scope.part_codes), default=2)
    digits = max(digits_at(zoom), smallest_part)
    regions = regions_in(box, digits)
    if len(regions) > MOST_CELLS:
        regions = regions_in(box, 6)
    regions = [region for region in regions if region.code.startswith(tuple(scope.codes))]
    counts = count_mapped_by_region(scope, [region.code for region in regions])
    return [
        _area(region, counts[region.code], is_exact=scope.is_exact(region.code))
        for region in regions
        if any(counts[region.code].values()) or not scope.is_exact(region.code)
    ]


def _area(region: Region, counts: dict[str, int], *, is_exact: bool) -> dict:
    """A region as the map draws it; by what is told alone, its shape too."""
    states = all_told(counts, is_exact=is_exact)
    area = place(region.lat, region.lon, {state: n or 0 for state, n in states.items()})
    area |= {"n": told(sum(counts.values()), is_exact=is_exact), "states": list(states.values()), "name": region.name}
    return area if any(states.values()) else area | {"shape": "few"}
