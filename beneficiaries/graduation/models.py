"""A graduation from proposal to decision: three different people, kept so by the database."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.urls import reverse

from beneficiaries.choices import GraduationKind, GraduationReason, GraduationState
from ejsika.regions.models import ScopedQuerySet

_PROPOSED = Q(proposed_by__isnull=False, proposed_on__isnull=False)
_VERIFIED = Q(verified_by__isnull=False, verified_on__isnull=False)
_DECIDED = Q(decided_by__isnull=False, decided_on__isnull=False) & ~Q(decree="")
_NOT_VERIFIED = Q(verified_by__isnull=True, verified_on__isnull=True)
_NOT_DECIDED = Q(decided_by__isnull=True, decided_on__isnull=True, decree="")


class GraduationCaseQuerySet(ScopedQuerySet):
    region_field = "enrollment__household__region__code"

    def person_rule(self, user):
        from beneficiaries.models.household import Household

        return Q(Exists(Household.objects.for_user(user).filter(pk=OuterRef("enrollment__household"))))

    def program_rule(self, user):
        return Q() if user.all_programs else Q(enrollment__program__in=user.program_ids)

    def open(self):
        return self.exclude(state=GraduationState.DECIDED)

    def decided_between(self, start, end):
        """Cases decided from `start` to before `end` (dates)."""
        return self.filter(state=GraduationState.DECIDED, decided_on__gte=start, decided_on__lt=end)


class GraduationCase(models.Model):
    enrollment = models.ForeignKey("beneficiaries.Enrollment", models.CASCADE, related_name="graduation_cases")
    state = models.CharField("keadaan", max_length=14, choices=GraduationState, default=GraduationState.PROPOSED)
    kind = models.CharField("jenis graduasi", max_length=2, choices=GraduationKind)
    reasons = ArrayField(models.CharField(max_length=20, choices=GraduationReason), verbose_name="alasan")
    note = models.TextField("keterangan", blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    proposed_on = models.DateField("diusulkan pada", null=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    verified_on = models.DateField("diverifikasi pada", null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField("tanggal SK", null=True)
    decree = models.CharField("nomor SK", max_length=100, blank=True)
    return_reason = models.CharField("alasan dikembalikan", max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = GraduationCaseQuerySet.as_manager()

    class Meta:
        verbose_name = "kasus graduasi"
        verbose_name_plural = "kasus graduasi"
        indexes = [
            models.Index(fields=["state", "-id"], name="graduation_by_state"),
            models.Index(fields=["decided_on"], name="graduation_by_decision", condition=Q(state="ditetapkan")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment"], condition=~Q(state=GraduationState.DECIDED), name="graduation_one_open_case"
            ),
            models.UniqueConstraint(fields=["id", "enrollment", "state"], name="graduation_case_for_enrollment"),
            models.CheckConstraint(name="graduation_state_known", condition=Q(state__in=GraduationState.values)),
            models.CheckConstraint(name="graduation_has_reasons", condition=Q(reasons__len__gte=1)),
            models.CheckConstraint(
                name="graduation_actors_by_state",
                condition=Q(state=GraduationState.PROPOSED) & _PROPOSED & _NOT_VERIFIED & _NOT_DECIDED
                | Q(state=GraduationState.VERIFIED) & _PROPOSED & _VERIFIED & _NOT_DECIDED
                | Q(state=GraduationState.DECIDED) & _PROPOSED & _VERIFIED & _DECIDED
                | Q(state=GraduationState.RETURNED, proposed_by__isnull=True, proposed_on__isnull=True)
                & _NOT_VERIFIED
                & _NOT_DECIDED
                & ~Q(return_reason=""),
            ),
            models.CheckConstraint(
                name="graduation_three_people",
                condition=(Q(verified_by__isnull=True) | ~Q(verified_by=F("proposed_by")))
                & (Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")) & ~Q(decided_by=F("verified_by"))),
            ),
        ]

    def __str__(self):
        return f"kasus graduasi {self.pk}"

    def get_absolute_url(self):
        return reverse("graduation:case_detail", args=[self.pk])
