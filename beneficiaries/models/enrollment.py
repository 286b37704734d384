"""A family's place in a programme, with its history."""

from django.db import connection, models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from beneficiaries.choices import EnrollmentStatus, GraduationState
from beneficiaries.graduation.models import GRADUATES_FROM, GraduationCase
from ejsika.programs.models import LegalBasis, Program
from ejsika.regions.models import ScopedQuerySet

# The status that stands for a family in several programmes: the first of these that one of them has.
LEADING = [
    EnrollmentStatus.ACTIVE,
    EnrollmentStatus.SUSPENDED,
    EnrollmentStatus.CANDIDATE,
    EnrollmentStatus.GRADUATED,
    EnrollmentStatus.INACTIVE,
]


class EnrollmentQuerySet(ScopedQuerySet):
    region_field = "household__region__code"

    def person_rule(self, user):
        from beneficiaries.models.household import Household

        return Q(Exists(Household.objects.for_user(user).filter(pk=OuterRef("household"))))

    def program_rule(self, user):
        return Q() if user.all_programs else Q(program__in=user.program_ids)

    def in_known_family(self, programs):
        return self if programs is None else self.filter(program=programs.any)

    def proposable(self):
        """Enrollments that may be proposed for graduation: in the programme, and no case of theirs under way."""
        running = GraduationCase.objects.running().filter(enrollment=OuterRef("pk"))
        return self.filter(~Exists(running), status__in=GRADUATES_FROM)


def household_in_programs(programs) -> Q:
    """The condition that a row's `household` is in one of these programmes (the Slot of a prepared query)."""
    return Q(Exists(Enrollment.objects.filter(household=OuterRef("household"), program=programs.any)))


class Enrollment(models.Model):
    """One row a family and programme: the status of today; StatusChange holds the ones before.

    Graduated only through a decided case: a CHECK asks for the case, and a composite foreign key
    (enrollment_by_decided_case) asks that this case is this enrollment's own and is decided.
    """

    # Its constraints and indexes begin with these two.
    household = models.ForeignKey("beneficiaries.Household", models.CASCADE, related_name="enrollments", db_index=False)
    program = models.ForeignKey(
        Program, models.PROTECT, related_name="enrollments", verbose_name="program", db_index=False
    )
    status = models.CharField("status", max_length=12, choices=EnrollmentStatus)
    since = models.DateField("sejak")
    reason = models.CharField("alasan", max_length=200, blank=True)
    letter = models.CharField("nomor surat", max_length=100, blank=True)
    cohort_year = models.PositiveSmallIntegerField("tahun masuk", null=True, blank=True)
    graduation_case = models.OneToOneField(
        "beneficiaries.GraduationCase", models.PROTECT, null=True, blank=True, related_name="graduated_enrollment"
    )
    required_case_state = models.GeneratedField(
        expression=models.Case(
            models.When(status=EnrollmentStatus.GRADUATED, then=models.Value(GraduationState.DECIDED.value))
        ),
        output_field=models.CharField(max_length=14),
        db_persist=True,
    )

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        verbose_name = "kepesertaan"
        verbose_name_plural = "kepesertaan"
        indexes = [models.Index(fields=["program", "status"], name="enrollment_by_program")]
        constraints = [
            models.UniqueConstraint(fields=["household", "program"], name="enrollment_once"),
            models.CheckConstraint(name="enrollment_status_known", condition=Q(status__in=EnrollmentStatus.values)),
            models.CheckConstraint(
                name="enrollment_graduated_by_case",
                condition=~Q(status=EnrollmentStatus.GRADUATED) | Q(graduation_case__isnull=False),
            ),
        ]

    def __str__(self):
        return f"kepesertaan {self.pk}"

    @property
    def entered_on(self):
        """The first day of the history: when the family came into the programme. Cost: one query."""
        return self.status_changes.aggregate(first=models.Min("on"))["first"] or self.since

    def change_status(self, status, *, on, by, reason="", letter="", legal_basis=None, case=None) -> None:
        """Move to another status and keep the step in the history; the caller records the audit entry."""
        self.status, self.since, self.reason, self.letter = status, on, reason, letter
        self.graduation_case = case
        self.save(update_fields=["status", "since", "reason", "letter", "graduation_case"])
        self.status_changes.create(status=status, on=on, reason=reason, letter=letter, legal_basis=legal_basis, by=by)
        refresh_statuses([self.household_id])


class StatusChange(models.Model):
    """One step of an enrollment's history, the present one included."""

    enrollment = models.ForeignKey(Enrollment, models.CASCADE, related_name="status_changes")
    status = models.CharField(max_length=12, choices=EnrollmentStatus)
    on = models.DateField()
    reason = models.CharField(max_length=200, blank=True)
    letter = models.CharField(max_length=100, blank=True)
    # Nobody asks for the steps of a legal basis or of an officer.
    legal_basis = models.ForeignKey(LegalBasis, models.PROTECT, null=True, blank=True, db_index=False)
    # Whether there is this user is asked once a statement (status_change_by_known), as for an audit entry.
    by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(name="status_change_known", condition=Q(status__in=EnrollmentStatus.values)),
        ]

    def __str__(self):
        return f"{self.status} {self.on}"


def refresh_statuses(household_ids) -> None:
    """Set Household.status to that of the leading enrollment, for many families in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE beneficiaries_household h SET status = present.status FROM (
                   SELECT id, coalesce((SELECT e.status FROM beneficiaries_enrollment e WHERE e.household_id = chosen.id
                       ORDER BY array_position(%s::text[], e.status::text) LIMIT 1), '') AS status
                   FROM unnest(%s::bigint[]) AS chosen(id)) present
               WHERE h.id = present.id AND h.status <> present.status""",
            [[status.value for status in LEADING], list(household_ids)],
        )
