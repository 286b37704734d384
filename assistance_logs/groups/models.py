"""Groups of families, who belonged to them when, their meetings and who took part."""

import calendar
import datetime
from functools import reduce
from operator import or_

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import formats

from assistance_logs.groups.choices import MODULES, TOOK_PART, Presence, Speaker, Week, Weekday, lesson_label
from assistance_logs.position import POINT_COMPLETE, Positioned
from beneficiaries.models import Household
from ejsika.accounts.permissions import Role
from ejsika.files.models import PhotoOfQuerySet, StoredPhoto
from ejsika.outbox.versions import Version, VersionQuerySet
from ejsika.regions.models import Region, ScopedQuerySet

_SCHEDULE_BY_WEEK = Q(week__isnull=False, weekday__isnull=False, day_of_month__isnull=True)
_SCHEDULE_BY_DAY = Q(week__isnull=True, weekday__isnull=True, day_of_month__isnull=False)
_NO_SCHEDULE = Q(week__isnull=True, weekday__isnull=True, day_of_month__isnull=True)
_LESSON_KNOWN = reduce(
    or_, (Q(module=number, lesson__range=(1, len(titles))) for number, (_, titles) in enumerate(MODULES, 1))
)


class GroupQuerySet(ScopedQuerySet):
    """An assistant has the groups of the own families, others those of their regions."""

    def person_rule(self, user):
        return self._with_family(Household.objects.for_user(user)) if user.role == Role.PENDAMPING else Q()

    def program_rule(self, user):
        return Q() if user.all_programs else self._with_family(Household.objects.countable_by(user))

    @staticmethod
    def _with_family(families) -> Q:
        """The condition that one of these families is in the group, or was when it was dissolved."""
        own = Membership.objects.filter(Exists(families.filter(pk=OuterRef("household"))), group=OuterRef("pk"))
        return Q(Exists(own.filter(Q(left_on__isnull=True) | Q(left_on=F("group__closed_on")))))

    @staticmethod
    def has_met(start, end) -> Q:
        """The condition that a group had a meeting from `start` to before `end` (aware datetimes)."""
        return Q(Exists(GroupSession.objects.current().held_between(start, end).filter(group=OuterRef("pk"))))


