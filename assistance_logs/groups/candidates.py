"""Which families wait for a group, and which may come into one."""

import math
from dataclasses import dataclass

from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from assistance_logs.groups.models import Group, Membership
from beneficiaries import figures
from beneficiaries.models import Assignment, Household
from ejsika.lib.tags import rt_rw

MOST_FAMILIES = 30  # of one group, as far as a proposal goes: more do not find room in one house


@dataclass(frozen=True)
class Proposal:
    """Active families of one assistant in one desa that are in no group yet; `first` is one of them."""

    desa_name: str
    assistant_name: str
    families: int
    first: int


@dataclass(frozen=True)
class Candidate:
    """A family that may be in a group, or is."""

    pk: int
    name: str
    place: str
    desa: str
    desa_name: str
    is_member: bool


def ungrouped(user) -> QuerySet:
    """Active families of this person that are in no group today."""
    view = figures.View.of(user, timezone.localdate())
    return Household.objects.for_user(user).filter(figures.get("without_group").condition(view))


def proposals(user) -> list[Proposal]:
    """Families without a group by desa and assistant, as this person may group them. Cost: one query."""
    today = timezone.localdate()
    in_force = Q(assignments__ended_on__isnull=True) | Q(assignments__ended_on__gt=today)
    rows = (
        ungrouped(user)
        .filter(in_force, assignments__started_on__lte=today)
        .values_list("region", "assignments__assistant", "region__name", "assignments__assistant__name")
        .annotate(families=Count("pk"), first=Min("pk"))
        .order_by("region", "assignments__assistant__name", "assignments__assistant")
    )
    return [Proposal(*row[2:]) for row in rows]


def candidates_for_new(user, first: Household) -> list[Candidate]:
    """Families without a group of its assistant in its kecamatan, those of its desa first. Cost: one query."""
    today = Assignment.objects.on(timezone.localdate())
    assistants = today.filter(household=first).values("assistant")
    theirs = today.filter(assistant__in=assistants).values("household")
    families = ungrouped(user).filter(pk__in=theirs, region__code__startswith=first.region_id[:6])
    return _sorted(families, first.region_id, set())


def usual(user, first: Household, candidates: list[Candidate]) -> dict:
    """What a new group may begin with: the desa's name with a number, and as many families as find room.

    Cost: one query.
    """
    own = [candidate.pk for candidate in candidates if candidate.desa == first.region_id]
    groups = math.ceil(len(own) / MOST_FAMILIES) or 1
    number = Group.objects.countable_by(user).filter(region=first.region_id).count() + 1
    return {"name": f"{first.region.name[:70]} {number}", "members": own[: math.ceil(len(own) / groups)]}


def candidates_for(group: Group, user) -> list[Candidate]:
    """The group's families that this person may read of, and those that could join: of the same assistants, in the
    same kecamatan, in no other group. Cost: three queries.
    """
    today = timezone.localdate()
    members = set(Membership.objects.open().filter(group=group).values_list("household", flat=True))
    assistants = Assignment.objects.on(today).filter(household__in=members).values_list("assistant", flat=True)
    others = Assignment.objects.on(today).filter(assistant__in=set(assistants)).values("household")
    others = ungrouped(user).filter(pk__in=others, region__code__startswith=group.region_id[:6])
    families = Household.objects.for_user(user).filter(Q(pk__in=members) | Q(pk__in=others.values("pk")))
    return _sorted(families, group.region_id, members)


def _sorted(families: QuerySet, desa: str, members: set[int]) -> list[Candidate]:
    """By desa, the group's own first, then as the houses stand: RW, RT, name."""
    found = families.select_related("region")
    found = sorted(
        found,
        key=lambda family: (
            family.region_id != desa,
            family.region_id,
            family.rw or 0,
            family.rt or 0,
            family.recipient_name.lower(),
            family.pk,
        ),
    )
    return [
        Candidate(
            family.pk,
            family.recipient_name,
            rt_rw(family),
            family.region_id,
            family.region.name,
            family.pk in members,
        )
        for family in found
    ]


def group_to_note(user, pk) -> Group | None:
    """A group of this assistant, or one of families that were theirs once (`is_theirs_today` tells).

    A hand-over must not cost its old assistant a meeting that is not sent yet: the form asks for the day.
    Cost: one query, two for a group that is not theirs today.
    """
    if not str(pk).isdecimal() or len(str(pk)) > 18:
        return None
    if group := Group.objects.for_user(user).select_related("region").filter(pk=pk).first():
        group.is_theirs_today = True
        return group
    once = Membership.objects.filter(household__in=Household.objects.ever_assisted_by(user).values("pk"))
    group = Group.objects.select_related("region").filter(pk=pk, pk__in=once.values("group")).first()
    if group:
        group.is_theirs_today = False
    return group


def shown_before(group: Group, user, ids: list[int]) -> list[tuple[int, str, str]]:
    """(id, name, place) of those families that a form of this person can have shown: once in this group, once theirs.

    A form may come days later: a family that somebody else looks after by now is noted too, but not named any more.
    Cost: two queries.
    """
    members = Membership.objects.filter(group=group, household__in=ids).values("household")
    once_theirs = Assignment.objects.filter(assistant=user, household__in=members).values("household")
    known = {family.pk: family for family in Household.objects.for_user(user).filter(pk__in=once_theirs)}
    handed_over = set(once_theirs.values_list("household", flat=True)) - known.keys()
    found = [(pk, family.recipient_name, rt_rw(family)) for pk, family in known.items()]
    return found + [(pk, "Keluarga yang sudah dipindahkan", "") for pk in handed_over]


def with_leader(groups: QuerySet, user) -> QuerySet:
    """Add `leader_name`, empty where the group has none or this person may not read of that family."""
    own = Household.objects.for_user(user).filter(pk=OuterRef("household")).values("recipient_name")
    led = Membership.objects.open().filter(group=OuterRef("pk"), is_leader=True).annotate(name=Subquery(own))
    return groups.annotate(leader_name=Subquery(led.values("name")[:1])).annotate(desa_name=F("region__name"))
