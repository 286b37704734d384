"""Behind every figure stands its list, in each programme and in all together."""

import copy
import datetime

import pytest
from django.utils import timezone

from assistance_logs.choices import PersonMet, VisitResult
from assistance_logs.obligations.models import Excuse
from beneficiaries import figures
from beneficiaries.models import Household
from ejsika.accounts.permissions import Role
from tests.factories import (
    NORTH,
    SOUTH,
    enroll,
    make_case,
    make_group,
    make_household,
    make_member,
    make_program,
    make_session,
    make_user,
    make_visit,
)

LIST = "/households/"


@pytest.fixture(scope="module")
def kept_officer(kept):
    return kept(fill)


@pytest.fixture
def officer(kept_officer, client, db):
    client.force_login(kept_officer)
    return copy.deepcopy(kept_officer)


def fill():
    """Families of every kind that a figure tells apart, two in both programmes, some graduated; whose list it is."""
    today, program = timezone.localdate(), make_program()
    budi, ayu, dewi = (
        make_user(name, role, NORTH[:4])
        for name, role in (("budi", Role.PENDAMPING), ("ayu", Role.KOORDINATOR), ("dewi", Role.DINSOS))
    )
    jscm = make_program("JSCM")
    for status in ("aktif", "calon", "ditangguhkan", "nonaktif"):
        make_household(status=status)
        enroll(make_household(status=status, program=jscm, assistant=budi), program=program, status="calon")
    for days in (0, 20, 40, 100, 400):
        family = make_household(assistant=budi, latitude="-6.3", longitude="106.2")
        make_visit(family, budi, today - datetime.timedelta(days=days))
    tried = make_household(assistant=budi)
    make_visit(tried, budi, today, result=VisitResult.EMPTY_HOUSE, person_met=PersonMet.NOBODY)
    make_case(make_household(assistant=budi), by=budi, verified_by=ayu, decided_by=dewi)
    for age in (3, 8, 14, 17, 70):
        make_member(tried, age=age, is_pregnant=age == 17, is_disabled=age == 70)
    make_session(make_group(family), budi, today)
    Excuse.objects.create(household=family, month=today.replace(day=1), reason="bencana", by=budi)
    long_ago = datetime.date(2019, 1, 1)
    for name, months in (("assessment_every_months", 12), ("session_every_months", 1)):
        program.rules.create(name=name, value=months, valid_from=long_ago, legal_basis=program.legal_basis)
    make_household(region=SOUTH)
    return ayu


@pytest.mark.parametrize("code", ["", "JSCM", "JAMSOSRATU"])
@pytest.mark.parametrize("name", [figure.name for figure in figures.all_figures()])
def test_a_figure_equals_its_list(client, officer, name, code):
    program = make_program(code) if code else None
    view = figures.View.month(timezone.localdate(), program and (program.pk,))
    counted = Household.objects.countable_by(officer).filter(figures.get(name).condition(view)).count()
    answer = client.get(f"{LIST}?figure={name}&program={code}")
    assert len(answer.context["page"].rows) == answer.context["count"] == counted


def test_the_figures_differ(officer):
    view = figures.View.month(timezone.localdate())
    families = Household.objects.countable_by(officer)
    counts = {figure.name: families.filter(figure.condition(view)).count() for figure in figures.all_figures()}
    assert 0 < counts["graduated"] < counts["active"] < counts["registered"]
    assert all(counts.values())
