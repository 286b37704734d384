from django.core.management.base import BaseCommand, CommandError

from beneficiaries import tallies
from beneficiaries.tally_check import figure_differences


class Command(BaseCommand):
    help = "Bandingkan hitungan dasbor dan peta dengan keluarganya, dan sebut tiap perbedaan."

    def add_arguments(self, parser):
        parser.add_argument("--mend", action="store_true", help="hitung ulang semuanya lebih dulu")

    def handle(self, *, mend, **options):
        if mend:
            tallies.refresh_all()
        if not tallies.is_current():
            raise CommandError("Hitungan belum untuk hari ini. Tunggu pekerja antrean, atau jalankan dengan --mend.")
        found = tallies.differences() + figure_differences()
        for difference in found:
            self.stdout.write(difference)
        if found:
            raise CommandError(f"{len(found)} perbedaan. Perbaiki dengan --mend.")
        self.stdout.write("Semua hitungan sama dengan keluarganya.")
