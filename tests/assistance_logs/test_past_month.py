"""A month that is over: what was due, done, missed and excused then, as the page of tasks told it on its last day."""

import datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assistance_logs.leaves.actions import ask
from assistance_logs.obligations.actions import excuse
from assistance_logs.obligations.past import month_of
from assistance_logs.storing import refresh_last_visits
from assistance_logs.worklist import day_of
from beneficiaries.actions import assign
from beneficiaries.figures import View
from beneficiaries.models import Assignment, Household
from ejsika.programs.models import ProgramRule, RuleName
from tests.factories import (
    JAKARTA,
    NORTH,
    SOUTH,
    make_assessment,
    make_case,
    make_group,
    make_household,
    make_program,
    make_session,
    make_user,
    make_visit,
)

COUNTS = ("visited", "left", "excused")
DAY = datetime.date.fromisoformat
OCTOBER = DAY("2026-10-01")
LAST = datetime.datetime(2026, 10, 31, 22, tzinfo=JAKARTA)
LATER = datetime.datetime(2026, 12, 20, 9, tzinfo=JAKARTA)


def at(moment):
    return time_machine.travel(moment, tick=False)


@pytest.fixture
def october(program, budi, ayu):
    """Families of Budi by what October was to them; visits every 90 days."""
    with at(datetime.datetime(2026, 10, 1, 8, tzinfo=JAKARTA)):
        said = {"late": "2026-07-10", "in_time": "2026-07-20", "missed": "2026-07-15", "excused": "2026-07-16",
                "leave": "2026-07-24", "later": "2026-09-20",
                "promise": "2026-09-01", "broken": "2026-09-01"}  # fmt: skip
        found = {name: make_household(assistant=budi, name=f"Siti {name}") for name in said}
        for name, last in said.items():
            promised = {"follow_up": "Cek", "follow_up_due": DAY("2026-10-10")} if name == "promise" else {}
            make_visit(found[name], budi, DAY(last), **promised)
        excuse(household=found["excused"], by=budi, reason="bencana")
        ask(assistant=budi, by=ayu, started_on=DAY("2026-10-22"), ended_on=DAY("2026-10-25"), reason="cuti")
        for name, day in (("late", "2026-10-20"), ("in_time", "2026-10-02"), ("promise", "2026-10-09")):
            make_visit(found[name], budi, DAY(day))
        make_visit(found["broken"], budi, DAY("2026-10-05"), follow_up="Urus", follow_up_due=DAY("2026-10-12"))
        yield found


def told(budi, october, viewer=None, month=OCTOBER) -> dict[str, str]:
    """By family what was due in the month and what came of it."""
    names = {family.pk: name for name, family in october.items()}
    found = {}
    for each in month_of(budi, viewer or budi, View.month(month)).asked:
        how = f"done {each.done_on}" if each.is_done else each.excuse or "missed"
        found[names[each.household]] = f"{each.kind} {each.due_until}: {how} +{each.days_over}"
    return found


def test_each_family_tells_what_was_due_and_what_came_of_it(october, budi):
    expected = {
        "late": "visit 2026-10-08: done 2026-10-20 +12",
        "in_time": "visit 2026-10-18: done 2026-10-02 +0",
        "missed": "visit 2026-10-13: missed +18",
        "excused": "visit 2026-10-14: bencana +17",
        "leave": "visit 2026-10-22: cuti +9",
        "promise": "follow_up 2026-10-10: done 2026-10-09 +0",
        "broken": "follow_up 2026-10-12: missed +19",
    }
    with at(LAST):
        assert told(budi, october) == expected
    with at(LATER):
        for family in october.values():  # what was done since changes nothing of it
            make_visit(family, budi, LATER.date())
        assert told(budi, october) == expected


def test_its_progress_is_what_the_page_of_tasks_said_on_its_last_day(october, budi):
    with at(LAST):
        day = day_of(budi, LAST.date())
        then = (day.done, day.left, day.excused)
    assert then == (3, 2, 2)
    with at(LATER):
        make_visit(october["missed"], budi, LATER.date())
        month = month_of(budi, budi, View.month(OCTOBER))
        assert (month.visited, month.left, month.excused) == then
        assert (month.total, month.percent) == (5, 60)


def test_the_running_month_is_todays(client, october, budi):
    with at(datetime.datetime(2026, 10, 9, 20, tzinfo=JAKARTA)):
        for visit in october["late"].visits.filter(happened_at__month=10):
            visit.delete()
        refresh_last_visits([october["late"].pk])
        day, month = day_of(budi, DAY("2026-10-09")), month_of(budi, budi, View.month(OCTOBER))
        assert (month.visited, month.left, month.excused) == (day.done, day.left, day.excused)
        assert told(budi, october)["missed"] == "visit 2026-10-13: missed +0", "not yet over"
        page = page_of(client, budi, budi).text
        assert "Belum dikerjakan" in page and "Tidak dikerjakan" not in page and "Sampai hari ini" in page


