"""What the page of one family shows, besides the panels and the line of time that every room adds to."""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from beneficiaries.assessments.timeline import condition
from beneficiaries.choices import Relationship, Sex
from beneficiaries.components import SCHOOLS, Component, components_of, with_components
from beneficiaries.known import add_enrollments
from beneficiaries.locator import locate
from beneficiaries.models import Assignment, Enrollment, Household, Member, StatusChange
from ejsika.accounts.permissions import Permission
from ejsika.lib.prepared import prepared
from ejsika.regions.models import Region


def find_family(user, pk: int) -> Household | None:
    """The family as its page needs it, where this person may read of it. Cost: one query."""
    return next(iter(_family(user.reach, timezone.localdate(), household=pk)), None)


@prepared(is_planned=True)
def _family(reach, day, household):
    return Household.objects.for_user(reach.user()).for_page().filter(pk=household)


def family_context(household: Household, user) -> dict:
    """Members, programmes with their history, assistants, condition, place and small map. Cost: seven queries.

    `household` comes from find_family().
    """
    today = timezone.localdate()
    add_enrollments([household], user)
    history = _status_changes(enrollments=[enrollment.pk for enrollment in household.known_enrollments])
    members = _members(today, household=household.pk)
    assignments = _assignments(household=household.pk)
    near = Region.objects.near(household.region.parent_id)
    return {
        "members": [MemberLine.of(member, today) for member in members],
        "recipient": next((member for member in members if member.is_recipient), None),
        "enrollments": household.known_enrollments,
        "history": history,
        "assignment": next((one for one in assignments if one.covers(today)), None),
        "assignments": assignments,
        "breadcrumb": breadcrumb(household.region, near, user),
        "locator": _locator(household, near),
        "condition": condition(household, user),
        **_allowed(household, user),
    }


@prepared(is_planned=True)
def _status_changes(enrollments):
    changes = StatusChange.objects.filter(enrollment=enrollments.any)
    return changes.select_related("by", "legal_basis").order_by("-on", "-pk")


@prepared(is_planned=True)
def _members(day, household):
    members = with_components(Member.objects.filter(household=household, left_on__isnull=True), day)
    return members.order_by("-is_recipient", "relationship", "born_on", "pk")


@prepared(is_planned=True)
def _assignments(household):
    return Assignment.objects.filter(household=household).select_related("assistant").order_by("-started_on", "-pk")


@dataclass(frozen=True)
class MemberLine:
    """A member as the page shows one: a line of words, whether it is the recipient, and its components as badges."""

    member: Member
    words: str
    badges: list[str]

    @classmethod
    def of(cls, member: Member, today: datetime.date) -> "MemberLine":
        age = member.age_on(today)
        words = [_relationship(member), "umur tidak diketahui" if age is None else f"{age} tahun"]
        school = member.get_school_level_display() if member.school_level else ""
        if school and member.grade:
            school = f"{member.school_level} kelas {member.grade}"
        line = ", ".join(filter(None, words))
        badges = [_component_words(component, member) for component in components_of(member)]
        return cls(member, " · ".join(filter(None, [line, school])), badges)


def _component_words(component: Component, member: Member) -> str:
    """A level of school that only the age tells is said to be so."""
    is_guessed = component in SCHOOLS and not member.school_level
    return component.label.replace("Anak", "Usia") if is_guessed else component.label


def _relationship(member: Member) -> str:
    if member.relationship == Relationship.SPOUSE and member.sex:
        return "istri" if member.sex == Sex.FEMALE else "suami"
    return member.get_relationship_display().lower() if member.relationship else ""


def breadcrumb(region: Region, near: dict[str, Region], user) -> list[tuple[str, str]]:
    """(name, link) from this person's outermost region down to the desa; `near` holds them by code.

    A link leads to the region's figures, or to its families for a role that has no dashboard.
    """
    url = reverse("reports:dashboard" if user.may(Permission.COUNTS_VIEW) else "beneficiaries:household_list")
    own = [near[code] for code in region.path_codes if user.covers(code)]
    return [(step.name, f"{url}?region={step.code}" if step != region else "") for step in own]


def _allowed(household: Household, user) -> dict[str, bool]:
    """Which buttons this person gets. Cost: one query for who may propose."""
    return {
        "can_edit": user.may(Permission.HOUSEHOLD_EDIT),
        "can_assess": user.may(Permission.ASSESSMENT_RECORD),
        "can_assign": user.may(Permission.HOUSEHOLD_ASSIGN),
        "can_merge": user.may(Permission.HOUSEHOLD_MERGE),
        "can_visit": user.may(Permission.VISIT_LOG),
        "can_propose": user.may(Permission.GRADUATION_PROPOSE)
        and Enrollment.objects.for_user(user).proposable().filter(household=household).exists(),
        "can_reveal": user.may(Permission.NUMBER_REVEAL),
    }


def desas_around(household: Household, near: dict[str, Region]) -> dict[str, tuple[float, float]]:
    """The middles of the desas of the same kecamatan by name, the family's own among them."""
    desas = (region for region in near.values() if region.parent_id == household.region.parent_id)
    return {desa.name: _point(desa) for desa in desas if desa.latitude is not None and desa.closed_on is None}


def picker_context(household: Household, user) -> dict:
    """What the map of the edit form needs: where it begins, the names to find one's way by, tiles if there are any."""
    near = Region.objects.near(household.region.parent_id)
    desas = desas_around(household, near)
    return {
        "breadcrumb": breadcrumb(household.region, near, user),
        "picker": {
            "desas": [{"name": name, "at": at} for name, at in desas.items()],
            "own": household.region.name,
            "tiles": settings.MAP_TILES,
            "attribution": settings.MAP_TILES_ATTRIBUTION,
        },
    }


def _locator(household: Household, near: dict[str, Region]):
    if not household.has_point:
        return None
    region = household.region
    middle = _point(region) if region.latitude is not None else None
    return locate(_point(household), middle, desas_around(household, near))


def _point(place) -> tuple[float, float]:
    return float(place.latitude), float(place.longitude)
