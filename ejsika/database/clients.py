"""PostgreSQL's own programs for backups: pg_dump, pg_restore and psql, of the same major version as the server.

A newer pg_dump would read an older server, but what its pg_restore then writes, that server may not understand.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ejsika.database import programs
from ejsika.database.archive import BackupError
from ejsika.database.processes import die_with_parent

LAST_WORDS_SECONDS = 1


class Clients:
    """The programs for one database: where they are, and how they are told to connect."""

    def __init__(self, connection):
        connection.ensure_connection()
        self.connection = connection
        self.major = connection.pg_version // 10_000
        self.folder = _folder(self.major)

    @contextmanager
    def run(self, name: str, *options: str, connects: bool = True, **pipes) -> Iterator[subprocess.Popen]:
        """Run a program beside the body. It must end well; when the body fails it is killed.

        Errors: BackupError with the program's last words, which are better than what the body saw of its end.
        """
        given, variables = self._connecting() if connects else ([], {})
        command = [str(self.folder / name), *options, *given[1:]]
        environment = programs.environment() | (variables or {})  # the password too, which no command line may show
        with tempfile.TemporaryFile() as words:
            pipes = {"stdin": subprocess.DEVNULL} | pipes
            process = subprocess.Popen(command, env=environment, stderr=words, preexec_fn=die_with_parent, **pipes)
            try:
                yield process
                if process.stdin:
                    process.stdin.close()
                process.wait()
            except (BackupError, BrokenPipeError):
                with suppress(subprocess.TimeoutExpired):
                    process.wait(LAST_WORDS_SECONDS)
                if not process.returncode:
                    raise
            finally:
                _end(process)
            if process.returncode:
                words.seek(0)
                said = programs.last_words(words.read().decode(errors="replace"))
                raise BackupError(f"{name} gagal: {said or 'tanpa pesan'}")

    def _connecting(self):
        return self.connection.client_class.settings_to_cmd_args_env(self.connection.settings_dict, [])


def _end(process: subprocess.Popen) -> None:
    if process.returncode is None:
        process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with suppress(BrokenPipeError):
                pipe.close()
    process.wait()


def _folder(major: int) -> Path:
    # Debian's /usr/bin/pg_dump chooses a version by itself, so the folder of the wanted one comes first.
    places = [Path(f"/usr/lib/postgresql/{major}/bin"), Path(f"/usr/pgsql-{major}/bin")]
    if on_path := shutil.which("pg_dump"):
        places.append(Path(on_path).parent)
    places.append(programs.install_folder() / "bin")
    for place in places:
        if all((place / name).exists() for name in ("pg_dump", "pg_restore", "psql")) and _major(place) == major:
            return place
    raise BackupError(
        f"Server memakai PostgreSQL {major}, tetapi pg_dump {major} tidak ada di sini: "
        f"pasang dulu, misalnya sudo apt-get install postgresql-client-{major}"
    )


def _major(place: Path) -> int | None:
    said = subprocess.run(
        [str(place / "pg_dump"), "--version"], env=programs.environment(), capture_output=True, text=True
    )
    found = re.search(r"\) (\d+)", said.stdout)
    return int(found[1]) if found else None
