"""What is due, when: derived from the calendar, on the borders of periods, told alike by page, list and tally."""

import datetime

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from assistance_logs.actions import correct_visit
from assistance_logs.obligations import actions
from assistance_logs.obligations.duties import date, open_duties
from assistance_logs.worklist import day_of
from beneficiaries import figures, tallies
from beneficiaries.actions import assign
from beneficiaries.models import Assignment, Enrollment, Household
from ejsika.programs.models import ProgramRule, RuleName
from tests.factories import (
    JAKARTA,
    NORTH,
    NORTH_2,
    make_assessment,
    make_case,
    make_group,
    make_household,
    make_program,
    make_region,
    make_session,
    make_user,
    make_visit,
)

DAY = datetime.date.fromisoformat


@pytest.fixture
def rule(program):
    """Make a rule of the programme in the place of its visits every 90 days."""
    program.rules.all().delete()

    def make(name, value, **fields):
        fields = {"valid_from": DAY("2019-01-01"), "legal_basis": program.legal_basis} | fields
        return ProgramRule.objects.create(program=program, name=name, value=value, **fields)

    return make


@pytest.fixture
def november(db):
    with time_machine.travel(datetime.datetime(2026, 11, 25, 8, tzinfo=JAKARTA), tick=False):
        yield DAY("2026-11-25")


