from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from ejsika.database.base import embedded_server

NOT_RUNNING = 3  # what init scripts give for a service that is down


class Command(BaseCommand):
    help = "Mulai, hentikan, atau periksa PostgreSQL yang ikut terpasang."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("action", choices=["start", "stop", "status"])
        parser.add_argument("--quiet", action="store_true", help="jangan tulis apa-apa bila berhasil")

    def handle(self, *, action, quiet, **options):
        self.say = (lambda line: None) if quiet else self.stdout.write
        self.server = embedded_server(connection.settings_dict)
        if self.server is None:
            raise CommandError("DATABASE_URL menunjuk server lain: perintah ini hanya untuk PostgreSQL yang ikut.")
        self.server.require_own()
        getattr(self, action)()

    def start(self):
        self.server.ensure()
        self.status()

    def stop(self):
        was_running = self.server.stop()
        self.say("PostgreSQL berhenti." if was_running else "PostgreSQL memang tidak berjalan.")

    def status(self):
        found = self.server.running()
        if found is None:
            raise CommandError("PostgreSQL tidak berjalan.", returncode=NOT_RUNNING)
        self.say(f"PostgreSQL berjalan (pid {found.pid}, soket {found.socket}).")
