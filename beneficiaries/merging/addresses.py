"""Where the old address and the old numbers of a family lead that was merged into another."""

from beneficiaries.models import Household, HouseholdMerge, RetiredNumber
from ejsika.lib.sealed import seal_number


def kept_of(pk: int, families) -> Household | None:
    """The family that the one of this id was merged into, if it is one of `families`. Cost: one query."""
    return families.filter(merges__merged=pk).first()


def ids_merged(ids: list[int]) -> dict[int, int]:
    """Of these families those that were merged, each with the one that it is now. Cost: one query."""
    return dict(HouseholdMerge.objects.filter(merged__in=ids).values_list("merged", "into"))


def find_by_retired(families, number: str) -> Household | None:
    """Find among `families` the one that a NIK or No KK belonged to until a merge. Cost: one query."""
    sealed = [seal_number(kind, number) for kind in RetiredNumber.Kind.values]
    return families.filter(merges__retired_numbers__number__in=sealed).first()
