"""People who log in to the demo: a cast with known names, a koordinator a kabupaten/kota, assistants as needed."""

from dataclasses import dataclass, field
from random import Random

from django.contrib.auth.hashers import check_password, make_password
from django.db import connection

from beneficiaries.choices import Sex
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent
from ejsika.demo import SEED
from ejsika.demo.people import full_name
from ejsika.demo.places import families_2021
from ejsika.demo.programs import CILEGON
from ejsika.programs.models import Program

# Families of an assistant: as many as new ones get, and the most that anybody has.
USUAL_FAMILIES, MOST_FAMILIES = 145, 165
# The assistant whom a newcomer logs in as keeps a year's work that can be overlooked.
USUAL_OF_THE_FIRST, MOST_OF_THE_FIRST = 118, 125
NEEDLESS_ALONE = 40  # so few families more do not ask for another assistant
ASSISTANT_NAMES = r"^pendamping\d*$"
HOME = "3602"  # Kab. Lebak, where the cast works
CAST = [
    ("admin", Role.ADMIN, "36", None),
    ("dinsos", Role.DINSOS, "36", None),
    ("pimpinan", Role.PIMPINAN, "36", None),
    ("opd", Role.OPD, "36", None),
    ("koordinator", Role.KOORDINATOR, HOME, None),
    ("admin2", Role.ADMIN, HOME, None),
    ("pendamping", Role.PENDAMPING, HOME, None),
    ("pendamping2", Role.PENDAMPING, "3672", None),
    ("dinsos2", Role.DINSOS, "3672", CILEGON),
]


@dataclass(slots=True)
class Assistant:
    """An assistant of the demo with today's families: how many, and in which kecamatan."""

    id: int
    username: str
    regency: str
    families: int = 0
    districts: set[str] = field(default_factory=set)

    @property
    def number(self) -> int:
        """The number in the username; the first has none."""
        return int(self.username.removeprefix("pendamping") or 1)

    @property
    def room(self) -> int:
        """How many families more this assistant can take."""
        return (MOST_OF_THE_FIRST if self.number == 1 else MOST_FAMILIES) - self.families


def coordinators() -> dict[str, str]:
    """Give the username of each kabupaten/kota's koordinator, by the region's code."""
    others = [code for code in sorted(families_2021()) if code != HOME]
    return {HOME: "koordinator"} | {code: f"koordinator{number}" for number, code in enumerate(others, 2)}


class Users:
    """The users of the demo; every one of them has the same password, hashed once."""

    def __init__(self, password: str, programs: dict[str, Program]):
        self.password = _hash(password)
        seats = [*CAST, *((name, Role.KOORDINATOR, code, None) for code, name in coordinators().items())]
        seats = {seat[0]: seat for seat in seats}
        known = self._by_name(seats)
        for name, role, region, program in seats.values():
            if name not in known:
                user = User(username=name, name=person_name(name), role=role, all_programs=program is None)
                self._save([user], [[region]])
                user.programs.set([programs[program]] if program else [])
        self._reset_passwords(seats)
        self.ids = {name: user.pk for name, user in self._by_name(seats).items()}
        self.assistants = known_assistants()

    def in_regency(self, code: str) -> list[Assistant]:
        return [assistant for assistant in self.assistants if assistant.regency == code]

    def hire(self, regency: str, count: int) -> list[Assistant]:
        """Make so many further assistants in a kabupaten/kota; their kecamatan come with their families."""
        last = max((assistant.number for assistant in self.assistants), default=2)
        names = [f"pendamping{number}" for number in range(last + 1, last + 1 + count)]
        users = [User(username=name, name=person_name(name), role=Role.PENDAMPING, all_programs=True) for name in names]
        self._save(users, [[] for _ in users])
        hired = [Assistant(user.pk, user.username, regency) for user in users]
        self.assistants += hired
        return hired

    def place(self) -> None:
        """Let every assistant see the kecamatan of their families."""
        own = User.regions.through
        seen = {(user, code) for user, code in own.objects.values_list("user", "region")}
        rows = [
            own(user_id=assistant.id, region_id=district)
            for assistant in self.assistants
            for district in sorted(assistant.districts)
            if not {(assistant.id, district[:length]) for length in (2, 4, 6)} & seen
        ]
        own.objects.bulk_create(rows)

    def _reset_passwords(self, seats) -> None:
        everybody = User.objects.filter(username__in=seats) | User.objects.filter(username__regex=ASSISTANT_NAMES)
        others = list(everybody.exclude(password=self.password).values_list("pk", flat=True))
        User.objects.filter(pk__in=others).update(password=self.password)
        _tell("user.password_set", others)

    def _save(self, users: list[User], regions: list[list[str]]) -> None:
        for user in users:
            user.password = self.password
        User.objects.bulk_create(users)
        _tell("user.created", [user.pk for user in users])
        own = User.regions.through
        own.objects.bulk_create(
            own(user_id=user.pk, region_id=code) for user, codes in zip(users, regions, strict=True) for code in codes
        )

    @staticmethod
    def _by_name(names) -> dict[str, User]:
        return {user.username: user for user in User.objects.filter(username__in=names)}


