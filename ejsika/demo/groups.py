"""Groups of neighbouring families and the meetings of the last half year; some families wait for a group still."""

import datetime
import math
import uuid
from dataclasses import dataclass, field
from itertools import groupby
from random import Random
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from psycopg.types.json import Jsonb

from assistance_logs.groups.choices import LESSONS, Presence, Speaker, Week, lesson_after, lesson_label
from assistance_logs.groups.models import Attendance, Group, GroupSession, Membership
from beneficiaries.choices import EnrollmentStatus
from beneficiaries.models import Household
from ejsika.audit.models import AuditEvent
from ejsika.demo import SEED
from ejsika.demo.places import near
from ejsika.demo.visits import diligence
from ejsika.lib.copying import copy_rows, take_ids
from ejsika.regions.models import Region

USUAL_SIZE, SMALLEST_SIZE = 22, 5
WITHOUT_GROUP = 0.12  # of what would be a group
MONTHS = 6  # of meetings, besides the present one
OFTEN, SELDOM = 0.92, 0.35  # of the months that a group meets in, by the assistant's diligence
NAMES = ["Melati", "Mawar", "Anggrek", "Kenanga", "Dahlia", "Cempaka", "Teratai", "Flamboyan", "Seroja", "Kamboja"]
PLACES = ["Rumah ketua kelompok", "Balai desa", "Posyandu", "Majelis taklim", "Gedung PAUD", "Rumah Bu RT"]
PRESENCES = {
    Presence.PRESENT: 80,
    Presence.REPRESENTED: 6,
    Presence.EXCUSED: 6,
    Presence.ILL: 4,
    Presence.ABSENT: 4,
}
NOTES = [
    "Ibu-ibu aktif bertanya tentang cara mencatat uang belanja.",
    "Flipchart dipakai bergantian; diskusi berjalan lancar.",
    "Bidan desa ikut menjelaskan dan menjawab pertanyaan.",
    "Kelompok sepakat menabung bersama mulai bulan depan.",
    "Hujan deras, pertemuan mulai terlambat setengah jam.",
]


@dataclass(slots=True)
class Circle:
    """A group before it is written, with its families in the order of their desas."""

    families: list
    name: str
    formed_on: datetime.date
    schedule: dict
    place: str
    id: int = 0
    joined: dict[int, datetime.date] = field(default_factory=dict)  # by the family's id

    @property
    def assistant(self):
        return self.families[0].assistant

    @property
    def desa(self) -> Region:
        """Where most of its families live."""
        desas = {family.desa.code: family.desa for family in self.families}
        codes = [family.desa.code for family in self.families]
        return desas[max(sorted(desas), key=codes.count)]

    def meets_on(self, year: int, month: int) -> datetime.date:
        return Group(**self.schedule).meets_on(year, month)


def write_groups(cursor, families: list, today: datetime.date) -> None:
    """Write groups of these families, which have ids already, with their meetings and audit entries."""
    circles = [circle for own in _by_assistant(families) for circle in _circles(own, today)]
    for circle, key in zip(circles, take_ids(cursor, Group, len(circles)), strict=True):
        circle.id = key
    columns = ["id", "name", "region_code", "week", "weekday", "day_of_month", "meets_at", "place", "created_at"]
    copy_rows(cursor, Group, columns, map(_group_row, circles))
    copy_rows(
        cursor,
        Membership,
        ["group_id", "household_id", "joined_on", "is_leader"],
        ((each.id, key, day, number == 0) for each in circles for number, (key, day) in enumerate(each.joined.items())),
    )
    meetings = [meeting for circle in circles for meeting in _meetings(circle, today)]
    meetings.sort(key=lambda meeting: meeting[0]["happened_at"])
    keys = take_ids(cursor, GroupSession, len(meetings))
    names = list(meetings[0][0]) if meetings else ["uuid"]
    rows = ((key, *row.values()) for key, (row, _) in zip(keys, meetings, strict=True))
    copy_rows(cursor, GroupSession, ["id", *names], rows)
    noted = ((key, *pair) for key, (_, pairs) in zip(keys, meetings, strict=True) for pair in pairs)
    copy_rows(cursor, Attendance, ["session_id", "household_id", "presence"], noted)
    _record(cursor, circles, list(zip(keys, meetings, strict=True)))


def _by_assistant(families: list):
    """The families that may be in a group, those of one assistant and kecamatan together."""
    there = {EnrollmentStatus.ACTIVE, EnrollmentStatus.SUSPENDED}
    found = [family for family in families if family.now.status in there and family.assigned_until is None]
    found.sort(key=lambda family: (family.assistant.number, family.desa.code, family.serial))
    for _, own in groupby(found, key=lambda family: (family.assistant.number, family.district)):
        yield list(own)


