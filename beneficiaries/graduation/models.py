"""A graduation from proposal to decision: three different people, kept so by the database."""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.urls import reverse

from beneficiaries.choices import EnrollmentStatus, GraduationKind, GraduationReason, GraduationState
from ejsika.accounts.permissions import Permission
from ejsika.regions.models import ScopedQuerySet

# Who is in a programme may leave it for the better; a candidate, an excluded family or a graduated one may not.
GRADUATES_FROM = [EnrollmentStatus.ACTIVE, EnrollmentStatus.SUSPENDED]
# Whose turn it is: a case in this state waits for a person with this permission.
WAITS_FOR = {
    GraduationState.PROPOSED: Permission.GRADUATION_VERIFY,
    GraduationState.VERIFIED: Permission.GRADUATION_DECIDE,
    GraduationState.RETURNED: Permission.GRADUATION_PROPOSE,
}

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

    def in_known_family(self, programs):
        return self if programs is None else self.filter(enrollment__program=programs.any)

    def open(self):
        return self.exclude(state=GraduationState.DECIDED)

    def running(self):
        """Open cases that wait for somebody above the assistant; a returned one waits for a new proposal."""
        return self.filter(state__in=[GraduationState.PROPOSED, GraduationState.VERIFIED])

    def returned(self):
        return self.filter(state=GraduationState.RETURNED)

    def for_page(self):
        """All that a case's page and a line in a list show of it."""
        return self.select_related(
            "enrollment__household__region", "enrollment__program", "proposed_by", "verified_by", "decided_by"
        )

    def count_by_state(self) -> dict[str, int]:
        """How many cases are in each state, the empty states included. Cost: one query."""
        found = dict(self.order_by().values_list("state").annotate(Count("pk")))
        return {state: found.get(state, 0) for state in GraduationState.values}

    def decided_between(self, start, end):
        """Cases decided from `start` to before `end` (dates)."""
        return self.filter(state=GraduationState.DECIDED, decided_on__gte=start, decided_on__lt=end)


# What a new proposal sets on the row of a returned case.
PROPOSAL = ["state", "return_reason", "proposed_by", "proposed_on", "kind", "reasons", "note"]


@dataclass(frozen=True)
class Step:
    """One of a case's three steps: who took it and when; None while it is still to come."""

    label: str
    by: object
    on: datetime.date | None
    is_next: bool


