"""A family's graduation as others see it: steps in the line of time, a panel on its page, facts for a decision."""

import datetime
from dataclasses import dataclass

from django.utils import formats, timezone

from beneficiaries.choices import GraduationKind
from beneficiaries.graduation.models import GraduationCase
from beneficiaries.timeline import Entry
from ejsika.accounts.permissions import Permission
from ejsika.audit.models import AuditEvent
from ejsika.lib.prepared import prepared

# Each act, by its title and the icon of its line in the case's own history.
TITLES = {
    "graduation.proposed": ("Diusulkan untuk graduasi", "file-text"),
    "graduation.verified": ("Usulan graduasi diverifikasi", "check"),
    "graduation.returned": ("Usulan graduasi dikembalikan", "undo-2"),
    "graduation.decided": ("Lulus (graduasi)", "star"),
}


@dataclass(frozen=True)
class Step:
    """One step that was taken, also in a round that was returned later."""

    case_id: int
    at: datetime.datetime
    on: datetime.date
    title: str
    by: str
    detail: str
    icon: str
    is_decision: bool


def steps_of(case_ids: list[int], limit: int = 100) -> list[Step]:
    """Steps taken in these cases, newest first, as the audit keeps them. Cost: one query."""
    events = AuditEvent.objects.filter(
        target_kind=GraduationCase._meta.label_lower, target_id__in=case_ids, action__in=TITLES
    )
    return [_step(event) for event in events.select_related("actor").order_by("-pk")[:limit]]


def entries(household, user, limit: int) -> list[Entry]:
    """The steps of a family's cases, for its line of time. Cost: one query, and that of the cases."""
    cases = _cases(household, user)
    return [
        Entry(
            at=step.at,
            icon="star",
            title=step.title,
            detail=" · ".join(filter(None, [step.detail, step.by])),
            url=GraduationCase(pk=step.case_id).get_absolute_url(),
            kind="graduated" if step.is_decision else "",
        )
        for step in (steps_of([case.pk for case in cases], limit) if cases else ())
    ]


def panel(household, user):
    """The panel "Graduasi" of the family's page: its cases, newest first. Cost: that of the cases."""
    if not user.may(Permission.GRADUATION_VIEW):
        return None
    cases = _cases(household, user)
    can_propose = user.may(Permission.GRADUATION_PROPOSE)
    return ("graduation/_panel.html", {"cases": cases, "can_propose": can_propose}) if cases else None


def _cases(household, user) -> list[GraduationCase]:
    """A family's cases, newest first. Cost: one query, shared by the panel and the line of time; none without cases."""
    if not getattr(household, "has_cases", True):  # as HouseholdQuerySet.for_page knows
        return []
    known = household.__dict__.setdefault("known_cases", {})  # beside what is prefetched on the family
    if user.pk not in known:
        known[user.pk] = _of_family(household=household.pk, programs=user.known_programs)
    return known[user.pk]


@prepared(is_planned=True)
def _of_family(household, programs):
    cases = GraduationCase.objects.in_known_family(programs).filter(enrollment__household=household)
    return cases.for_page().order_by("-pk")


def _step(event: AuditEvent) -> Step:
    title, icon = TITLES[event.action]
    on = datetime.date.fromisoformat(event.data["on"])
    local = timezone.localtime(event.at)
    return Step(
        case_id=event.target_id,
        # The day of the act, not of its typing in; the hour keeps the order of steps on one day.
        at=local.replace(year=on.year, month=on.month, day=on.day),
        on=on,
        title=title,
        by=event.actor.name if event.actor else "",
        detail=_detail(event, on),
        icon=icon,
        is_decision=event.action == "graduation.decided",
    )


def _detail(event: AuditEvent, on: datetime.date) -> str:
    data = event.data
    if event.action == "graduation.decided":
        basis = f", {data['legal_basis']}" if data.get("legal_basis") else ""
        return f"SK {data['decree']} tanggal {formats.date_format(on)}{basis}"
    kind = GraduationKind(data["kind"]).label if data.get("kind") else ""
    return " · ".join(filter(None, [kind, data.get("reason"), data.get("note")]))
