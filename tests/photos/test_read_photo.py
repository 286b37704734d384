"""What is stored of a photo: a JPEG of ours, small and turned as it was held; anything else is refused in words."""

import io
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from ejsika.files import photos
from ejsika.files.photos import read_photo, small
from tests.factories import picture


def read(content, name="foto.jpg"):
    return read_photo(SimpleUploadedFile(name, content))


def opened(content):
    return Image.open(io.BytesIO(content))


def sideways() -> bytes:
    """A photo as phones store one that was held upright: lying, with a note to turn it, a place and a maker."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Ponsel Contoh"
    exif.get_ifd(0x8825)[2] = (6.0, 30.0, 0.0)
    image = Image.new("RGB", (400, 300), "red")
    image.paste("blue", (0, 0, 200, 300))
    written = io.BytesIO()
    image.save(written, "JPEG", exif=exif, comment=b"Di rumah Ibu Contoh")
    return written.getvalue()


def test_what_the_file_tells_beside_the_picture_is_gone_and_it_stands_upright():
    content = sideways()
    assert b"Ponsel Contoh" in content
    photo = read(content)
    image = opened(photo.content)
    assert (photo.width, photo.height) == image.size == (300, 400)
    assert image.getpixel((150, 20))[2] > 200 and image.getpixel((150, 380))[0] > 200  # what lay left is on top
    assert not image.getexif() and b"Ponsel Contoh" not in photo.content and b"Exif" not in photo.content
    assert b"Ibu Contoh" in content and b"Ibu Contoh" not in photo.content


def test_what_a_phone_made_small_keeps_its_own_quality():
    came = picture(640, 480, quality=55)
    photo = read(came)
    assert opened(photo.content).quantization == opened(came).quantization
    assert len(photo.content) <= 1.2 * len(came)
    finer = read(picture(2000, 1500, quality=55))  # made small here: it gets ours
    assert opened(finer.content).quantization != opened(came).quantization


@pytest.mark.parametrize(
    ("form", "mode"), [("JPEG", "RGB"), ("JPEG", "L"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "1"), ("WEBP", "RGB")]
)
def test_photos_of_every_kind_become_a_jpeg(form, mode):
    image = opened(read(picture(form=form, mode=mode)).content)
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (60, 40))


def test_a_large_one_is_made_small():
    photo = read(picture(3000, 2000, quality=90))
    assert len(photo.content) <= photos.AIM_BYTES
    assert max(photo.width, photo.height) <= 1280
    assert max(opened(small(photo.content)).size) <= 320


def test_the_same_file_has_the_same_digest_and_another_not():
    first, second = picture(), picture()
    assert read(first).digest == read(first).digest != read(second).digest


def bomb() -> bytes:
    """A PNG of 900 million pixels in a few bytes."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"bukan foto",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!DOCTYPE html><html></html>",
        b"GIF89a" + bytes(100),
        b"PK\x03\x04" + bytes(100),
        picture()[:400],
        picture(form="GIF", mode="L"),
        picture(form="TIFF"),
        bomb(),
    ],
    ids=["empty", "text", "svg", "html", "gif head", "zip", "cut off", "gif", "tiff", "bomb"],
)
def test_what_is_no_photo_is_refused(content):
    with pytest.raises(ValidationError) as error:
        read(content)
    assert "Pilih foto" in error.value.message or "Perkecil" in error.value.message


def test_too_many_pixels_or_bytes_are_refused(monkeypatch):
    monkeypatch.setattr(photos, "MOST_PIXELS_WHOLE", 2000)
    with pytest.raises(ValidationError, match="piksel"):
        read(picture(form="PNG"))
    monkeypatch.setattr(photos, "MOST_BYTES", 100)
    with pytest.raises(ValidationError, match="terlalu besar"):
        read(picture())
