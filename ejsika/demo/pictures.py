"""Drawn pictures of houses and of what is in them: nobody's photos, and the same each time."""

import io
from collections.abc import Callable
from functools import cache, partial
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from beneficiaries.assessment_choices import CookingFuel, Floor, PhotoSubject, Roof, ToiletKind, Walls
from ejsika.files.photos import Photo, read_photo

WIDTH, HEIGHT = 640, 480
SKY, GROUND, WALL, ROOF, DOOR = "#b9d7ea", "#9bb27d", "#e8dcc0", "#a1522f", "#6b4a2f"
ROOM, STOVE, FLAME, WATER = "#d8cdb8", "#55595c", "#e08a2c", "#7fa9bd"
Draw = ImageDraw.ImageDraw
Box = tuple[int, int, int, int]
EVERYWHERE = (0, 0, WIDTH, HEIGHT)


def _grid(draw: Draw, box: Box, ground: str, line: str, across: int, down: int, *, is_shifted: bool = False) -> None:
    """Tiles, bricks, or boards: lines so far apart (0: none), every second row shifted if asked for."""
    draw.rectangle(box, ground)
    left, top, right, bottom = box
    for row, y in enumerate(range(top, bottom, down or HEIGHT)):
        draw.line((left, y, right, y), line, 3)
        shift = across // 2 if is_shifted and row % 2 else 0
        for x in range(left + shift, right, across or WIDTH):
            draw.line((x, y, x, min(y + (down or HEIGHT), bottom)), line, 3)


def _speckled(draw: Draw, box: Box, ground: str, speck: str, count: int, size: int) -> None:
    """Earth, cement, or thatch: short strokes here and there."""
    rng, (left, top, right, bottom) = Random(count * size), box
    draw.rectangle(box, ground)
    for _ in range(count):
        x, y = rng.randint(left, right), rng.randint(top, bottom)
        draw.line((x, y, min(x + size, right), min(y + size // 2, bottom)), speck, 3)


def _paved(ground: str, line: str, across: int, down: int, **how) -> Callable[[Draw, Box], None]:
    return partial(_grid, ground=ground, line=line, across=across, down=down, **how)


def _strewn(ground: str, speck: str, count: int, size: int) -> Callable[[Draw, Box], None]:
    return partial(_speckled, ground=ground, speck=speck, count=count, size=size)


SURFACES: dict[str, dict[str, Callable[[Draw, Box], None]]] = {
    PhotoSubject.ROOF: {
        Roof.TILE: _paved("#b0603a", "#86432a", 40, 26, is_shifted=True),
        Roof.ZINC: _paved("#a9b4b8", "#7f8b90", 22, 0),
        Roof.ASBESTOS: _paved("#c3c4bf", "#9c9d97", 46, 0),
        Roof.THATCH: _strewn("#8f7440", "#5f4c27", 900, 34),
    },
    PhotoSubject.FLOOR: {
        Floor.CERAMIC: _paved("#efece4", "#c9c4b8", 80, 80),
        Floor.TILE: _paved("#c9a38b", "#94705b", 64, 64),
        Floor.CEMENT: _strewn("#b3b0aa", "#a19e98", 260, 16),
        Floor.BAMBOO: _paved("#c9a866", "#8c7038", 0, 20),
        Floor.EARTH: _strewn("#8a6a4a", "#6d5238", 700, 12),
    },
    PhotoSubject.WALLS: {
        Walls.MASONRY: _paved("#d9d2c3", "#c2b9a6", 90, 40, is_shifted=True),
        Walls.PLASTERED: _strewn("#d6cbb0", "#c1b596", 300, 18),
        Walls.BOARD: _paved("#b08a5b", "#7c5d38", 0, 44),
        Walls.WOVEN_BAMBOO: _paved("#cbb27a", "#9a824d", 26, 13, is_shifted=True),
    },
}


def house(number: int, roof: str = "", walls: str = "") -> bytes:
    """A house before a meadow, another one for each number; of these materials where they are known."""
    image, left = Image.new("RGB", (WIDTH, HEIGHT), SKY), 120 + number % 7 * 20
    draw, top = ImageDraw.Draw(image), 110 + number % 5 * 8
    draw.rectangle((0, 330, WIDTH, HEIGHT), GROUND)
    front = (left, 200, left + 280, 370)
    SURFACES[PhotoSubject.WALLS].get(walls, partial(ImageDraw.ImageDraw.rectangle, fill=WALL))(draw, front)
    covering, shape = Image.new("RGB", image.size, ROOF), Image.new("L", image.size)
    if roof in SURFACES[PhotoSubject.ROOF]:
        SURFACES[PhotoSubject.ROOF][roof](ImageDraw.Draw(covering), EVERYWHERE)
    ImageDraw.Draw(shape).polygon([(left - 30, 200), (left + 140, top), (left + 310, 200)], 255)
    image.paste(covering, mask=shape)
    draw.rectangle((left + 115, 270, left + 165, 370), DOOR)
    return _jpeg(image)


def _surface(subject: str, kind: str) -> bytes:
    image = Image.new("RGB", (WIDTH, HEIGHT))
    SURFACES[subject][kind](ImageDraw.Draw(image), EVERYWHERE)
    return _jpeg(image)


def _kitchen(fuel: str) -> bytes:
    """A stove with its pot; below it gas, or firewood that burns."""
    image = Image.new("RGB", (WIDTH, HEIGHT), ROOM)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 360, WIDTH, HEIGHT), "#a68d6c")
    if fuel == CookingFuel.FIREWOOD:
        for x in range(210, 430, 40):
            draw.polygon([(x, 330), (x + 20, 260), (x + 40, 330)], FLAME)
            draw.line((x - 20, 345, x + 60, 325), DOOR, 14)
    else:
        draw.rectangle((180, 270, 460, 350), STOVE)
        draw.ellipse((500, 250, 590, 380), "#7bb06b")  # the gas bottle
    draw.rounded_rectangle((250, 170, 390, 262), 12, "#8f959a")
    return _jpeg(image)


def _toilet(kind: str) -> bytes:
    """A toilet in a tiled room, or a pit in the earth."""
    image = Image.new("RGB", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(image)
    floor = Floor.EARTH if kind == ToiletKind.PIT else Floor.CERAMIC
    SURFACES[PhotoSubject.FLOOR][floor](draw, EVERYWHERE)
    pan = "#3b3128" if kind == ToiletKind.PIT else "#ffffff"
    draw.rounded_rectangle((230, 120, 410, 380), 60, pan, "#8f8a80", 4)
    if kind == ToiletKind.GOOSENECK:
        draw.ellipse((280, 270, 360, 350), WATER)
    elif kind == ToiletKind.COVERED:
        draw.rounded_rectangle((245, 135, 395, 300), 50, "#c9c4b8")
    return _jpeg(image)


@cache
def picture(subject: str, *found: str) -> Photo:
    """The photo of a subject of an assessment by what was found there: as it would be kept."""
    drawn = {
        PhotoSubject.FRONT: partial(house, 3),
        PhotoSubject.KITCHEN: _kitchen,
        PhotoSubject.TOILET: _toilet,
    }.get(subject, partial(_surface, subject))(*found)
    return read_photo(SimpleUploadedFile("foto.jpg", drawn, "image/jpeg"))


def _jpeg(image: Image.Image) -> bytes:
    written = io.BytesIO()
    image.save(written, "JPEG", quality=80)
    return written.getvalue()
