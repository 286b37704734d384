"""Making a backup: the database as it is at one moment and the uploaded files, encrypted before they touch the disk."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from pyrage import x25519

from ejsika.database import archive
from ejsika.database.archive import BackupError
from ejsika.database.clients import Clients

FORMAT = 1
PIECE_BYTES = 8 << 20
NAME, PATTERN = "ejsika-{:%Y-%m-%d-%H%M%S}.tar.age", "ejsika-????-??-??-??????.tar.age"


@dataclass
class Contents:
    """What a backup says about itself: before its data (`manifest`), and after it (`totals`)."""

    manifest: dict = field(default_factory=dict)
    totals: dict = field(default_factory=dict)
    set_aside: Path | None = None  # by a restore: what was in the place of its files

    @property
    def rows(self) -> int:
        return sum(self.totals["rows"].values())

    @property
    def files(self) -> int:
        return self.totals["files"]


def make_backup(connection, target: Path, recipients: list) -> Contents:
    """Write a backup and read it back; `target` is there whole (mode 0600), or not at all. Errors: BackupError."""
    clients = Clients(connection)
    # Known to this process alone, for the length of it: so the server can prove what it cannot open later.
    proof = x25519.Identity.generate()
    with _part_of(target) as part:
        with part.open("wb") as file, _snapshot(connection) as snapshot:
            members = _members(connection, clients, snapshot)
            archive.write(file, [*recipients, proof.to_public()], members)
            file.flush()
            os.fsync(file.fileno())
        return _prove(part, proof, clients)


def read_backup(path: Path, identities: list, database: BinaryIO | None = None, files: Path | None = None) -> Contents:
    """Read a backup to its end: the dump goes to `database`, the files below `files`, if they are asked for.

    Errors: BackupError when it is not whole, or not by this register.
    """
    contents, count = Contents(), 0
    for name, content in archive.read(path, identities):
        room, _, below = name.partition("/")
        if name == "manifest.json":
            contents.manifest = json.load(content)
            _require_ours(contents.manifest)
        elif room == "database" and database:
            shutil.copyfileobj(content, database)
        elif room == "files":
            count += 1
            if files:
                _write_below(files, below, content)
        elif name == "totals.json":
            contents.totals = json.load(content)
    if count != contents.totals.get("files"):
        raise BackupError(f"{path.name} tidak lengkap: pakai cadangan yang lain.")
    return contents


def keep_newest(folder: Path, count: int) -> list[Path]:
    """Delete the backups of a folder but the newest; gives those that went. Other files stay."""
    old = sorted(folder.glob(PATTERN), reverse=True)[count:]
    for path in old:
        path.unlink()
    return old


def _require_ours(manifest: dict) -> None:
    if manifest.get("format") != FORMAT:
        raise BackupError("Cadangan ini dibuat oleh versi e-JSiKa yang lebih baru: pasang dulu versi itu.")
    if manifest.get("seal") != archive.fingerprint():
        raise BackupError(
            "SEAL_KEY di sini bukan yang dipakai saat cadangan dibuat, jadi NIK di dalamnya tidak akan terbaca: "
            "isi SEAL_KEY yang lama di .env."
        )


@contextmanager
def _part_of(target: Path) -> Iterator[Path]:
    """Give a private file beside the target that takes its place in the end, or goes."""
    if target.exists():
        raise BackupError(f"{target} sudah ada: cadangan tidak pernah ditimpa, pilih nama lain.")
    part = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            yield part
            part.rename(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise BackupError(f"Cadangan {target} tidak bisa ditulis: {error.strerror}.") from error


@contextmanager
def _snapshot(connection) -> Iterator[str]:
    """Hold the database still for us: what is counted is what is dumped."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]


def _members(connection, clients: Clients, snapshot: str) -> Iterator[archive.Member]:
    yield _json("manifest.json", _manifest(connection, clients))
    rows = _count_rows(connection)
    yield from _dump(clients, snapshot)
    count = 0
    for path in kept_files(Path(settings.MEDIA_ROOT)):
        with path.open("rb") as file:
            name = path.relative_to(settings.MEDIA_ROOT).as_posix()
            yield f"files/{name}", os.fstat(file.fileno()).st_size, iter(lambda: file.read(archive.CHUNK), b"")
        count += 1
    yield _json("totals.json", {"rows": rows, "files": count})


def _json(name: str, value: dict) -> archive.Member:
    content = json.dumps(value, indent=1).encode()
    return name, len(content), [content]


def _manifest(connection, clients: Clients) -> dict:
    return {
        "format": FORMAT,
        "made_at": timezone.localtime().isoformat(timespec="seconds"),
        "postgresql": clients.major,
        "seal": archive.fingerprint(),
        "migrations": sorted(MigrationRecorder(connection).applied_migrations()),
    }


def _count_rows(connection) -> dict[str, int]:
    """Count every table that is kept. Cost: one query a table."""
    tables = sorted(set(connection.introspection.table_names()) - {session_table()})
    counts = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
            (counts[table],) = cursor.fetchone()
    return counts


def session_table() -> str:
    """Name the one table whose rows are left out: a session that was ended must not come back to life."""
    return import_module(settings.SESSION_ENGINE).SessionStore.get_model_class()._meta.db_table


def _dump(clients: Clients, snapshot: str) -> Iterator[archive.Member]:
    options = ["-Fc", "--no-owner", "--no-privileges", "--no-comments"]
    options += [f"--snapshot={snapshot}", f"--exclude-table-data={session_table()}"]
    with clients.run("pg_dump", *options, stdout=subprocess.PIPE) as process:
        number = 0
        while piece := process.stdout.read(PIECE_BYTES):
            number += 1
            yield f"database/{number:06}", len(piece), [piece]


def kept_files(root: Path) -> list[Path]:
    """The files below a folder that a backup takes along: not what is set aside, in folders with a dot."""
    inside = (path for path in root.rglob("*") if not path.relative_to(root).parts[0].startswith("."))
    return sorted(path for path in inside if path.is_file() and not path.is_symlink())


def _write_below(folder: Path, name: str, content: BinaryIO) -> None:
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts or "\0" in name:
        raise BackupError("Cadangan berisi nama berkas yang tidak wajar: isinya tidak dipakai.")
    target = folder.joinpath(*parts)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with target.open("wb") as file:
        shutil.copyfileobj(content, file)


def _prove(path: Path, proof: x25519.Identity, clients: Clients) -> Contents:
    """Read what was written from the disk, and let pg_restore read the dump in it to its end."""
    with clients.run("pg_restore", "-f", os.devnull, connects=False, stdin=subprocess.PIPE) as process:
        return read_backup(path, [proof], process.stdin)
