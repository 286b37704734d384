import csv
from pathlib import Path

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from ejsika.regions.models import Region

# Codes and names of Kepmendagri 300.2.2-2430/2025; see data/README.md for the source of each column.
OFFICIAL = Path(__file__).resolve().parents[2] / "data" / "regions_banten.csv"
FIELDS = ["level", "name", "parent_id", "latitude", "longitude", "postal_code", "closed_on"]


class Command(BaseCommand):
    help = "Muat wilayah resmi Banten; kode yang hilang dari berkas ditutup dengan tanggal, tidak dihapus."

    def add_arguments(self, parser):
        parser.add_argument("--file", type=Path, default=OFFICIAL, help="CSV dengan kolom yang sama")

    def handle(self, *, file, **options):
        with file.open(encoding="utf-8", newline="") as lines:
            regions = [self.read(line) for line in csv.DictReader(lines)]
        closed = self.store(regions)
        self.stdout.write(f"{len(regions)} wilayah dimuat, {closed} ditutup.")

    @staticmethod
    def read(line: dict) -> Region:
        return Region(
            code=line["code"],
            level=line["level"],
            name=line["name"],
            parent_id=line["parent_code"] or None,
            latitude=line["latitude"] or None,
            longitude=line["longitude"] or None,
            postal_code=line["postal_code"],
            closed_on=None,
        )

    @staticmethod
    @transaction.atomic
    def store(regions: list[Region]) -> int:
        regions.sort(key=lambda region: len(region.code))  # parents first
        Region.objects.bulk_create(
            regions, update_conflicts=True, unique_fields=["code"], update_fields=FIELDS, batch_size=500
        )
        gone = Region.objects.filter(closed_on__isnull=True).exclude(code__in=[region.code for region in regions])
        return gone.update(closed_on=timezone.localdate())