def _circles(families: list, today: datetime.date):
    """Cut families that live near each other into groups of about the same size."""
    count = math.ceil(len(families) / USUAL_SIZE)
    for number in range(count):
        own = families[number * len(families) // count : (number + 1) * len(families) // count]
        rng = Random(f"{SEED} group {own[0].serial}")
        if len(own) < SMALLEST_SIZE or rng.random() < WITHOUT_GROUP:
            continue
        formed_on = today - datetime.timedelta(days=rng.randint(220, 700))
        schedule = {"week": rng.choice(Week.values), "weekday": rng.randint(1, 6), "day_of_month": None}
        if rng.random() < 0.2:
            schedule = {"week": None, "weekday": None, "day_of_month": rng.randint(3, 27)}
        rng.shuffle(own)  # who comes first leads
        circle = Circle(own, rng.choice(NAMES), formed_on, schedule, rng.choice(PLACES))
        circle.name = f"{circle.name} {circle.desa.name}"[:80]
        circle.joined = {family.id: max(formed_on, family.assigned_from) for family in own}
        yield circle


def _group_row(circle: Circle) -> tuple:
    at = Random(f"{SEED} hour {circle.families[0].serial}").choice([8, 9, 9, 10, 13])
    created_at = _moment(circle.formed_on, 11)
    return (
        circle.id,
        circle.name,
        circle.desa.code,
        *circle.schedule.values(),
        datetime.time(at),
        circle.place,
        created_at,
    )


def _moment(day: datetime.date, hour: int, minute: int = 0) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(hour, minute), ZoneInfo(settings.TIME_ZONE))


def _meetings(circle: Circle, today: datetime.date):
    """Give (columns, [(family, presence)]) of each meeting, oldest first; no day that is not over yet."""
    rng = Random(f"{SEED} meetings {circle.families[0].serial}")
    lesson = rng.choice(LESSONS)
    often = OFTEN if diligence(circle.assistant.number) > 0.5 else SELDOM
    habits = {family.id: rng.uniform(0.4, 1.6) for family in circle.families}  # how readily each stays away
    for back in range(MONTHS, -1, -1):
        year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
        day = circle.meets_on(year, month + 1)
        present = [key for key, joined_on in circle.joined.items() if joined_on <= day]
        if not circle.formed_on < day < today or rng.random() > often or not present:
            continue
        pairs = [(key, _presence(habits[key], rng).value) for key in present]
        yield _meeting(circle, day, lesson, rng), pairs
        lesson = lesson_after(*lesson)


def _presence(habit: float, rng: Random) -> Presence:
    weights = [weight * (1 if presence == Presence.PRESENT else habit) for presence, weight in PRESENCES.items()]
    return rng.choices(list(PRESENCES), weights)[0]


def _meeting(circle: Circle, day: datetime.date, lesson: tuple[int, int], rng: Random) -> dict:
    start = _moment(day, rng.choice([8, 9, 9, 10]), rng.choice([0, 0, 15, 30]))
    end = start + datetime.timedelta(minutes=rng.choice([90, 105, 120, 120, 135]))
    home = circle.families[0].home if rng.random() < 0.9 else None
    point = (*near(home, 60, rng), rng.randint(4, 35)) if home else (None, None, None)
    return {
        "uuid": uuid.UUID(int=rng.getrandbits(128), version=4),
        "outbox_version": 1,
        "group_id": circle.id,
        "assistant_id": circle.assistant.id,
        "module": lesson[0],
        "lesson": lesson[1],
        "happened_at": start,
        "ended_at": end,
        "place": circle.place,
        "speaker": rng.choices(Speaker.values, [78, 14, 4, 4])[0],
        "notes": rng.choice(NOTES) if rng.random() < 0.4 else "",
        "latitude": point[0],
        "longitude": point[1],
        "accuracy_m": point[2],
        "is_current": True,
        "recorded_at": min(end + datetime.timedelta(minutes=rng.randint(1, 300)), timezone.now()),
    }


def _record(cursor, circles: list[Circle], meetings: list) -> None:
    """Tell what was done as the actions do, in the order of time."""
    family, group = Household._meta.label_lower, Group._meta.label_lower
    events = []
    for circle in circles:
        at, by = _moment(circle.formed_on, 11), circle.assistant.id
        events.append((at, by, "group.created", group, circle.id, {"name": circle.name, "count": len(circle.joined)}))
        for key, day in circle.joined.items():
            events.append((_moment(day, 11), by, "group.joined", family, key, {"group": circle.id}))
    for key, (row, pairs) in meetings:
        told = {"session": key, "lesson": lesson_label(row["module"], row["lesson"]), "count": len(pairs)}
        events.append((row["recorded_at"], row["assistant_id"], "session.logged", group, row["group_id"], told))
    events.sort(key=lambda event: event[0])
    columns = ["at", "actor_id", "action", "target_kind", "target_id", "data"]
    copy_rows(cursor, AuditEvent, columns, ((*event[:-1], Jsonb(event[-1])) for event in events))
