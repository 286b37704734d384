"""Writing the invented families by COPY, a kabupaten/kota at a time; their ids are taken from the sequences first."""

import datetime
from random import Random
from zoneinfo import ZoneInfo

from django.conf import settings

from beneficiaries.choices import Bank
from beneficiaries.models import Assignment, Enrollment, Household, Member, StatusChange
from ejsika.audit.models import AuditEvent
from ejsika.demo import SEED, names
from ejsika.demo.families import Family
from ejsika.demo.numbers import Numbers, account, phone
from ejsika.demo.people import Person
from ejsika.demo.visits import fitting_topics
from ejsika.lib.copying import copy_rows, take_ids
from ejsika.regions.models import Region

# Who pays out, by kabupaten/kota, in 2021.
BANKS = {"3604": Bank.BANTEN, "3672": Bank.BANTEN, "3673": Bank.BRI}
ACCURACY_M = {"gps": (3, 30), "impor": (10, 150)}
HOUSEHOLD = """id kk recipient_name region_code address rt rw phone latitude longitude point_accuracy_m point_source
    bank account_sealed account_digest status created_at"""
MEMBER = """household_id nik name sex born_on relationship is_recipient school_level grade is_pregnant is_disabled
    joined_on"""


def write_families(cursor, families: list[Family], numbers: Numbers, today: datetime.date) -> None:
    """Write families with their members and assignments; each learns its ids and its recipient's name."""
    for family, key in zip(families, take_ids(cursor, Household, len(families)), strict=True):
        family.id = key
    for family, key in zip(families, take_ids(cursor, Enrollment, len(families)), strict=True):
        family.enrollment_id = key
    households, members = [], []
    for family in families:
        rng = Random(f"{SEED} home {family.serial}")
        people = family.people(today)
        family.topics = fitting_topics(people, today)
        family.recipient_name = people[0].name
        households.append(_household(family, numbers, rng))
        members += [_member(family, person, numbers, rng) for person in people]
    copy_rows(cursor, Household, HOUSEHOLD.split(), households)
    copy_rows(cursor, Member, MEMBER.split(), members)
    copy_rows(
        cursor,
        Assignment,
        ["household_id", "assistant_id", "started_on", "ended_on"],
        ((each.id, each.assistant.id, each.assigned_from, each.assigned_until) for each in families),
    )


def _household(family: Family, numbers: Numbers, rng: Random) -> tuple:
    card = family.history[0].on - datetime.timedelta(days=rng.randint(30, 1500))
    point = family.home if family.point_source else (None, None)
    accuracy = ACCURACY_M.get(family.point_source)
    return (
        family.id,
        numbers.kk(family.district, card, rng),
        family.recipient_name,
        family.desa.code,
        _address(family.desa, rng),
        rng.randint(1, 8),
        rng.randint(1, 6),
        phone(rng) if rng.random() < 0.78 else "",
        *point,
        rng.randint(*accuracy) if accuracy else None,
        family.point_source,
        *_bank(family.regency, rng),
        family.now.status,
        datetime.datetime.combine(family.assigned_from, datetime.time(8), ZoneInfo(settings.TIME_ZONE)),
    )


def _bank(regency: str, rng: Random) -> tuple:
    if rng.random() < 0.06:
        return "", None, None
    return BANKS.get(regency, Bank.BJB).value, *account(rng)


def _address(desa: Region, rng: Random) -> str:
    hamlet = f"{rng.choice(names.HAMLET_FIRST)} {rng.choice(names.HAMLET_SECOND)}"
    if desa.level == Region.Level.KELURAHAN and rng.random() < 0.4:
        return f"Link. {hamlet}"
    return f"Kp. {hamlet}"


def _member(family: Family, person: Person, numbers: Numbers, rng: Random) -> tuple:
    return (
        family.id,
        numbers.nik(family.district, person.born_on, person.sex, rng),
        person.name,
        person.sex,
        person.born_on,
        person.relationship,
        person.is_recipient,
        person.school_level,
        person.grade,
        person.is_pregnant,
        person.is_disabled,
        max(person.born_on, family.assigned_from),
    )


def write_enrollments(cursor, families: list[Family], programs: dict, ids: dict[str, int]) -> None:
    """Write the families' places in their programmes with all steps; the cases that they rest on stand already."""
    columns = """id household_id program_id status since reason letter cohort_year graduation_case_id"""
    copy_rows(
        cursor,
        Enrollment,
        columns.split(),
        (
            (
                each.enrollment_id,
                each.id,
                programs[each.program].pk,
                each.now.status,
                each.now.on,
                each.now.reason,
                each.now.letter,
                each.cohort_year,
                each.case.id if each.case and each.case.decided_on else None,
            )
            for each in families
        ),
    )
    copy_rows(
        cursor,
        StatusChange,
        ["enrollment_id", "status", "on", "reason", "letter", "legal_basis_id", "by_id"],
        (row for each in families for row in _history(each, programs, ids)),
    )


def _history(family: Family, programs: dict, ids: dict[str, int]):
    decided = family.case is not None and family.case.decided_on
    decider = ids["dinsos2" if programs[family.program].code == "JSCM" else "dinsos"]
    for step in family.history:
        is_decision = decided and step is family.now
        basis = programs[family.program].legal_basis_id if is_decision or step.letter else None
        by = decider if is_decision else ids["admin"]
        yield family.enrollment_id, step.status, step.on, step.reason, step.letter, basis, by


def record_families(cursor, families: list[Family], by: int) -> None:
    kind = Household._meta.label_lower
    rows = ((by, "household.created", kind, family.id, "{}") for family in families)
    copy_rows(cursor, AuditEvent, ["actor_id", "action", "target_kind", "target_id", "data"], rows)
