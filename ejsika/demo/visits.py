"""Visits of the last year: most assistants come nearly as often as they should, three in ten not half as often."""

import datetime
import uuid
from random import Random
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from assistance_logs.choices import PERSONS_BY_RESULT, Topic, VisitKind, VisitResult
from assistance_logs.models import Visit
from beneficiaries.choices import EnrollmentStatus
from ejsika.demo import SEED, names
from ejsika.demo.people import OLD, SMALL, Person
from ejsika.demo.places import near
from ejsika.demo.programs import VISIT_EVERY_DAYS
from ejsika.lib.copying import copy_rows, take_ids

PERIODS = 4  # of VISIT_EVERY_DAYS, back from today
LATE_NUMBERS = (3, 6, 9)  # assistants whose number ends so do below half of their visits
RESULTS = {
    VisitResult.MET_RECIPIENT: 80,
    VisitResult.MET_MEMBER: 11,
    VisitResult.EMPTY_HOUSE: 7,
    VisitResult.REFUSED: 1,
    VisitResult.NO_ADDRESS: 1,
}
KINDS = {
    VisitKind.HOME_VISIT: 72,
    VisitKind.COMMITMENT: 8,
    VisitKind.DATA_UPDATE: 7,
    VisitKind.DISBURSEMENT: 5,
    VisitKind.EDUCATION: 5,
    VisitKind.REFERRAL: 3,
}
ALWAYS = [Topic.BUSINESS, Topic.MONEY, Topic.DOCUMENTS, Topic.HOUSE, Topic.PROTECTION]
COLUMNS = """uuid outbox_version household_id assistant_id kind happened_at result person_met topics notes follow_up
    follow_up_due latitude longitude accuracy_m is_current recorded_at"""


def diligence(number: int) -> float:
    """Which part of the visits that are due an assistant does."""
    rng = Random(f"{SEED} diligence {number}")
    return rng.uniform(0.2, 0.42) if number % 10 in LATE_NUMBERS else rng.uniform(0.78, 1.1)


def fitting_topics(people: list[Person], today: datetime.date) -> list[str]:
    """What a visit to such a family may be about: school only where somebody goes there, and so on."""
    topics = list(ALWAYS)
    if any(person.school_level for person in people):
        topics.append(Topic.EDUCATION)
    if any(person.is_pregnant or person.age_on(today) <= SMALL for person in people):
        topics += [Topic.HEALTH, Topic.NUTRITION]
    elif any(person.age_on(today) >= OLD for person in people):
        topics.append(Topic.HEALTH)
    return [topic.value for topic in topics]


def make_visits(families: list, today: datetime.date) -> list[list]:
    """Invent the visits of these families: values of COLUMNS."""
    share = {number: diligence(number) for number in {family.assistant.number for family in families}}
    return [list(row) for family in families for row in _visits(family, share[family.assistant.number], today)]


def copy_visits(cursor, rows: list) -> None:
    """Write rows of visits with their audit entries, oldest first."""
    columns = COLUMNS.split()
    rows.sort(key=lambda row: row[columns.index("happened_at")])
    keys = take_ids(cursor, Visit, len(rows))
    copy_rows(cursor, Visit, ["id", *columns], ((key, *row) for key, row in zip(keys, rows, strict=True)))
    cursor.execute(
        """INSERT INTO audit_auditevent (at, actor_id, action, target_kind, target_id, data)
           SELECT v.recorded_at, v.assistant_id, 'visit.logged', 'beneficiaries.household', v.household_id,
               jsonb_build_object('visit', v.id, 'kind', v.kind, 'result', v.result)
           FROM unnest(%s::bigint[]) AS added(id) JOIN assistance_logs_visit v ON v.id = added.id ORDER BY v.id""",
        [keys],
    )


def _visits(family, share: float, today: datetime.date):
    rng = Random(f"{SEED} visits {family.serial}")
    case = family.case
    assessed_on = case.proposed_on - datetime.timedelta(days=rng.randint(2, 12)) if case else None
    for day in _days(family, share, rng, today):
        yield visit_row(family, day, _kind(family, rng), rng)
    if assessed_on and assessed_on >= today - datetime.timedelta(days=PERIODS * VISIT_EVERY_DAYS):
        yield visit_row(family, assessed_on, VisitKind.GRADUATION, rng, result=VisitResult.MET_RECIPIENT)


def _days(family, share: float, rng: Random, today: datetime.date):
    """Days of visits: one in each period by the assistant's share, while the family was theirs and in the programme."""
    until = min(today, family.assigned_until or today)
    if family.case and family.case.decided_on:
        until = family.case.decided_on
    for period in range(PERIODS):
        times = (rng.random() < share) + (rng.random() < share - 1)
        for _ in range(times):
            day = today - datetime.timedelta(days=period * VISIT_EVERY_DAYS + rng.randint(1, VISIT_EVERY_DAYS))
            if day.weekday() == 6 and rng.random() < 0.9:
                day -= datetime.timedelta(days=1)
            if family.assigned_from <= day < until:
                yield day


def _kind(family, rng: Random) -> str:
    if family.now.status == EnrollmentStatus.CANDIDATE:
        return VisitKind.VALIDATION
    return rng.choices(list(KINDS), list(KINDS.values()))[0]


def visit_row(family, day: datetime.date, kind: str, rng: Random, result: str = "") -> tuple:
    """Invent a visit to a family, of which id, assistant, topics and home are asked; gives the values of COLUMNS."""
    result = result or rng.choices(list(RESULTS), list(RESULTS.values()))[0]
    met = result in (VisitResult.MET_RECIPIENT, VisitResult.MET_MEMBER)
    at = datetime.datetime.combine(
        day, datetime.time(rng.randint(8, 16), rng.randint(0, 59)), ZoneInfo(settings.TIME_ZONE)
    )
    topics = rng.sample(family.topics, rng.choices([1, 2, 3], [50, 38, 12])[0]) if met else []
    minutes = rng.randint(60, 2400) if rng.random() < 0.15 else rng.randint(1, 9)  # some send it in the evening
    return (
        uuid.UUID(int=rng.getrandbits(128), version=4),
        1,
        family.id,
        family.assistant.id,
        kind.value,
        at,
        result.value,
        rng.choice(PERSONS_BY_RESULT[result]).value,
        topics,
        _note(topics, result, rng),
        *_follow_up(topics, day, rng),
        *_position(family, rng),
        True,
        min(at + datetime.timedelta(minutes=minutes), timezone.now()),
    )


def _note(topics: list[str], result: str, rng: Random) -> str:
    if result == VisitResult.EMPTY_HOUSE:
        return rng.choice(names.EMPTY_HOUSE_NOTES)
    return rng.choice(names.NOTES[topics[0]]) if topics and rng.random() < 0.6 else ""


def _follow_up(topics: list[str], day: datetime.date, rng: Random) -> tuple:
    if not topics or rng.random() > 0.12:
        return "", None
    due = day + datetime.timedelta(days=rng.choice([7, 14, 21, 30]))
    return rng.choice(names.FOLLOW_UPS[topics[0]]), due if rng.random() < 0.8 else None


def _position(family, rng: Random) -> tuple:
    """Where the phone was: at the house nearly always, now and then far away or not known."""
    kind = rng.random()
    if kind < 0.08 or family.home is None:
        return None, None, None
    away = 2_500 if kind < 0.11 else 40
    return *near(family.home, away, rng), rng.randint(4, 35)
