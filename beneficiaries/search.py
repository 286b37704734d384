"""Search without a trace in the URL: a number leads to its family, a name stays on the server under a reference."""

import re

from beneficiaries.merging.addresses import find_by_retired
from beneficiaries.models import Household, Member
from ejsika.lib.kept import keep, kept

SESSION_KEY = "household_searches"
NUMBER_DIGITS = 16


def digits_of(text: str) -> str:
    """Give the digits of what looks like a number, written with blanks, dots or dashes; "" for anything else."""
    joined = re.sub(r"[\s.\-]", "", text)
    return joined if re.fullmatch(r"[0-9]+", joined) else ""


def find_by_number(families, number: str) -> Household | None:
    """Find among `families` the one with this NIK among its present members, or with this No KK, also one of before
    a merge.

    Cost: at most three queries, each by a unique index; joined by OR they would read every family.
    """
    persons = Member.objects.filter(nik=number, left_on__isnull=True)
    found = families.filter(pk__in=persons.values("household")).first() or families.filter(kk=number).first()
    return found or find_by_retired(families, number)


def keep_name(session, text: str) -> str:
    """Keep a name that was searched for; gives its reference."""
    return keep(session, SESSION_KEY, text)


def kept_name(session, reference: str) -> str | None:
    return kept(session, SESSION_KEY, reference)
