"""A small map of one family without any map code: the home beside its desa and the desas around it."""

import math
from dataclasses import dataclass

from ejsika.lib.geo import distance_m

WIDTH, HEIGHT, MARGIN = 320, 180, 36
METRES_A_DEGREE = 111_195
SCALE_HEIGHT = 28
SMALLEST_SPAN_M = 5_000  # a map of a few metres across would show the home far from everything
SCALE_BARS_M = (500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
LABEL_OFFSET, LETTER_WIDTH, LABEL_HEIGHT = 12, 6.5, 14


@dataclass(frozen=True)
class Dot:
    """A place on the drawing; x and y in units of the drawing, the label possibly empty."""

    x: float
    y: float
    label: str
    kind: str  # "home", "desa" (the family's own) or "near"

    @property
    def faces_left(self) -> bool:
        """Whether the label stands to the left, since there is no room on the right."""
        return self.x + self.width > WIDTH

    @property
    def width(self) -> float:
        """How far dot and label reach to one side."""
        return LABEL_OFFSET + LETTER_WIDTH * len(self.label)

    @property
    def span(self) -> tuple[float, float]:
        """From where to where dot and label reach."""
        return (self.x - self.width, self.x + 4) if self.faces_left else (self.x - 4, self.x + self.width)


@dataclass(frozen=True)
class Locator:
    """The drawing: dots, a scale bar (units of the drawing, metres), the distance from the desa's middle in metres."""

    dots: list[Dot]
    bar: float
    bar_m: int
    from_desa_m: int | None
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def bar_y(self) -> int:
        return self.height - 8

    @property
    def scale_y(self) -> int:
        return self.height - 14

    @property
    def bar_label(self) -> str:
        return f"{self.bar_m} m" if self.bar_m < 1000 else f"{self.bar_m // 1000} km"


def locate(home: tuple[float, float], desa: tuple[float, float] | None, near: dict[str, tuple]) -> Locator:
    """Draw a home (latitude, longitude) with its desa's middle and those of the desas `near`, by name.

    Units: WGS84 degrees in. `near` may hold the own desa too, under its name; who lies outside the drawing is left out.
    """
    centre = home if desa is None else ((home[0] + desa[0]) / 2, (home[1] + desa[1]) / 2)
    apart = 0 if desa is None else distance_m(home, desa)
    metres_a_unit = max(apart / (HEIGHT - 2 * MARGIN), SMALLEST_SPAN_M / HEIGHT)

    def place(point, label, kind) -> Dot:
        x = (point[1] - centre[1]) * METRES_A_DEGREE * math.cos(math.radians(centre[0])) / metres_a_unit
        y = (centre[0] - point[0]) * METRES_A_DEGREE / metres_a_unit
        return Dot(round(WIDTH / 2 + x, 1), round(HEIGHT / 2 + y, 1), label, kind)

    dots = [place(home, "Rumah", "home")]
    for name, point in sorted(near.items(), key=lambda item: item[1] != desa):
        dot = place(point, name, "desa" if point == desa else "near")
        if 4 <= dot.x <= WIDTH - 4 and 8 <= dot.y <= HEIGHT - SCALE_HEIGHT:
            dots.append(dot if dot.kind == "desa" or _has_room(dot, dots) else Dot(dot.x, dot.y, "", "near"))
    bar_m = max(size for size in SCALE_BARS_M if size / metres_a_unit <= WIDTH / 2 or size == SCALE_BARS_M[0])
    return Locator(
        dots, bar=round(bar_m / metres_a_unit, 1), bar_m=bar_m, from_desa_m=None if desa is None else round(apart)
    )


def _has_room(dot: Dot, others: list[Dot]) -> bool:
    """Whether a dot's label would lie free of the dots and labels drawn before it."""
    left, right = dot.span
    return all(abs(dot.y - other.y) > LABEL_HEIGHT or right < other.span[0] or left > other.span[1] for other in others)
