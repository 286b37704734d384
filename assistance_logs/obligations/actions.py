"""Excusing what cannot be done this month, and taking an excuse back: each one atomic act with its audit entry."""

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from assistance_logs.choices import VisitResult
from assistance_logs.models import Visit
from assistance_logs.obligations.duties import DutyKind, has_duty
from assistance_logs.obligations.models import Excuse, ExcuseReason
from beneficiaries import tallies
from beneficiaries.figures import View
from beneficiaries.models import Household
from ejsika.accounts.models import User
from ejsika.audit.models import record

EMPTY_HOUSES = 2


@transaction.atomic
def excuse(*, household: Household, by: User, reason: str, note: str = "") -> Excuse:
    """Keep why what is due for a family cannot be done this month; said again, it takes the place of the first.

    Errors: ValidationError if nothing is due this month, or the log has no two empty houses where the reason says so.
    """
    household = Household.objects.locked(household)
    today = timezone.localdate()
    month = View.of(by, today)
    if not _is_due(household, month, today):
        raise ValidationError("Tidak ada yang jatuh tempo bulan ini untuk keluarga ini, jadi tidak perlu halangan.")
    if reason == ExcuseReason.EMPTY_HOUSE and _empty_houses(household) < EMPTY_HOUSES:
        raise ValidationError(
            "Log belum memuat dua kunjungan dengan hasil rumah kosong sejak terakhir bertemu. "
            "Catat dulu kedua kunjungan itu."
        )
    kept, _ = Excuse.objects.update_or_create(
        household=household,
        month=month.start,
        by=by,
        revoked_at=None,
        defaults={"reason": reason, "note": note},
    )
    tallies.refresh([household.region_id], month=month.start)
    record("duty.excused", target=household, by=by, excuse=kept.pk, reason=reason, note=note)
    return kept


@transaction.atomic
def revoke(*, excuse: Excuse, by: User, reason: str) -> None:
    """Take an excuse back: what was due is due again. Errors: ValidationError if somebody did so already."""
    household = Household.objects.locked(excuse.household)
    excuse = Excuse.objects.select_for_update(of=("self",)).get(pk=excuse.pk)
    if excuse.revoked_at:
        raise ValidationError("Halangan ini sudah dicabut.")
    excuse.revoked_by, excuse.revoked_at, excuse.revoke_reason = by, timezone.now(), reason
    excuse.save(update_fields=["revoked_by", "revoked_at", "revoke_reason"])
    tallies.refresh([household.region_id], month=View.month(timezone.localdate()).start)
    record("duty.excuse_revoked", target=household, by=by, excuse=excuse.pk, reason=reason)


def _is_due(household: Household, month: View, today) -> bool:
    asked = has_duty(str(int(household.pk)), tuple(DutyKind.values), month.end, today, month.program_ids)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}")
        return cursor.fetchone()[0]


def _empty_houses(household: Household) -> int:
    """Visits to nobody since the family was last met."""
    visits = Visit.objects.current().filter(household=household, result=VisitResult.EMPTY_HOUSE)
    if household.last_visited_on:
        visits = visits.filter(happened_at__date__gte=household.last_visited_on)
    return visits.count()
