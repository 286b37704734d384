"""What the log says about a family that is proposed for graduation."""

import datetime

from django.db.models import Count, Max, Q
from django.utils import formats, timezone

from assistance_logs.choices import MET, VisitKind
from assistance_logs.figures import day_start
from assistance_logs.models import Visit
from beneficiaries.evidence import Fact

WINDOW_DAYS = 365


def visits(household, user, on: datetime.date) -> list[Fact]:
    """Visits in the year that ends on the day `on`, and the last before it. Cost: one query."""
    before_end = Q(happened_at__lt=day_start(on + datetime.timedelta(days=1)))
    in_window = Q(happened_at__gte=day_start(on - datetime.timedelta(days=WINDOW_DAYS)))
    found = (
        Visit.objects.for_user(user)
        .current()
        .filter(before_end, household=household)
        .aggregate(
            count=Count("pk", filter=in_window),
            met=Count("pk", filter=in_window & Q(result__in=MET)),
            last_met=Max("happened_at", filter=Q(result__in=MET)),
            assessed=Max("happened_at", filter=Q(kind=VisitKind.GRADUATION)),
        )
    )
    return [
        Fact("Kunjungan dalam 12 bulan", f"{found['count']} kali", f"{found['met']} kali bertemu keluarga"),
        _last("Terakhir bertemu keluarga", found["last_met"], on),
        _last("Asesmen graduasi terakhir", found["assessed"], on),
    ]


def _last(label: str, at: datetime.datetime | None, on: datetime.date) -> Fact:
    if at is None:
        return Fact(label, "belum pernah")
    day = timezone.localdate(at)
    return Fact(label, formats.date_format(day), f"{(on - day).days} hari sebelumnya" if day < on else "hari itu juga")
