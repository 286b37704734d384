"""Files of people, kept sealed below MEDIA_ROOT under names that say nothing; nothing there is served by its path."""

import os
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core.exceptions import ValidationError

from ejsika.lib.sealed import open_bytes, seal_bytes

NO_ROOM = (
    "Berkas tidak dapat disimpan: ruang di server penuh atau rusak. Coba lagi nanti, atau hubungi pengelola server."
)


class Lost(Exception):
    """A file that is not there any more, or not whole."""


@dataclass(frozen=True)
class Room:
    """A folder of files of one kind; what is sealed as one kind opens as no other. Spread: in folders by their name."""

    folder: str
    kind: str
    is_spread: bool = False

    def store(self, content: bytes) -> str:
        """Keep a file, on the disk and not only on its way there; gives its path below MEDIA_ROOT.

        Errors: ValidationError when there is no room.
        """
        name = uuid.uuid4().hex
        path = f"{self.folder}/{name[:2]}/{name}" if self.is_spread else f"{self.folder}/{name}"
        target = Path(settings.MEDIA_ROOT) / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with target.open("xb") as file:
                file.write(seal_bytes(self.kind, content))
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            self.forget(path)
            raise ValidationError(NO_ROOM) from None
        return path

    def load(self, path: str) -> bytes:
        """Errors: Lost."""
        try:
            return open_bytes(self.kind, (Path(settings.MEDIA_ROOT) / path).read_bytes())
        except (OSError, InvalidTag, ValueError):
            raise Lost from None

    def forget(self, path: str) -> None:
        """Delete a file, if it is there."""
        with suppress(OSError):
            (Path(settings.MEDIA_ROOT) / path).unlink()

    def older_than(self, seconds: float) -> list[str]:
        """The paths of the files that have been kept for so long; of a room that is not spread."""
        folder, until = Path(settings.MEDIA_ROOT) / self.folder, time.time() - seconds
        return [f"{self.folder}/{file.name}" for file in folder.glob("*") if file.stat().st_mtime < until]
