"""Whom an entry is about: which entries an admin may see, and where each leads."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.urls import reverse

from assistance_logs.groups.models import Group
from assistance_logs.models import ReviewLimit
from beneficiaries.models import GraduationCase, Household, HouseholdMerge, Member
from ejsika.accounts.models import User
from ejsika.audit.models import AuditEvent
from ejsika.imports.models import ImportBatch
from ejsika.programs.models import LegalBasis, Program, ProgramRule
from ejsika.regions.models import Region

HOUSEHOLD, MEMBER, GROUP, CASE, BATCH, USER, REGION = (
    model._meta.label_lower for model in (Household, Member, Group, GraduationCase, ImportBatch, User, Region)
)
KINDS = {
    HOUSEHOLD: "Keluarga",
    MEMBER: "Anggota keluarga",
    GROUP: "Kelompok",
    CASE: "Usulan graduasi",
    BATCH: "Impor",
    USER: "Pengguna",
    REGION: "Wilayah",
    Program._meta.label_lower: "Program",
    ProgramRule._meta.label_lower: "Aturan program",
    LegalBasis._meta.label_lower: "Dasar hukum",
    ReviewLimit._meta.label_lower: "Batas tinjauan",
}


@dataclass(frozen=True)
class Target:
    words: str
    url: str = ""


def visible_to(user) -> QuerySet:
    """Entries that this admin may see: all of them with a whole province and every programme, else those about rows
    of the own scope. Each kind asks that kind's own door, so nothing is seen here that is closed elsewhere.
    """
    if user.rules_everywhere:
        return AuditEvent.objects.all()
    families = Household.objects.for_user(user)
    return AuditEvent.objects.filter(
        Q(target_kind=HOUSEHOLD, target_id__in=families.values("pk"))
        | Q(target_kind=HOUSEHOLD, target_id__in=HouseholdMerge.objects.filter(into__in=families).values("merged"))
        | Q(target_kind=MEMBER, target_id__in=families.filter(members__isnull=False).values("members"))
        | Q(target_kind=GROUP, target_id__in=Group.objects.for_user(user).values("pk"))
        | Q(target_kind=CASE, target_id__in=GraduationCase.objects.for_user(user).values("pk"))
        | Q(target_kind=BATCH, target_id__in=ImportBatch.objects.for_user(user).values("pk"))
        | Q(target_kind=USER, target_id__in=User.objects.for_user(user).values("pk"))
    )


def targets_of(events: list[AuditEvent], user) -> dict[tuple[str, int], Target]:
    """Words and pages for what these entries are about, as far as it is still there. Cost: a query a kind."""
    wanted: dict[str, set[int]] = {}
    for event in events:
        wanted.setdefault(event.target_kind, set()).add(event.target_id)
    return {
        (kind, pk): target
        for kind, ids in wanted.items()
        if kind in _FIND
        for pk, target in _FIND[kind](ids, user).items()
    }


def names_for(events: list[AuditEvent]) -> dict[tuple[str, object], str]:
    """Words for the people and regions that these entries name by their keys. Cost: two queries at most."""
    users, codes = set(), set()
    for event in events:
        users |= {pk for pk in event.data.get("assistant", []) if isinstance(pk, int)}
        for listed in [event.data.get("regions", []), *event.data.get("changes", {}).get("regions", [])]:
            codes |= set(listed)
    names = {}
    if users:
        names |= {("user", pk): name for pk, name in User.objects.filter(pk__in=users).values_list("pk", "name")}
    if codes:
        regions = Region.objects.filter(code__in=codes).values_list("code", "name")
        names |= {("region", code): name for code, name in regions}
    return names


def _families(ids, user) -> dict[int, Target]:
    families = Household.objects.for_user(user).filter(pk__in=ids).only("pk", "recipient_name")
    found = {family.pk: Target(family.recipient_name, family.get_absolute_url()) for family in families}
    if missing := set(ids) - set(found):
        seen = Household.objects.for_user(user).values("pk")
        merges = HouseholdMerge.objects.filter(merged__in=missing, into__in=seen).select_related("merged", "into")
        for one in merges:
            found[one.merged_id] = Target(f"{one.merged.recipient_name} (digabung)", one.into.get_absolute_url())
    return found


def _members(ids, user) -> dict[int, Target]:
    rows = Household.objects.for_user(user).filter(members__in=ids).values_list("pk", "members__pk", "members__name")
    return {
        member: Target(name, reverse("beneficiaries:household_detail", args=[family])) for family, member, name in rows
    }


def _groups(ids, user) -> dict[int, Target]:
    groups = Group.objects.for_user(user).filter(pk__in=ids)
    return {group.pk: Target(f"Kelompok {group.name}", group.get_absolute_url()) for group in groups}


def _cases(ids, user) -> dict[int, Target]:
    cases = GraduationCase.objects.for_user(user).filter(pk__in=ids).select_related("enrollment__household")
    return {case.pk: Target(f"Usulan {case.household.recipient_name}", case.get_absolute_url()) for case in cases}


def _batches(ids, user) -> dict[int, Target]:
    batches = ImportBatch.objects.for_user(user).filter(pk__in=ids).only("pk", "file_name")
    return {batch.pk: Target(batch.file_name, batch.get_absolute_url()) for batch in batches}


def _users(ids, user) -> dict[int, Target]:
    return {
        person.pk: Target(person.name, person.get_absolute_url())
        for person in User.objects.for_user(user).filter(pk__in=ids)
    }


_FIND = {HOUSEHOLD: _families, MEMBER: _members, GROUP: _groups, CASE: _cases, BATCH: _batches, USER: _users}
