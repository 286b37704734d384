import datetime

from assistance_logs.models import Visit
from beneficiaries import figures
from beneficiaries.models import Household
from tests.factories import enroll, make_household, make_program, make_visit

NOVEMBER = figures.View.month(datetime.date(2026, 11, 10))


def found(view=NOVEMBER):
    condition = figures.get("visited_this_period").condition(view)
    return {family.recipient_name for family in Household.objects.filter(condition)}


def test_a_family_met_in_the_month_is_visited_once(budi, program):
    family = make_household(name="Dua Kali", assistant=budi)
    for day in (3, 9):
        make_visit(family, budi, datetime.date(2026, 11, day))
    assert Household.objects.filter(figures.get("visited_this_period").condition(NOVEMBER)).count() == 1


def test_the_month_begins_and_ends_at_midnight_in_jakarta(budi, program):
    moments = {
        "Oktober": "2026-10-31T23:59:59+07:00",
        "Pertama": "2026-11-01T00:00:00+07:00",
        "Terakhir": "2026-11-30T23:59:59+07:00",
        "Desember": "2026-12-01T00:00:00+07:00",
    }
    for name, moment in moments.items():
        visit = make_visit(make_household(name=name, assistant=budi), budi, datetime.date(2026, 11, 1))
        Visit.objects.filter(pk=visit.pk).update(happened_at=moment)
    assert found() == {"Pertama", "Terakhir"}


def test_attempts_old_versions_and_families_that_are_not_active_do_not_count(budi, program):
    day = datetime.date(2026, 11, 5)
    make_visit(make_household(name="Kosong"), budi, day, result="rumah_kosong", person_met="tidak_ada")
    make_visit(make_household(name="Diperbaiki"), budi, day, is_current=False)
    make_visit(make_household(name="Ditangguhkan", status="ditangguhkan"), budi, day)
    make_visit(make_household(name="Dihitung"), budi, day)
    assert found() == {"Dihitung"}


def test_a_programme_narrows_it(budi, program):
    other = make_program("JSCM")
    both = make_household(name="Keduanya")
    enroll(both, program=other, status="ditangguhkan")
    only = make_household(name="JSCM Saja", program=other)
    for family in (both, only):
        make_visit(family, budi, datetime.date(2026, 11, 5))
    assert found(figures.View.month(NOVEMBER.start, (other.pk,))) == {"JSCM Saja"}
    assert found(figures.View.month(NOVEMBER.start, (program.pk,))) == {"Keduanya"}
