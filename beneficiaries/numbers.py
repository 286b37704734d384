"""Numbers that identify a person or an account: masked on every page, shown one at a time and on record."""

from django.db import models

from beneficiaries.models import Household, Member
from ejsika.lib.sealed import open_bytes


class NumberKind(models.TextChoices):
    NIK = "nik", "NIK"
    KK = "kk", "No KK"
    ACCOUNT = "account", "No rekening"


def find_holder(kind: str, target: int, families) -> Household | Member | None:
    """Find, among `families` and their present members, the row that has this number; None where there is none."""
    if kind == NumberKind.NIK:
        members = Member.objects.filter(left_on__isnull=True, nik__isnull=False, household__in=families)
        return members.select_related("household").filter(pk=target).first()
    if kind == NumberKind.ACCOUNT:
        families = families.filter(account_sealed__isnull=False)
    return families.filter(pk=target).first()


def open_held(kind: str, holder: Household | Member) -> str:
    """Give the number in full, in groups of four."""
    if kind == NumberKind.NIK:
        digits = holder.nik.reveal()
    elif kind == NumberKind.KK:
        digits = holder.kk.reveal()
    else:
        digits = open_bytes("account", holder.account_sealed).decode()
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))
