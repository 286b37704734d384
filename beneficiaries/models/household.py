"""The family (KPM) and the persons in it."""

import datetime

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce, Length, Lower, Now
from django.db.models.lookups import Exact
from django.utils import timezone

from beneficiaries.choices import Bank, EnrollmentStatus, PointSource, Relationship, SchoolLevel, Sex
from ejsika.accounts.permissions import Role
from ejsika.lib.http import row_url
from ejsika.lib.sealed import SealedNumberField
from ejsika.regions.models import Region, ScopedQuerySet

# What lists are sorted by; the indexes below hold these same expressions. A family never visited comes before all.
NAME_KEY = Lower("recipient_name")
VISIT_KEY = Coalesce("last_visited_on", Value(datetime.date(1, 1, 1)))

GONE = "Keluarga ini baru saja dihapus karena impornya dibatalkan. Tidak ada yang disimpan."
MERGED = "Keluarga ini baru saja digabung dengan keluarga lain. Buka lagi keluarganya, lalu ulangi."


class HouseholdQuerySet(ScopedQuerySet):
    def person_rule(self, user):
        from beneficiaries.models.assignment import Assignment

        if user.role != Role.PENDAMPING:
            return Q()
        return Q(Exists(Assignment.objects.on(timezone.localdate()).filter(household=OuterRef("pk"), assistant=user)))

    def program_rule(self, user):
        from beneficiaries.models.enrollment import Enrollment

        if user.all_programs:
            return Q()
        return Q(Exists(Enrollment.objects.filter(household=OuterRef("pk"), program__in=user.program_ids)))

    def with_keys(self):
        """Add what lists are sorted by: `name_key` and `visit_key`."""
        return self.annotate(name_key=NAME_KEY, visit_key=VISIT_KEY)

    def named(self, text: str):
        """Families whose recipient's name has all these words, in any order; of a short word only its beginning.

        Cost: an index of three-letter pieces; a word of one or two letters has pieces only where a word begins.
        """
        families = self.with_keys()
        for word in text.lower().split():
            begins = Q(name_key__startswith=word) | Q(name_key__contains=f" {word}")
            families = families.filter(begins if len(word) < 3 else Q(name_key__contains=word))
        return families

    def not_visited_for(self, days: int):
        """Families whose last visit is that many days ago or more, and those that never had one."""
        return self.with_keys().filter(visit_key__lte=timezone.localdate() - datetime.timedelta(days=days))

    def assisted_by(self, assistant):
        """Families assigned to this assistant today."""
        from beneficiaries.models.assignment import Assignment

        today = Assignment.objects.on(timezone.localdate())
        return self.filter(Exists(today.filter(household=OuterRef("pk"), assistant=assistant)))

    def ever_assisted_by(self, assistant):
        """Families that are or were assigned to this assistant: to store what was written then, not to be read."""
        from beneficiaries.models.assignment import Assignment

        return self.filter(Exists(Assignment.objects.filter(household=OuterRef("pk"), assistant=assistant)))

    def for_page(self):
        """What heads a family's page: its place, and `has_cases`."""
        from beneficiaries.graduation.models import GraduationCase

        has_cases = Exists(GraduationCase.objects.filter(enrollment__household=OuterRef("pk")))
        return self.select_related("region__parent").annotate(has_cases=has_cases)

    def locked(self, household) -> "Household":
        """Read one family anew and hold its row until the transaction ends.

        Errors: ValidationError if it is gone, since the import that brought it was taken back at this moment, or was
        merged into another.
        """
        found = self.select_for_update(of=("self",)).filter(pk=household.pk).first()
        if found is None:
            raise ValidationError(GONE)
        if found.is_merged:
            raise ValidationError(MERGED)
        return found