def test_rules_and_standings_are_those_of_the_month(october, program, budi, ayu, dewi):
    with at(LATER):
        program.rules.update(valid_until=DAY("2026-11-30"))
        rule = {"program": program, "legal_basis": program.legal_basis, "valid_from": DAY("2026-12-01")}
        ProgramRule.objects.create(name=RuleName.VISIT_EVERY_DAYS, value=365, **rule)
        make_case(october["missed"], by=budi, verified_by=ayu, decided_by=dewi, on=LATER.date())
        assert told(budi, october)["missed"] == "visit 2026-10-13: missed +18", "it was active then"
        assert "missed" not in told(budi, october, month=DAY("2026-12-01"))


def test_meetings_and_assessments_too(program, budi):
    family = make_household(assistant=budi)
    make_visit(family, budi, DAY("2026-09-30"))
    for name, value in ((RuleName.SESSION_EVERY_MONTHS, 1), (RuleName.ASSESSMENT_EVERY_MONTHS, 6)):
        rule = {"program": program, "legal_basis": program.legal_basis, "valid_from": DAY("2020-01-01")}
        ProgramRule.objects.create(name=name, value=value, **rule)
    group = make_group(family)
    for day in ("2026-09-10", "2026-10-28"):
        make_session(group, budi, DAY(day))
    for day in ("2026-04-05", "2026-10-15"):
        make_assessment(family, budi, DAY(day), floor="1")
    with at(LATER):
        found = {each.kind: (each.due_until, each.done_on, each.visit) for each in
                 month_of(budi, budi, View.month(OCTOBER)).asked}  # fmt: skip
    assert found == {
        "session": (DAY("2026-10-31"), DAY("2026-10-28"), None),
        "assessment": (DAY("2026-10-05"), DAY("2026-10-15"), None),
    }


def test_programmes_and_regions_of_the_viewer(october, budi):
    narrow = make_user("narrow", "koordinator", NORTH, programs=[make_program("JSCM")])
    with at(LATER):
        assert month_of(budi, narrow, View.of(narrow, OCTOBER)).asked == []
        south = make_user("south", "koordinator", "3601")
        assert month_of(budi, south, View.of(south, OCTOBER)).total == 0


def page_of(client, user, assistant, month="2026-10"):
    client.force_login(user)
    return client.get(f"{reverse('reports:monthly_tasks', args=[assistant.pk])}?period={month}")


def test_the_page_names_families_and_leads_to_their_visits(client, october, budi, ayu):
    with at(LATER):
        page = page_of(client, ayu, budi).text
        assert "dari 5 yang harus dikunjungi, 60%" in page and "lewat 18 hari" in page and "Bencana" in page
        visit = october["late"].visits.get(happened_at__month=10)
        assert visit.get_absolute_url() in page
        own = client.get(reverse("reports:monthly_tasks_own"))
        assert own.status_code == 403
        client.force_login(budi)
        assert "Siti missed" in client.get(f"{reverse('reports:monthly_tasks_own')}?period=2026-10").text
        assert "tidak dapat ditampilkan" in client.get(f"{reverse('reports:monthly_tasks_own')}?period=x").text


def test_a_family_handed_over_since_is_counted_but_not_named(client, october, budi, ayu):
    with at(LATER):
        gita, family = make_user("gita", "pendamping", NORTH[:4]), october["missed"]
        assign(household=family, assistant=gita, by=ayu, seen=Assignment.objects.get(household=family).pk)
        page = page_of(client, budi, budi).text
        assert "Siti missed" not in page and "1 KPM lain sekarang didampingi orang lain" in page
        assert "dari 5 yang harus" in page
        assert month_of(gita, gita, View.month(OCTOBER)).asked == [], "it was not hers then"


def test_more_families_ask_no_more(client, october, budi, ayu):
    with at(LATER):
        page_of(client, ayu, budi)
        with CaptureQueriesContext(connection) as few:
            page_of(client, ayu, budi)
        for _ in range(9):
            make_visit(make_household(assistant=budi), budi, DAY("2026-07-15"))
        Household.objects.update(created_at=datetime.datetime(2021, 1, 1, tzinfo=JAKARTA))
        with CaptureQueriesContext(connection) as many:
            assert page_of(client, ayu, budi).text.count("lewat 18 hari") == 10
        assert len(many) == len(few)


def history_of(client, user, family):
    client.force_login(user)
    return client.get(reverse("assistance_logs:duty_history", args=[family.pk]))


