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
        image = _open(content)
    except ValidationError:
        raise
    except Exception:  # a crafted file may raise anything
        raise ValidationError("Ini bukan foto yang dapat dibuka. Pilih foto JPEG, PNG, atau WebP.") from None
    for side, quality in STEPS:
        image.thumbnail((side, side))
        written = _write(image, quality)
        if len(written) <= AIM_BYTES:
            break
    return Photo(written, *image.size, hashlib.sha256(content).hexdigest())


def small(content: bytes) -> bytes:
    """A JPEG of ours as it stands in a list: some 10 kB."""
    with Image.open(io.BytesIO(content), formats=("JPEG",)) as image:
        image.draft("RGB", (SMALL_SIDE, SMALL_SIDE))
        image.thumbnail((SMALL_SIDE, SMALL_SIDE))
        return _write(image, SMALL_QUALITY)


def _open(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        is_jpeg = image.format in {"JPEG", "MPO"}
        if image.width * image.height > (MOST_PIXELS if is_jpeg else MOST_PIXELS_WHOLE):
            raise ValidationError("Foto ini terlalu banyak pikselnya. Perkecil, lalu coba lagi.")
        image.draft("RGB", (STEPS[0][0], STEPS[0][0]))
        image = ImageOps.exif_transpose(image)  # turned as it was held: after this nothing says how
        if image.has_transparency_data:
            ground = Image.new("RGBA", image.size, "white")
            image = Image.alpha_composite(ground, image.convert("RGBA"))
        return image.convert("RGB")


def _write(image: Image.Image, quality: int) -> bytes:
    written = io.BytesIO()
    image.save(written, "JPEG", quality=quality, optimize=True, exif=b"", icc_profile=None)
    return written.getvalue()
