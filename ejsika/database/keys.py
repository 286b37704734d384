"""The pair of age keys of the backups: the public one stands in .env, the secret one is kept away from the server.

So a thief of the server gets no old backup. In demo mode, where nothing is worth a theft, a pair is made below var/.
"""

import os
from pathlib import Path

from django.conf import settings
from pyrage import IdentityError, RecipientError, x25519

from ejsika.database.archive import BackupError

DEMO_IDENTITY = Path(settings.BASE_DIR) / "var" / "secrets" / "BACKUP_IDENTITY"


def make_identity(path: Path) -> str:
    """Write a new secret key (mode 0600, as age-keygen does); give the public one."""
    identity = x25519.Identity.generate()
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"# public key: {identity.to_public()}\n{identity}\n")
    except FileExistsError as error:
        raise BackupError(f"{path} sudah ada: pilih nama lain, kunci tidak pernah ditimpa.") from error
    except OSError as error:
        raise BackupError(f"{path} tidak bisa ditulis: {error.strerror}.") from error
    return str(identity.to_public())


def read_identities(path: Path | None) -> list[x25519.Identity]:
    """Read the secret keys of a file, as age does: one a line, remarks after #."""
    if path is None and settings.DEMO:
        path = DEMO_IDENTITY
    if path is None:
        raise BackupError("Kunci rahasia cadangan belum disebut: tambahkan --identity BERKAS.")
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
        found = [x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except OSError as error:
        raise BackupError(f"Kunci {path} tidak bisa dibaca: {error.strerror}.") from error
    except (IdentityError, UnicodeDecodeError):
        found = []
    if not found:
        raise BackupError(f"{path} bukan kunci rahasia age (AGE-SECRET-KEY-…).")
    return found


def recipients() -> list[x25519.Recipient]:
    """Give the public keys that a backup is encrypted to."""
    names = settings.BACKUP_RECIPIENT
    if not names and settings.DEMO:
        if not DEMO_IDENTITY.exists():
            DEMO_IDENTITY.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            make_identity(DEMO_IDENTITY)
        return [identity.to_public() for identity in read_identities(DEMO_IDENTITY)]
    if not names:
        raise BackupError("BACKUP_RECIPIENT belum diisi: buat pasangan kunci dengan manage.py backup_key BERKAS.")
    try:
        return [x25519.Recipient.from_str(name) for name in names]
    except RecipientError as error:
        raise BackupError("BACKUP_RECIPIENT bukan kunci publik age (age1…).") from error
