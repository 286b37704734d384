"""What the map's pages say around the cells: where to look first, a family's card, the table."""

from dataclasses import dataclass

from django.db.models import Max, Min, Q
from django.urls import reverse
from django.utils import timezone

from ejsika.accounts.permissions import Permission
from ejsika.lib.tags import ago, day, rt_rw
from ejsika.regions.models import Region
from reports.counts import ELSEWHERE, count_by_region, count_mapped_by_region, total
from reports.scope import Scope
from reports.small_counts import all_told, told
from reports.states import STATES, on_map
from reports.summary import Cell

BANTEN = (-7.02, 105.10, -5.80, 106.78)
AROUND = 0.005  # degrees, about half a kilometre
AROUND_MIDDLES = 0.02
EDGES = {"south": Min("latitude"), "west": Min("longitude"), "north": Max("latitude"), "east": Max("longitude")}


def bounds_of(scope: Scope) -> tuple[float, float, float, float]:
    """Where to look first (south, west, north, east): at the families, or at the regions where there are none.

    Who may not read names gets the regions always: the edge of a box of points is somebody's home.
    Cost: two queries at most.
    """
    edge = {}
    if scope.is_by_name:
        edge = on_map(scope.readable_families, scope.view).aggregate(**EDGES)
    around = AROUND
    if edge.get("south") is None:
        below = Q(pk__in=[])
        for code in scope.part_codes:
            below |= Q(code__startswith=code)
        edge, around = Region.objects.filter(below).aggregate(**EDGES), AROUND_MIDDLES
    if edge["south"] is None:
        return BANTEN
    south, west, north, east = (float(edge[side]) for side in ("south", "west", "north", "east"))
    return south - around, west - around, north + around, east + around


def card(family, user) -> dict:
    """One family as the map shows it; `family` has its `state` and region at hand."""
    address = ", ".join(part for part in (family.address, rt_rw(family), family.region.name) if part)
    last = family.last_visited_on
    visit_url = reverse("assistance_logs:visit_new", args=[family.pk]) if user.may(Permission.VISIT_LOG) else ""
    return {
        "id": family.pk,
        "lat": float(family.latitude),
        "lon": float(family.longitude),
        "state": family.state,
        "name": family.recipient_name,
        "address": address,
        "last": f"Terakhir dikunjungi {day(last)} ({ago(last, timezone.localdate())})"
        if last
        else "Belum pernah dikunjungi",
        "url": family.get_absolute_url(),
        "visit_url": visit_url,
    }


@dataclass(frozen=True)
class TableRow:
    """A region's families on the map by state, and those without a point, as they are told."""

    name: str
    url: str
    n: int | None
    states: list[int | None]
    without_point: Cell


def table_rows(scope: Scope) -> tuple[list[TableRow], TableRow]:
    """The map as a table: a row for each part of the scope, and the sum of them.

    Cost: two counts.
    """
    mapped = count_mapped_by_region(scope, scope.part_codes)
    pointless = count_by_region(scope, ["without_point"], scope.part_codes, mapped=True)
    rows = []
    for region in scope.parts:
        url = f"?{scope.query(region.code)}" if region != scope.region else ""
        n = pointless[region.code]["without_point"]
        rows.append(_row(scope, region.name, url, mapped[region.code], n, region.code))
    if ELSEWHERE in mapped or ELSEWHERE in pointless:
        counts, n = mapped.get(ELSEWHERE, dict.fromkeys(STATES, 0)), pointless.get(ELSEWHERE, {"without_point": 0})
        rows.append(_row(scope, "Wilayah lain", "", counts, n["without_point"], ELSEWHERE))
    n = total(pointless, ["without_point"])["without_point"]
    return rows, _row(scope, "Semua", "", total(mapped, STATES), n, None)


def _row(scope, name, url, counts, n, code) -> TableRow:
    is_exact = scope.is_exact() if code is None else scope.is_exact(code)
    everyone, states = told(sum(counts.values()), is_exact=is_exact), all_told(counts, is_exact=is_exact)
    list_url = scope.list_url("without_point", code) if n and code != ELSEWHERE else ""
    return TableRow(name, url, everyone, list(states.values()), Cell(told(n, is_exact=is_exact), list_url))