class Group(models.Model):
    """A group of families who meet once a month; whose it is follows from its families' assignments.

    Its schedule is a week and weekday, or a day of the month (in a shorter month its last day), or open.
    """

    name = models.CharField("nama kelompok", max_length=80)
    region = models.ForeignKey(
        Region, models.PROTECT, db_column="region_code", db_index=False, verbose_name="desa/kelurahan"
    )
    week = models.PositiveSmallIntegerField("minggu", choices=Week, null=True, blank=True)
    weekday = models.PositiveSmallIntegerField("hari", choices=Weekday, null=True, blank=True)
    day_of_month = models.PositiveSmallIntegerField("tanggal", null=True, blank=True)
    meets_at = models.TimeField("jam", null=True, blank=True)
    place = models.CharField("tempat", max_length=150, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    closed_on = models.DateField("dibubarkan pada", null=True, blank=True)

    objects = GroupQuerySet.as_manager()

    class Meta:
        verbose_name = "kelompok"
        verbose_name_plural = "kelompok"
        indexes = [models.Index(fields=["region"], name="group_by_region", opclasses=["varchar_pattern_ops"])]
        constraints = [
            models.CheckConstraint(
                name="group_schedule", condition=_SCHEDULE_BY_WEEK | _SCHEDULE_BY_DAY | _NO_SCHEDULE
            ),
            models.CheckConstraint(
                name="group_schedule_range",
                condition=(Q(week__isnull=True) | Q(week__in=Week.values))
                & (Q(weekday__isnull=True) | Q(weekday__in=Weekday.values))
                & (Q(day_of_month__isnull=True) | Q(day_of_month__range=(1, 31))),
            ),
            models.CheckConstraint(name="group_has_name", condition=~Q(name="")),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("groups:group_detail", args=[self.pk])

    @property
    def schedule(self) -> str:
        """ "Selasa ke-2, pukul 09.00, di Balai Desa"; empty where nothing is agreed."""
        day = ""
        if self.weekday:
            day = f"{Weekday(self.weekday).label} {Week(self.week).label}"
        elif self.day_of_month:
            day = f"tanggal {self.day_of_month}"
        at = f"pukul {formats.time_format(self.meets_at, 'H.i')}" if self.meets_at else ""
        return ", ".join(filter(None, [day, at, f"di {self.place}" if self.place else ""]))

    def meets_on(self, year: int, month: int) -> datetime.date | None:
        """The day of that month's meeting; None where the schedule is open."""
        days = calendar.monthrange(year, month)[1]
        if self.day_of_month:
            return datetime.date(year, month, min(self.day_of_month, days))
        if not self.weekday:
            return None
        first = datetime.date(year, month, 1)
        fitting = range(1 + (self.weekday - first.isoweekday()) % 7, days + 1, 7)
        return datetime.date(year, month, fitting[-1] if self.week == Week.LAST else fitting[self.week - 1])

    def next_meeting(self, today: datetime.date) -> datetime.date | None:
        """The next day of the schedule, today included."""
        day = self.meets_on(today.year, today.month)
        if day is None or day >= today:
            return day
        return self.meets_on(today.year + today.month // 12, today.month % 12 + 1)


class MembershipQuerySet(models.QuerySet):
    def on(self, day):
        """Memberships in force on that day: the first day counts, the last one does not, as in assignments."""
        return self.filter(Q(left_on__isnull=True) | Q(left_on__gt=day), joined_on__lte=day)

    def open(self):
        return self.filter(left_on__isnull=True)


class Membership(models.Model):
    """A family in a group, from when to when; never in two at once. One of a group's families leads it."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="memberships")
    # Its exclusion constraint begins with the family, and the partial one below finds the open membership.
    household = models.ForeignKey(Household, models.PROTECT, related_name="memberships")
    joined_on = models.DateField("sejak")
    left_on = models.DateField("sampai", null=True, blank=True)
    is_leader = models.BooleanField("ketua", default=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "anggota kelompok"
        verbose_name_plural = "anggota kelompok"
        constraints = [
            models.CheckConstraint(
                name="membership_left_after_joined", condition=Q(left_on__isnull=True) | Q(left_on__gte=F("joined_on"))
            ),
            models.UniqueConstraint(
                fields=["group"], condition=Q(is_leader=True, left_on__isnull=True), name="group_one_leader"
            ),
            ExclusionConstraint(
                name="membership_one_group_at_a_time",
                expressions=[
                    ("household", "="),
                    (Func("joined_on", "left_on", Value("[)"), function="daterange"), "&&"),
                ],
            ),
        ]

    def __str__(self):
        return f"anggota kelompok {self.pk}"


class GroupSessionQuerySet(ScopedQuerySet, VersionQuerySet):
    region_field = "group__region__code"

    def person_rule(self, user):
        return self._with_family(Household.objects.for_user(user)) if user.role == Role.PENDAMPING else Q()

    def program_rule(self, user):
        return Q() if user.all_programs else self._with_family(Household.objects.countable_by(user))

    @staticmethod
    def _with_family(families) -> Q:
        known = Exists(families.filter(pk=OuterRef("household")))
        return Q(Exists(Attendance.objects.filter(known, session=OuterRef("pk"))))

    def held_between(self, start, end):
        """Meetings that began from `start` to before `end` (aware datetimes)."""
        return self.filter(happened_at__gte=start, happened_at__lt=end)


class GroupSession(Version, Positioned):
    """One version of one meeting. Units: times aware."""

    outbox_version = models.PositiveSmallIntegerField()
    group = models.ForeignKey(Group, models.PROTECT, related_name="sessions", db_index=False)
    assistant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    module = models.PositiveSmallIntegerField("modul")
    lesson = models.PositiveSmallIntegerField("sesi")
    happened_at = models.DateTimeField("mulai")
    ended_at = models.DateTimeField("selesai")
    place = models.CharField("tempat", max_length=150, blank=True)
    speaker = models.CharField("pemateri", max_length=10, choices=Speaker, default=Speaker.ASSISTANT)
    notes = models.TextField("catatan", blank=True)

    objects = GroupSessionQuerySet.as_manager()

    class Meta:
        verbose_name = "pertemuan kelompok"
        verbose_name_plural = "pertemuan kelompok"
        indexes = [
            models.Index(fields=["group", "-happened_at"], name="session_by_group"),
            models.Index(fields=["assistant", "-happened_at"], name="session_by_assistant"),
        ]
        constraints = [
            models.CheckConstraint(name="session_lesson_known", condition=_LESSON_KNOWN),
            models.CheckConstraint(name="session_ends_after_start", condition=Q(ended_at__gt=F("happened_at"))),
            models.CheckConstraint(name="session_speaker_known", condition=Q(speaker__in=Speaker.values)),
            models.CheckConstraint(name="session_point_complete", condition=POINT_COMPLETE),
            models.CheckConstraint(name="session_not_its_own_version", condition=~Q(replaces=F("id"))),
        ]

    def __str__(self):
        return f"pertemuan {self.pk}"

    def get_absolute_url(self):
        return reverse("groups:session_detail", args=[self.pk])

    @property
    def lesson_label(self) -> str:
        return lesson_label(self.module, self.lesson)

    @property
    def module_name(self) -> str:
        return MODULES[self.module - 1][0]

    def possible_versions(self):
        return GroupSession.objects.filter(group=self.group_id, assistant=self.assistant_id)


class AttendanceQuerySet(models.QuerySet):
    def current(self):
        """Of the newest version of each meeting."""
        return self.filter(session__is_current=True)

    def took_part(self):
        return self.filter(presence__in=TOOK_PART)


class Attendance(models.Model):
    """Whether a family took part in a meeting; each version of a meeting has its own."""

    session = models.ForeignKey(GroupSession, models.CASCADE, related_name="attendances", db_index=False)
    household = models.ForeignKey(Household, models.PROTECT, related_name="attendances")
    presence = models.CharField("kehadiran", max_length=8, choices=Presence)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = "kehadiran"
        verbose_name_plural = "kehadiran"
        constraints = [
            models.UniqueConstraint(fields=["session", "household"], name="attendance_once"),
            models.CheckConstraint(name="attendance_known", condition=Q(presence__in=Presence.values)),
        ]

    def __str__(self):
        return f"kehadiran {self.pk}"

    @property
    def took_part(self) -> bool:
        return self.presence in TOOK_PART


class SessionPhotoQuerySet(PhotoOfQuerySet):
    of = "session"


class SessionPhoto(models.Model):
    """A photo of one version of a meeting; a correction takes it along."""

    session = models.ForeignKey(GroupSession, models.CASCADE, related_name="photos", db_index=False)
    photo = models.ForeignKey(StoredPhoto, models.PROTECT, related_name="+")

    objects = SessionPhotoQuerySet.as_manager()

    class Meta:
        verbose_name = "foto pertemuan"
        verbose_name_plural = "foto pertemuan"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["session", "photo"], name="session_photo_once")]

    def __str__(self):
        return f"foto pertemuan {self.pk}"
