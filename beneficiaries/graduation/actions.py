"""A case's steps: each is one atomic act of one person, told on the case and on the family.

Every step locks the enrollment first, then the case, so that two steps at once follow each other and the second finds
what the first has made of it.
"""

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from beneficiaries import tallies
from beneficiaries.choices import EnrollmentStatus
from beneficiaries.graduation.models import GRADUATES_FROM, GraduationCase
from beneficiaries.models import Enrollment
from beneficiaries.models.household import MERGED
from ejsika.accounts.models import User
from ejsika.audit.models import record
from ejsika.programs.models import LegalBasis


@transaction.atomic
def propose(
    *, enrollment: Enrollment, by: User, kind: str, reasons: list[str], on: datetime.date, note: str = ""
) -> GraduationCase:
    """Propose an enrollment for graduation, in the row of its returned case if there is one.

    Errors: ValidationError if a case is under way, the family is not in the programme, or the date cannot be.
    """
    enrollment = Enrollment.objects.select_for_update().get(pk=enrollment.pk)
    if enrollment.status not in GRADUATES_FROM:
        raise ValidationError(
            f"Kepesertaan keluarga ini “{enrollment.get_status_display()}”. "
            "Hanya yang aktif atau ditangguhkan dapat diusulkan graduasi."
        )
    _check_not_future(on)
    if on < enrollment.entered_on:
        raise ValidationError("Tanggal usulan mendahului masuknya keluarga ke program. Periksa tanggalnya.")
    open_case = GraduationCase.objects.open().select_for_update(of=["self"]).filter(enrollment=enrollment).first()
    case = open_case or GraduationCase(enrollment=enrollment)
    case.propose(by=by, on=on, kind=kind, reasons=reasons, note=note)
    _record("graduation.proposed", case, by, on=on.isoformat(), kind=kind, reasons=reasons, note=note)
    return case


@transaction.atomic
def verify(*, case: GraduationCase, by: User, on: datetime.date, note: str = "") -> None:
    """Verify a proposed case, or change nothing.

    Errors: ValidationError if the case is not proposed, `by` proposed it, or the date cannot be.
    """
    case = _lock(case)
    _check_not_future(on)
    case.verify(by=by, on=on)
    tallies.refresh([case.household.region_id])
    _record("graduation.verified", case, by, on=on.isoformat(), note=note)


@transaction.atomic
def decide(
    *, case: GraduationCase, by: User, decree: str, on: datetime.date, legal_basis: LegalBasis | None = None
) -> None:
    """Decide a verified case and graduate its enrollment, or change nothing.

    Errors: ValidationError if the case is not verified, `by` proposed or verified it, or the date cannot be.
    """
    case = _lock(case)
    _check_not_future(on)
    case.decide(by=by, decree=decree, on=on)
    case.enrollment.change_status(
        EnrollmentStatus.GRADUATED,
        on=on,
        by=by,
        reason=case.get_kind_display(),
        letter=decree,
        legal_basis=legal_basis,
        case=case,
    )
    tallies.refresh([case.household.region_id])
    basis = legal_basis.number if legal_basis else ""
    _record("graduation.decided", case, by, on=on.isoformat(), decree=decree, legal_basis=basis)


@transaction.atomic
def send_back(*, case: GraduationCase, by: User, reason: str) -> None:
    """Return a case that waits for this person's step; its actors are cleared and kept in the audit entry.

    Errors: ValidationError if the case does not wait for a step of this person.
    """
    case = _lock(case)
    steps = {
        "state": case.state,
        "proposed_by": case.proposed_by_id,
        "proposed_on": case.proposed_on and case.proposed_on.isoformat(),
        "verified_by": case.verified_by_id,
        "verified_on": case.verified_on and case.verified_on.isoformat(),
    }
    case.send_back(by=by, reason=reason)
    tallies.refresh([case.household.region_id])
    _record("graduation.returned", case, by, on=timezone.localdate().isoformat(), reason=reason, cleared=steps)


def _lock(case: GraduationCase) -> GraduationCase:
    """Read the case afresh, with its enrollment, and keep both until the transaction ends.

    Errors: ValidationError if it is another enrollment's by now: its family was merged into another one.
    """
    enrollment = Enrollment.objects.select_for_update().get(pk=case.enrollment_id)
    locked = GraduationCase.objects.select_for_update().get(pk=case.pk)
    if locked.enrollment_id != enrollment.pk:
        raise ValidationError(MERGED)
    locked.enrollment = enrollment
    return locked


def _check_not_future(on: datetime.date) -> None:
    if on > timezone.localdate():
        raise ValidationError("Tanggalnya belum tiba. Isi tanggal hari ini atau sebelumnya.")


def _record(action: str, case: GraduationCase, by: User, **data) -> None:
    record(action, target=case, by=by, **data)
    record(action, target=case.household, by=by, case=case.pk, on=data["on"])
