"""Ways to graduation, each by the steps that the application asks for: proposed, verified, decided, or sent back."""

import datetime
from dataclasses import dataclass
from random import Random
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from psycopg.types.json import Jsonb

from beneficiaries.choices import GraduationKind, GraduationReason, GraduationState
from beneficiaries.models import GraduationCase, Household
from ejsika.audit.models import AuditEvent
from ejsika.demo import names
from ejsika.demo.programs import CILEGON
from ejsika.lib.copying import copy_rows

DECIDED_IN_MONTHS = 18
DECISION_DAY = 4  # of a month; the Monday after it where that is a weekend
R = GraduationReason
REASONS = {
    GraduationKind.NATURAL: [[R.CHILDREN_FINISHED], [R.NO_COMPONENT], [R.CHILDREN_FINISHED, R.CHILD_WORKS]],
    GraduationKind.INDEPENDENT: [[R.BUSINESS], [R.BUSINESS, R.ASSETS], [R.JOB], [R.CHILD_WORKS], [R.GIVES_WAY, R.JOB]],
    GraduationKind.ASSESSED: [[R.ASSETS], [R.JOB, R.ASSETS], [R.WORKS_ABROAD]],
}


@dataclass(slots=True)
class Case:
    state: str
    kind: str
    reasons: list[str]
    note: str
    proposed_on: datetime.date
    verified_on: datetime.date | None = None
    decided_on: datetime.date | None = None
    decree: str = ""
    returned_on: datetime.date | None = None
    return_reason: str = ""
    id: int = 0

    @property
    def kind_label(self) -> str:
        return GraduationKind(self.kind).label


@dataclass(frozen=True)
class Actors:
    """Who takes the three steps for one family: three different people."""

    proposer: int
    verifier: int
    decider: int


def _case(state: str, proposed_on: datetime.date, rng: Random, has_component: bool) -> Case:
    kinds = [GraduationKind.INDEPENDENT.value, GraduationKind.ASSESSED.value]
    kind = rng.choices(kinds, [80, 20])[0] if has_component else GraduationKind.NATURAL.value
    reasons = [reason.value for reason in rng.choice(REASONS[kind])]
    return Case(state.value, kind, reasons, rng.choice(names.PROPOSAL_NOTES), proposed_on)


def decided_case(regency: str, rng: Random, today: datetime.date, *, has_component: bool) -> Case:
    """Make a case decided on one of the decision days of the last 18 months."""
    days = decision_days(today)
    day = rng.choice(days)
    verified_on = day - datetime.timedelta(days=rng.randint(4, 25))
    proposed_on = verified_on - datetime.timedelta(days=rng.randint(3, 30))
    case = _case(GraduationState.DECIDED, proposed_on, rng, has_component)
    case.verified_on, case.decided_on = verified_on, day
    case.decree = f"460/{10 * day.month + int(regency[2:]) % 10:03}-SK/{day.year}"
    return case


def open_case(state: str, rng: Random, today: datetime.date, *, has_component: bool) -> Case:
    """Make a case that waits for somebody, or was sent back."""
    case = _case(state, today - datetime.timedelta(days=rng.randint(16, 45)), rng, has_component)
    next_on = case.proposed_on + datetime.timedelta(days=rng.randint(3, 15))
    if state == GraduationState.VERIFIED:
        case.verified_on = next_on
    elif state == GraduationState.RETURNED:
        case.returned_on, case.return_reason = next_on, rng.choice(names.RETURN_REASONS)
    return case


def decision_days(today: datetime.date) -> list[datetime.date]:
    days = []
    for back in range(DECIDED_IN_MONTHS):
        year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
        day = datetime.date(year, month + 1, DECISION_DAY)
        day += datetime.timedelta(days={5: 2, 6: 1}.get(day.weekday(), 0))
        if day <= today:
            days.append(day)
    return days


def actors(family, ids: dict[str, int], coordinators: dict[str, str]) -> Actors:
    decider = ids["dinsos2" if family.program == CILEGON else "dinsos"]
    return Actors(family.assistant.id, ids[coordinators[family.regency]], decider)


def write_cases(cursor, families: list, ids: dict[str, int], coordinators: dict[str, str]) -> None:
    """Write the cases of these families, which have ids already; call it before their enrollments are written."""
    who = {family.id: actors(family, ids, coordinators) for family in families}
    columns = """id enrollment_id state kind reasons note proposed_by_id proposed_on verified_by_id verified_on
        decided_by_id decided_on decree return_reason"""
    copy_rows(cursor, GraduationCase, columns.split(), (_row(family, who[family.id]) for family in families))


def _row(family, actors: Actors) -> tuple:
    case = family.case
    returned = case.state == GraduationState.RETURNED
    return (
        case.id,
        family.enrollment_id,
        case.state,
        case.kind,
        case.reasons,
        case.note,
        None if returned else actors.proposer,
        None if returned else case.proposed_on,
        actors.verifier if case.verified_on else None,
        case.verified_on,
        actors.decider if case.decided_on else None,
        case.decided_on,
        case.decree,
        case.return_reason,
    )


def record_cases(cursor, families: list, ids: dict[str, int], coordinators: dict[str, str], bases: dict) -> None:
    """Tell every step on the case and on the family, as the actions do, in the order of the days."""
    events = []
    for family in families:
        for event in _events(family, actors(family, ids, coordinators), bases[family.program]):
            events.append((*event, family))
    events.sort(key=lambda event: event[0])
    columns = ["at", "actor_id", "action", "target_kind", "target_id", "data"]
    copy_rows(cursor, AuditEvent, columns, (row for event in events for row in _audit_rows(*event)))


def _events(family, actors: Actors, basis: str):
    """Give (day, actor, action, data) of each step that was taken."""
    case = family.case
    proposal = {"kind": case.kind, "reasons": case.reasons, "note": case.note}
    yield case.proposed_on, actors.proposer, "graduation.proposed", proposal
    if case.verified_on:
        yield case.verified_on, actors.verifier, "graduation.verified", {"note": ""}
    if case.decided_on:
        data = {"decree": case.decree, "legal_basis": basis}
        yield case.decided_on, actors.decider, "graduation.decided", data
    if case.returned_on:
        cleared = {
            "state": GraduationState.PROPOSED.value,
            "proposed_by": actors.proposer,
            "proposed_on": case.proposed_on.isoformat(),
            "verified_by": None,
            "verified_on": None,
        }
        yield (
            case.returned_on,
            actors.verifier,
            "graduation.returned",
            {"reason": case.return_reason, "cleared": cleared},
        )


def _audit_rows(day: datetime.date, actor: int, action: str, data: dict, family):
    on = day.isoformat()
    at = min(datetime.datetime.combine(day, datetime.time(10), ZoneInfo(settings.TIME_ZONE)), timezone.now())
    yield at, actor, action, GraduationCase._meta.label_lower, family.case.id, Jsonb({"on": on} | data)
    yield at, actor, action, Household._meta.label_lower, family.id, Jsonb({"case": family.case.id, "on": on})
