from decimal import Decimal

import pytest

from assistance_logs.position import Position, read_position


def test_a_phones_position_is_rounded_to_six_decimals_and_whole_metres():
    assert read_position("-6.31234567890123", "106.2", "12.4") == Position(
        Decimal("-6.312346"), Decimal("106.200000"), 12
    )


def test_nothing_sent_is_no_position():
    assert read_position("", "", "") is None


def test_a_bad_accuracy_is_true_and_kept():
    assert read_position("-6.3", "106.2", "48000").accuracy_m == 48000


def test_a_phone_may_give_no_accuracy():
    assert read_position("-6.3", "106.2", "").accuracy_m is None


@pytest.mark.parametrize(
    "position",
    [
        ("1000000000", "106.2", "5"),
        ("-6.3", "1e9", "5"),
        ("-6.3", "", "5"),
        ("", "106.2", ""),
        ("", "", "5"),
        ("NaN", "106.2", "5"),
        ("Infinity", "106.2", "5"),
        ("utara", "timur", ""),
        ("0", "0", "5"),
        ("-6.3", "106.2", "-1"),
        ("-6.3", "106.2", "1e12"),
        ("1" * 100_000, "106.2", "5"),
        ("1e999999999", "106.2", "5"),
        ("-6,3", "106,2", "5"),
    ],
)
def test_what_is_no_place_on_earth_is_refused(position):
    with pytest.raises(ValueError):
        read_position(*position)
