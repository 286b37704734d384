import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, connections
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import number_format

from ejsika.database.backup import NAME, keep_newest, make_backup
from ejsika.database.keys import recipients


class Command(BaseCommand):
    help = "Cadangkan basis data dan berkas unggahan ke satu berkas terenkripsi, lalu periksa berkas itu."

    def add_arguments(self, parser):
        parser.add_argument("target", type=Path, help="berkas baru, atau folder: namanya lalu memakai waktu")
        parser.add_argument("--keep", type=int, help="sisakan sekian cadangan terbaru di folder itu")
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS)

    def handle(self, *, target, keep, database, **options):
        folder = target if target.is_dir() else None
        if keep is not None and (keep < 1 or folder is None):
            raise CommandError("--keep perlu sebuah folder dan angka 1 atau lebih.")
        if folder:
            target = folder / NAME.format(timezone.localtime())
        started = time.monotonic()
        contents = make_backup(connections[database], target, recipients())
        size = filesizeformat(target.stat().st_size)
        self.stdout.write(
            f"Cadangan tersimpan dan terbaca kembali: {target} ({size}, {number_format(contents.rows)} baris, "
            f"{number_format(contents.files)} berkas, {number_format(time.monotonic() - started, 1)} detik)."
        )
        if keep is not None:
            for old in keep_newest(folder, keep):
                self.stdout.write(f"Cadangan lama dihapus: {old.name}")
