"""Invented people: names composed of given names, families with members whose ages fit together."""

import datetime
from dataclasses import dataclass
from random import Random

from beneficiaries.choices import Relationship, SchoolLevel, Sex
from ejsika.demo import names

SMALL, OLD = 6, 60
SCHOOL = [(SchoolLevel.SD, 7, 12), (SchoolLevel.SMP, 13, 15), (SchoolLevel.SMA, 16, 18)]


@dataclass(slots=True)
class Person:
    name: str
    sex: str
    born_on: datetime.date
    relationship: str
    is_recipient: bool = False
    school_level: str = ""
    grade: int | None = None
    is_pregnant: bool | None = None
    is_disabled: bool = False

    def age_on(self, day: datetime.date) -> int:
        """Full years on that day."""
        return day.year - self.born_on.year - ((day.month, day.day) < (self.born_on.month, self.born_on.day))

    def is_component(self, day: datetime.date) -> bool:
        """Whether this person is a reason for assistance: pregnant, small, at school, old or disabled."""
        age = self.age_on(day)
        return bool(self.is_pregnant or self.is_disabled or self.school_level or age <= SMALL or age >= OLD)


def full_name(sex: str, rng: Random, *, is_young: bool = False) -> str:
    """Compose a name of one or two given names, of a young person from the newer ones (up to three)."""
    woman = sex == Sex.FEMALE
    second = names.FEMALE_SECOND if woman else names.MALE_SECOND
    if is_young:
        first, middle = rng.sample(names.GIRLS if woman else names.BOYS, 2)
        return " ".join([first, *([middle] if rng.random() < 0.3 else []), rng.choice(second)])
    first = rng.choice(names.FEMALE_FIRST if woman else names.MALE_FIRST)
    others = [name for name in second if name != first]
    return first if rng.random() < 0.08 else f"{first} {rng.choice(others)}"


def make_family(rng: Random, today: datetime.date) -> list[Person]:
    """Make a family of one to eight persons, its recipient first: mostly an adult woman with her husband."""
    kind = rng.random()
    if kind < 0.06:
        people = _elders(rng, today)
    elif kind < 0.21:
        people = _with_children(_adult(Sex.FEMALE, Relationship.HEAD, rng.randint(32, 58), rng, today), [], rng, today)
    else:
        age = rng.randint(28, 54)  # who came into the programme nine years ago was grown up then
        wife = _adult(Sex.FEMALE, Relationship.SPOUSE, age, rng, today)
        husband = _adult(Sex.MALE, Relationship.HEAD, age + rng.randint(0, 8), rng, today)
        people = _with_children(wife, [husband], rng, today)
        if age < 42:
            wife.is_pregnant = rng.random() < 0.05
        if rng.random() < 0.05:
            people[0], people[1] = people[1], people[0]
    people[0].is_recipient = True
    return people


def _elders(rng: Random, today: datetime.date) -> list[Person]:
    wife = _adult(Sex.FEMALE, Relationship.SPOUSE, rng.randint(61, 82), rng, today)
    if rng.random() < 0.5:
        wife.relationship = Relationship.HEAD.value
        return [wife]
    return [wife, _adult(Sex.MALE, Relationship.HEAD, rng.randint(63, 84), rng, today)]


def _with_children(mother: Person, others: list[Person], rng: Random, today: datetime.date) -> list[Person]:
    """Add children born when the mother was 19 to 40, and now and then a grandparent."""
    people = [mother, *others]
    age = today.year - mother.born_on.year
    child_age = min(age - rng.randint(19, 24), 23)
    for _ in range(rng.choices([1, 2, 3, 4, 5], [24, 36, 24, 12, 4])[0]):
        if child_age >= 0 and age - child_age <= 40:
            people.append(_child(child_age, rng, today))
        child_age -= rng.randint(2, 5)
    if rng.random() < 0.12:
        sex = rng.choice(Sex.values)
        people.append(_adult(sex, Relationship.PARENT, min(age + rng.randint(20, 30), 92), rng, today))
    return people


def _adult(sex: str, relationship: str, age: int, rng: Random, today: datetime.date) -> Person:
    return Person(
        name=full_name(sex, rng),
        sex=str(sex),
        born_on=_birthday(age, rng, today),
        relationship=str(relationship),
        is_pregnant=False if sex == Sex.FEMALE and age < 50 else None,
        is_disabled=rng.random() < (0.05 if age > 60 else 0.012),
    )


def _child(age: int, rng: Random, today: datetime.date) -> Person:
    sex = rng.choice(Sex.values)
    child = Person(
        name=full_name(sex, rng, is_young=True),
        sex=sex,
        born_on=_birthday(age, rng, today),
        relationship=Relationship.CHILD.value,
        is_disabled=rng.random() < 0.01,
    )
    school_year = today.year if today.month >= 7 else today.year - 1
    at_start = school_year - child.born_on.year - (child.born_on.month > 7)
    is_out = child.is_disabled or rng.random() < (0.02 if at_start < 16 else 0.15)
    for level, first, last in SCHOOL:
        if first <= at_start <= last and not is_out:
            child.school_level, child.grade = level.value, at_start - 6
    return child


def _birthday(age: int, rng: Random, today: datetime.date) -> datetime.date:
    """Give a day on which somebody of this age may have been born, in the past also for age 0."""
    return today - datetime.timedelta(days=int(age * 365.25) + rng.randint(8, 350))
