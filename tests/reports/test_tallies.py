"""Tallies: equal to what the figures count, after every act, and never read when they do not hold."""

import datetime
import io
import uuid

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.utils import timezone

from assistance_logs.actions import correct_visit, log_visit
from assistance_logs.models import Visit
from beneficiaries import figures, tallies, tasks
from beneficiaries.actions import assign
from beneficiaries.graduation.actions import decide, propose, send_back, verify
from beneficiaries.handover import hand_over, plan
from beneficiaries.models import CaseTally, FamilyTally, Household
from beneficiaries.tally_check import figure_differences
from ejsika.accounts.permissions import Role
from ejsika.imports import actions as imports
from ejsika.programs.models import ProgramRule
from reports.cells import Box, count_cells
from reports.component_table import overview
from reports.counts import count_by_region, count_mapped_by_region
from reports.scope import Scope
from reports.summary import FIGURES, count_verified, read_ahead
from reports.tallied import Tallied
from reports.trends import visited_by_month
from reports.workloads import count_silent, workloads
from tests.factories import (
    NORTH,
    NORTH_2,
    SOUTH,
    enroll,
    make_case,
    make_household,
    make_member,
    make_program,
    make_user,
    make_visit,
)
from tests.sheets import family, write_roster

HELD = """
    SELECT classid, objid, mode FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() ORDER BY 1, 2, 3"""
MET = {"kind": "KR", "result": "bertemu_pengurus", "person_met": "pengurus", "topics": [], "notes": ""}


@pytest.fixture
def some(budi, citra, ayu, dewi):
    """Families of every status in two programmes and three desas, visited and not; all tallied."""
    today, point, second = timezone.localdate(), {"latitude": "-6.4", "longitude": "106.2"}, make_program("JSCM")
    ProgramRule.objects.filter(program=second).update(value=30)
    recent = make_household(region=NORTH, assistant=budi, **point)
    old = make_household(region=NORTH, assistant=budi, **point)
    both = make_household(region=NORTH_2, assistant=budi, status="ditangguhkan")
    enroll(both, program=second)
    Household.objects.filter(pk=both.pk).update(status="aktif")
    both.refresh_from_db()
    make_household(region=NORTH_2)
    make_household(region=SOUTH, status="calon", **point)
    make_household(region=SOUTH, status="nonaktif", program=second)
    elsewhere = make_household(region=SOUTH, assistant=citra, program=second, latitude="-6.7", longitude="105.9")
    lulus = make_household(region=NORTH, assistant=budi, **point)
    make_visit(recent, budi, today - datetime.timedelta(days=3))
    make_visit(old, budi, today - datetime.timedelta(days=200))
    make_visit(both, budi, today - datetime.timedelta(days=45))
    make_visit(elsewhere, citra, today - datetime.timedelta(days=10), result="rumah_kosong", person_met="tetangga")
    make_case(lulus, by=budi, verified_by=ayu, decided_by=dewi)
    make_case(old, by=budi, verified_by=ayu)
    tallies.refresh_all()
    return recent, old, both, elsewhere


@pytest.fixture
def no_difference(db):
    """After the test the tallies hold for today and are what the families say, row by row and figure by figure."""
    yield
    assert tallies.is_current()
    assert tallies.differences() == []
    assert figure_differences() == []


def seen(household):
    current = household.assignments.open().first()
    return current and current.pk


@pytest.mark.usefixtures("no_difference")
def test_recomputed_whole_they_are_the_figures(some):
    assert FamilyTally.objects.get(program=0, desa=NORTH).registered == 3
    assert FamilyTally.objects.get(program=0, desa=NORTH_2).active == 2
    jscm = make_program("JSCM")
    assert FamilyTally.objects.get(program=jscm.pk, desa=NORTH_2).late == 1  # 45 days are too many there


