"""Secrets of the demo mode: made once, kept below var/, the same for every process."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def demo_secret(path: Path, length: int = 43) -> str:
    """Read the secret in `path`, or make it: the first process wins, the others read what it wrote.

    Shape: "demo-" and `length` URL-safe characters; settings refuse what begins so outside the demo mode.
    Errors: ImproperlyConfigured when the folder cannot be used.
    """
    try:
        if not path.exists():
            _write_once(path, f"demo-{secrets.token_urlsafe(length)[:length]}")
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"Rahasia demo {path} tidak bisa dipakai: {error.strerror}.") from error


def _write_once(path: Path, text: str) -> None:
    """Write a file of mode 0600 that is there whole or not at all; leave one that is there already."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(name, path)  # unlike a rename, this fails when another process was first
    finally:
        Path(name).unlink()
