"""Visits, edits, assignments, decisions and imports at once, each with a connection of its own: no count is lost."""

import datetime
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
from assistance_logs.groups.actions import close_group, log_session, make_group
from beneficiaries import tallies
from beneficiaries.actions import EDITED, assign, edit_household, seen_values
from beneficiaries.edits import EditConflict
from beneficiaries.graduation.actions import decide, send_back
from beneficiaries.handover import hand_over, plan
from beneficiaries.merging.actions import merge
from beneficiaries.merging.comparison import Comparison
from beneficiaries.models import FamilyTally, Household, HouseholdMerge
from beneficiaries.tally_check import figure_differences
from ejsika.accounts import actions as accounts
from ejsika.accounts.permissions import Role
from ejsika.imports import actions as imports
from ejsika.imports.models import ImportBatch
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

    # What follows may find that another act was quicker.

    def merges(self, rng):
        families = list(Household.objects.filter(pk__in=[family.pk for family in rng.sample(self.families, 6)]))
        for kept, merged in zip(families[::2], families[1::2], strict=True):
            found = Comparison(kept, merged)
            if not (found.my_recipient and found.their_recipient):  # merged by another act meanwhile
                continue
            persons = {found.their_recipient.pk: found.my_recipient.pk}
            chosen = {row.name: row.offered for row in found.questions()}
            with suppress(ValidationError):
                merge(
                    kept=kept,
                    merged=merged,
                    by=self.admin,
                    seen=found.state,
                    chosen=chosen,
                    persons=persons,
                    reason="x",
                )

    def hand_overs(self, rng):
        for _ in range(4):
            chosen = [family.pk for family in rng.sample(self.families, 6)]
            families, today = Household.objects.for_user(self.coordinator).filter(pk__in=chosen), timezone.localdate()
            assistant = rng.choice(self.assistants)
            with suppress(ValidationError):
                seen = plan(families, assistant, today).seen
                hand_over(families=families, assistant=assistant, starting_on=today, by=self.coordinator, seen=seen)

    def meetings(self, rng):
        for _ in range(4):
            members, now = [family.pk for family in rng.sample(self.families, 4)], timezone.now()
            lasted = {"happened_at": now - datetime.timedelta(hours=2), "ended_at": now, "module": 1, "lesson": 1}
            sent = {"by": self.assistants[0], "uuid": uuid.uuid4(), "outbox_version": 1}
            with suppress(ValidationError):
                group = make_group(desa=NORTH, by=self.assistants[0], members=members[:2], leader=None, name="Melati")
                log_session(group=group, presences=dict.fromkeys(members, "hadir"), **sent, **lasted)
                close_group(group=group, by=self.assistants[0])

    def returned_cases(self, rng):
        for case in self.cases:
            with suppress(ValidationError):
                send_back(case=case, by=self.decider, reason="x")

    def closed_accounts(self, rng):
        for assistant in self.assistants:
            with suppress(ValidationError):
                accounts.deactivate(user=assistant, by=self.admin)
                accounts.activate(user=assistant, by=self.admin)

    def undone_roster(self, rng):
        with suppress(ValidationError):
            self.roster(rng)
            imports.undo(ImportBatch.objects.select_related("job").filter(status="committed").last(), self.admin)

    def unless_too_late(self, act):
        def run(rng):
            with suppress(ValidationError):
                act(rng)

        return run


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


def test_whatever_happens_at_once_nobody_waits_for_ever_and_no_count_is_lost(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    town, faults = Town(tmp_path), []
    tallies.refresh_all()
    acts = [town.visits, town.edits, town.assignments, town.roster]
    acts = [town.unless_too_late(act) for act in acts] + [town.merges, town.merges, town.hand_overs, town.meetings]
    acts += [town.meetings, town.returned_cases, town.closed_accounts, town.closed_accounts, town.undone_roster]
    at_once([*acts, town.night], faults)
    assert faults == []
    assert tallies.differences() == []
    assert figure_differences() == []
    assert HouseholdMerge.objects.exists()


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
