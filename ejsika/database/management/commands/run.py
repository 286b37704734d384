"""The supervisor behind `make run`: PostgreSQL, web and worker under one roof, ended together."""

import ctypes
import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from ejsika.database.base import embedded_server

HOST, PORT = "127.0.0.1", 8000
STOP_SECONDS = 3.0  # what web and worker get before they are killed; all of it ends within 5
RESTART_SECONDS = 1.0  # a child that dies at once is not started again faster than this
PR_SET_PDEATHSIG = 1
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stopped(BaseException):
    """A signal came while something was still being prepared."""


@dataclass
class Child:
    """A program that is started again whenever it ends, whatever its exit code."""

    name: str
    command: list[str]
    process: subprocess.Popen | None = None
    started_at: float = field(default=0.0)

    def keep_alive(self) -> None:
        if (self.process and self.process.poll() is None) or time.monotonic() < self.started_at + RESTART_SECONDS:
            return
        if self.process:
            print(f"{self.name} berhenti ({self.process.returncode}): dimulai lagi.", flush=True)  # noqa: T201
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(self.command, start_new_session=True, preexec_fn=_die_with_parent)

    def signal(self, number: int) -> None:
        """Signal the child and everything it started."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None


def _die_with_parent() -> None:
    """In the child, before its program: end when the supervisor is killed (Linux only)."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)


class Command(BaseCommand):
    help = "Jalankan web, pekerja antrean, dan PostgreSQL yang ikut terpasang; Ctrl-C mengakhiri semuanya."

    def handle(self, **options):
        self.is_stopping = self.is_preparing = False
        for number in SIGNALS:  # even when the parent shell had them ignored
            signal.signal(number, self.on_signal)
        manage = [sys.executable, "manage.py"]
        gunicorn = [sys.executable, "-m", "gunicorn", "-c", "ejsika/gunicorn.conf.py", "ejsika.wsgi"]
        worker = [*manage, "procrastinate", "worker", "--shutdown-graceful-timeout", "2"]
        self.children = [Child("web", gunicorn), Child("pekerja", worker)]
        self.server = embedded_server(connection.settings_dict)
        with self.only_one():
            try:
                self.prepare()
                self.watch()
            except Stopped:
                pass
            finally:
                self.end()

    def on_signal(self, number, frame):
        self.is_stopping = True
        if self.is_preparing:
            raise Stopped

    def only_one(self):
        """Hold var/run.lock and see that the port is free: two servers would share the port without a word."""
        folder = settings.BASE_DIR / "var"
        try:
            folder.mkdir(exist_ok=True)
            lock = (folder / "run.lock").open("a")
        except OSError as error:
            raise CommandError(f"Folder {folder} tidak bisa dipakai: {error.strerror}.") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((HOST, PORT))
        except OSError:
            raise CommandError(f"Porta {PORT} sedang dipakai: hentikan dahulu program yang memakainya.") from None
        return lock

    def prepare(self) -> None:
        self.is_preparing = True
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("migrate", interactive=False, verbosity=0)
        call_command("load_regions", stdout=self.stdout)
        if settings.DEMO:
            self.seed()
        connection.close()
        self.is_preparing = False

    def seed(self) -> None:
        """Fill an empty demo, and say who may log in. The password is the command's own."""
        if not get_user_model().objects.exists():
            self.stdout.write("Mengisi data contoh untuk pertama kali …")
            call_command("demo", stdout=self.stdout)
        else:
            self.stdout.write("Data contoh sudah ada. Kata sandi diatur ulang oleh: manage.py demo")

    def watch(self) -> None:
        """Keep everything alive until a signal comes."""
        is_announced = False
        while not self.is_stopping:
            if self.server and not self.server.running():
                self.server.ensure()
            for child in self.children:
                child.keep_alive()
            if not is_announced and self.is_healthy():
                self.stdout.write(f"e-JSiKa siap: http://{HOST}:{PORT} (Ctrl-C untuk berhenti)")
                is_announced = True
            time.sleep(0.2)

    def is_healthy(self) -> bool:
        try:
            web = http.client.HTTPConnection(HOST, PORT, timeout=1)
            web.request("GET", "/healthz")
            return web.getresponse().status == HTTPStatus.OK
        except OSError:
            return False

    def end(self) -> None:
        """End web and worker, by force if need be, then PostgreSQL: the worker would only start it again."""
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        for child in self.children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and not all(child.has_ended() for child in self.children):
            time.sleep(0.05)
        for child in self.children:
            child.signal(signal.SIGKILL)
        connection.close()
        if self.server:
            self.server.stop(patience=1)
