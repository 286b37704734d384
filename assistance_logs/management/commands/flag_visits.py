from datetime import timedelta

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from assistance_logs.models import Visit
from assistance_logs.review.flags import refresh_flags

AT_ONCE = 1_000


class Command(BaseCommand):
    help = "Menilai lagi kunjungan beberapa hari terakhir menurut batas tinjauan hari ini."

    def add_arguments(self, parser):
        parser.add_argument("--days", type=int, default=31, help="hari ke belakang, dari waktu kunjungan")

    def handle(self, *args, days, **options):
        since = timezone.now() - timedelta(days=days)
        keys = list(Visit.objects.current().filter(happened_at__gte=since).order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(keys), AT_ONCE):
            with transaction.atomic():
                refresh_flags(keys[start : start + AT_ONCE])
        self.stdout.write(f"{len(keys)} kunjungan dinilai lagi.")
