"""Components: what in a family the programme is for, computed from ages and flags on a given day.

A member counts on a day when the membership has begun and not ended: joined_on <= day, and left_on empty or after it.
Age is in full years; who was born on 29 February is a year older on 1 March of a common year, as in PostgreSQL's age().

- balita: not yet 5 years old (balita: bawah lima tahun).
- sd, smp, sma: the level of school where it is known, unless the person is known to be 21 or older; where no level is
  known, by age alone: 7 to 12, 13 to 15, 16 to 18 years.
- hamil, disabilitas: the flag says yes. lansia: 60 or older.

A person may be in several. Who has neither a birth date nor a level of school is in none of those that ask for the age.
Source: the components of Jamsosratu as its officials published them (ibu hamil, balita, anak sekolah di bawah 21 tahun,
lansia), severe disability as in PKH; 60 years from UU 13/1998, article 1; school ages as in BPS's participation rates.
"""

import datetime

from django.db import models
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q

from beneficiaries.choices import SchoolLevel
from beneficiaries.models import Member

TODDLER_BEFORE = 5
ELDERLY_FROM = 60
PUPIL_BEFORE = 21
# From which age to before which a child is taken for a pupil of a level where none is known.
SCHOOL_AGES = {SchoolLevel.SD: (7, 13), SchoolLevel.SMP: (13, 16), SchoolLevel.SMA: (16, 19)}


class Component(models.TextChoices):
    TODDLER = "balita", "Balita"
    SD = "sd", "Anak SD"
    SMP = "smp", "Anak SMP"
    SMA = "sma", "Anak SMA"
    PREGNANT = "hamil", "Ibu hamil"
    ELDERLY = "lansia", "Lanjut usia"
    DISABLED = "disabilitas", "Disabilitas berat"

    @property
    def figure(self) -> str:
        """The name of the figure that counts active families with such a member."""
        return f"has_{self.value}"


SCHOOLS = {Component.SD: SchoolLevel.SD, Component.SMP: SchoolLevel.SMP, Component.SMA: SchoolLevel.SMA}


def years_before(day: datetime.date, years: int) -> datetime.date:
    """The last birth date that makes somebody so many years old on that day."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February of a common year
        return day.replace(year=day.year - years, day=28)


def condition(component: Component, day: datetime.date, prefix: str = "") -> Q:
    """The condition that a member has the component on that day; `prefix` leads to the member ("members__")."""
    if component == Component.PREGNANT:
        found = Q(is_pregnant=True)
    elif component == Component.DISABLED:
        found = Q(is_disabled=True)
    elif component == Component.TODDLER:
        found = _aged(day, 0, TODDLER_BEFORE)
    elif component == Component.ELDERLY:
        found = Q(born_on__lte=years_before(day, ELDERLY_FROM))
    else:
        level = SCHOOLS[component]
        young = Q(born_on__isnull=True) | Q(born_on__gt=years_before(day, PUPIL_BEFORE))
        found = Q(school_level=level) & young | Q(school_level="") & _aged(day, *SCHOOL_AGES[level])
    return _prefixed(present(day) & found, prefix)


def present(day: datetime.date, prefix: str = "") -> Q:
    """The condition that a member is in the family on that day."""
    return _prefixed(Q(joined_on__lte=day) & (Q(left_on__isnull=True) | Q(left_on__gt=day)), prefix)


def of_unknown_age(day: datetime.date, prefix: str = "") -> Q:
    """The condition that a present member may have a component that only the birth date could tell."""
    return _prefixed(present(day) & Q(born_on__isnull=True, school_level=""), prefix)


def has_component(component: Component, day: datetime.date) -> Q:
    """The condition that a family has such a member on that day."""
    return Q(Exists(Member.objects.filter(condition(component, day), household=OuterRef("pk"))))


def with_components(members, day: datetime.date):
    """Add to each member what `components_of` reads."""
    return members.annotate(
        **{
            _flag(component): ExpressionWrapper(condition(component, day), output_field=BooleanField())
            for component in Component
        }
    )


def components_of(member: Member) -> list[Component]:
    """The components of a member that comes from with_components()."""
    return [component for component in Component if getattr(member, _flag(component))]


def _flag(component: Component) -> str:
    return f"is_{component.value}"


def _aged(day: datetime.date, start: int, end: int) -> Q:
    """From `start` years old to before `end`; who is not born yet is no age."""
    return Q(born_on__lte=years_before(day, start), born_on__gt=years_before(day, end))


def _prefixed(found: Q, prefix: str) -> Q:
    if not prefix:
        return found
    children = [
        _prefixed(child, prefix) if isinstance(child, Q) else (prefix + child[0], child[1]) for child in found.children
    ]
    return Q(*children, _connector=found.connector, _negated=found.negated)
