"""Building the demo: all in one transaction, and only what is missing."""

import datetime
from random import Random

from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count
from django.db.models.functions import Substr

from assistance_logs.groups.models import Attendance, Group, GroupSession, Membership
from assistance_logs.models import Visit
from assistance_logs.storing import refresh_last_visits
from beneficiaries import tallies
from beneficiaries.models import Assessment, Assignment, Enrollment, GraduationCase, Household, Member
from ejsika.audit.models import AuditEvent
from ejsika.demo import SEED
from ejsika.demo.assessments import write_assessments
from ejsika.demo.duties import flag_last_visits, write_excuses, write_leaves
from ejsika.demo.families import Family, live, place_families
from ejsika.demo.further_visits import write_further_visits
from ejsika.demo.graduations import record_cases, write_cases
from ejsika.demo.groups import write_groups
from ejsika.demo.numbers import Numbers
from ejsika.demo.oddities import finish_odd, make_odd
from ejsika.demo.places import missing
from ejsika.demo.programs import make_programs
from ejsika.demo.targets import write_targets
from ejsika.demo.users import Users, coordinators, share
from ejsika.demo.visits import copy_visits, make_visits
from ejsika.demo.writing import record_families, write_enrollments, write_families
from ejsika.lib.copying import take_ids
from ejsika.regions.models import Region


@transaction.atomic
def build(households: int, password: str, today: datetime.date, visits: int = 0) -> tuple[int, int]:
    """Fill the database up to so many families, and so many visits if those are more than the families bring.

    Every demo user gets this password. Gives how many families are new, and how many visits were added beyond theirs.

    What is there stays as it is. The same database, number and day give the same families.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('ejsika.demo'))")  # two at once would both top up
        if not Region.objects.exists():
            call_command("load_regions", verbosity=0)
        programs = make_programs()
        users = Users(password, programs)
        families = _add_families(cursor, households, users, today)
        if families:
            _add_stories(cursor, families, programs, users, today)
            write_targets(cursor, users, today)
            _analyze(cursor)
            write_excuses(cursor, families, today)
            write_leaves(users, today)
            flag_last_visits(cursor, families, today)
        further = write_further_visits(cursor, visits, today) if visits else 0
        if further:
            _analyze(cursor)
        if families or further:
            tallies.refresh_all()
    return len(families), further


def _analyze(cursor) -> None:
    """Let the planner know what this transaction wrote: else the tallies of many families take hours."""
    families = (Household, Member, Enrollment, Assignment, Assessment, GraduationCase)
    for model in (*families, Visit, Group, Membership, GroupSession, Attendance, AuditEvent):
        cursor.execute(f'ANALYZE "{model._meta.db_table}"')


def _add_families(cursor, households: int, users: Users, today: datetime.date) -> list[Family]:
    regencies = Household.objects.values(regency=Substr("region", 1, 4)).annotate(count=Count("pk"))
    present = dict(regencies.values_list("regency", "count"))
    first, numbers, added = sum(present.values()), Numbers(_taken(cursor)), []
    for regency, count in sorted(missing(households, present).items()):
        families = place_families(regency, first, count, present.get(regency, 0))
        share(families, users, regency)
        for family in families:
            live(family, Random(f"{SEED} life {family.serial}"), today)
        write_families(cursor, families, numbers, today)
        added += families
        first += count
    users.place()
    return added


def _add_stories(cursor, families: list[Family], programs: dict, users: Users, today: datetime.date) -> None:
    """Write what happened to the families: graduations first, for an enrollment rests on its case."""
    with_case = [family for family in families if family.case]
    with_case.sort(key=lambda family: family.case.proposed_on)
    for family, key in zip(with_case, take_ids(cursor, GraduationCase, len(with_case)), strict=True):
        family.case.id = key
    who = users.ids, coordinators()
    write_cases(cursor, with_case, *who)
    write_enrollments(cursor, families, programs, users.ids)
    record_families(cursor, families, users.ids["admin"])
    record_cases(cursor, with_case, *who, {code: each.legal_basis.number for code, each in programs.items()})
    write_assessments(cursor, families, today)
    visits = make_visits(families, today)
    odd = make_odd(visits, families, today)
    copy_visits(cursor, visits)
    refresh_last_visits([family.id for family in families])
    write_groups(cursor, families, today)
    finish_odd(odd)


def _taken(cursor) -> set[bytes]:
    """The sealed numbers that are in the database: a new family must not get one of them."""
    cursor.execute(
        """SELECT kk FROM beneficiaries_household UNION ALL SELECT kk FROM beneficiaries_formercard
           UNION ALL SELECT nik FROM beneficiaries_member WHERE nik IS NOT NULL"""
    )
    return {bytes(sealed) for (sealed,) in cursor}
