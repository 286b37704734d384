import errno
import fcntl
import os
import socket
import sys
import time
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection

from ejsika.database.base import embedded_server
from ejsika.database.processes import Parent
from ejsika.database.supervisor import Child, Supervisor

# For an earlier start that is still ending, and for what a killed one left on the port.
LOCK_PATIENCE_SECONDS = 5
PORT_PATIENCE_SECONDS = 2
DATABASE_LOST = 75  # sysexits.h: a failure that may pass
VAR = Path(settings.STATIC_ROOT).parent  # what this installation makes for itself
LOGINS = VAR / "demo.txt"


class Command(BaseCommand):
    help = "Jalankan web, antrean pekerjaan, dan PostgreSQL yang ikut terpasang; yang mati dimulai lagi."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--attached", action="store_true", help="berhenti bersama proses yang memulainya")
        parser.add_argument("--prepare", action="store_true", help="hanya siapkan basis data dan berkas statis")

    def handle(self, *, port, attached, prepare, **options):
        if prepare:
            self.prepare()
            return
        parent = Parent()
        supervisor = Supervisor(settings.BASE_DIR, embedded_server(connection.settings_dict), self.say)
        if attached:
            supervisor.wants_end = parent.wants_end
        with self.only_one():
            self.require_port(port)
            try:
                self.serve(supervisor, port)
            finally:
                supervisor.end()
        self.say("Semua berhenti.")

    def say(self, line):
        self.stdout.write(line)
        self.stdout.flush()

    def only_one(self):
        """Hold the lock of this folder as long as we live."""
        try:
            VAR.mkdir(parents=True, exist_ok=True)
            lock = (VAR / "run.lock").open("a")
        except OSError as error:
            raise CommandError(f"Folder {VAR} tidak bisa dipakai: {error.strerror}.") from error
        deadline = time.monotonic() + LOCK_PATIENCE_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise CommandError("e-JSiKa sudah berjalan dari folder ini.") from None
                time.sleep(0.1)
            else:
                return lock

    def require_port(self, port):
        deadline = time.monotonic() + PORT_PATIENCE_SECONDS
        while True:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    return probe.bind(("127.0.0.1", port))
                except OSError as error:
                    if error.errno != errno.EADDRINUSE:
                        raise CommandError(f"Port {port} tidak bisa dipakai: {error.strerror}.") from error
            if time.monotonic() > deadline:
                raise CommandError(f"Port {port} sedang dipakai program lain: hentikan dulu program itu.")
            time.sleep(0.2)

    def serve(self, supervisor, port):
        manage = [sys.executable, "manage.py"]
        for _ in range(3):
            code = supervisor.complete(Child("persiapan", [*manage, "run", "--prepare"]))
            # Killed, or PostgreSQL was: what it does is repeatable.
            if code is None or not (code < 0 or code == DATABASE_LOST):
                break
        if code is None or supervisor.is_ending:
            return
        if code:
            raise CommandError("Persiapan gagal: sebabnya tertulis di atas.", returncode=1)
        web = [sys.executable, "-m", "gunicorn", "-c", "ejsika/gunicorn.conf.py", "-b", f"127.0.0.1:{port}"]
        worker = [*manage, "procrastinate", "worker", "--shutdown-graceful-timeout", "2"]
        children = [Child("Web", [*web, "ejsika.wsgi"]), Child("Antrean pekerjaan", worker)]
        waker = Child("PostgreSQL", [*manage, "database", "start", "--quiet"]) if supervisor.server else None
        self.say(f"e-JSiKa: http://127.0.0.1:{port} (Ctrl-C menghentikan semuanya)")
        if settings.DEMO and LOGINS.exists():
            self.say(LOGINS.read_text().strip())
        supervisor.keep(children, waker)

    def prepare(self):
        try:
            call_command("migrate", interactive=False, verbosity=0)
            call_command("load_regions", stdout=StringIO())
            if settings.DEMO and not get_user_model().objects.exists():
                self.say("Data contoh dibuat, sebentar …")
                self.seed()
        except OperationalError as error:
            self.stderr.write(f"Basis data terputus: {error}".splitlines()[0])
            sys.exit(DATABASE_LOST)
        collect_static()

    def seed(self):
        """Seed the demo, and keep its last line, which names users and password, for later starts."""
        answer = StringIO()
        call_command("demo", stdout=answer)
        LOGINS.write_text(answer.getvalue().strip().splitlines()[-1] + "\n")


def collect_static():
    """Collect the static files if one has changed: hashing and packing all of them takes seconds."""
    root = Path(settings.STATIC_ROOT)
    stamp = root / ".collected"
    found = []
    for finder in get_finders():
        for path, storage in finder.list([]):
            state = Path(storage.path(path)).stat()
            found.append(f"{path} {state.st_mtime_ns} {state.st_size}")
    state = "\n".join(sorted(found))
    if not stamp.exists() or stamp.read_text() != state:
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        part = root / f".collected-{os.getpid()}"
        part.write_text(state)
        part.rename(stamp)
