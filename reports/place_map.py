"""A small map drawn by the server: one shape for each region at its centroid, sized by its families."""

import math
from dataclasses import dataclass

WIDTH, HEIGHT, MARGIN = 400, 320, 28
SMALLEST, LARGEST = 5.0, 20.0
NAMED_PLACES = 10  # so many names find room beside their shapes
NUMBERED_RADIUS = 12.0
LETTER_WIDTH, LINE_HEIGHT = 6.0, 12.0


@dataclass
class Place:
    """A shape: x, y and radius in the drawing's units. A name or number that would cover another is left out."""

    x: float
    y: float
    radius: float
    row: object
    has_number: bool = False
    has_name: bool = False

    @property
    def triangle(self) -> str:
        """Corners of a triangle of about the circle's area around the same middle."""
        r = self.radius * 1.25
        corners = [(0, -r), (r * 0.9, r * 0.65), (-r * 0.9, r * 0.65)]
        return " ".join(f"{self.x + dx:.1f},{self.y + dy:.1f}" for dx, dy in corners)

    @property
    def name_width(self) -> float:
        return LETTER_WIDTH * len(self.row.name)

    @property
    def name_x(self) -> float:
        """The middle of the name, moved so far that it stays on the drawing."""
        half = self.name_width / 2 + 2
        return round(min(max(self.x, half), WIDTH - half), 1)

    @property
    def name_y(self) -> float:
        return self.y + self.radius + 12

    def covers(self, x: float, y: float, width: float) -> bool:
        """Whether the shape, or its name, lies on a line of text around (x, y)."""
        on_shape = abs(self.x - x) < self.radius + width / 2 and abs(self.y - y) < self.radius + LINE_HEIGHT / 2
        return on_shape or (
            self.has_name
            and abs(self.name_x - x) < (self.name_width + width) / 2
            and abs(self.name_y - y) < LINE_HEIGHT
        )


@dataclass(frozen=True)
class PlaceMap:
    places: list[Place]
    not_drawn: int  # regions with families whose centroid is not known
    width: int = WIDTH
    height: int = HEIGHT


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
    _write(places)
    return PlaceMap(places, len(counted) - len(known))


def _write(places: list[Place]) -> None:
    """Choose which numbers and names find room, those of large places first."""
    for place in places:
        others = [other for other in places if other is not place]
        place.has_number = place.radius >= NUMBERED_RADIUS and not any(o.covers(place.x, place.y, 20) for o in others)
        place.has_name = len(places) <= NAMED_PLACES and not any(
            other.covers(place.name_x, place.name_y - 4, place.name_width) for other in others
        )