@pytest.mark.usefixtures("no_difference")
def test_visit_and_its_correction_to_another_month(some, budi):
    now = timezone.now()
    before = FamilyTally.objects.get(program=0, desa=NORTH_2).never_visited
    family = Household.objects.get(region=NORTH_2, last_visited_on=None)
    visit = log_visit(household=family, by=budi, uuid=uuid.uuid4(), outbox_version=1, happened_at=now, **MET)
    assert FamilyTally.objects.get(program=0, desa=NORTH_2).never_visited == before - 1
    earlier = now - datetime.timedelta(days=40)
    correct_visit(visit=visit, by=budi, uuid=uuid.uuid4(), outbox_version=1, happened_at=earlier, **MET)


@pytest.mark.usefixtures("no_difference")
def test_visit_and_correction_of_a_family_that_an_import_moved_meanwhile(some, budi):
    """Both were read before the family's desa became another one."""
    recent, old = Household.objects.get(pk=some[0].pk), Household.objects.get(pk=some[1].pk)
    visit = Visit.objects.select_related("household").get(household=recent)
    Household.objects.filter(pk__in=[recent.pk, old.pk]).update(region=SOUTH)
    tallies.refresh([NORTH, SOUTH])
    now = {"happened_at": timezone.now(), "outbox_version": 1, "by": budi} | MET
    log_visit(household=old, uuid=uuid.uuid4(), **now)
    correct_visit(visit=visit, uuid=uuid.uuid4(), **now | {"result": "rumah_kosong", "person_met": "tetangga"})


def test_a_visit_takes_the_locks_that_other_changes_of_its_desa_take(db):
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(f"SELECT {tallies.HOLD_ONE}", {"desa": NORTH})
        cursor.execute(HELD)
        held = cursor.fetchall()
        tallies.refresh([NORTH])
        cursor.execute(HELD)
        assert cursor.fetchall() == held and len(held) == 2


@pytest.mark.usefixtures("no_difference")
def test_assignment_of_one_and_of_many(some, ayu, citra):
    recent, *_ = some
    other = make_user("other", Role.PENDAMPING, NORTH[:4])
    assign(household=recent, assistant=None, by=ayu, seen=seen(recent))
    families = Household.objects.for_user(ayu)
    found = plan(families, other, timezone.localdate())
    hand_over(families=families, assistant=other, starting_on=timezone.localdate(), by=ayu, seen=found.seen)
    assert FamilyTally.objects.get(program=0, desa=NORTH).without_assistant == 0


@pytest.mark.usefixtures("no_difference")
def test_graduation(some, budi, ayu, dewi):
    recent, *_ = some
    case = make_case(recent, by=budi, verified_by=ayu)
    decide(case=case, by=dewi, decree="460/1", on=timezone.localdate())
    tally = FamilyTally.objects.get(program=0, desa=NORTH)
    assert (tally.graduated, tally.graduated_this_year) == (2, 2)


@pytest.mark.usefixtures("no_difference")
def test_steps_of_a_case_on_the_way_to_its_decision(some, budi, ayu, dewi):
    recent, *_ = some
    waiting = lambda: CaseTally.objects.get(program=0, desa=NORTH).verified  # noqa: E731
    case = make_case(recent, by=budi)
    verify(case=case, by=ayu, on=timezone.localdate())
    assert waiting() == 2
    send_back(case=case, by=dewi, reason="Alasannya belum lengkap.")
    assert waiting() == 1
    propose(enrollment=case.enrollment, by=budi, kind=case.kind, reasons=case.reasons, on=timezone.localdate())
    verify(case=case, by=ayu, on=timezone.localdate())
    assert waiting() == 2
    decide(case=case, by=dewi, decree="460/1", on=timezone.localdate())
    assert waiting() == 1


