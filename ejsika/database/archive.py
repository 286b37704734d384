"""The shape of a backup: a tar inside age, so that `age -d` and `tar` open one without us.

In it: manifest.json, database/000001 … (pg_dump's custom format, in pieces), files/…, totals.json, and last a
signature over all of it. age proves that nothing was altered or cut off, the signature that this register wrote it:
whoever has the public key could write a backup, but not sign it.
"""

import hashlib
import hmac
import io
import os
import tarfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import pyrage
from django.conf import settings
from django.core.management.base import CommandError

SIGNATURE = "signature"
CHUNK = 1 << 16
_CUT_OFF = (tarfile.TarError, EOFError)
Member = tuple[str, int, Iterable[bytes]]  # name, size, content


class BackupError(CommandError):
    """What a person must know about a backup, in one line."""


def fingerprint() -> str:
    """Tell one SEAL_KEY from another, and nothing about it."""
    return _mac("fingerprint").hexdigest()[:32]


def write(target: BinaryIO, recipients: list, members: Iterable[Member]) -> None:
    """Write members, encrypted to the recipients, as they come; what goes wrong in `members` is raised here."""
    feed = _Feed(_pack(members))
    try:
        pyrage.encrypt_io(feed, target, recipients)
    except pyrage.EncryptError as error:
        raise feed.error or BackupError(f"Cadangan tidak bisa dienkripsi: {error}") from error


def read(path: Path, identities: list) -> Iterator[tuple[str, BinaryIO]]:
    """Give the members by name with their content, to be read before the next one is asked for.

    Errors: BackupError, at the latest after the last member, when the key is another, or the file is not whole.
    """
    decryption = _Decryption(path, identities)
    mac, signature = _mac("backup"), None

    def damage() -> BackupError:
        return decryption.problem() or _damaged(path)

    try:
        with tarfile.open(fileobj=decryption.pipe, mode="r|", bufsize=CHUNK) as tar:
            for info in tar:
                content = tar.extractfile(info)
                if content is None or signature is not None:
                    raise _damaged(path)
                if info.name == SIGNATURE:
                    signature = content.read().decode("ascii", "replace")
                    continue
                _announce(mac, info.name, info.size)
                signed = io.BufferedReader(_Signed(content, mac, damage), CHUNK)
                yield info.name, signed
                while signed.read(CHUNK):
                    pass
        while decryption.pipe.read(CHUNK):
            pass
    except _CUT_OFF as error:
        raise damage() from error
    finally:
        decryption.end()
    if problem := decryption.problem():
        raise problem
    if not hmac.compare_digest(signature or "", mac.hexdigest()):
        raise BackupError(f"{path.name} tidak ditandatangani oleh e-JSiKa ini: isinya tidak dipakai.")


def _mac(purpose: str) -> hmac.HMAC:
    key = hmac.digest(settings.SEAL_KEY.encode(), f"ejsika.database {purpose}".encode(), "sha512")
    return hmac.new(key, digestmod=hashlib.sha256)


def _announce(mac: hmac.HMAC, name: str, size: int) -> None:
    mac.update(f"{name}\n{size}\n".encode())


def _pack(members: Iterable[Member]) -> Iterator[bytes]:
    """Give the bytes of the tar, its signature last."""
    mac = _mac("backup")
    for name, size, chunks in members:
        _announce(mac, name, size)
        yield _head(name, size)
        left = size
        for chunk in chunks:
            mac.update(chunk)
            left -= len(chunk)
            yield chunk
        if left:
            raise BackupError(f"{name} berubah selagi dicadangkan: ulangi perintah ini.")
        yield _padding(size)
    signature = mac.hexdigest().encode()
    yield _head(SIGNATURE, len(signature)) + signature + _padding(len(signature))
    yield bytes(2 * tarfile.BLOCKSIZE)


def _head(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o600, int(time.time())
    return info.tobuf(tarfile.PAX_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % tarfile.BLOCKSIZE)


def _damaged(path: Path) -> BackupError:
    return BackupError(f"{path.name} rusak, terpotong, atau bukan cadangan e-JSiKa: pakai cadangan yang lain.")


class _Feed:
    """Chunks as a file to read from; keeps the error that stopped them, of which age tells only the text."""

    def __init__(self, chunks: Iterator[bytes]):
        self.chunks = chunks
        self.rest = memoryview(b"")
        self.error: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            while not self.rest:
                self.rest = memoryview(next(self.chunks))
        except StopIteration:
            return b""
        except Exception as error:
            self.error = error
            raise
        given, self.rest = self.rest[:size], self.rest[size:]
        return bytes(given)


class _Signed(io.RawIOBase):
    """A member's content; what is read of it goes into the signature. Where it is cut off, `damage` says so."""

    def __init__(self, content: BinaryIO, mac: hmac.HMAC, damage: Callable[[], BackupError]):
        self.content, self.mac, self.damage = content, mac, damage

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        try:
            chunk = self.content.read(len(buffer))
        except _CUT_OFF as error:
            raise self.damage() from error
        self.mac.update(chunk)
        buffer[: len(chunk)] = chunk
        return len(chunk)


class _Decryption:
    """A thread that decrypts into a pipe: age only writes, tar only reads."""

    def __init__(self, path: Path, identities: list):
        read_end, write_end = os.pipe()
        self.path = path
        self.error: Exception | None = None
        self.pipe = os.fdopen(read_end, "rb")
        self.thread = threading.Thread(target=self._run, args=(os.fdopen(write_end, "wb"), identities), daemon=True)
        self.thread.start()

    def _run(self, target: BinaryIO, identities: list) -> None:
        try:
            with target, self.path.open("rb") as source:
                pyrage.decrypt_io(source, target, identities)
        except BrokenPipeError:
            pass  # nobody reads on
        except (pyrage.DecryptError, OSError) as error:
            self.error = error

    def end(self) -> None:
        self.pipe.close()
        self.thread.join()

    def problem(self) -> BackupError | None:
        """Say in a person's words what went wrong, if anything did."""
        self.thread.join(1)
        if self.error is None:
            return None
        if isinstance(self.error, OSError) and self.error.errno:
            return BackupError(f"{self.path} tidak bisa dibaca: {self.error.strerror}.")
        if "No matching keys" in str(self.error):
            return BackupError(f"Kunci ini tidak membuka {self.path.name}: pakai kunci yang menjadi pasangannya.")
        return _damaged(self.path)
