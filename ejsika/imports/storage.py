"""Uploaded sheets: kept encrypted below MEDIA_ROOT, under names that say nothing."""

import os
import time
import uuid
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core.exceptions import ValidationError

from ejsika.lib.sealed import open_bytes, seal_bytes

_KIND, _FOLDER = "upload", "imports"
NO_ROOM = (
    "Berkas tidak dapat disimpan: ruang di server penuh atau rusak. Coba lagi nanti, atau hubungi pengelola server."
)


class Lost(Exception):
    """A file that is not there any more, or not whole."""


def store(content: bytes) -> str:
    """Keep a file encrypted, on the disk and not only on its way there; gives its path below MEDIA_ROOT.

    Errors: ValidationError when there is no room.
    """
    path = f"{_FOLDER}/{uuid.uuid4().hex}"
    target = Path(settings.MEDIA_ROOT) / path
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with target.open("xb") as file:
            file.write(seal_bytes(_KIND, content))
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        forget(path)
        raise ValidationError(NO_ROOM) from None
    return path


def load(path: str) -> bytes:
    """Errors: Lost."""
    try:
        return open_bytes(_KIND, (Path(settings.MEDIA_ROOT) / path).read_bytes())
    except (OSError, InvalidTag, ValueError):
        raise Lost from None


def forget(path: str) -> None:
    """Delete a file, if it is there."""
    with suppress(OSError):
        (Path(settings.MEDIA_ROOT) / path).unlink()


def older_than(seconds: float) -> list[str]:
    """The paths of the files that have been kept for so long."""
    folder, until = Path(settings.MEDIA_ROOT) / _FOLDER, time.time() - seconds
    return [f"{_FOLDER}/{file.name}" for file in folder.glob("*") if file.stat().st_mtime < until]
