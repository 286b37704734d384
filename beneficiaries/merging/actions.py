"""Making one family of two of the register: one act, by which nothing is lost.

What the merged one had hangs on the kept one from then on. Its own row stays, without a number and without a desa:
so no scope, list or count reaches it, and its old address leads to the kept family.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from beneficiaries import tallies
from beneficiaries.choices import EnrollmentStatus
from beneficiaries.edits import plain
from beneficiaries.merging.carry import carry_all
from beneficiaries.merging.comparison import (
    HOUSEHOLD_UNITS,
    MINE,
    PERSON_UNITS,
    THEIRS,
    Comparison,
    SharedProgram,
    columns_before,
)
from beneficiaries.models import Enrollment, Household, HouseholdMerge, Member, RetiredNumber, StatusChange
from beneficiaries.models.enrollment import refresh_statuses
from beneficiaries.models.household import GONE, MERGED
from ejsika.accounts.models import User
from ejsika.audit.models import record

CHANGED = "Salah satu keluarga berubah sejak halaman ini dibuka. Periksa lagi pilihannya, lalu gabungkan."
NOTE = "Digabung dengan keluarga lain"
_SEALED = {"kk", "nik", "account_sealed", "account_digest"}


@transaction.atomic
def merge(
    *,
    kept: Household,
    merged: Household,
    by: User,
    seen: str,
    chosen: dict[str, str],
    persons: dict[int, int],
    reason: str,
) -> Household:
    """Merge one family of the register into another; gives the kept one.

    `seen` is the state that the page showed; `chosen` says by unit whose value stays where they differ; `persons`: who
    of the merged family is whom of the kept one (ids of members), all others join it.
    Errors: ValidationError if one changed since or was merged elsewhere, or as in Comparison.require_mergeable.
    """
    kept, merged = _locked(kept, merged)
    comparison = Comparison(kept, merged)
    if comparison.state != seen:
        raise ValidationError(CHANGED)
    comparison.require_mergeable(by)
    desas = {kept.region_id, merged.region_id}
    HouseholdMerge.objects.filter(into=merged).update(into=kept)
    before = columns_before(comparison)
    act = HouseholdMerge.objects.create(merged=merged, into=kept, reason=reason, values=before, by=by)
    changes = _take_values(act, comparison, chosen)
    fields = _take_members(act, comparison, chosen, persons)
    for pair in comparison.shared:
        _take_enrollment(pair, chosen, by)
    _take_other_programs(comparison)
    _take_assignments(comparison, chosen)
    carry_all(kept, merged)
    refresh_statuses([kept.pk, merged.pk])
    record("household.merged", target=kept, by=by, merged=merged.pk, reason=reason, fields=fields, changes=changes)
    record("household.merged_away", target=merged, by=by, into=kept.pk, reason=reason)
    tallies.refresh(desas | {kept.region_id})
    return kept


def _locked(kept: Household, merged: Household) -> tuple[Household, Household]:
    """Hold both rows, in one order, so that two merges at once follow each other.

    Enrollments first, as imports and graduations do.
    """
    list(Enrollment.objects.select_for_update(of=("self",)).filter(household__in=[kept, merged]).order_by("pk"))
    rows = Household.objects.select_for_update(of=("self",)).filter(pk__in=[kept.pk, merged.pk])
    found = {row.pk: row for row in rows.order_by("pk")}
    if len(found) < 2:
        raise ValidationError(GONE)
    if any(row.is_merged for row in found.values()):
        raise ValidationError(MERGED)
    return found[kept.pk], found[merged.pk]


def _take_values(act: HouseholdMerge, comparison: Comparison, chosen: dict[str, str]) -> dict[str, list]:
    """Let the kept family have what was chosen; the other lies nowhere from now on and has no number."""
    kept, merged = comparison.kept, comparison.merged
    theirs = {column: getattr(merged, column) for _, columns in HOUSEHOLD_UNITS.values() for column in columns}
    retired = kept.kk if chosen.get("kk") == THEIRS else merged.kk
    merged.kk, merged.region = None, None
    merged.save(update_fields=["kk", "region"])
    taken = [
        column for name, (_, columns) in HOUSEHOLD_UNITS.items() for column in columns if chosen.get(name) == THEIRS
    ]
    before = {column: getattr(kept, column) for column in taken}
    for column in taken:
        setattr(kept, column, theirs[column])
    kept.save(update_fields=taken)
    kept.former_cards.create(kk=retired, replaced_on=timezone.localdate())
    _retire(act, "kk", retired.sealed)
    return {
        "region_code" if column == "region" else column: [_told(column, old), _told(column, theirs[column])]
        for column, old in before.items()
        if old != theirs[column]
    }


def _told(column: str, value):
    """A value as an audit entry holds it: nothing of a sealed one, of a desa its code."""
    if column in _SEALED:
        return None
    return value.pk if column == "region" else plain(value)


def _retire(act: HouseholdMerge, kind: str, number: bytes, member: int | None = None) -> None:
    RetiredNumber.objects.update_or_create(kind=kind, number=number, defaults={"merge": act, "member": member})


def _take_members(act: HouseholdMerge, comparison: Comparison, chosen: dict[str, str], persons: dict) -> list[str]:
    """Close the membership of who is a person of the kept family already; everybody else moves as they are.

    Gives the columns of persons that changed by it.
    """
    kept, merged = comparison.kept, comparison.merged
    mine = {member.pk: member for member in comparison.members[kept.pk]}
    has_recipient, fields = comparison.my_recipient is not None, set()
    for member in comparison.members[merged.pk]:
        member.household = kept
        person = mine.get(persons.get(member.pk))
        if person is None:
            member.is_recipient = member.is_recipient and not has_recipient
            member.save(update_fields=["household", "is_recipient"])
            continue
        both_receive = person.is_recipient and member.is_recipient
        member.is_recipient, member.left_on = False, max(timezone.localdate(), member.joined_on)
        member.save(update_fields=["household", "is_recipient", "left_on"])
        fields.update(_take_person(person, member, chosen if both_receive else {}))
        RetiredNumber.objects.filter(member=member.pk).update(member=person.pk)
        if member.nik:
            _retire(act, "nik", member.nik.sealed, person.pk)
    Member.objects.filter(household=merged).update(household=kept)
    recipient = kept.members.filter(is_recipient=True, left_on__isnull=True).first()
    if recipient and recipient.name != kept.recipient_name:
        kept.recipient_name = recipient.name
        kept.save(update_fields=["recipient_name"])
    return sorted(fields)


def _take_person(person: Member, double: Member, chosen: dict[str, str]) -> list[str]:
    """Let a person have what was chosen of the double, and what nobody had said of them; of two NIK both stay.

    Gives the columns that changed.
    """
    taken = []
    for name, (_, columns) in PERSON_UNITS.items():
        is_empty = all(getattr(person, column) in (None, "") for column in columns)
        if chosen.get(name) == THEIRS or (is_empty and name not in chosen):
            taken += [column for column in columns if getattr(person, column) != getattr(double, column)]
    own_nik = person.nik
    for column in taken:
        setattr(person, column, getattr(double, column))
    if taken:
        person.save(update_fields=taken)
    if "nik" in taken:
        double.nik = own_nik
        double.save(update_fields=["nik"])
    return taken


def _take_enrollment(pair: SharedProgram, chosen: dict[str, str], by: User) -> None:
    """Of one programme a family has one row: it gets the status that stays, and the steps and cases of both."""
    mine, theirs, today = pair.mine, pair.theirs, timezone.localdate()
    columns = ["status", "since", "reason", "letter", "graduation_case"]
    standing = {column: getattr(theirs, column) for column in columns}
    theirs.status_changes.update(enrollment=mine)
    theirs.change_status(EnrollmentStatus.INACTIVE, on=today, by=by, reason=NOTE)
    theirs.graduation_cases.update(enrollment=mine)
    year = [one.cohort_year for one in (mine, theirs)]
    if (pair.winner or chosen.get(pair.unit, MINE)) == THEIRS:
        for column, value in standing.items():
            setattr(mine, column, value)
        year.reverse()
    mine.cohort_year = year[0] or year[1]
    mine.save(update_fields=[*columns, "cohort_year"])
    last = mine.status_changes.order_by("on", "pk").last()
    if last is None or last.status != mine.status:
        StatusChange.objects.create(enrollment=mine, status=mine.status, on=today, reason=NOTE, by=by)


def _take_other_programs(comparison: Comparison) -> None:
    """A programme that only the merged family is in is the kept one's now, with its steps and cases."""
    known = comparison.enrollments[comparison.kept.pk]
    for program, enrollment in comparison.enrollments[comparison.merged.pk].items():
        if program not in known:
            enrollment.household = comparison.kept
            enrollment.save(update_fields=["household"])


def _take_assignments(comparison: Comparison, chosen: dict[str, str]) -> None:
    """One assistant goes on, the other's assignment ends today; the days before stay with whoever had them."""
    kept, merged = comparison.kept, comparison.merged
    mine, theirs = comparison.assignments[kept.pk], comparison.assignments[merged.pk]
    ending = theirs if chosen.get("assistant", MINE) == MINE else mine
    if mine is None and "assistant" not in chosen:
        ending = None
    if ending:
        ending.ended_on = max(timezone.localdate(), ending.started_on)
        ending.save(update_fields=["ended_on"])
    merged.assignments.update(household=kept)