class Household(models.Model):
    """A family, known by its own id: the number of its family card (KK) changes when it splits or moves.

    Units: latitude and longitude in WGS84 degrees, accuracy in metres. `status`, `recipient_name` and
    `last_visited_on` repeat what stands elsewhere, because lists and counts need them; the actions that change the
    enrollment, the recipient or a visit keep them, in their transaction.
    """

    # Both are there but for a family that was merged into another one: it has no number and lies nowhere.
    kk = SealedNumberField("No KK", kind="kk", unique=True, null=True)
    recipient_name = models.CharField("nama pengurus", max_length=150)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, db_column="region_code", db_index=False, verbose_name="desa/kelurahan"
    )
    address = models.CharField("alamat", max_length=200, blank=True)
    rt = models.PositiveSmallIntegerField("RT", null=True, blank=True)
    rw = models.PositiveSmallIntegerField("RW", null=True, blank=True)
    phone = models.CharField("No HP", max_length=20, blank=True)
    latitude = models.DecimalField("lintang", max_digits=8, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField("bujur", max_digits=9, decimal_places=6, null=True, blank=True)
    point_accuracy_m = models.PositiveIntegerField("akurasi titik (m)", null=True, blank=True)
    point_source = models.CharField("sumber titik", max_length=5, choices=PointSource, blank=True)
    cell = models.GeneratedField(
        expression=models.Func("latitude", "longitude", function="map_cell"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    bank = models.CharField("bank", max_length=20, choices=Bank, blank=True)
    account_sealed = models.BinaryField("No rekening", null=True)
    account_digest = models.BinaryField(null=True)
    status = models.CharField("status", max_length=12, choices=EnrollmentStatus, blank=True)
    last_visited_on = models.DateField("terakhir dikunjungi", null=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = "keluarga"
        verbose_name_plural = "keluarga"
        indexes = [
            models.Index(
                fields=["region", "status"], name="household_by_region", opclasses=["varchar_pattern_ops", ""]
            ),
            models.Index(NAME_KEY, "id", name="household_by_name"),
            GinIndex(OpClass(NAME_KEY, "gin_trgm_ops"), name="household_by_name_part"),
            models.Index(fields=["cell"], name="household_by_cell"),
            models.Index(VISIT_KEY, "id", name="household_by_last_visit"),
        ]
        constraints = [
            models.CheckConstraint(
                name="household_numbered_and_somewhere",
                condition=Q(kk__isnull=True, region__isnull=True) | Q(kk__isnull=False, region__isnull=False),
            ),
            models.CheckConstraint(name="household_in_desa", condition=Exact(Length(F("region")), 10)),
            models.CheckConstraint(
                name="household_point_complete",
                condition=Q(latitude__isnull=True, longitude__isnull=True, point_source="")
                | Q(latitude__isnull=False, longitude__isnull=False) & ~Q(point_source=""),
            ),
            models.CheckConstraint(
                name="household_point_on_earth",
                condition=Q(latitude__isnull=True) | Q(latitude__range=(-85, 85), longitude__range=(-180, 180)),
            ),
            models.CheckConstraint(
                name="household_account_pair",
                condition=Q(account_sealed__isnull=True, account_digest__isnull=True)
                | Q(account_sealed__isnull=False, account_digest__isnull=False),
            ),
            models.CheckConstraint(
                name="household_status_known", condition=Q(status__in=["", *EnrollmentStatus.values])
            ),
            models.CheckConstraint(name="household_bank_known", condition=Q(bank__in=["", *Bank.values])),
            models.CheckConstraint(
                name="household_neighbourhood_range",
                condition=(Q(rt__isnull=True) | Q(rt__range=(1, 999))) & (Q(rw__isnull=True) | Q(rw__range=(1, 999))),
            ),
            models.CheckConstraint(
                name="household_source_known", condition=Q(point_source__in=["", *PointSource.values])
            ),
        ]

    def __str__(self):
        return f"KPM {self.pk}"

    def get_absolute_url(self):
        return row_url("beneficiaries:household_detail", self.pk)

    @property
    def address_line(self) -> str:
        """The address with what is known of RT and RW: "Kp. Babakan RT 002/RW 004"; "" where nothing is."""
        parts = [f"{name} {number:03}" for name, number in (("RT", self.rt), ("RW", self.rw)) if number is not None]
        return f"{self.address} {'/'.join(parts)}".strip()

    @property
    def is_merged(self) -> bool:
        """Whether this is another family of the register now (HouseholdMerge): nothing may be written about it."""
        return self.region_id is None

    @property
    def has_point(self) -> bool:
        return self.latitude is not None


class Member(models.Model):
    """A person's membership in a family; who moves leaves the old one with a date and gets a new row."""

    household = models.ForeignKey(Household, models.CASCADE, related_name="members")
    nik = SealedNumberField("NIK", kind="nik", null=True)
    name = models.CharField("nama", max_length=150)
    sex = models.CharField("jenis kelamin", max_length=1, choices=Sex, blank=True)
    born_on = models.DateField("tanggal lahir", null=True, blank=True)
    relationship = models.CharField("hubungan", max_length=1, choices=Relationship, blank=True)
    is_recipient = models.BooleanField("pengurus", default=False)
    school_level = models.CharField("sekolah", max_length=3, choices=SchoolLevel, blank=True)
    grade = models.PositiveSmallIntegerField("kelas", null=True, blank=True)
    is_pregnant = models.BooleanField("hamil", null=True)
    is_disabled = models.BooleanField("penyandang disabilitas berat", null=True)
    joined_on = models.DateField("sejak")
    left_on = models.DateField("sampai", null=True, blank=True)

    class Meta:
        verbose_name = "anggota"
        verbose_name_plural = "anggota"
        constraints = [
            models.UniqueConstraint(fields=["nik"], condition=Q(left_on__isnull=True), name="member_nik_once"),
            models.UniqueConstraint(
                fields=["household"], condition=Q(is_recipient=True, left_on__isnull=True), name="member_one_recipient"
            ),
            models.CheckConstraint(
                name="member_left_after_joined", condition=Q(left_on__isnull=True) | Q(left_on__gte=F("joined_on"))
            ),
            models.CheckConstraint(name="member_sex_known", condition=Q(sex__in=["", *Sex.values])),
            models.CheckConstraint(
                name="member_relationship_known", condition=Q(relationship__in=["", *Relationship.values])
            ),
            models.CheckConstraint(name="member_school_known", condition=Q(school_level__in=["", *SchoolLevel.values])),
            models.CheckConstraint(
                name="member_grade_range", condition=Q(grade__isnull=True) | Q(grade__range=(1, 12))
            ),
        ]

    def __str__(self):
        return f"anggota {self.pk}"

    def age_on(self, day) -> int | None:
        """Full years on that day; None when the birth date is not known."""
        if self.born_on is None:
            return None
        return day.year - self.born_on.year - ((day.month, day.day) < (self.born_on.month, self.born_on.day))


class FormerCard(models.Model):
    """A family-card number (KK) that a family had before; it may have become another family's since."""

    household = models.ForeignKey(Household, models.CASCADE, related_name="former_cards")
    kk = SealedNumberField("No KK", kind="kk")
    replaced_on = models.DateField("diganti pada")

    class Meta:
        verbose_name = "No KK lama"
        verbose_name_plural = "No KK lama"

    def __str__(self):
        return f"KK lama {self.pk}"
