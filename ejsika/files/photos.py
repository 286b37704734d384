"""Photos as they come from phones: looked at by what they are, made small, freed of what they tell beside the picture.

What is stored is always a JPEG that was written here, whatever came; place, time and device in it are gone.
"""

import hashlib
import io
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 15_000_000  # of what comes; a phone's own photo has 3 to 8 million
MOST_PIXELS = 50_000_000  # a JPEG is read at a part of its size
MOST_PIXELS_WHOLE = 25_000_000  # the others are read whole: 100 MB of memory
AIM_BYTES = 200_000
KEPT_BYTES = 240_000  # what came within the aim may take a fifth more: looking for the shortest code doubles the work
STEPS = ((1280, 80), (1280, 65), (1024, 60), (800, 50))  # longest side in pixels, quality
SMALL_SIDE, SMALL_QUALITY = 320, 60


@dataclass(frozen=True)
class Photo:
    """A JPEG of ours. Units: pixels; `digest` is the SHA-256 (hex) of what came, to find the same one sent twice."""

    content: bytes
    width: int
    height: int
    digest: str


def read_photo(file) -> Photo:
    """Make a photo of an uploaded file. Errors: ValidationError for what is none, or too large."""
    if file.size > MOST_BYTES:
        raise ValidationError(
            f"Foto terlalu besar: paling banyak {MOST_BYTES // 1_000_000} MB. Perkecil, lalu coba lagi."
        )
    content = file.read()
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            written, size = _written(image, len(content))
    except ValidationError:
        raise
    except Exception:  # a crafted file may raise anything
        raise ValidationError("Ini bukan foto yang dapat dibuka. Pilih foto JPEG, PNG, atau WebP.") from None
    return Photo(written, *size, hashlib.sha256(content).hexdigest())


def small(content: bytes) -> bytes:
    """A JPEG of ours as it stands in a list: some 10 kB."""
    with Image.open(io.BytesIO(content), formats=("JPEG",)) as image:
        image.draft("RGB", (SMALL_SIDE, SMALL_SIDE))
        image.thumbnail((SMALL_SIDE, SMALL_SIDE))
        return _write(image, quality=SMALL_QUALITY, optimize=True)


def _written(image: Image.Image, came: int) -> tuple[bytes, tuple[int, int]]:
    """The picture as it is kept, and its size; `came` are the bytes that it came in."""
    is_jpeg = image.format in {"JPEG", "MPO"}
    if image.width * image.height > (MOST_PIXELS if is_jpeg else MOST_PIXELS_WHOLE):
        raise ValidationError("Foto ini terlalu banyak pikselnya. Perkecil, lalu coba lagi.")
    is_small = is_jpeg and came <= AIM_BYTES and max(image.size) <= STEPS[0][0]
    tables = image.quantization if is_small else None
    image.draft("RGB", (STEPS[0][0], STEPS[0][0]))
    ImageOps.exif_transpose(image, in_place=True)  # turned as it was held: after this nothing says how
    if image.has_transparency_data:
        ground = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(ground, image.convert("RGBA"))
    if image.mode != "RGB":
        image = image.convert("RGB")
    if tables:  # in the quality that the phone chose: another one would cost size, or more of the picture
        written = _write(image, qtables=tables)
        if len(written) <= KEPT_BYTES:
            return written, image.size
    for side, quality in STEPS:
        image.thumbnail((side, side))
        written = _write(image, quality=quality, optimize=True)
        if len(written) <= AIM_BYTES:
            break
    return written, image.size


def _write(image: Image.Image, **how) -> bytes:
    written = io.BytesIO()
    image.save(written, "JPEG", exif=b"", icc_profile=None, comment=b"", **how)
    return written.getvalue()
