"""Which families of the register may be the same as one of them: numbers one digit off, or a recipient alike."""

from dataclasses import dataclass

from django.db.models import F, FloatField, Func, Q, TextField, Value
from django.db.models.functions import Lower

from beneficiaries.models import Household, Member, PersonPair
from beneficiaries.sheets.roster.suspects import SIMILAR_NAME
from ejsika.lib.sealed import seal_number

MOST = 20
DIGIT_NIK, DIGIT_KK = "Nama mirip, NIK berbeda satu angka", "Nama mirip, No KK berbeda satu angka"
SAME_DAY = "Nama mirip, tanggal lahir dan desa sama"


@dataclass(frozen=True)
class Candidate:
    household: Household
    reason: str


def candidates(household: Household, families) -> list[Candidate]:
    """Find among `families` (a scoped queryset) those that this one resembles. Cost: six queries at most."""
    recipient = household.members.filter(is_recipient=True, left_on__isnull=True).first()
    others = families.exclude(pk=household.pk).select_related("region__parent")
    found: dict[int, Candidate] = {}

    def add(condition: Q, reason: str) -> None:
        for other in others.filter(condition).order_by("pk")[:MOST]:
            found.setdefault(other.pk, Candidate(other, reason))

    if recipient is None:
        return []
    alike = Member.objects.annotate(alike=_similarity(recipient.name)).filter(alike__gte=SIMILAR_NAME)
    if recipient.nik:
        add(_has(alike.filter(nik__in=_one_digit_off("nik", recipient.nik.reveal()))), DIGIT_NIK)
    cards = _one_digit_off("kk", household.kk.reveal())
    add(_has(alike.filter(household__kk__in=cards)), DIGIT_KK)
    if recipient.born_on:
        add(_has(alike.filter(born_on=recipient.born_on, household__region=household.region)), SAME_DAY)
    return [found[pk] for pk in found if pk not in _told_apart(recipient, list(found))][:MOST]


def _has(people) -> Q:
    return Q(pk__in=people.filter(is_recipient=True, left_on__isnull=True).values("household"))


def _one_digit_off(kind: str, digits: str) -> list[bytes]:
    """Every number that differs in one digit, sealed as the register holds it."""
    return [
        seal_number(kind, digits[:at] + digit + digits[at + 1 :])
        for at, own in enumerate(digits)
        for digit in "0123456789"
        if digit != own
    ]


def _similarity(name: str) -> Func:
    return Func(Lower(F("name")), Value(name.lower(), TextField()), function="similarity", output_field=FloatField())


def _told_apart(recipient: Member | None, ids: list[int]) -> set[int]:
    """Those of whom somebody has said that they are another person."""
    if recipient is None or recipient.nik is None or not ids:
        return set()
    own = recipient.nik.sealed
    people = Member.objects.filter(household__in=ids, is_recipient=True, left_on__isnull=True, nik__isnull=False)
    by_number = {member.nik.sealed: member.household_id for member in people.only("nik", "household")}
    pairs = PersonPair.objects.filter(Q(one=own) | Q(other=own), is_same=False).values_list("one", "other")
    said = {bytes(one) if bytes(one) != own else bytes(other) for one, other in pairs}
    return {by_number[number] for number in said if number in by_number}
