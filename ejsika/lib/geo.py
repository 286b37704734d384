"""Points and map cells: WGS84 degrees in, Web-Mercator cells out. The database's map_cell() does the same."""

import math

CELL_ZOOM = 20
EARTH_RADIUS_M = 6_371_008.8
# A rough box around Banten, for a hard check (lat -7.014…-5.808, lon 105.101…106.780 in the desa outlines).
LATITUDES = (-7.10, -5.75)
LONGITUDES = (105.05, 106.80)


def cell_at(latitude: float, longitude: float) -> int:
    """Give the zoom-20 tile of a point, its x and y bits interleaved: cell >> 2 * (20 - z) is the tile at zoom z."""
    x, y = _tile_at(latitude, longitude)
    return _spread(x) | _spread(y) << 1


def cell_centre(cell: int, zoom: int) -> tuple[float, float]:
    """Give the centre (latitude, longitude) of a cell that was shifted to `zoom`."""
    side = 1 << zoom
    x, y = _gather(cell) + 0.5, _gather(cell >> 1) + 0.5
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / side)))), x / side * 360 - 180


def cell_ranges(south: float, west: float, north: float, east: float, at_most: int = 16) -> list[tuple[int, int]]:
    """Give ranges of zoom-20 cells (first, last) that together hold a box of degrees, and not much around it.

    Shape: at most `at_most` ranges, in order, none touching the next: what an index on the cell can look up.
    """
    (left, top), (right, bottom) = _tile_at(north, west), _tile_at(south, east)
    shift = 0
    while ((right >> shift) - (left >> shift) + 1) * ((bottom >> shift) - (top >> shift) + 1) > at_most:
        shift += 1
    tiles = sorted(
        _spread(x) | _spread(y) << 1
        for x in range(left >> shift, (right >> shift) + 1)
        for y in range(top >> shift, (bottom >> shift) + 1)
    )
    ranges: list[tuple[int, int]] = []
    for tile in tiles:
        first, last = tile << 2 * shift, ((tile + 1) << 2 * shift) - 1
        if ranges and ranges[-1][1] + 1 == first:
            first = ranges.pop()[0]
        ranges.append((first, last))
    return ranges


def tiles_across(south: float, west: float, north: float, east: float, zoom: int) -> int:
    """Count the tiles of a zoom that a box of degrees touches."""
    (left, top), (right, bottom) = _tile_at(north, west), _tile_at(south, east)
    shift = CELL_ZOOM - zoom
    return ((right >> shift) - (left >> shift) + 1) * ((bottom >> shift) - (top >> shift) + 1)


def touches(cell: int, zoom: int, south: float, west: float, north: float, east: float) -> bool:
    """Whether a cell of a zoom has a part in a box of degrees."""
    (left, top), (right, bottom) = _tile_at(north, west), _tile_at(south, east)
    shift = CELL_ZOOM - zoom
    return left >> shift <= _gather(cell) <= right >> shift and top >> shift <= _gather(cell >> 1) <= bottom >> shift


def distance_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Measure metres between two (latitude, longitude) points on a sphere (haversine)."""
    lat_a, lon_a, lat_b, lon_b = map(math.radians, (*a, *b))
    h = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(h))


def in_banten(latitude: float, longitude: float) -> bool:
    """Whether a point lies in the box, its edges included (a Decimal's -7.1 is not the float's)."""
    latitude, longitude = float(latitude), float(longitude)
    return LATITUDES[0] <= latitude <= LATITUDES[1] and LONGITUDES[0] <= longitude <= LONGITUDES[1]


def _tile_at(latitude: float, longitude: float) -> tuple[int, int]:
    """Column and row of the zoom-20 tile of a point; the edges of the world lie in its last tiles."""
    side = 1 << CELL_ZOOM
    x = int((longitude + 180) / 360 * side)
    y = int((1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * side)
    return min(max(x, 0), side - 1), min(max(y, 0), side - 1)


def _spread(v: int) -> int:
    result = 0
    for bit in range(CELL_ZOOM):
        result |= (v >> bit & 1) << 2 * bit
    return result


def _gather(v: int) -> int:
    result = 0
    for bit in range(CELL_ZOOM):
        result |= (v >> 2 * bit & 1) << bit
    return result
