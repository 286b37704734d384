"""Visits that a koordinator should look at: in every kabupaten/kota one of each kind of flag, as life brings them."""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from django.core.files.uploadedfile import SimpleUploadedFile

from assistance_logs.actions import CONTENT, correct_visit, return_visit
from assistance_logs.choices import MET
from assistance_logs.models import Visit
from assistance_logs.photos import attach_photo
from ejsika.accounts.models import User
from ejsika.demo.pictures import house
from ejsika.demo.users import coordinators
from ejsika.demo.visits import COLUMNS
from ejsika.files.photos import read_photo
from ejsika.lib.geo import distance_m
from ejsika.outbox.sending import OUTBOX_VERSION

FIRST_DAY, LAST_DAY, SETTLED_DAYS = 2, 19, 40  # so many days ago; so long the family must have had its assistant
UUID, HOUSEHOLD, ASSISTANT, AT, RECORDED, RESULT, LATITUDE, LONGITUDE, ACCURACY, NOTES = (
    COLUMNS.split().index(name)
    for name in (
        *("uuid", "household_id", "assistant_id", "happened_at", "recorded_at", "result"),
        *("latitude", "longitude", "accuracy_m", "notes"),
    )
)
LATE_DAYS, FAR_DEGREES, TRAVEL_M, TRAVEL_DEGREES = 9, 0.02, 14_000, 0.15
NOTE = (
    "Usaha warung berjalan baik, anak masuk sekolah setiap hari, dan keluarga sudah menyisihkan tabungan tiap minggu."
)
REMARK = "Catatannya belum menyebut hasil pembicaraan. Lengkapi, ya."
CORRECTED = "Dibicarakan modal usaha; keluarga memilih menambah dagangan gorengan."


@dataclass
class Odd:
    """Visits (their UUIDs) of a kabupaten/kota that get the same photo, and those that were returned and corrected."""

    regency: str
    same_photo: list[uuid.UUID] = field(default_factory=list)
    corrected: list[uuid.UUID] = field(default_factory=list)


def make_odd(rows: list[list], families: list, today: datetime.date) -> list[Odd]:
    """Change some rows of visits (values of COLUMNS) of the busiest assistant of each kabupaten/kota."""
    known, by_assistant = {family.id: family for family in families}, defaultdict(list)
    for row in rows:
        family, age = known[row[HOUSEHOLD]], (today - row[AT].date()).days
        is_settled = not family.assigned_until and family.assigned_from < today - datetime.timedelta(days=SETTLED_DAYS)
        if FIRST_DAY <= age <= LAST_DAY and row[RESULT] in MET and is_settled:
            by_assistant[family.regency, row[ASSISTANT]].append(row)
    busiest: dict[str, list] = {}
    for (regency, _), some in sorted(by_assistant.items()):
        if len(some) > len(busiest.get(regency, ())):
            busiest[regency] = some
    return [_odd(regency, _Heap(some, known), today) for regency, some in busiest.items()]


class _Heap:
    """Rows to take from, the oldest first, each once."""

    def __init__(self, rows: list[list], families: dict):
        self.rows, self.families = sorted(rows, key=lambda row: (row[AT], row[UUID])), families

    def take(self, fits: Callable[[list], bool] = lambda row: True) -> list | None:
        found = next((row for row in self.rows if fits(row)), None)
        if found:
            self.rows.remove(found)
        return found

    def pair(self, fits: Callable[[list], bool] = lambda row: True) -> tuple[list, list] | None:
        first = self.take(fits)
        second = first and self.take(lambda row: fits(row) and row[HOUSEHOLD] != first[HOUSEHOLD])
        return (first, second) if second else None

    def has_house(self, row: list) -> bool:
        return row[LATITUDE] is not None and bool(self.families[row[HOUSEHOLD]].point_source)


def _odd(regency: str, heap: _Heap, today: datetime.date) -> Odd:
    found, longest_ago = Odd(regency), today - datetime.timedelta(days=LATE_DAYS + 1)
    if row := heap.take(lambda row: row[AT].date() <= longest_ago):
        row[RECORDED] = row[AT] + datetime.timedelta(days=LATE_DAYS)
    if row := heap.take(heap.has_house):
        row[LATITUDE], row[ACCURACY] = round(row[LATITUDE] - FAR_DEGREES, 6), 14
    if row := heap.take(lambda row: row[LATITUDE] is not None):
        row[ACCURACY] = 1_400
    if row := heap.take():
        _move(row, row[AT].replace(hour=21, minute=35))
    if pair := heap.pair():
        _move(pair[1], pair[0][AT] + datetime.timedelta(minutes=4))
        pair[1][LATITUDE] = pair[1][LONGITUDE] = pair[1][ACCURACY] = None
    if pair := heap.pair(lambda row: row[LATITUDE] is not None):
        _travel(*pair)
    if pair := heap.pair():
        pair[0][NOTES] = pair[1][NOTES] = NOTE
    if pair := heap.pair():
        found.same_photo = [row[UUID] for row in pair]
    if row := heap.take():
        found.corrected = [row[UUID]]
    return found


def _move(row: list, moment: datetime.datetime) -> None:
    row[AT], row[RECORDED] = moment, moment + datetime.timedelta(minutes=6)


def _travel(one: list, other: list) -> None:
    """Let the other visit follow too soon, from too far away."""
    _move(other, one[AT] + datetime.timedelta(minutes=9))
    here = one[LATITUDE], one[LONGITUDE]
    if distance_m(here, (other[LATITUDE], other[LONGITUDE])) < TRAVEL_M:
        other[LATITUDE] = round(one[LATITUDE] - TRAVEL_DEGREES, 6)


def finish_odd(found: list[Odd]) -> None:
    """Give the visits that stand in the log by now their photos, returns and corrections, by the real acts."""
    people = coordinators()
    for odd in found:
        photo = read_photo(SimpleUploadedFile("rumah.jpg", house(int(odd.regency)), "image/jpeg"))
        for visit in _visits(odd.same_photo):
            attach_photo(visit=visit, by=visit.assistant, uuid=uuid.uuid5(visit.uuid, "photo"), photo=photo)
        for visit in _visits(odd.corrected):
            return_visit(visit=visit, by=User.objects.get(username=people[odd.regency]), remark=REMARK)
            content = {name: getattr(visit, name) for name in CONTENT} | {"notes": CORRECTED}
            number = uuid.uuid5(visit.uuid, "corrected")
            correct_visit(visit=visit, by=visit.assistant, uuid=number, outbox_version=OUTBOX_VERSION, **content)


def _visits(numbers: list[uuid.UUID]):
    return Visit.objects.filter(uuid__in=numbers).select_related("household", "assistant").order_by("pk")
