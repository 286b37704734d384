"""What the log adds to the named figures over families."""

import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from assistance_logs.models import Visit
from beneficiaries import figures
from beneficiaries.choices import EnrollmentStatus


def day_start(day: datetime.date) -> datetime.datetime:
    """The first moment of a local day."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def visited_between(view: figures.View) -> Q:
    """The condition that somebody of the family was met in the view's period; a visit counts once it is recorded."""
    visits = Visit.objects.current().met_family().visited_between(day_start(view.start), day_start(view.end))
    return Q(Exists(visits.filter(household=OuterRef("pk"))))


def _visited_this_period(view: figures.View) -> Q:
    return figures.has_status(view, EnrollmentStatus.ACTIVE) & visited_between(view)


def register() -> None:
    figures.register("visited_this_period", "Dikunjungi pada periode ini", _visited_this_period)
