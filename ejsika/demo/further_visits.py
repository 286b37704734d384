"""More visits than the programme asks for, up to a number: as much log as years of work leave.

They lie in the last two years, on days at which the family had its assistant. In the last year only where there is a
visit nearby: who is not visited in time shall stay so, however full the log is.
"""

import datetime
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from django.conf import settings
from django.db import connection

from assistance_logs.choices import Topic, VisitKind
from assistance_logs.storing import refresh_last_visits
from beneficiaries.choices import EnrollmentStatus
from ejsika.demo import SEED
from ejsika.demo.programs import VISIT_EVERY_DAYS
from ejsika.demo.users import ASSISTANT_NAMES, Assistant
from ejsika.demo.visits import ALWAYS, COLUMNS, KINDS, PERIODS, copy_visits, diligence, visit_row

YEARS_DAYS = 730
ROWS_AT_ONCE, FAMILIES_AT_ONCE = 20_000, 2_000
SUNDAY = 6
HOUSEHOLD = COLUMNS.split().index("household_id")
# Every family that had an assistant of ours: its days with them, and which of its last periods have a visit.
HOSTS = """
    SELECT h.id, encode(h.kk, 'hex'), a.assistant_id, u.username, h.latitude, h.longitude,
        greatest(a.started_on, %(today)s - %(years)s),
        least(a.ended_on, CASE WHEN h.status = %(graduated)s THEN e.since END, %(today)s),
        array(SELECT DISTINCT (%(today)s - 1 - (v.happened_at AT TIME ZONE %(zone)s)::date) / %(period)s
              FROM assistance_logs_visit v WHERE v.household_id = h.id AND v.happened_at > %(today)s - %(years)s),
        bool_or(m.school_level <> ''), bool_or(m.is_pregnant OR m.born_on > %(today)s - 6 * 365),
        bool_or(m.born_on < %(today)s - 60 * 365)
    FROM beneficiaries_household h
    JOIN beneficiaries_assignment a ON a.household_id = h.id
    JOIN accounts_user u ON u.id = a.assistant_id AND u.username ~ %(names)s
    LEFT JOIN LATERAL (SELECT max(since) AS since FROM beneficiaries_enrollment WHERE household_id = h.id) e ON true
    JOIN beneficiaries_member m ON m.household_id = h.id
    WHERE h.status <> %(candidate)s
    GROUP BY h.id, a.id, u.id, e.since ORDER BY h.id, a.id
"""


@dataclass(slots=True)
class Host:
    """A family and an assistant, as far as a visit needs them; `spans` are its days, from and before."""

    id: int
    seed: str
    assistant: Assistant
    home: tuple[float, float] | None
    spans: list[tuple[datetime.date, datetime.date]]
    topics: list[str]

    @property
    def days(self) -> int:
        return sum((end - start).days for start, end in self.spans)

    @property
    def weight(self) -> float:
        return self.days * diligence(self.assistant.number)

    def day(self, number: int) -> datetime.date:
        """Give the day of this number, counted over all spans."""
        for start, end in self.spans:
            if number < (end - start).days:
                return start + datetime.timedelta(days=number)
            number -= (end - start).days
        raise IndexError(number)


class TooManyVisitsError(Exception):
    """There are not so many days; `most` is how many visits there can be."""

    def __init__(self, most: int):
        super().__init__(most)
        self.most = most


def write_further_visits(cursor, wanted: int, today: datetime.date) -> int:
    """Add visits until there are so many; gives how many came. Memory does not grow with the number.

    Errors: TooManyVisitsError if that were more than one a day for each family.
    """
    present, days, total = _count(cursor), 0, 0.0
    if wanted <= present:
        return 0
    for host in _hosts(today):
        days += host.days
        total += host.weight
    if wanted > present + days:
        raise TooManyVisitsError(present + days)
    rows = _rows(today, wanted - present, total, present)
    while some := list(itertools.islice(rows, ROWS_AT_ONCE)):
        copy_visits(cursor, some)
        refresh_last_visits({row[HOUSEHOLD] for row in some})
    return _count(cursor) - present


def _count(cursor) -> int:
    cursor.execute("SELECT count(*) FROM assistance_logs_visit")
    return cursor.fetchone()[0]


def _rows(today: datetime.date, wanted: int, total: float, present: int) -> Iterator[tuple]:
    """Share the visits out: each family gets them by its days and by how diligent its assistant is."""
    weight = given = 0
    for host in _hosts(today):
        weight += host.weight
        count = round(wanted * weight / total) - given
        given += count
        rng = Random(f"{SEED} further {present} {host.seed}")
        for turn in range(count):
            number = int((turn + rng.random()) * host.days / count)
            if host.day(number).weekday() == SUNDAY and rng.random() < 0.9:
                number = min(max(number + rng.choice((-1, 1)), 0), host.days - 1)
            yield visit_row(host, host.day(number), _kind(rng), rng)


def _kind(rng: Random) -> VisitKind:
    return rng.choices(list(KINDS), list(KINDS.values()))[0]


def _hosts(today: datetime.date) -> Iterator[Host]:
    """Read the families that visits may go to, a few at a time. Cost: one query, within a transaction."""
    values = {
        "today": today,
        "years": YEARS_DAYS,
        "period": VISIT_EVERY_DAYS,
        "zone": settings.TIME_ZONE,
        "names": ASSISTANT_NAMES,
        "graduated": EnrollmentStatus.GRADUATED.value,
        "candidate": EnrollmentStatus.CANDIDATE.value,
    }
    with connection.chunked_cursor() as cursor:
        cursor.execute(HOSTS, values)
        while found := cursor.fetchmany(FAMILIES_AT_ONCE):
            for household, kk, assistant, username, latitude, longitude, start, end, visited, *has in found:
                home = None if latitude is None else (float(latitude), float(longitude))
                spans = _spans(start, end, visited, today)
                yield Host(household, kk, Assistant(assistant, username, ""), home, spans, _topics(*has))


def _spans(start, end, visited: list[int], today: datetime.date) -> list[tuple[datetime.date, datetime.date]]:
    def before(periods: int) -> datetime.date:
        return today - datetime.timedelta(days=periods * VISIT_EVERY_DAYS)

    free = [(start, before(PERIODS))]
    free += [(before(period + 1), before(period)) for period in sorted(visited, reverse=True) if 0 <= period < PERIODS]
    inside = [(max(first, start), min(last, end)) for first, last in free]
    return [(first, last) for first, last in inside if first < last]


def _topics(at_school: bool | None, is_small: bool | None, is_old: bool | None) -> list[str]:
    """What a visit may be about, as visits.fitting_topics decides it of people."""
    topics = [*ALWAYS]
    topics += [Topic.EDUCATION] if at_school else []
    topics += [Topic.HEALTH, Topic.NUTRITION] if is_small else [Topic.HEALTH] if is_old else []
    return [topic.value for topic in topics]
