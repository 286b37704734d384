"""The log of what assistants did for families: append-only, each entry sent once by its UUID."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import MD5

from assistance_logs.choices import MET, PersonMet, PlaceSource, Topic, VisitKind, VisitResult, VisitStatus
from assistance_logs.groups.models import Attendance, Group, GroupSession, Membership, SessionPhoto  # noqa: F401
from assistance_logs.leaves.models import Leave, LeaveReason  # noqa: F401 - of this app
from assistance_logs.obligations.models import Excuse, ExcuseReason  # noqa: F401 - of this app
from assistance_logs.position import POINT_COMPLETE, Positioned
from assistance_logs.review.models import ReviewLimit, VisitReview  # noqa: F401 - of this app
from assistance_logs.targets.models import Target  # noqa: F401 - of this app
from beneficiaries.models import Household
from beneficiaries.models.of_family import OfFamilyQuerySet
from beneficiaries.models.tally import DesaTally
from ejsika.files.models import PhotoOfQuerySet, StoredPhoto
from ejsika.lib.geo import distance_m
from ejsika.lib.http import row_url
from ejsika.outbox.versions import Version, VersionQuerySet

AT_HOME_M = 100  # so far from the family's point may a phone in its house be: houses are wide, points are rough
ACCURATE_M = 100
MOST_OFF_M = 500  # a position that may be off by more than this says nothing of a house


class VisitQuerySet(OfFamilyQuerySet, VersionQuerySet):
    def met_family(self):
        """Visits at which somebody of the family was met: those that count."""
        return self.filter(result__in=MET)

    def returned_to(self, assistant):
        """This assistant's visits that the koordinator wants corrected, the longest waiting first."""
        returned = self.current().filter(status=VisitStatus.RETURNED, assistant=assistant)
        return returned.select_related("household").order_by("returned_at")

    def visited_between(self, start, end):
        """Visits from `start` to before `end` (aware datetimes)."""
        return self.filter(happened_at__gte=start, happened_at__lt=end)

    def with_open_follow_up(self):
        """Visits whose follow-up waits still: no later visit at which the family was met."""
        later = (
            Visit.objects.current()
            .met_family()
            .filter(household=OuterRef("household"), happened_at__gt=OuterRef("happened_at"))
        )
        return self.current().exclude(follow_up="").filter(~Exists(later))


