import pytest
from cryptography.exceptions import InvalidTag

from ejsika.lib.sealed import (
    SealedNumber,
    digest,
    mask_digits,
    open_bytes,
    open_number,
    seal_bytes,
    seal_number,
)

NIK = "3602124405800001"


def test_equal_numbers_seal_alike_and_open_again():
    assert seal_number("nik", NIK) == seal_number("nik", NIK)
    assert open_number("nik", seal_number("nik", NIK)) == NIK
    assert NIK.encode() not in seal_number("nik", NIK)


def test_kind_is_part_of_the_seal():
    assert seal_number("nik", NIK) != seal_number("kk", NIK)
    with pytest.raises(InvalidTag):
        open_number("kk", seal_number("nik", NIK))


def test_contents_seal_differently_each_time_and_digests_compare():
    first, second = seal_bytes("account", b"123"), seal_bytes("account", b"123")
    assert first != second
    assert open_bytes("account", first) == open_bytes("account", second) == b"123"
    assert digest("account", "123") == digest("account", "123") != digest("account", "124")


def test_sealed_number_prints_masked_wherever_it_lands():
    number = SealedNumber.of("nik", NIK)
    for text in (str(number), repr(number), f"{number}", repr(ValueError(number))):
        assert NIK not in text
        assert "0001" not in text
    assert str(number) == mask_digits(NIK) == "360212••••••••••"
    assert number.reveal() == NIK
