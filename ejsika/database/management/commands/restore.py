import time
from pathlib import Path

from django.core.management.base import BaseCommand
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.formats import number_format

from ejsika.database.keys import read_identities
from ejsika.database.restore import restore_backup


class Command(BaseCommand):
    help = "Pulihkan basis data dan berkas unggahan dari cadangan: seluruhnya, atau tidak ada yang berubah."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--identity", type=Path, help="berkas kunci rahasia age; dalam mode demo tidak perlu")
        parser.add_argument("--replace", action="store_true", help="ganti seluruh isi basis data yang sudah dipakai")
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS)

    def handle(self, *, file, identity, replace, database, **options):
        started = time.monotonic()
        contents = restore_backup(connections[database], file, read_identities(identity), replace=replace)
        self.stdout.write(
            f"Dipulihkan dari cadangan {contents.manifest['made_at']}: {number_format(contents.rows)} baris, "
            f"{number_format(contents.files)} berkas, {number_format(time.monotonic() - started, 1)} detik. "
            "Semua pengguna perlu masuk lagi."
        )
        if contents.set_aside:
            self.stdout.write(f"Berkas yang sebelumnya ada dipindah ke {contents.set_aside}: hapus bila tidak perlu.")
