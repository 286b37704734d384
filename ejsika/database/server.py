"""The embedded PostgreSQL: made, started, found and stopped, by whichever process needs it first.

The folder (var/pg) holds data/ (the cluster), socket/ (private), log and lock. One process at a time makes, starts
or stops: flock on the lock file, which the kernel frees when its holder is killed.
"""

import fcntl
import hashlib
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ejsika.database import programs
from ejsika.database.programs import Identity, ServerError, program

PORT = 5432  # names the socket's file only: there is no TCP
LONGEST_SOCKET = 103
START_SECONDS = 60
LOG_BYTES = 10_000_000
# Errors of a start that pass by themselves: what kill -9 left behind is still going away.
PASSING = ("lock file", "pre-existing shared memory block")
OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    # A statement or a DETAIL in the log would hold names.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
    "jit": "off",
    # The data lies in memory or on an SSD: an index costs little more than reading on.
    "random_page_cost": "1.1",
}


@dataclass(frozen=True)
class Postmaster:
    """What postmaster.pid says about the server process."""

    pid: int
    socket: str
    is_ready: bool


class Server:
    def __init__(self, folder: Path | str, database: str, user: str, options: dict[str, str] | None = None):
        self.folder = Path(folder).absolute()
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.database = database
        self.user = user
        self.options = OPTIONS | (options or {})

    def running(self) -> Postmaster | None:
        """Find the server without starting it. Cost: one small file and one look at /proc."""
        found = self._pid_file()
        return found if found and found.is_ready and self._is_alive(found.pid) else None

    def ensure(self) -> str:
        """Make sure that the server runs; give its socket folder. Errors: ServerError."""
        if found := self.running():
            return found.socket
        with self._locked():
            if found := self.running():
                return found.socket
            if not (self.data / "PG_VERSION").exists():
                self._make()
            return self._start().socket

    def stop(self, patience: float = 30) -> bool:
        """Stop the server if it runs, hard when `patience` seconds do not do. Gives False if there was none."""
        if not self.data.exists():
            return False
        with self._locked():
            found = self._pid_file()
            if not found or not self._is_alive(found.pid):
                return False
            for how, seconds in ((signal.SIGINT, patience), (signal.SIGQUIT, 1), (signal.SIGKILL, 5)):
                with suppress(ProcessLookupError):
                    os.kill(found.pid, how)
                if _wait(lambda: not self._is_alive(found.pid), seconds):
                    return True
        raise ServerError(f"PostgreSQL (pid {found.pid}) tidak mau berhenti.")

    def require_own(self) -> None:
        """Refuse a cluster that we may not touch, or that its own user cannot reach any more. Errors: ServerError."""
        try:
            exists = self.data.exists()
        except OSError as error:
            raise self._unusable(error) from error
        if exists:
            self._identity()

    def _pid_file(self) -> Postmaster | None:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except PermissionError as error:
            raise self._unusable(error) from error
        if len(lines) < 5 or not lines[0].isdigit():
            return None  # being written
        return Postmaster(int(lines[0]), lines[4], len(lines) > 7 and lines[7].strip() == "ready")

    def _is_alive(self, pid: int) -> bool:
        """Tell whether the number is our server: not a zombie, not one that another program has by now."""
        try:
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat").read_text()
        except (ProcessLookupError, PermissionError):
            return False
        except FileNotFoundError:
            return not Path("/proc/self/stat").exists()
        if not state.startswith(f"{pid} (postgres) ") or state.startswith(f"{pid} (postgres) Z"):
            return False
        try:
            return os.path.samestat(Path(f"/proc/{pid}/cwd").stat(), self.data.stat())
        except PermissionError:
            return True  # a container's root may not look
        except FileNotFoundError:
            return False

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if self.folder.stat().st_uid == os.geteuid():
                self.folder.chmod(0o711)  # the server's own user must get through, whatever the umask
            lock = (self.folder / "lock").open("a")
        except OSError as error:
            raise self._unusable(error) from error
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _unusable(self, error: OSError) -> ServerError:
        for path in (self.data, self.folder):
            with suppress(OSError):
                if os.geteuid() not in (0, owner := path.stat().st_uid):
                    return programs.belongs_to_other(self.folder, owner)
        return ServerError(f"Folder basis data {self.folder} tidak bisa dipakai: {error.strerror}.")

    def _identity(self) -> Identity:
        return programs.identity_for(self.folder, self.data.stat() if self.data.exists() else None)

    def _make(self) -> None:
        """Make the cluster beside its place and rename it: a start that is killed never looks like a cluster."""
        for left_over in self.folder.glob("new-*"):
            shutil.rmtree(left_over, ignore_errors=True)
        if self.data.exists():
            raise ServerError(f"{self.data} bukan basis data PostgreSQL yang utuh: pindahkan atau hapus folder itu.")
        identity = self._identity()
        side = Path(tempfile.mkdtemp(prefix="new-", dir=self.folder))
        identity.give(side)
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        sync = ["--no-sync"] if self.options.get("fsync") == "off" else []
        with programs.initdb_program(identity) as initdb:
            identity.run(
                [initdb, "-D", ".", "-U", self.user, "--auth=trust", *locale, "--data-checksums", *sync],
                cwd=side,
                stdin=subprocess.DEVNULL,
            )
        sql = f'CREATE DATABASE "{self.database}";'
        identity.run([program("postgres"), "--single", "-D", ".", "postgres"], cwd=side, input=sql)
        side.rename(self.data)

    def _start(self) -> Postmaster:
        identity = self._identity()
        deadline = time.monotonic() + START_SECONDS
        while True:
            if other := self._wait_for_other(deadline):
                return other
            pid, log_start = self._launch(identity)
            found = self._wait_until_ready(pid, deadline)
            if found:
                return found
            with self.log.open(errors="replace") as log:
                log.seek(log_start)
                words = programs.last_words(log.read())
            if time.monotonic() > deadline or not any(passing in words for passing in PASSING):
                raise ServerError(f"PostgreSQL tidak mau mulai: {words or 'tanpa pesan'} (lihat {self.log}).")
            time.sleep(0.2)

    def _wait_for_other(self, deadline: float) -> Postmaster | None:
        """A live server that is not ready is stopping, or starting without its starter: wait for what it becomes."""
        found = self._pid_file()
        if not found or not self._is_alive(found.pid):
            return None
        return self._wait_until_ready(found.pid, deadline)

    def _launch(self, identity: Identity) -> tuple[int, int]:
        """Start the server as nobody's child; give its pid and where its words begin in the log."""
        found = self._pid_file()
        log_start = self.log.stat().st_size if self.log.exists() else 0
        if log_start > LOG_BYTES:
            self.log.rename(self.folder / "log.old")
            log_start = 0
        options = self.options | {"unix_socket_directories": self._socket_folder(identity), "port": str(PORT)}
        command = [program("postgres"), "-D", str(self.data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        # PostgreSQL takes a pid file as stale when its number is its grandparent's (so pg_ctl says who that is). A
        # number that a zombie or another program has would else block the start for ever.
        variables = [f"PG_GRANDPARENT_PID={found.pid}"] if found else []
        with self.log.open("a") as log:
            # The shell ends at once, so the server is nobody's child; it must not inherit the pipe.
            script = '"$@" >&2 & echo $!'
            shell = ["sh", "-c", script, "sh", "env", *variables, *identity.prefix, *command]
            done = identity.launch(shell, cwd=self.data, stderr=log)
        return int(done), log_start

    def _wait_until_ready(self, pid: int, deadline: float) -> Postmaster | None:
        found = None

        def decided() -> bool:
            nonlocal found
            found = self._pid_file()
            is_ours = found is not None and found.pid == pid
            return (is_ours and found.is_ready) or not _exists(pid)

        _wait(decided, deadline - time.monotonic())
        return found if found and found.pid == pid and found.is_ready and self._is_alive(pid) else None

    def _socket_folder(self, identity: Identity) -> str:
        """Choose a private folder whose path a socket address can hold and PostgreSQL's list of folders can name."""
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
        ours = self.folder / "socket"
        places = [ours, Path(tempfile.gettempdir(), f"ejsika-{digest}"), Path("/tmp", f"ejsika-{digest}")]  # noqa: S108
        place = next(place for place in places if _fits(place))
        with suppress(FileExistsError):
            place.mkdir(mode=0o700)
            identity.give(place)
        found = place.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != identity.owner or found.st_mode & 0o077:
            raise ServerError(f"Folder soket {place} bukan milik server ini: hapus folder itu.")
        return str(place)


def _fits(place: Path) -> bool:
    path = f"{place}/.s.PGSQL.{PORT}"
    return len(os.fsencode(path)) <= LONGEST_SOCKET and not set(path) & set(',"\n')


def _exists(pid: int) -> bool:
    """Tell whether a process of this number runs; a zombie does not."""
    try:
        os.kill(pid, 0)
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except (ProcessLookupError, FileNotFoundError):
        return False


def _wait(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