class Visit(Version, Positioned):
    """One version of one visit. Units: times aware."""

    outbox_version = models.PositiveSmallIntegerField()
    # visit_by_household and visit_by_assistant begin with them; beside an index of their own they would not be used.
    household = models.ForeignKey(Household, models.PROTECT, related_name="visits", db_index=False)
    assistant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="visits", db_index=False)
    kind = models.CharField("jenis kegiatan", max_length=2, choices=VisitKind, default=VisitKind.HOME_VISIT)
    happened_at = models.DateTimeField("waktu kunjungan")
    ended_at = models.DateTimeField("selesai", null=True, blank=True)
    result = models.CharField("hasil", max_length=20, choices=VisitResult)
    person_met = models.CharField("ditemui", max_length=10, choices=PersonMet)
    topics = ArrayField(models.CharField(max_length=12, choices=Topic), verbose_name="topik", default=list, blank=True)
    notes = models.TextField("catatan", blank=True)
    follow_up = models.CharField("tindak lanjut", max_length=300, blank=True)
    follow_up_due = models.DateField("tenggat tindak lanjut", null=True, blank=True)
    position_source = models.CharField("sumber lokasi", max_length=3, choices=PlaceSource, blank=True, db_default="")
    status = models.CharField("status", max_length=12, choices=VisitStatus, db_default=VisitStatus.SENT)
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    returned_at = models.DateTimeField("dikembalikan pada", null=True, blank=True)
    remark = models.CharField("catatan koordinator", max_length=500, blank=True, db_default="")

    objects = VisitQuerySet.as_manager()
    photo_trouble = ""  # why not all photos that came with it were kept: see photos.add_photos

    class Meta:
        verbose_name = "kunjungan"
        verbose_name_plural = "kunjungan"
        indexes = [
            models.Index(fields=["household", "-happened_at"], name="visit_by_household"),
            models.Index(fields=["assistant", "-happened_at"], name="visit_by_assistant"),
            models.Index(
                F("assistant"), MD5("notes"), name="visit_by_notes", condition=~Q(notes="") & Q(is_current=True)
            ),
            models.Index(
                fields=["household"], name="visit_follow_ups", condition=Q(is_current=True, follow_up_due__isnull=False)
            ),
            models.Index(
                fields=["assistant"],
                name="visit_returned",
                condition=Q(status=VisitStatus.RETURNED, is_current=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(name="visit_kind_known", condition=Q(kind__in=VisitKind.values)),
            models.CheckConstraint(name="visit_result_known", condition=Q(result__in=VisitResult.values)),
            models.CheckConstraint(name="visit_person_known", condition=Q(person_met__in=PersonMet.values)),
            models.CheckConstraint(name="visit_topics_known", condition=Q(topics__contained_by=Topic.values)),
            models.CheckConstraint(name="visit_point_complete", condition=POINT_COMPLETE),
            models.CheckConstraint(
                name="visit_follow_up_pair", condition=Q(follow_up_due__isnull=True) | ~Q(follow_up="")
            ),
            models.CheckConstraint(
                name="visit_ends_after_start", condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("happened_at"))
            ),
            models.CheckConstraint(
                name="visit_source_known",
                condition=Q(position_source="") | Q(position_source__in=PlaceSource.values, latitude__isnull=False),
            ),
            models.CheckConstraint(
                name="visit_returned_with_remark",
                condition=Q(status=VisitStatus.SENT, returned_by__isnull=True, returned_at__isnull=True, remark="")
                | Q(status=VisitStatus.RETURNED, returned_by__isnull=False, returned_at__isnull=False) & ~Q(remark=""),
            ),
            models.CheckConstraint(name="visit_not_its_own_version", condition=~Q(replaces=F("id"))),
        ]

    def __str__(self):
        return f"kunjungan {self.pk}"

    def get_absolute_url(self):
        return row_url("assistance_logs:visit_detail", self.pk)

    @property
    def topic_labels(self) -> list[str]:
        return [Topic(topic).label for topic in self.topics]

    @property
    def distance_m(self) -> int | None:
        """Metres from the family's point; None where one of the two points is not known."""
        if self.latitude is None or not self.household.has_point:
            return None
        home = self.household.latitude, self.household.longitude
        return round(distance_m((float(self.latitude), float(self.longitude)), tuple(map(float, home))))

    @property
    def is_inaccurate(self) -> bool:
        """Whether the phone knew its place only so roughly that it proves little."""
        return self.accuracy_m is not None and self.accuracy_m > ACCURATE_M

    @property
    def can_set_home(self) -> bool:
        return self.latitude is not None and not self.is_inaccurate

    @property
    def was_at_home(self) -> bool | None:
        """Whether it took place at the family's house; None where the two points, or their accuracy, do not tell."""
        distance, off = self.distance_m, self.accuracy_m or 0
        if distance is None:
            return None
        if distance <= AT_HOME_M:
            return None if off > MOST_OFF_M else True
        return False if distance - off > AT_HOME_M else None

    def possible_versions(self):
        return Visit.objects.filter(household=self.household_id, assistant=self.assistant_id)


class VisitPhotoQuerySet(PhotoOfQuerySet):
    of = "visit"


class VisitPhoto(models.Model):
    """A photo of one version of a visit; a correction takes those along that it keeps."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="photos")
    photo = models.ForeignKey(StoredPhoto, models.PROTECT, related_name="+")

    objects = VisitPhotoQuerySet.as_manager()

    class Meta:
        verbose_name = "foto kunjungan"
        verbose_name_plural = "foto kunjungan"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["visit", "photo"], name="visit_photo_once")]

    def __str__(self):
        return f"foto kunjungan {self.pk}"

    def get_absolute_url(self):
        return row_url("assistance_logs:photo", self.pk)


class VisitTally(DesaTally):
    """Active families of a desa that were met in a month (its first day), as one programme sees them (0: all)."""

    pk = models.CompositePrimaryKey("desa", "program", "month")
    month = models.DateField()
    visited = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["program", "month", "desa"], include=["visited"], name="visit_tally_by_month")]


class AssistantVisitTally(DesaTally):
    """Visits that met a family of a desa, by assistant and month (its first day): visits, not families."""

    pk = models.CompositePrimaryKey("desa", "program", "assistant_id", "month")
    assistant_id = models.BigIntegerField()
    month = models.DateField()
    met = models.PositiveIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["program", "assistant_id", "month"], name="visits_by_assistant"),
            models.Index(fields=["program", "month", "desa"], name="visits_by_month"),
        ]


class AssistantTally(DesaTally):
    """Active families of a desa by assistant, and whether that assistant reported a visit there in the last days."""

    pk = models.CompositePrimaryKey("desa", "program", "assistant_id")
    assistant_id = models.BigIntegerField()
    families = models.PositiveIntegerField()
    late = models.PositiveIntegerField()
    never_visited = models.PositiveIntegerField()
    has_reported = models.BooleanField()


class DutyTally(DesaTally):
    """Families of a desa by assistant and by what a visit must do for them this month (obligations.figures)."""

    pk = models.CompositePrimaryKey("desa", "program", "assistant_id")
    assistant_id = models.BigIntegerField()
    done = models.PositiveIntegerField()
    due = models.PositiveIntegerField()
    overdue = models.PositiveIntegerField()
    excused = models.PositiveIntegerField()