def _hash(password: str) -> str:
    """Hash the password that all share, once, for a hash is slow by design; one that fits already stays."""
    known = User.objects.filter(username=CAST[0][0]).values_list("password", flat=True).first()
    return known if known and check_password(password, known) else make_password(password)


def _tell(action: str, user_ids: list[int]) -> None:
    kind = User._meta.label_lower
    AuditEvent.objects.bulk_create(AuditEvent(action=action, target_kind=kind, target_id=pk) for pk in user_ids)


def person_name(username: str) -> str:
    rng = Random(f"{SEED} {username}")
    return full_name(rng.choices(Sex.values, [35, 65])[0], rng)


def known_assistants() -> list[Assistant]:
    """Give the demo's assistants with what they have today, in the order of their numbers. Cost: one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT u.id, u.username, min(coalesce(left(h.region_code, 4), left(r.region_id, 4))), count(h.id),
                   array_remove(array_agg(DISTINCT left(h.region_code, 6)), NULL)
               FROM accounts_user u
               LEFT JOIN LATERAL (SELECT min(region_id) AS region_id FROM accounts_user_regions WHERE user_id = u.id) r
                   ON true
               LEFT JOIN beneficiaries_assignment a ON a.assistant_id = u.id AND a.ended_on IS NULL
               LEFT JOIN beneficiaries_household h ON h.id = a.household_id
               WHERE u.username ~ %s AND u.role = %s AND u.is_active GROUP BY u.id""",
            [ASSISTANT_NAMES, Role.PENDAMPING.value],
        )
        found = [Assistant(*row[:4], set(row[4])) for row in cursor.fetchall()]
    return sorted(found, key=lambda assistant: assistant.number)


def share(families: list, users: Users, regency: str) -> None:
    """Give each family an assistant: one who comes to its kecamatan and has room, else a new one.

    `families` are sorted by desa, so that an assistant's lie near each other.
    """
    assistants = users.in_regency(regency)
    left = []
    for family in families:
        near = [each for each in assistants if family.district in each.districts and each.room > 0]
        _give(family, min(near, key=_load)) if near else left.append(family)
    busy = [assistant for assistant in assistants if assistant.families]
    if len(left) < NEEDLESS_ALONE and sum(max(assistant.room, 0) for assistant in busy) >= len(left):
        for family in left:
            _give(family, max(busy, key=_room))
        return
    idle = [assistant for assistant in assistants if not assistant.families]
    if left and idle and idle[0].number == 1:
        first, left = left[:USUAL_OF_THE_FIRST], left[USUAL_OF_THE_FIRST:]
        for family in first:
            _give(family, idle[0])
        del idle[0]
    count = -(-len(left) // USUAL_FAMILIES)
    takers = [*idle[:count], *users.hire(regency, max(count - len(idle), 0))]
    for number, assistant in enumerate(takers):
        for family in left[number * len(left) // count : (number + 1) * len(left) // count]:
            _give(family, assistant)


def _load(assistant: Assistant) -> int:
    return assistant.families


def _room(assistant: Assistant) -> int:
    return assistant.room


def _give(family, assistant: Assistant) -> None:
    family.assistant, family.turn = assistant, assistant.families
    assistant.families += 1
    assistant.districts.add(family.district)
