"""The 14 criteria: met, not met, not known, and what is said of two counts."""

import pytest

from beneficiaries.assessments.comparison import CRITERIA, Verdict, compare
from beneficiaries.assessments.criteria import score
from beneficiaries.models import Assessment

POOR = {
    "residents": 5, "floor_area_m2": 39, "floor": "8", "walls": "4", "toilet": "6", "lighting": "4",
    "drinking_water": "6", "cooking_fuel": "10", "meat": "1", "clothes": "1", "meals": "2", "treatment": "2",
    "head_livelihood": "2", "head_education": "3", "savings": 499_999, "assets": ["sepeda"],
}  # fmt: skip
WELL = {
    "residents": 5, "floor_area_m2": 40, "floor": "2", "walls": "1", "toilet": "1", "lighting": "1",
    "drinking_water": "4", "cooking_fuel": "4", "meat": "2", "clothes": "2", "meals": "3", "treatment": "1",
    "head_livelihood": "5", "head_education": "8", "savings": 500_000, "assets": [],
}  # fmt: skip


def count(**fields) -> tuple[int, int]:
    found = score(Assessment(**fields))
    return found.met, found.unknown


def test_all_nothing_and_what_is_not_known():
    assert (count(**POOR), count(**WELL), count()) == ((14, 0), (0, 0), (0, 14))
    assert str(score(Assessment(**POOR))) == "14 dari 14"
    known = {name: value for name, value in POOR.items() if name not in ("meat", "meals", "residents")}
    assert str(score(Assessment(**known))) == "11 dari 14, 3 belum diketahui"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"floor": "9"}, (0, 14)),  # "Lainnya" settles nothing
        ({"toilet": "5"}, (1, 13)),
        ({"floor_area_m2": 8}, (0, 14)),
        ({"savings": 0}, (0, 14)),  # a motorcycle may stand behind the house
        ({"assets": []}, (0, 14)),
        ({"assets": ["motor"]}, (0, 13)),
        ({"savings": 600_000}, (0, 13)),
        ({"savings": 0, "assets": ["kulkas"]}, (1, 13)),
        ({"head_livelihood": "6"}, (1, 13)),
    ],
)
def test_one_answer_settles_what_it_can(fields, expected):
    assert count(**fields) == expected


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (POOR, WELL, Verdict.BETTER),
        (WELL, POOR, Verdict.WORSE),
        (POOR, POOR, Verdict.SAME),
        (POOR, POOR | {"meat": "", "meals": ""}, Verdict.UNKNOWN),  # the two could be met as before
        (POOR, POOR | {"meat": "", "meals": "3"}, Verdict.BETTER),
        (POOR, {}, Verdict.UNKNOWN),
    ],
)
def test_better_is_said_only_where_no_missing_answer_could_turn_it_round(before, now, expected):
    lines = {line.label: line for line in compare(Assessment(**before), Assessment(**now))}
    assert lines[CRITERIA].verdict == expected
    if not now:
        assert lines[CRITERIA].now is None
