"""When a group meets: its schedule as data, and in words."""

import datetime

import pytest

from assistance_logs.groups.choices import LESSONS, lesson_after, lesson_label
from assistance_logs.groups.models import Group


@pytest.mark.parametrize(
    ("schedule", "year", "month", "day"),
    [
        ({"week": 1, "weekday": 2}, 2026, 11, 3),
        ({"week": 2, "weekday": 7}, 2026, 11, 8),
        ({"week": 4, "weekday": 1}, 2026, 11, 23),
        ({"week": 5, "weekday": 1}, 2026, 11, 30),
        ({"week": 5, "weekday": 6}, 2026, 2, 28),
        ({"day_of_month": 31}, 2026, 2, 28),
        ({"day_of_month": 15}, 2026, 2, 15),
    ],
)
def test_the_day_of_a_month(schedule, year, month, day):
    assert Group(name="A", **schedule).meets_on(year, month) == datetime.date(year, month, day)


def test_the_next_meeting_is_today_or_later():
    group = Group(name="A", day_of_month=10)
    assert group.next_meeting(datetime.date(2026, 12, 10)) == datetime.date(2026, 12, 10)
    assert group.next_meeting(datetime.date(2026, 12, 11)) == datetime.date(2027, 1, 10)
    assert Group(name="A").next_meeting(datetime.date(2026, 12, 11)) is None


def test_a_schedule_in_words():
    group = Group(name="A", week=5, weekday=2, meets_at=datetime.time(9), place="Balai desa")
    assert group.schedule == "Selasa terakhir, pukul 09.00, di Balai desa"
    assert Group(name="A", day_of_month=5).schedule == "tanggal 5"
    assert Group(name="A").schedule == ""


def test_there_are_29_sessions_and_after_the_last_one_the_first():
    assert len(LESSONS) == len(set(LESSONS)) == 29
    assert lesson_label(2, 3) == "Modul 2 sesi 3: Memulai usaha"
    assert lesson_after(2, 3) == (3, 1)
    assert lesson_after(6, 15) == (1, 1)
