"""Visits, edits, assignments, decisions and imports at once, each with a connection of its own: no count is lost."""

import threading
import uuid
from contextlib import suppress
from decimal import Decimal
from random import Random

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from assistance_logs.actions import log_visit
from beneficiaries import tallies
from beneficiaries.actions import EDITED, assign, edit_household, seen_values
from beneficiaries.edits import EditConflict
from beneficiaries.graduation.actions import decide
from beneficiaries.models import FamilyTally, Household
from beneficiaries.tally_check import figure_differences
from ejsika.accounts.permissions import Role
from ejsika.imports import actions as imports
from tests.factories import NORTH, NORTH_2, SOUTH, make_case, make_household, make_program, make_user
from tests.graduation.test_races import until_waiting
from tests.sheets import family, write_roster

pytestmark = pytest.mark.django_db(transaction=True)
DESAS = [NORTH, NORTH_2, SOUTH]
MET = {"kind": "KR", "result": "bertemu_pengurus", "person_met": "pengurus", "topics": [], "notes": ""}


class Town:
    """Families in three desas and the people who work there, with what they may do at once."""

    def __init__(self, tmp_path):
        self.program, self.folder = make_program(), tmp_path
        self.admin = make_user("admin", Role.ADMIN, "36")
        self.coordinator, self.decider = make_user("ayu", Role.KOORDINATOR), make_user("dewi", Role.DINSOS)
        self.assistants = [make_user(f"budi{n}", Role.PENDAMPING) for n in range(3)]
        self.families = [make_household(region=DESAS[n % 3], assistant=self.assistants[n % 2]) for n in range(18)]
        self.cases = [
            make_case(household, by=self.assistants[0], verified_by=self.coordinator) for household in self.families[:6]
        ]

    def visit(self, household):
        now = timezone.now()
        by, number = self.assistants[0], uuid.uuid4()
        log_visit(household=household, by=by, uuid=number, outbox_version=1, happened_at=now, **MET)

    def visits(self, rng):
        for _ in range(8):
            self.visit(rng.choice(self.families))

    def assignments(self, rng):
        for household in rng.sample(self.families, 8):
            current = household.assignments.open().first()
            chosen = rng.choice([*self.assistants, None])
            with suppress(ValidationError):  # another was quicker, or nothing would change
                assign(household=household, assistant=chosen, by=self.coordinator, seen=current and current.pk)

    def edits(self, rng):
        for household in rng.sample(self.families, 8):
            found = Household.objects.get(pk=household.pk)
            values = {name: getattr(found, name) for name in EDITED}
            values |= {"latitude": Decimal(f"-6.{rng.randint(300, 499)}"), "longitude": Decimal("106.2")}
            with suppress(EditConflict):  # the same point was moved by another
                edit_household(
                    household=found,
                    by=self.coordinator,
                    seen=seen_values(found),
                    **values | {"point_source": "pin", "point_accuracy_m": None},
                )

    def decisions(self, rng):
        for case in self.cases:
            decide(case=case, by=self.decider, decree="460/1", on=timezone.localdate())

    def roster(self, rng):
        lines = [family(desa, Lintang="-6,4", Bujur="106,2") for desa in DESAS * 2]
        name = f"{uuid.uuid4()}.xlsx"
        content = write_roster(self.folder / name, lines).read_bytes()
        batch = imports.receive(kind="roster", program=self.program, by=self.admin, name=name, content=content)
        imports.check(batch)
        imports.commit(batch, self.admin)

    def night(self, rng):
        tallies.refresh_all()


def at_once(acts, faults):
    """Run each act in a thread of its own, all let go at the same moment."""
    start = threading.Barrier(len(acts))

    def run(act, number):
        try:
            start.wait(timeout=20)
            act(Random(number))
        except Exception as fault:  # told in the test's own thread
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act, number)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)


def test_what_happens_at_once_leaves_no_difference(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    town, faults = Town(tmp_path), []
    tallies.refresh_all()
    acts = [town.visits, town.visits, town.edits, town.edits, town.assignments, town.assignments, town.decisions]
    acts += [town.roster, town.night]
    at_once(acts, faults)
    assert faults == []
    assert tallies.is_current()
    assert tallies.differences() == []
    assert figure_differences() == []
    assert Household.objects.count() == 24
    assert sum(FamilyTally.objects.filter(program=0).values_list("graduated", flat=True)) == 6


def test_second_of_two_in_one_desa_waits_and_counts_both(tmp_path):
    town, faults = Town(tmp_path), []
    tallies.refresh_all()
    first, second = [household for household in town.families if household.region_id == NORTH_2][:2]
    with transaction.atomic():
        town.visit(first)
        thread = threading.Thread(target=at_once, args=([lambda rng: town.visit(second)], faults))
        thread.start()
        until_waiting(1)
    thread.join(timeout=20)
    assert faults == []
    assert FamilyTally.objects.get(program=0, desa=NORTH_2).in_time == 2
    assert tallies.differences() == []
