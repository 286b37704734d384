from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ejsika.demo import DEMO_PASSWORD
from ejsika.demo.build import build
from ejsika.demo.further_visits import TooManyVisitsError
from ejsika.demo.users import CAST


class Command(BaseCommand):
    help = "Isi program contoh: keluarga, pengguna, kunjungan dan graduasi rekaan. Hanya dalam mode demo."

    def add_arguments(self, parser):
        parser.add_argument("--households", type=int, default=5_000, help="jumlah keluarga seluruhnya (bawaan 5000)")
        parser.add_argument("--visits", type=int, default=0, help="jumlah kunjungan seluruhnya, bila keluarga kurang")
        parser.add_argument("--password", default=DEMO_PASSWORD, help="kata sandi semua pengguna contoh")

    def handle(self, *, households, visits, password, **options):
        if not settings.DEMO:
            raise CommandError("Data contoh hanya untuk mode demo: jalankan dengan EJSIKA_DEMO=1.")
        if households < 0 or visits < 0 or not password:
            raise CommandError("Isi --households dan --visits dengan 0 atau lebih dan --password yang tidak kosong.")
        try:
            families, further = build(households, password, timezone.localdate(), visits)
        except TooManyVisitsError as error:
            raise CommandError(
                f"Isi --visits dengan paling banyak {error.most} untuk keluarga sebanyak ini: satu sehari."
            ) from error
        self.stdout.write(f"{families} keluarga contoh ditambahkan.")
        if visits:
            self.stdout.write(f"{further} kunjungan contoh ditambahkan.")
        users = ", ".join(name for name, *_ in CAST)
        self.stdout.write(f"Pengguna: {users}. Kata sandi: {password}")
