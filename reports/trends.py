"""How a figure went over the last months."""

import datetime

from django.db.models import Count, Exists, OuterRef
from django.db.models.functions import TruncMonth
from django.utils import timezone

from assistance_logs.figures import day_start
from beneficiaries import figures

MONTHS = 12


def visited_by_month(families, visits, view: figures.View) -> list[int]:
    """Count today's active families (a scoped queryset) that were met in each of 12 months, the view's month last.

    The last value is the figure visited_this_period. Cost: one query.
    """
    months = [view.start]
    while len(months) < MONTHS:
        months.insert(0, (months[0] - datetime.timedelta(days=1)).replace(day=1))
    active = families.filter(figures.get("active").condition(view), pk=OuterRef("household"))
    rows = (
        visits.current()
        .met_family()
        .visited_between(day_start(months[0]), day_start(view.end))
        .filter(Exists(active))
        .values(month=TruncMonth("happened_at", tzinfo=timezone.get_current_timezone()))
        .annotate(n=Count("household", distinct=True))
        .order_by()
    )
    found = {timezone.localtime(row["month"]).date(): row["n"] for row in rows}
    return [found.get(month, 0) for month in months]