@pytest.mark.usefixtures("no_difference")
def test_import_that_moves_families_and_its_undoing(some, admin, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    before = list(FamilyTally.objects.order_by("desa", "program").values())

    def imported(name, lines):
        content = write_roster(tmp_path / name, lines).read_bytes()
        batch = imports.receive(kind="roster", program=make_program(), by=admin, name=name, content=content)
        imports.check(batch)
        imports.commit(batch, admin)
        assert tallies.differences() == []
        return batch

    lines = [family(NORTH), family(SOUTH, Lintang="-6,7", Bujur="105,9")]
    first = imported("first.xlsx", lines)
    lines[0]["Kode Desa"], lines[1]["Status"] = NORTH_2, "nonaktif"
    second = imported("second.xlsx", lines)
    assert list(FamilyTally.objects.order_by("desa", "program").values()) != before
    imports.undo(second, admin)
    assert tallies.differences() == []
    imports.undo(first, admin)
    assert list(FamilyTally.objects.order_by("desa", "program").values()) == before


@pytest.mark.usefixtures("no_difference")
def test_import_that_takes_a_member_from_a_family_elsewhere(some, admin, settings, tmp_path):
    """The family that somebody left is in no line of the sheet; its desa has a mother less all the same."""
    settings.MEDIA_ROOT = tmp_path
    line = family(NORTH)
    mother = make_member(
        Household.objects.filter(region=SOUTH, status="aktif").get(),
        nik=line["NIK Pengurus"],
        name=line["Nama Pengurus"],
        born_on=datetime.date(1980, 5, 4),
        is_pregnant=True,
    )
    tallies.refresh_all()
    content = write_roster(tmp_path / "a.xlsx", [line]).read_bytes()
    batch = imports.receive(kind="roster", program=make_program(), by=admin, name="a.xlsx", content=content)
    imports.check(batch)
    imports.commit(batch, admin)
    mother.refresh_from_db()
    assert mother.left_on
    assert tallies.differences() == []
    imports.undo(batch, admin)


def test_they_do_not_hold_on_another_day_or_with_other_rules(some):
    assert tallies.is_current()
    ProgramRule.objects.filter(program=make_program()).update(value=10)
    assert not tallies.is_current()
    tasks.keep()
    assert tallies.is_current()
    with time_machine.travel(timezone.now() + datetime.timedelta(days=1)):
        assert not tallies.is_current()
        tasks.keep()
        assert tallies.is_current()


def test_without_tallies_nothing_is_read_from_them(db, program):
    view = figures.View.month(timezone.localdate())
    assert Tallied.of(view, ["36"]) is None


def test_command_names_each_difference_and_mends_it(some):
    FamilyTally.objects.filter(program=0, desa=NORTH).update(late=9)
    CaseTally.objects.filter(program=0, desa=NORTH).update(verified=7)
    out = io.StringIO()
    with pytest.raises(CommandError, match="perbedaan"):
        call_command("check_tallies", stdout=out)
    assert f"desa={NORTH}" in out.getvalue()
    assert "late, program semua, 3602: tercatat 10, terhitung 2" in out.getvalue()
    assert "verified, program semua, 3602: tercatat 7, terhitung 1" in out.getvalue()
    call_command("check_tallies", "--mend", stdout=out)
    assert "sama" in out.getvalue()


def test_command_says_when_they_are_of_another_day(db, program):
    with pytest.raises(CommandError, match="--mend"):
        call_command("check_tallies")


def test_nightly_check_reports_and_mends(some, caplog):
    FamilyTally.objects.filter(program=0, desa=NORTH).update(late=9)
    tasks.check()
    assert f"desa={NORTH}" in caplog.text
    assert tallies.differences() == []


def scope_of(rf, user, **values) -> Scope:
    request = rf.get("/", {name: value for name, value in values.items() if value})
    request.user = user
    scope = Scope(request)
    assert scope.is_valid
    return scope


@pytest.mark.parametrize("region", ["", NORTH[:4], NORTH[:6], NORTH])
@pytest.mark.parametrize("code", ["", "JAMSOSRATU", "JSCM"])
@pytest.mark.parametrize("back", [0, 1, 6])
def test_figures_of_any_month_and_programme_are_those_counted_one_by_one(rf, some, admin, region, code, back):
    period = f"{tallies.months_before(timezone.localdate(), back):%Y-%m}"
    scope, other = (scope_of(rf, admin, region=region, program=code, period=period) for _ in range(2))
    names = sorted(scope.tallied.kept)
    assert "visited_this_period" in names
    other.tallied = None  # counts the families themselves
    for mapped in (False, True):
        read = count_by_region(scope, names, scope.part_codes, mapped=mapped)
        assert read == count_by_region(other, names, scope.part_codes, mapped=mapped)
    assert count_mapped_by_region(scope, scope.part_codes) == count_mapped_by_region(other, scope.part_codes)
    assert visited_by_month(scope) == visited_by_month(other)
    assert workloads(scope) == workloads(other)
    assert count_silent(scope) == count_silent(other)
    assert scope.tallied.verified_cases() == count_verified(other)


@pytest.mark.parametrize("region", ["", NORTH[:4], NORTH])
@pytest.mark.parametrize("code", ["", "JSCM"])
def test_a_dashboard_reads_in_one_statement_what_it_counts_one_by_one(
    rf, some, admin, region, code, django_assert_num_queries
):
    ahead, other = (scope_of(rf, admin, region=region, program=code) for _ in range(2))
    other.tallied = None  # counts the families themselves
    assert ahead.tallied and ahead.parts and ahead.form.programs
    with django_assert_num_queries(1):
        read_ahead(ahead)
        read = count_by_region(ahead, FIGURES, ahead.part_codes), overview(ahead), visited_by_month(ahead)
        read += count_silent(ahead), ahead.tallied.verified_cases()
    counted = count_by_region(other, FIGURES, other.part_codes), overview(other), visited_by_month(other)
    assert read == (*counted, count_silent(other), count_verified(other))
    assert code or (any(read[2]) and count_silent(other).of)


@pytest.mark.parametrize("zoom", [8, 9, 10, 11])
def test_cells_of_the_map_are_those_counted_one_by_one(rf, some, admin, zoom):
    box = Box(104.0, -8.0, 108.0, -5.0)
    scope, other = scope_of(rf, admin), scope_of(rf, admin)
    other.tallied = None
    assert count_cells(scope, box, zoom) == count_cells(other, box, zoom) != []


def test_several_programmes_that_are_not_all_are_counted_one_by_one(rf, some):
    programs = [make_program("JAMSOSRATU"), make_program("JSCM")]
    scope = scope_of(rf, make_user("lina", Role.DINSOS, "36", programs=programs))
    assert scope.tallied is None
    assert count_by_region(scope, ["registered"], ["36"])["36"]["registered"] == 8


def test_one_programme_of_the_reader_is_read_from_its_own_rows(rf, some):
    jscm = make_program("JSCM")
    scope = scope_of(rf, make_user("lina", Role.DINSOS, "36", programs=[jscm]))
    assert scope.tallied.program == jscm.pk
    assert count_by_region(scope, ["registered"], ["36"])["36"]["registered"] == 3


def test_an_assistant_s_map_counts_their_own(rf, some, budi):
    scope = scope_of(rf, budi)
    assert scope.tallied and scope.mapped_tallied is None


def test_who_reported_elsewhere_is_not_silent(rf, some, admin, budi):
    """Budi's visit of the last days was to a family of another programme than the one that is looked at."""
    scope = scope_of(rf, admin, program="JSCM", region=NORTH_2)
    assert [(load.assistant_id, load.has_reported) for load in workloads(scope)] == [(budi.pk, True)]
    Visit.objects.all().update(happened_at=timezone.now() - datetime.timedelta(days=60))
    tallies.refresh_all()
    again = scope_of(rf, admin, program="JSCM", region=NORTH_2)
    assert [load.has_reported for load in workloads(again)] == [False]
