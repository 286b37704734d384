"""Uploaded sheets: kept encrypted below MEDIA_ROOT, under names that say nothing."""

import uuid
from pathlib import Path

from django.conf import settings

from ejsika.lib.sealed import open_bytes, seal_bytes

_KIND = "upload"


def store(content: bytes) -> str:
    """Keep a file encrypted; gives its path below MEDIA_ROOT."""
    path = f"imports/{uuid.uuid4().hex}"
    target = Path(settings.MEDIA_ROOT) / path
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    target.write_bytes(seal_bytes(_KIND, content))
    return path


def load(path: str) -> bytes:
    return open_bytes(_KIND, (Path(settings.MEDIA_ROOT) / path).read_bytes())
