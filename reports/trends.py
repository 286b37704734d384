"""How a figure went over the last months."""

import datetime
from collections import Counter
from itertools import accumulate

from django.db.models import Count, Exists, Min, OuterRef
from django.db.models.functions import ExtractMonth, TruncMonth
from django.utils import timezone

from assistance_logs.figures import day_start
from assistance_logs.models import Visit
from beneficiaries import figures, tallies
from beneficiaries.models import GraduationCase
from reports.scope import Scope
from reports.small_counts import told

MONTHS = 12


def months_up_to(last: datetime.date) -> list[datetime.date]:
    """The first days of 12 months, `last` the last of them."""
    return [tallies.months_before(last, before) for before in reversed(range(MONTHS))]


def visited_by_month(scope: Scope) -> list[int | None]:
    """Give how many of today's active families were met in each of 12 months, the view's month last, as it is told.

    The last value is the figure visited_this_period. Cost: one query, of tallies where they hold.
    """
    months = months_up_to(scope.view.start)
    if scope.tallied and scope.tallied.keeps(months):
        found = scope.tallied.visited_by_month(months)
    else:
        found = count_visited(scope.families, Visit.objects.countable_by(scope.user), scope.view, months)
    return [told(found.get(month, 0), is_exact=scope.is_exact()) for month in months]


def graduated_by_month(scope: Scope) -> list[int | None]:
    """Give how many families had graduated in the view's year by the end of each of its months, as it is told.

    The last value is the figure graduated_this_year. Cost: one query.
    """
    year = scope.view.year
    cases = scope.form.apply(GraduationCase.objects.countable_by(scope.user)).decided_between(year.start, year.end)
    if year.program_ids is not None:
        cases = cases.filter(enrollment__program__in=year.program_ids)
    firsts = cases.order_by().values("enrollment__household").annotate(month=ExtractMonth(Min("decided_on")))
    found = Counter(firsts.values_list("month", flat=True))
    counts = accumulate(found[month] for month in range(1, scope.view.start.month + 1))
    return [told(n, is_exact=scope.is_exact()) for n in counts]


def count_visited(families, visits, view: figures.View, months: list[datetime.date]) -> dict[datetime.date, int]:
    """Count active families (a scoped queryset) that were met, by month."""
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
    return {timezone.localtime(row["month"]).date(): row["n"] for row in rows}
