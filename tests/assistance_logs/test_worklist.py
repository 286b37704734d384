import datetime

import pytest

from assistance_logs.worklist import month_progress

DAY = datetime.date(2026, 11, 25)


def test_what_is_left_is_spread_over_the_days_left_today_included():
    progress = month_progress(31, 58, today=DAY)
    assert (progress.percent, progress.left, progress.days_left, progress.per_day) == (53, 27, 6, 5)


def test_nothing_due_is_not_a_hundred_percent():
    assert month_progress(0, 0, today=DAY) is None


@pytest.mark.parametrize(
    ("visited", "total", "percent", "per_day"), [(0, 7, 0, 7), (999, 1000, 99, 1), (1000, 1000, 100, 0)]
)
def test_on_the_last_day_all_that_is_left_is_today(visited, total, percent, per_day):
    progress = month_progress(visited, total, today=datetime.date(2026, 12, 31))
    assert (progress.days_left, progress.percent, progress.per_day) == (1, percent, per_day)