def months_told(answer) -> list[str]:
    return [
        f"{month.start:%Y-%m} {month.assistant and month.assistant.username} {line.asked.kind} {line.asked.due_until}: "
        f"{line.asked.done_on or line.asked.excuse or 'missed'} +{line.asked.days_over}"
        for month in answer.context["months"]
        for line in month.lines
        if month.start >= OCTOBER
    ]


def test_a_family_tells_month_by_month_what_was_due_and_by_which_visit_it_was_done(client, october, budi, ayu):
    with at(LATER):
        answer = history_of(client, ayu, october["late"])
        assert months_told(answer) == ["2026-10 budi visit 2026-10-08: 2026-10-20 +12"]
        visit = october["late"].visits.get(happened_at__month=10)
        assert visit.get_absolute_url() in answer.text and "lewat 12 hari" in answer.text
        assert months_told(history_of(client, ayu, october["excused"])) == [
            "2026-12 budi visit 2026-10-14: missed +67",
            "2026-11 budi visit 2026-10-14: missed +47",
            "2026-10 budi visit 2026-10-14: bencana +17",
        ]
        page = client.get(october["excused"].get_absolute_url()).text
        assert reverse("assistance_logs:duty_history", args=[october["excused"].pk]) in page


def test_a_familys_months_are_those_of_its_assistants_pages(client, october, budi, ayu):
    with at(LATER):
        for name, family in october.items():
            mine = [line for line in months_told(history_of(client, ayu, family)) if line.startswith("2026-10")]
            asked = [one for one in month_of(budi, ayu, View.month(OCTOBER)).asked if one.household == family.pk]
            assert len(mine) == len(asked), name
        gita = make_user("gita", "pendamping", NORTH[:4])
        family = october["missed"]
        assign(household=family, assistant=gita, by=ayu, seen=Assignment.objects.get(household=family).pk)
        told = months_told(history_of(client, ayu, family))
        assert [line.split()[1] for line in told] == ["gita", "budi", "budi"]
        client.force_login(budi)
        assert client.get(reverse("assistance_logs:duty_history", args=[family.pk])).status_code == 404


def test_a_familys_months_are_of_the_viewers_programmes(client, october):
    with at(LATER):
        narrow = make_user("narrow", "koordinator", NORTH, programs=[make_program("JSCM")])
        assert history_of(client, narrow, october["missed"]).status_code == 404


def test_a_familys_months_cost_the_same_however_much_was_due(client, october, ayu, django_assert_num_queries):
    with at(LATER):
        history_of(client, ayu, october["promise"])
        for family in (october["promise"], october["missed"]):
            with django_assert_num_queries(7):
                client.get(reverse("assistance_logs:duty_history", args=[family.pk]))


def team_of(client, user, query="?period=2026-10"):
    client.force_login(user)
    return client.get(f"{reverse('reports:monthly_team')}{query}")


def test_a_team_tells_what_the_page_of_each_of_its_assistants_tells(client, october, budi, citra, ayu):
    with at(LATER):
        gita = make_user("gita", "pendamping", NORTH[:4])
        make_visit(make_household(assistant=gita), gita, DAY("2026-10-03"))
        make_household(region=SOUTH, assistant=citra)
        answer = team_of(client, ayu)
        lines = {line.assistant: line for line in answer.context["team"].lines}
        assert list(lines) == [budi, gita], "by name, and nobody of another region"
        for assistant, line in lines.items():
            month = month_of(assistant, ayu, View.of(ayu, OCTOBER))
            assert [getattr(line.month, name) for name in COUNTS] == [getattr(month, name) for name in COUNTS]
            assert line.month.missed == sum(asked.is_missed for asked in month.asked)
            done = sum(asked.is_done for asked in month.asked)
            assert sum(done for _, done, _ in line.cells) == done
        assert "3 dari 5" in answer.text and "60%" in answer.text
        assert f"{reverse('reports:monthly_tasks', args=[budi.pk])}?period=2026-10#missed" in answer.text
        assert list(team_of(client, ayu, "?period=2009-01").context["team"].lines) == []
        assert "Wilayah ini tidak ada" in team_of(client, ayu, "?region=99").text


def test_a_larger_team_asks_no_more(client, october, ayu):
    with at(LATER):
        team_of(client, ayu)
        with CaptureQueriesContext(connection) as few:
            team_of(client, ayu)
        for number in range(5):
            other = make_user(f"other{number}", "pendamping", NORTH[:4])
            make_visit(make_household(assistant=other), other, DAY("2026-07-15"))
        with CaptureQueriesContext(connection) as many:
            assert len(team_of(client, ayu).context["team"].lines) == 6
        assert len(many) == len(few)
