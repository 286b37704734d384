"""A small map of an assistant's families, drawn by the server: who was visited, and who was not."""

import math
from dataclasses import dataclass

WIDTH, HEIGHT, MARGIN = 400, 260, 14
SMALLEST_SPAN = 0.01  # degrees, about a kilometre: families of one lane are not drawn apart as if far away
METRES_A_DEGREE = 111_195
BARS_M = (200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
COLOURS = {True: ("#66c7bb", "#0b5f5a"), False: ("#ffffff", "#55635f")}  # fill and edge, on paper


@dataclass(frozen=True)
class Dot:
    """A family on the drawing; x and y in units of the drawing."""

    x: float
    y: float
    was_met: bool


@dataclass(frozen=True)
class Drawing:
    """Dots, how many families have no point, and a scale bar (units of the drawing, metres)."""

    dots: list[Dot]
    without_point: int
    bar: float = 0.0
    bar_m: int = 0
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def bar_label(self) -> str:
        return f"{self.bar_m} m" if self.bar_m < 1000 else f"{self.bar_m // 1000} km"

    @property
    def bar_y(self) -> int:
        return self.height - 6

    def as_svg(self) -> str:
        """The drawing by itself, for paper. There are only numbers in it."""
        shapes = []
        for dot in self.dots:
            fill, edge = COLOURS[dot.was_met]
            shapes.append(f'<circle cx="{dot.x}" cy="{dot.y}" r="4" fill="{fill}" stroke="{edge}" stroke-width="1.2"/>')
        line = f'<path d="M8 {self.bar_y}v-4m0 4h{self.bar}v-4" fill="none" stroke="#17211f"/>'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}">'
            f"{''.join(shapes)}{line if self.dots else ''}</svg>"
        )


def draw(points: list[tuple]) -> Drawing:
    """Place (latitude, longitude, was met) on the drawing, north up, without distortion.

    Units: WGS84 degrees, None where they are not known. Those who were visited are drawn over the others.
    """
    known = [(float(latitude), float(longitude), met) for latitude, longitude, met in points if latitude is not None]
    missing = len(points) - len(known)
    if not known:
        return Drawing([], missing)
    shrink = math.cos(math.radians(sum(latitude for latitude, *_ in known) / len(known)))
    flat = [(longitude * shrink, -latitude, met) for latitude, longitude, met in known]
    left, right = min(x for x, *_ in flat), max(x for x, *_ in flat)
    top, bottom = min(y for _, y, _ in flat), max(y for _, y, _ in flat)
    scale = min(
        (WIDTH - 2 * MARGIN) / max(right - left, SMALLEST_SPAN),
        (HEIGHT - 3 * MARGIN) / max(bottom - top, SMALLEST_SPAN),
    )
    dots = [
        Dot(
            round(WIDTH / 2 + (x - (left + right) / 2) * scale, 1),
            round((HEIGHT - MARGIN) / 2 + (y - (top + bottom) / 2) * scale, 1),
            met,
        )
        for x, y, met in flat
    ]
    metres = METRES_A_DEGREE / scale  # a unit of the drawing
    bar_m = max(size for size in BARS_M if size / metres <= WIDTH / 3 or size == BARS_M[0])
    return Drawing(sorted(dots, key=lambda dot: dot.was_met), missing, round(bar_m / metres, 1), bar_m)
