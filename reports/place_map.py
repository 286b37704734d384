"""A small map drawn by the server: one shape for each region at its centroid, sized by its families."""

import math
from dataclasses import dataclass

WIDTH, HEIGHT, MARGIN = 400, 320, 28
SMALLEST, LARGEST = 5.0, 20.0
NAMED_PLACES = 10  # so many names find room beside their shapes
NUMBERED_RADIUS = 12.0


@dataclass(frozen=True)
class Place:
    """A shape: x, y and radius in the drawing's units."""

    x: float
    y: float
    radius: float
    row: object

    @property
    def has_number(self) -> bool:
        return self.radius >= NUMBERED_RADIUS

    @property
    def triangle(self) -> str:
        """Corners of a triangle of about the circle's area around the same middle."""
        r = self.radius * 1.25
        corners = [(0, -r), (r * 0.9, r * 0.65), (-r * 0.9, r * 0.65)]
        return " ".join(f"{self.x + dx:.1f},{self.y + dy:.1f}" for dx, dy in corners)

    @property
    def label_y(self) -> float:
        return self.y + self.radius + 12


@dataclass(frozen=True)
class PlaceMap:
    places: list[Place]
    not_drawn: int  # regions with families whose centroid is not known
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def has_names(self) -> bool:
        return len(self.places) <= NAMED_PLACES


def draw(points: list[tuple[float | None, float | None, int, object]]) -> PlaceMap:
    """Place (latitude, longitude, families, row) on the drawing, north up, without distortion.

    Regions without families are left out. Areas, not radii, stand for the number of families.
    """
    counted = [point for point in points if point[2]]
    known = [point for point in counted if point[0] is not None]
    if not known:
        return PlaceMap([], len(counted))
    shrink = math.cos(math.radians(sum(float(lat) for lat, *_ in known) / len(known)))
    flat = [(float(lon) * shrink, -float(lat), n, row) for lat, lon, n, row in known]
    left, right = min(x for x, *_ in flat), max(x for x, *_ in flat)
    top, bottom = min(y for _, y, *_ in flat), max(y for _, y, *_ in flat)
    scale = min((WIDTH - 2 * MARGIN) / (right - left or 1e-9), (HEIGHT - 2 * MARGIN) / (bottom - top or 1e-9), 1e5)
    most = max(n for _, _, n, _ in flat)
    largest = min(LARGEST, 90 / math.sqrt(len(flat)))
    places = [
        Place(
            round(WIDTH / 2 + (x - (left + right) / 2) * scale, 1),
            round(HEIGHT / 2 + (y - (top + bottom) / 2) * scale, 1),
            round(max(SMALLEST, largest * math.sqrt(n / most)), 1),
            row,
        )
        for x, y, n, row in flat
    ]
    places.sort(key=lambda place: -place.radius)  # small ones are drawn over large ones
    return PlaceMap(places, len(counted) - len(known))