def due(household, today="2026-11-25") -> dict[str, str]:
    """The last day of each open duty of a family by kind."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT kind, due_until FROM ({open_duties(date(DAY(today)), f'h.id = {household.pk}')}) d")
        return {kind: day.isoformat() for kind, day in cursor.fetchall()}


def active_since(household, day):
    Enrollment.objects.filter(household=household).update(since=DAY(day))


@pytest.mark.parametrize(
    ("last", "since", "until"),
    [
        ("2026-09-01", "2021-01-01", "2026-11-30"),
        ("2023-12-01", "2021-01-01", "2024-02-29"),  # 90 days in a leap year
        (None, "2026-11-10", "2027-02-08"),  # never visited: from the day in the programme on
        ("2026-01-01", "2026-11-10", "2027-02-08"),  # suspended meanwhile: it was not due then
    ],
)
def test_by_days_it_runs_from_the_last_visit_or_the_day_in_the_programme(rule, budi, last, since, until):
    rule(RuleName.VISIT_EVERY_DAYS, 90)
    family = make_household(assistant=budi)
    active_since(family, since)
    if last:
        make_visit(family, budi, DAY(last))
    assert due(family) == {"visit": until}


@pytest.mark.parametrize(
    ("months", "last", "since", "until"),
    [
        (1, "2026-10-01", "2021-01-01", "2026-11-30"),
        (1, "2026-10-31", "2021-01-01", "2026-11-30"),
        (1, "2026-11-01", "2021-01-01", "2026-12-31"),
        (1, "2024-01-31", "2021-01-01", "2024-02-29"),
        (3, "2026-09-30", "2021-01-01", "2026-12-31"),
        (3, "2026-10-01", "2021-01-01", "2027-03-31"),
        (3, None, "2026-11-20", "2026-12-31"),  # in the programme in mid-period: due from then, by its end
        (1, "2026-11-02", "2026-11-20", "2026-11-30"),  # met as a candidate: not yet done
        (1, "2026-06-10", "2021-01-01", "2026-07-31"),  # the first month that was missed
    ],
)
def test_by_the_calendar_it_is_once_a_period(rule, budi, months, last, since, until):
    rule(RuleName.VISIT_EVERY_MONTHS, months)
    family = make_household(assistant=budi)
    active_since(family, since)
    if last:
        make_visit(family, budi, DAY(last))
    assert due(family) == {"visit": until}


def test_a_rule_binds_nobody_before_it_was_made_and_its_renewal_forgives_nothing(rule, budi):
    rule(RuleName.ASSESSMENT_EVERY_MONTHS, 12, valid_from=DAY("2025-03-15"), valid_until=DAY("2025-12-31"))
    rule(RuleName.ASSESSMENT_EVERY_MONTHS, 6, valid_from=DAY("2026-01-01"))
    family = make_household(assistant=budi)
    assert due(family, "2025-12-31") == {"assessment": "2026-03-15"}
    assert due(family, "2026-01-01") == {"assessment": "2025-09-15"}
    make_assessment(family, budi, DAY("2026-09-30"), floor="1", is_current=False)  # put right since: it was August
    make_assessment(family, budi, DAY("2026-08-31"), floor="1")
    assert due(family) == {"assessment": "2027-02-28"}
    assert due(family, "2025-03-14") == {}


def test_a_family_is_not_late_before_it_was_registered(rule, budi):
    rule(RuleName.VISIT_EVERY_DAYS, 90)
    family = make_household(created_at=datetime.datetime(2026, 11, 1, 23, 59, tzinfo=JAKARTA))
    assert due(family) == {"visit": "2027-01-30"}


def test_rules_differ_by_region_and_programme(rule, program, budi, citra):
    rule(RuleName.VISIT_EVERY_DAYS, 90)
    rule(RuleName.VISIT_EVERY_DAYS, 30, region=make_region(NORTH[:4]))
    families = [make_household(assistant=budi), make_household(region="3601012001", assistant=citra)]
    families.append(make_household(program=make_program("JSCM", visit_every_days=60), assistant=budi))
    for family in families:
        make_visit(family, budi, DAY("2026-11-01"))
    assert [due(family) for family in families] == [
        {"visit": "2026-12-01"},
        {"visit": "2027-01-30"},
        {"visit": "2026-12-31"},
    ]


def test_a_promise_is_due_on_its_day_until_a_visit_meets_the_family(rule, budi):
    family = make_household(assistant=budi)
    make_visit(family, budi, DAY("2026-11-02"), follow_up="Urus akta", follow_up_due=DAY("2026-11-20"))
    make_visit(family, budi, DAY("2026-11-10"), result="rumah_kosong", person_met="tidak_ada")
    assert due(family) == {"follow_up": "2026-11-20"}
    make_visit(family, budi, DAY("2026-11-24"))
    assert due(family) == {}


def test_a_graduated_family_is_looked_after_for_a_while(rule, budi, ayu, dewi):
    rule(RuleName.VISIT_EVERY_DAYS, 90)
    rule(RuleName.MONITORING_EVERY_MONTHS, 3)
    family = make_household(assistant=budi)
    make_visit(family, budi, DAY("2025-10-01"))
    make_case(family, by=budi, verified_by=ayu, decided_by=dewi, on=DAY("2025-11-30"))
    assert due(family) == {"monitoring": "2026-02-28"}
    make_visit(family, budi, DAY("2026-02-20"))
    assert due(family) == {}  # without a rule for how long it is done once
    rule(RuleName.MONITORING_MONTHS, 12)
    assert due(family) == {"monitoring": "2026-05-20"}
    make_visit(family, budi, DAY("2026-09-01"))
    assert due(family) == {}  # the next would lie beyond the year


def test_a_family_owes_its_group_a_meeting_each_month(rule, budi):
    rule(RuleName.SESSION_EVERY_MONTHS, 1)
    family, absent = make_household(assistant=budi), make_household(assistant=budi)
    group = make_group(family, absent)
    make_session(group, budi, DAY("2026-10-31"))
    session = make_session(group, budi, DAY("2026-11-03"), {absent: "sakit"})
    assert (due(family), due(absent)) == ({"session": "2026-12-31"}, {"session": "2026-11-30"})
    type(session).objects.filter(pk=session.pk).update(is_current=False)
    assert due(family) == {"session": "2026-11-30"}


def test_who_graduates_owes_no_visit_any_more(rule, november, budi, ayu, dewi):
    rule(RuleName.VISIT_EVERY_DAYS, 90)
    family = make_household(assistant=budi)
    tallies.refresh_all()
    assert day_of(budi, november).overdue == 1
    make_case(family, by=budi, verified_by=ayu, decided_by=dewi, on=november)
    assert day_of(budi, november).listed == 0
    assert tallies.differences() == []


FIGURES = ["visit_done", "visit_due", "visit_overdue", "visit_excused"]


def test_page_list_and_tally_tell_the_same(november, program, budi, ayu):
    ProgramRule.objects.create(
        program=program,
        name=RuleName.ASSESSMENT_EVERY_MONTHS,
        value=12,
        valid_from=DAY("2013-01-01"),
        legal_basis=program.legal_basis,
    )
    jscm = make_program("JSCM", visit_every_days=30)
    excused = []
    for number, days in enumerate([0, 3, 24, 25, 61, 85, 86, 89, 90, 91, 200, None] * 2):
        family = make_household(
            region=NORTH if number % 3 else NORTH_2, assistant=budi, program=jscm if number % 5 == 0 else program
        )
        if days is not None:
            promised = {"follow_up": "Cek", "follow_up_due": november - datetime.timedelta(days=1)} if days == 3 else {}
            make_visit(family, budi, november - datetime.timedelta(days=days), **promised)
        if days in (86, 200):
            excused.append(actions.excuse(household=family, by=budi, reason="bencana"))
    actions.revoke(excuse=excused[0], by=ayu, reason="Jalan sudah terbuka.")
    tallies.refresh_all()
    for programs in (None, (program.pk,), (jscm.pk,)):
        view = figures.View.month(november, programs)
        families = Household.objects.for_user(budi)
        counts = [families.filter(figures.get(name).condition(view)).count() for name in FIGURES]
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT sum(done), sum(due), sum(overdue), sum(excused) FROM assistance_logs_dutytally
                WHERE program = %s AND assistant_id = %s""",
                [programs[0] if programs else 0, budi.pk],
            )
            assert list(cursor.fetchone()) == counts
        assert sum(counts) > 3
    view = figures.View.month(november)
    counts = {name: families.filter(figures.get(name).condition(view)).count() for name in FIGURES}
    day = day_of(budi, november)
    assert (day.done, day.left, day.excused) == (counts["visit_done"], counts["visit_due"], counts["visit_excused"])
    late = families.filter(
        figures.get("visit_overdue").condition(view) | figures.get("assessment_overdue").condition(view)
    )
    assert day.overdue == late.count() > 0
    assert {task.pk for task in day.tasks if task.is_overdue} == set(late.values_list("pk", flat=True))


