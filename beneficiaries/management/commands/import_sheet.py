from pathlib import Path

from beneficiaries.management.commands import import_roster
from ejsika.imports import kinds

KINDS = ("accounts", "assignments")  # the roster has a command of its own, whose shape is a contract


class Command(import_roster.Command):
    help = "Periksa lembar akun atau penugasan pendamping, dan dengan --commit simpan; sama dengan layar Impor."

    def add_arguments(self, parser):
        parser.add_argument("kind", choices=KINDS)
        parser.add_argument("file", type=Path)
        parser.add_argument("--program", default="", help="kode program untuk akun baru")
        parser.add_argument("--user", required=True, help="nama pengguna yang mengimpor")
        parser.add_argument("--commit", action="store_true", help="simpan baris yang tidak salah")
        parser.add_argument("--json", action="store_true", help="satu objek JSON di keluaran standar")

    def handle(self, *, kind, file, program, user, **options):
        self.import_file(kinds.get(kind), file, program, user, options)
