from pathlib import Path

from django.core.management.base import BaseCommand

from ejsika.database.keys import make_identity


class Command(BaseCommand):
    help = "Buat pasangan kunci cadangan: yang rahasia ke sebuah berkas, yang publik untuk BACKUP_RECIPIENT."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *, file, **options):
        public = make_identity(file)
        self.stdout.write(
            f"BACKUP_RECIPIENT={public}\nTulis baris itu di .env, lalu pindahkan {file} ke tempat di luar server ini: "
            "tanpa kunci itu cadangan tidak bisa dipulihkan, dan dengan kunci itu siapa pun bisa membacanya."
        )