def test_a_hand_over_moves_what_is_due_and_leaves_the_excuse_behind(november, budi, ayu):
    successor = make_user("gita", "pendamping", NORTH[:4])
    family = make_household(assistant=budi)
    actions.excuse(household=family, by=budi, reason="cuti")
    assert (day_of(budi, november).overdue, day_of(budi, november).excused) == (0, 1)
    held = Assignment.objects.get(household=family)
    assign(household=family, assistant=successor, by=ayu, seen=held.pk)
    assert day_of(budi, november).listed == 0
    assert (day_of(successor, november).overdue, day_of(successor, november).excused) == (1, 0)
    tallies.refresh_all()
    assert tallies.differences() == []


def test_a_correction_moves_a_visit_to_another_month(november, budi):
    family = make_household(assistant=budi)
    visit = make_visit(family, budi, november)
    assert day_of(budi, november).done == 1
    tallies.refresh_all()
    content = {"kind": "KR", "result": visit.result, "person_met": visit.person_met}
    correct_visit(
        visit=visit,
        by=budi,
        uuid="6d6ed1ad-52c2-4f17-9a33-77a4fd1b1b0e",
        outbox_version=1,
        happened_at=datetime.datetime(2026, 8, 20, 9, tzinfo=JAKARTA),
        **content,
    )
    day = day_of(budi, november)
    assert (day.done, day.left, day.overdue) == (0, 1, 1)
    assert tallies.differences() == []


def test_jakartas_midnight_is_the_border(rule, budi):
    rule(RuleName.VISIT_EVERY_MONTHS, 1)
    family = make_household(assistant=budi)
    make_visit(family, budi, DAY("2026-10-10"))
    for moment, overdue in ((datetime.time(23, 59), 0), (datetime.time(0, 1), 1)):
        day = DAY("2026-11-30") if not overdue else DAY("2026-12-01")
        with time_machine.travel(datetime.datetime.combine(day, moment, JAKARTA), tick=False):
            assert day_of(budi, timezone.localdate()).overdue == overdue
