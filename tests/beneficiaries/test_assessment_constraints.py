"""What the database itself refuses in an assessment."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from beneficiaries.models import Assessment

DAY = datetime.date(2026, 11, 3)


def assessment(household, officer, **fields):
    fields = {"assessed_on": DAY, "floor": "8"} | fields
    return Assessment.objects.create(household=household, officer=officer, **fields)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"floor": ""}, "assessment_says_something"),
        ({"floor": "10"}, "assessment_floor_known"),
        ({"drinking_water": "0"}, "assessment_drinking_water_known"),
        ({"assets": ["motor", "pesawat"]}, "assessment_assets_known"),
        ({"floor_area_m2": 0}, "assessment_floor_area_range"),
        ({"floor_area_m2": 2001}, "assessment_floor_area_range"),
        ({"monthly_income": 1_000_000_001}, "assessment_monthly_income_range"),
        ({"assessed_on": datetime.date(1999, 12, 31)}, "assessment_day_sensible"),
        ({"head_education": "24"}, "assessment_head_education_known"),
        ({"aid": ["undian"]}, "assessment_aid_known"),
        ({"residents": 0}, "assessment_residents_range"),
        ({"floor": "", "residents": 4}, "assessment_says_something"),
        ({"lighting": "4", "power": "1"}, "assessment_power_by_meter"),
        ({"toilet": "6", "sewage": "4"}, "assessment_no_toilet_no_kind"),
    ],
)
def test_nonsense_is_refused_by_name(north_family, budi, fields, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        assessment(north_family, budi, **fields)
    assert not Assessment.objects.exists()


def test_a_day_has_one_assessment_and_another_day_its_own(north_family, budi):
    assessment(north_family, budi)
    with pytest.raises(IntegrityError, match="assessment_once_a_day"), transaction.atomic():
        assessment(north_family, budi, floor="2")
    assessment(north_family, budi, assessed_on=DAY + datetime.timedelta(days=1))
    assert Assessment.objects.count() == 2


def test_unknown_nothing_and_zero_are_three_things(north_family, budi):
    assessment(north_family, budi, assets=None, savings=None)
    assessment(north_family, budi, assessed_on=DAY.replace(day=4), assets=[], savings=0, floor="")
    kept = Assessment.objects.order_by("assessed_on").values_list("assets", "savings")
    assert list(kept) == [(None, None), ([], 0)]


def test_assessments_are_scoped_as_their_families(north_family, south_family, budi, citra, dewi, eko):
    of_north, of_south = assessment(north_family, budi), assessment(south_family, citra)
    assert [list(Assessment.objects.for_user(user)) for user in (budi, citra, dewi, eko)] == [
        [of_north],
        [of_south],
        [of_north],
        [],
    ]
    assert Assessment.objects.countable_by(eko).count() == 2
