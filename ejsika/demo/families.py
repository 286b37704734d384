"""The invented families: what becomes of each is dealt from a deck, so that the shares come out whatever the size."""

import datetime
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random

from beneficiaries.choices import EnrollmentStatus, GraduationState, InactiveReason
from ejsika.demo import SEED, names
from ejsika.demo.graduations import Case, decided_case, open_case
from ejsika.demo.people import Person, make_family
from ejsika.demo.places import Places, home_in
from ejsika.demo.programs import CILEGON, PROVINCE
from ejsika.demo.users import Assistant
from ejsika.regions.models import Region

ALONE = "aktif tanpa pendamping"
# Of each hundred families in the order in which they are made.
FATES = {
    EnrollmentStatus.ACTIVE.value: 91,
    ALONE: 1,
    EnrollmentStatus.GRADUATED.value: 3,
    EnrollmentStatus.SUSPENDED.value: 2,
    EnrollmentStatus.CANDIDATE.value: 1,
    EnrollmentStatus.INACTIVE.value: 2,
}
POINTS = {"": 12, "gps": 58, "pin": 12, "impor": 18}
# An assistant's families, by their turn, that are on the way to graduation.
OPEN_CASES = {9: GraduationState.PROPOSED, 27: GraduationState.VERIFIED, 45: GraduationState.RETURNED}
JSCM_EVERY = 5
FIRST_COHORT, LAST_COHORT = {PROVINCE: 2017, CILEGON: 2019}, 2025


@dataclass(slots=True)
class Step:
    """One step of a family's history in the programme."""

    status: str
    on: datetime.date
    reason: str = ""
    letter: str = ""


@dataclass(slots=True)
class Family:
    """A family before it is written. `serial` counts all families of the demo, `turn` those of its assistant."""

    serial: int
    desa: Region
    program: str
    id: int = 0
    enrollment_id: int = 0
    recipient_name: str = ""
    home: tuple[float, float] = (0.0, 0.0)
    point_source: str = ""
    history: list[Step] = field(default_factory=list)
    cohort_year: int | None = None
    assistant: Assistant | None = None
    turn: int = 0
    assigned_from: datetime.date | None = None
    assigned_until: datetime.date | None = None
    case: Case | None = None
    topics: list[str] = field(default_factory=list)  # that a visit may be about

    @property
    def district(self) -> str:
        return self.desa.code[:6]

    @property
    def regency(self) -> str:
        return self.desa.code[:4]

    @property
    def now(self) -> Step:
        return self.history[-1]

    def people(self, today: datetime.date) -> list[Person]:
        """The family's members, its recipient first: invented anew at each call, and the same each time."""
        return make_family(Random(f"{SEED} people {self.serial}"), today)

    def has_component(self, today: datetime.date) -> bool:
        return any(person.is_component(today) for person in self.people(today))


def deal(deck: dict[str, int], serial: int) -> str:
    """Give the card of this number: each full deck is dealt out before the next, shuffled by its own seed."""
    block, place = divmod(serial, sum(deck.values()))
    return _shuffled(tuple(deck.items()), block)[place]


@lru_cache(maxsize=16_384)  # families come sorted by desa, not by number
def _shuffled(deck: tuple[tuple[str, int], ...], block: int) -> list[str]:
    cards = [card for card, count in deck for _ in range(count)]
    Random(f"{SEED} {deck} {block}").shuffle(cards)
    return cards


def place_families(regency: str, first: int, count: int, present: int) -> list[Family]:
    """Place `count` families in a kabupaten/kota that has `present` already; sorted by desa."""
    places = Places(regency)
    families = []
    for number in range(count):
        rng = Random(f"{SEED} place {first + number}")
        in_town = regency == "3672" and (present + number) % JSCM_EVERY == JSCM_EVERY - 1
        family = Family(first + number, places.pick(rng), CILEGON if in_town else PROVINCE)
        family.home = home_in(family.desa, rng)
        families.append(family)
    return sorted(families, key=lambda family: family.desa.code)


def live(family: Family, rng: Random, today: datetime.date) -> None:
    """Decide what has happened to a family until today; it has its assistant already."""
    fate = deal(FATES, family.serial)
    family.point_source = deal(POINTS, family.serial)
    if fate == EnrollmentStatus.CANDIDATE:
        family.history = [Step(fate, today - datetime.timedelta(days=rng.randint(10, 110)), "Usulan desa")]
        family.assigned_from = family.now.on
        return
    last = today.year - 3 if fate == EnrollmentStatus.GRADUATED else today.year - 1
    family.cohort_year = rng.randint(FIRST_COHORT[family.program], min(last, LAST_COHORT))
    entered_on = datetime.date(family.cohort_year, rng.randint(3, 11), rng.randint(1, 28))
    known_on = entered_on - datetime.timedelta(days=rng.randint(30, 59))
    family.assigned_from = entered_on
    family.history = [
        Step(EnrollmentStatus.CANDIDATE.value, known_on, "Usulan desa"),
        Step(EnrollmentStatus.ACTIVE.value, entered_on, "Lolos verifikasi", letter(rng, entered_on)),
    ]
    if fate == EnrollmentStatus.GRADUATED:
        family.case = decided_case(family.regency, rng, today, has_component=family.has_component(today))
        step = Step(fate, family.case.decided_on, family.case.kind_label, family.case.decree)
        family.history.append(step)
    elif fate in (EnrollmentStatus.SUSPENDED, EnrollmentStatus.INACTIVE):
        family.history.append(_left(fate, entered_on, rng, today))
        if fate == EnrollmentStatus.INACTIVE:
            family.assigned_until = family.now.on
    elif fate == ALONE:
        family.assigned_until = today - datetime.timedelta(days=rng.randint(3, 24))
    elif family.turn in OPEN_CASES:
        state = OPEN_CASES[family.turn]
        family.case = open_case(state, rng, today, has_component=family.has_component(today))


def _left(fate: str, entered_on: datetime.date, rng: Random, today: datetime.date) -> Step:
    suspended = fate == EnrollmentStatus.SUSPENDED
    on = max(entered_on + datetime.timedelta(days=30), today - datetime.timedelta(days=rng.randint(10, 400)))
    reason = rng.choice(names.SUSPENSION_REASONS if suspended else InactiveReason.labels[:-1])
    return Step(fate, on, reason, letter(rng, on))


def letter(rng: Random, day: datetime.date) -> str:
    return f"460/{rng.randint(100, 2400)}-Linjamsos/{day.year}"
