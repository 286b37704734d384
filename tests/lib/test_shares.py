"""Percent, rounded in one place."""

import pytest

from assistance_logs.groups.attendance import Rate
from assistance_logs.targets.progress import Progress
from assistance_logs.worklist import month_progress
from ejsika.lib.shares import whole_percent
from reports.counts import Share
from tests.assistance_logs.test_worklist import DAY


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [
        (0, 9, 0),
        (1, 3, 33),
        (2, 3, 67),
        (101, 200, 51),
        (103, 200, 52),
        (1, 999, 1),
        (998, 999, 99),
        (9, 9, 100),
        (7, 6, 117),
        (0, 0, None),
    ],
)
def test_halves_go_up_and_only_none_and_all_are_0_and_100(part, whole, percent):
    assert whole_percent(part, whole) == percent


def test_a_month_a_target_a_meeting_and_a_report_tell_the_same():
    told = [Share(101, 200), Progress("kunjungan", 101, 200), Rate(101, 200, 8), month_progress(101, 200, today=DAY)]
    assert {each.percent for each in told} == {51}
