"""What group meetings add to the named figures over families."""

import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from assistance_logs.figures import day_start
from assistance_logs.groups.models import Attendance, Membership
from beneficiaries import figures
from beneficiaries.choices import EnrollmentStatus


def took_part_between(start: datetime.date, end: datetime.date) -> Q:
    """The condition that a family took part in a meeting from the day `start` to before `end`: it had its session."""
    attendances = Attendance.objects.current().took_part().filter(household=OuterRef("pk"))
    held = {"session__happened_at__gte": day_start(start), "session__happened_at__lt": day_start(end)}
    return Q(Exists(attendances.filter(**held)))


def in_group(day: datetime.date) -> Q:
    """The condition that a family is in a group on a day."""
    return Q(Exists(Membership.objects.on(day).filter(household=OuterRef("pk"))))


def _took_part(view: figures.View) -> Q:
    return figures.has_status(view, EnrollmentStatus.ACTIVE) & took_part_between(view.start, view.end)


def _without_group(view: figures.View) -> Q:
    return figures.has_status(view, EnrollmentStatus.ACTIVE) & ~in_group(timezone.localdate())


def register() -> None:
    figures.register("attended_this_period", "Hadir di pertemuan kelompok pada periode ini", _took_part)
    figures.register("without_group", "Belum berkelompok", _without_group)
