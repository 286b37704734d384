"""From words for a place to the code of a desa, against the official list."""

import pytest

from beneficiaries.sheets.roster.places import PlaceIndex

KADUAGUNG_TENGAH = "3602182015"


@pytest.fixture
def places(db, official_regions):
    return PlaceIndex()


def judged(places, code="", desa="", kecamatan="", kabupaten=""):
    place = places.find(code, desa, kecamatan, kabupaten)
    return place.code if place.problem is None else place.problem


@pytest.mark.parametrize(
    "words",
    [
        ("3602182015",),
        ("36.02.18.2015",),
        ("'3602182015",),
        (3602182015.0,),
        ("3602182015.0",),
        ("36-02-18-2015",),
        ("3602182015", "Kaduagung Tengah", "Cibadak", "Kabupaten Lebak"),
        ("3602182015", "DS. KADUAGUNG TENGAHH", "KEC. CIBADAK", "KAB. LEBAK"),
        ("3602182015", "-", "0", "tidak ada"),
        ("", "Kaduagung Tengah", "Cibadak", "Kabupaten Lebak"),
        ("", "Desa Kaduagung  Tengah", "Kecamatan Cibadak", "Kab.Lebak"),
        ("", "kaduagungtengah", "KEC.CIBADAK", "LEBAK"),
        ("", "Kaduagung Tengah", "", "Lebak"),
    ],
)
def test_same_place_by_many_words(places, words):
    assert judged(places, *words) == KADUAGUNG_TENGAH


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("3602182999",), "region_unknown"),
        (("360218",), "region_unknown"),
        (("desa",), "region_unknown"),
        (("3602182015", "Cibadak"), "region_conflict"),
        (("3602182015", "", "Rangkasbitung"), "region_conflict"),
        (("3602182015", "", "", "Kota Serang"), "region_conflict"),
        (("3602182015", "", "", "Kota Lebak"), "region_conflict"),
        (("", "Cipocok Jaya", "Cipocok Jaya", "Kota Serang"), "3673051001"),
        (("", "Cipocok Jaya", "Cipocok Jaya", "Serang"), "3673051001"),
        (("", "Cipocok Jaya", "Cipocok Jaya", "Kotamadya Serang"), "3673051001"),
        (("", "Cipocok Jaya", "Cipocok Jaya", "KAB. SERANG"), "region_unknown"),
        (("", "Cibadak", "", "Tangerang"), "3603182002"),
        (("", "Cibadak", "", "Kota Tangerang"), "region_unknown"),
        (("", "Sukajaya", "", "Serang"), "region_ambiguous"),
        (("", "Sukajaya", "", "Kota Serang"), "3673041010"),
        (("", "Sangiang", "", "Kabupaten Lebak"), "region_ambiguous"),
        (("", "Kaduagung Tengahh", "Cibadak", "Kabupaten Lebak"), "region_corrected"),
        (("", "Kaduagung Tengah", "Cibadakk", "Kabupaten Lebak"), "region_corrected"),
        (("", "Kaduagung Tengah", "Cibadak", "Kabupaten Lebakk"), "region_corrected"),
        (("", "Kdgng Tgh", "Cibadak", "Kabupaten Lebak"), "region_unknown"),
        (("", "Kaduagung Tengah", "Entah", "Kabupaten Lebak"), "region_unknown"),
        (("", "Kaduagung Tengah", "Cibadak", "Bogor"), "region_unknown"),
        (("", "Kaduagung Tengah", "Rangkasbitung", "Kabupaten Lebak"), "region_unknown"),
        (("", "Kaduagung Tengah", "Cibadak", ""), "required"),
        (("", "", "Cibadak", "Kabupaten Lebak"), "required"),
        (("", "", "", ""), "required"),
        (("", "😀" * 500, "Cibadak", "Kabupaten Lebak"), "region_unknown"),
    ],
)
def test_other_words(places, words, expected):
    assert judged(places, *words) == expected


def test_code_of_one_and_true_name_of_its_neighbour_conflict(places):
    """Cisimeut and Cisimeut Raya are alike enough to be one misspelt; they are two desas of one kecamatan."""
    assert judged(places, "3602062002", "Cisimeut") == "3602062002"
    assert judged(places, "3602062002", "Cisimeut Raya") == "region_conflict"
    assert judged(places, "3602062002", "Cisimeutt") == "3602062002"


def test_unknown_place_names_the_nearest_and_ambiguous_one_begins_with_the_likeliest(places):
    assert "Kaduagung Tengah" in places.find("", "Kdgng Tengah", "Cibadak", "Lebak").message
    codes = places.find("", "Sangiang", "", "Lebak").message
    first, second = codes.split(",")
    for code, nik in ((first, f"{first[:6]}4405970001"), (second, f"{second[:6]}4405970001")):
        said = places.list_candidates(codes, nik, None)
        assert said.index(f"({code})") == min(said.index(f"({first})"), said.index(f"({second})"))
    near = places.nodes[second].region
    said = places.list_candidates(codes, f"{first[:6]}4405970001", (near.latitude, near.longitude))
    assert said.index(f"({second})") < said.index(f"({first})")
