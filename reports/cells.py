"""What the map shows of a viewport: cells with counts, or single families once they are few enough."""

import math
from dataclasses import dataclass

from django import forms
from django.core.exceptions import EmptyResultSet, ValidationError
from django.db import connection
from django.db.models import F, Q

from beneficiaries import figures
from beneficiaries.models.tally import CELL_ZOOM_KEPT
from ejsika.lib.geo import CELL_ZOOM, cell_ranges, tiles_across, touches
from reports.scope import Scope
from reports.states import STATES, on_map, shape_of, state_of
from reports.tallied import Tallied

CELL_OF_ZOOM = 2  # a cell is a quarter of a map tile across: 64 pixels
MOST_CELLS = 400
FAMILIES_FROM_ZOOM = 14
MOST_FAMILIES = 300
POINT_DIGITS = 5  # about a metre
# Written around Django's query: it would write out a family's state once for each place where it is used, and
# PostgreSQL would look for it as often; OFFSET keeps it from that.
_COUNTS = ", ".join(f"count(*) FILTER (WHERE state = '{state}')" for state in STATES)
_BY_PART = "SELECT part, avg(latitude), avg(longitude), {} FROM ({} OFFSET 0) family GROUP BY part ORDER BY part"


@dataclass(frozen=True)
class Box:
    """A viewport in WGS84 degrees."""

    west: float
    south: float
    east: float
    north: float

    @property
    def sides(self) -> tuple[float, float, float, float]:
        return self.south, self.west, self.north, self.east


class BoxForm(forms.Form):
    """The viewport of the map: bbox=west,south,east,north in degrees, and the zoom."""

    bbox = forms.CharField(max_length=100, error_messages={"required": "Batas peta (bbox) belum diisi."})
    zoom = forms.IntegerField(
        min_value=0,
        max_value=22,
        error_messages={
            "required": "Tingkat perbesaran (zoom) belum diisi.",
            "invalid": "Tingkat perbesaran (zoom) harus bilangan bulat.",
        },
    )

    def clean_bbox(self) -> Box:
        try:
            west, south, east, north = (float(part) for part in self.cleaned_data["bbox"].split(","))
        except ValueError:
            raise ValidationError("Batas peta (bbox) ditulis barat,selatan,timur,utara dalam derajat.") from None
        if not all(map(math.isfinite, (west, south, east, north))) or west > east or south > north:
            raise ValidationError("Batas peta (bbox) tidak berurutan: barat,selatan,timur,utara dalam derajat.")
        west, east = (min(max(side, -180.0), 180.0) for side in (west, east))
        south, north = (min(max(side, -85.0), 85.0) for side in (south, north))
        return Box(west, south, east, north)


def inside(families, box: Box):
    """Narrow families to a viewport: ranges of cells for the index, then degrees for the exact edge."""
    near = Q(pk__in=[])
    for first, last in cell_ranges(*box.sides):
        near |= Q(cell__range=(first, last))
    return families.filter(near, latitude__range=(box.south, box.north), longitude__range=(box.west, box.east))


def cell_zoom(box: Box, zoom: int) -> int:
    """The zoom of the cells for a viewport: fine enough to see, coarse enough to be few."""
    cells = min(zoom + CELL_OF_ZOOM, CELL_ZOOM)
    while cells and tiles_across(*box.sides, cells) > MOST_CELLS:
        cells -= 1
    return cells


def count_cells(scope: Scope, box: Box, zoom: int) -> list[dict]:
    """Count a scope's mapped families by cell and state, each cell at the mean of its families' points.

    Shape: at most about MOST_CELLS. Far away whole cells are read from the tallies; near by, the families in the box
    are counted. Cost: one query of tallies, or one over families and one for the programmes' visit interval.
    """
    cells = cell_zoom(box, zoom)
    if cells <= CELL_ZOOM_KEPT and scope.mapped_tallied:
        return _kept_cells(scope.mapped_tallied, box, cells)
    families = inside(on_map(scope.mapped_families, scope.view), box).annotate(
        part=F("cell").bitrightshift(2 * (CELL_ZOOM - cells)), state=state_of(scope.view)
    )
    try:
        sql, values = families.order_by().values("part", "latitude", "longitude", "state").query.sql_with_params()
    except EmptyResultSet:  # nobody's families
        return []
    with connection.cursor() as cursor:
        cursor.execute(_BY_PART.format(_COUNTS, sql), values)
        return [place(*row[1:3], dict(zip(STATES, row[3:], strict=True))) for row in cursor]


def _kept_cells(tallied: Tallied, box: Box, zoom: int) -> list[dict]:
    """The cells of a zoom that have a part in a viewport, from the tallies."""
    kept_shift = 2 * (CELL_ZOOM - CELL_ZOOM_KEPT)
    ranges = [(first >> kept_shift, last >> kept_shift) for first, last in cell_ranges(*box.sides)]
    rows = tallied.cells(2 * (CELL_ZOOM_KEPT - zoom), ranges, STATES)
    return [
        place(latitudes / sum(counts), longitudes / sum(counts), dict(zip(STATES, counts, strict=True)))
        for cell, latitudes, longitudes, *counts in rows
        if touches(cell, zoom, *box.sides)
    ]


def place(latitude, longitude, counts: dict[str, int]) -> dict:
    return {
        "lat": round(float(latitude), POINT_DIGITS),
        "lon": round(float(longitude), POINT_DIGITS),
        "n": sum(counts.values()),
        "states": list(counts.values()),
        "shape": shape_of(counts),
    }


def are_few(cells: list[dict], zoom: int) -> bool:
    """Whether the families of these cells are shown one by one instead: near by, and not too many."""
    return zoom >= FAMILIES_FROM_ZOOM and sum(cell["n"] for cell in cells) <= MOST_FAMILIES


def families_in(families, view: figures.View, box: Box) -> list:
    """Give the mapped families of a viewport, each with its `state`. Cost: one query."""
    found = inside(on_map(families, view), box).annotate(state=state_of(view))
    return list(found.select_related("region").order_by("pk"))