class GraduationCase(models.Model):
    """One enrollment's way to graduation. The row names the actors of the present round alone; a returned case has

    none, and the audit keeps who took which step. What a step asks for is said in the `why_not_...` methods: the
    screen asks them to know what to offer, the steps ask them again.
    """

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
            models.CheckConstraint(name="graduation_kind_known", condition=Q(kind__in=GraduationKind.values)),
            models.CheckConstraint(name="graduation_has_reasons", condition=Q(reasons__len__gte=1)),
            models.CheckConstraint(
                name="graduation_reasons_known", condition=Q(reasons__contained_by=GraduationReason.values)
            ),
            models.CheckConstraint(
                name="graduation_dates_in_order",
                condition=(Q(verified_on__isnull=True) | Q(verified_on__gte=F("proposed_on")))
                & (Q(decided_on__isnull=True) | Q(decided_on__gte=F("verified_on"))),
            ),
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

    @property
    def household(self):
        return self.enrollment.household

    @property
    def is_returned(self) -> bool:
        return self.state == GraduationState.RETURNED

    @property
    def kind_label(self) -> str:
        """The kind in a word or two, for lists; the full label explains it."""
        return GraduationKind(self.kind).label.removeprefix("Graduasi ").split(" (")[0].capitalize()

    @property
    def reason_labels(self) -> list[str]:
        return [GraduationReason(reason).label for reason in self.reasons]

    @property
    def moved_on(self) -> datetime.date | None:
        """The date of the last step of this round; None for a returned case."""
        return self.decided_on or self.verified_on or self.proposed_on

    @property
    def steps(self) -> list[Step]:
        return [
            Step("Diusulkan", self.proposed_by, self.proposed_on, self.state == GraduationState.RETURNED),
            Step("Diverifikasi", self.verified_by, self.verified_on, self.state == GraduationState.PROPOSED),
            Step("Ditetapkan", self.decided_by, self.decided_on, self.state == GraduationState.VERIFIED),
        ]

    def waits_for(self, user) -> bool:
        """Whether the next step is one that this person's role takes."""
        return self.state in WAITS_FOR and user.may(WAITS_FOR[self.state])

    def why_not_verify(self, user) -> str:
        """Why this person cannot verify the case now; empty if they can."""
        if self.state != GraduationState.PROPOSED:
            return self._not_waiting("diverifikasi")
        if user.pk == self.proposed_by_id:
            return "Anda sendiri yang mengusulkan keluarga ini. Verifikasi harus oleh orang lain."
        return self._not_in_program()

    def why_not_decide(self, user) -> str:
        """Why this person cannot decide the case now; empty if they can."""
        if self.state != GraduationState.VERIFIED:
            return self._not_waiting("ditetapkan")
        if user.pk in (self.proposed_by_id, self.verified_by_id):
            return "Anda sudah mengusulkan atau memverifikasi keluarga ini. Penetapan harus oleh orang ketiga."
        return self._not_in_program()

    def why_not_send_back(self, user) -> str:
        """Why this person cannot return the case now; empty if they can."""
        if self.state not in (GraduationState.PROPOSED, GraduationState.VERIFIED):
            return self._not_waiting("dikembalikan")
        if not self.waits_for(user):
            who = "koordinator" if self.state == GraduationState.PROPOSED else "Dinsos"
            return f"Usulan ini sekarang di tangan {who}; hanya {who} yang dapat mengembalikannya."
        return ""

    def propose(self, *, by, on, kind, reasons, note) -> None:
        """Start a round, the first or the one after a return. Errors: ValidationError if a round is under way."""
        if self.pk and self.state != GraduationState.RETURNED:
            raise ValidationError(
                f"Keluarga ini sudah punya usulan graduasi ({self.get_state_display().lower()}). "
                "Buka usulan itu; yang baru tidak diperlukan."
            )
        self.state, self.return_reason = GraduationState.PROPOSED, ""
        self.proposed_by, self.proposed_on = by, on
        self.kind, self.reasons, self.note = kind, reasons, note
        self.save(update_fields=PROPOSAL if self.pk else None)

    def verify(self, *, by, on) -> None:
        """Errors: ValidationError as in why_not_verify, or for a date before the proposal."""
        self._refuse(self.why_not_verify(by))
        if on < self.proposed_on:
            raise ValidationError("Tanggal verifikasi mendahului tanggal usulan. Periksa tanggalnya.")
        self.state, self.verified_by, self.verified_on = GraduationState.VERIFIED, by, on
        self.save(update_fields=["state", "verified_by", "verified_on"])

    def decide(self, *, by, decree, on) -> None:
        """Errors: ValidationError as in why_not_decide, or for a date before the verification."""
        self._refuse(self.why_not_decide(by))
        if on < self.verified_on:
            raise ValidationError("Tanggal SK mendahului tanggal verifikasi. Periksa tanggalnya.")
        self.state, self.decree = GraduationState.DECIDED, decree
        self.decided_by, self.decided_on = by, on
        self.save(update_fields=["state", "decree", "decided_by", "decided_on"])

    def send_back(self, *, by, reason) -> None:
        """Clear the round's actors. Errors: ValidationError as in why_not_send_back."""
        self._refuse(self.why_not_send_back(by))
        self.state, self.return_reason = GraduationState.RETURNED, reason
        self.proposed_by = self.proposed_on = self.verified_by = self.verified_on = None
        self.save(update_fields=["state", "return_reason", "proposed_by", "proposed_on", "verified_by", "verified_on"])

    def _not_waiting(self, step: str) -> str:
        return (
            f"Usulan ini tidak dapat {step}: keadaannya sekarang “{self.get_state_display()}”. "
            "Mungkin orang lain baru saja mengubahnya; lihat riwayatnya di bawah."
        )

    def _not_in_program(self) -> str:
        if self.enrollment.status in GRADUATES_FROM:
            return ""
        return (
            f"Kepesertaan keluarga ini sekarang “{self.enrollment.get_status_display()}”, bukan aktif atau "
            "ditangguhkan. Kembalikan usulan ini dengan alasannya."
        )

    @staticmethod
    def _refuse(reason: str) -> None:
        if reason:
            raise ValidationError(reason)
