"""Before and now: what the page, the line of time and a graduation's evidence say of two assessments."""

import datetime

import pytest
from django.db import connection
from django.utils import timezone

from beneficiaries import evidence
from beneficiaries.assessment_choices import Asset
from beneficiaries.assessments.comparison import CLASSES, LABELS, Verdict, compare, summary, verdict, words
from beneficiaries.models import Assessment
from beneficiaries.models.assessment import CHOSEN, CONTENT, INDICATORS
from tests.factories import make_assessment

BEFORE, NOW = datetime.date(2021, 3, 3), datetime.date(2026, 9, 9)


@pytest.fixture
def assessed(north_family, budi):
    """From earth to cement, own toilet lost, the roof unknown before, savings unknown now."""
    make_assessment(north_family, budi, BEFORE, floor="8", toilet="1", lighting="1", savings=0, assets=["sepeda"])
    make_assessment(
        north_family,
        budi,
        NOW,
        floor="6",
        toilet="3",
        lighting="1",
        roof="2",
        assets=["sepeda", "motor"],
        note="Warung",
    )
    return north_family


@pytest.mark.parametrize(
    ("name", "before", "now", "expected"),
    [
        ("floor", "8", "6", Verdict.BETTER),
        ("floor", "1", "2", Verdict.CHANGED),
        ("floor", "2", "7", Verdict.WORSE),
        ("floor", "8", "9", Verdict.CHANGED),
        ("floor", "8", "8", Verdict.SAME),
        ("floor", "", "1", Verdict.UNKNOWN),
        ("drinking_water", "9", "4", Verdict.BETTER),
        ("cooking_fuel", "4", "12", Verdict.CHANGED),
        ("power", "1", "2", Verdict.BETTER),
        ("toilet", "2", "6", Verdict.WORSE),
        ("floor_area_m2", 20, 36, Verdict.BETTER),
        ("monthly_income", 0, 500_000, Verdict.BETTER),
        ("monthly_income", None, 0, Verdict.UNKNOWN),
        ("monthly_spending", 1, 2, Verdict.CHANGED),
        ("assets", [], ["motor"], Verdict.BETTER),
        ("assets", ["motor"], [], Verdict.WORSE),
        ("assets", ["motor"], ["sepeda"], Verdict.CHANGED),
        ("assets", ["motor", "sepeda"], ["sepeda", "motor"], Verdict.SAME),
        ("assets", None, ["motor"], Verdict.UNKNOWN),
    ],
)
def test_which_way_an_indicator_went(name, before, now, expected):
    assert verdict(name, before, now) == expected


def test_every_indicator_has_its_words_and_no_code_stands_in_two_classes():
    assert {*LABELS} == {*CONTENT} - {"note"} and {*INDICATORS} < {*CONTENT}
    for name, classes in CLASSES.items():
        codes = [code for codes in classes for code in codes]
        assert len(codes) == len(set(codes)) and set(codes) <= set(CHOSEN[name].values)
    everything = Assessment(floor_area_m2=1200, assets=Asset.values, monthly_income=1_500_000)
    assert words(everything, "floor_area_m2") == "1.200 m²" and words(everything, "monthly_income") == "Rp1.500.000"
    assert words(everything, "savings") is None and words(Assessment(assets=[]), "assets") == "tidak punya"


def test_unknown_is_said_and_never_counted(assessed):
    before, now = Assessment.objects.order_by("assessed_on")
    lines = {line.label: line for line in compare(before, now)}
    assert (lines["Tabungan"].before, lines["Tabungan"].now, lines["Tabungan"].verdict) == ("Rp0", None, "")
    assert (lines["Atap"].before, lines["Atap"].verdict) == (None, "")
    assert "Dinding" not in lines
    assert summary(before, now) == "2 membaik, 1 memburuk"


def test_the_family_page_shows_before_and_now(client, dewi, assessed):
    client.force_login(dewi)
    page = client.get(assessed.get_absolute_url())
    text = page.content.decode()
    for words_ in (
        "Kondisi, dulu → sekarang",
        "3 Mar 2021",
        "9 Sep 2026",
        "Semen/bata merah",
        "tidak diketahui",
        "Warung",
    ):
        assert words_ in text, words_
    assert "memburuk" in text and "membaik" in text
    assert f"/households/{assessed.pk}/assessments/new/" not in text
    told = [(entry.title, entry.detail) for entry in page.context["entries"] if "Asesmen" in entry.title]
    assert told == [
        ("Asesmen rumah dan ekonomi", "2 membaik, 1 memburuk · Budi"),
        ("Asesmen rumah dan ekonomi", "Budi"),
    ]


def test_one_assessment_stands_alone_and_none_is_said(client, budi, north_family):
    client.force_login(budi)
    page = client.get(north_family.get_absolute_url()).content.decode()
    assert "Belum ada asesmen" in page and f"/households/{north_family.pk}/assessments/new/" in page
    make_assessment(north_family, budi, NOW, floor="8")
    page = client.get(north_family.get_absolute_url()).content.decode()
    assert "Tanah" in page and "dulu → sekarang" not in page and "Tabungan" not in page


def test_a_graduation_is_told_of_it_as_of_its_day(assessed, dewi):
    def fact(on):
        return next(fact for fact in evidence.gather(assessed, dewi, on) if fact.label == "Asesmen rumah dan ekonomi")

    now = fact(NOW)
    assert (now.value, now.detail) == ("9 Sep 2026", "sejak 3 Mar 2021: 2 membaik, 1 memburuk")
    criteria = evidence.gather(assessed, dewi, NOW)[1]
    assert (criteria.label, criteria.value) == ("14 kriteria miskin", "1 dari 14, 10 belum diketahui")
    assert criteria.detail == "sejak 3 Mar 2021: 2 dari 14, 10 belum diketahui"
    del assessed.known_assessments
    assert (fact(BEFORE).value, fact(BEFORE).detail) == ("3 Mar 2021", "")
    assert fact(datetime.date(2020, 1, 1)).value == "belum pernah"


def test_a_familys_assessments_are_found_by_their_index(assessed):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    plan = Assessment.objects.current().filter(household=assessed).order_by("assessed_on").explain()
    assert "assessment_once_a_day" in plan and "Sort" not in plan


def test_the_page_asks_once_however_many_there_are(client, dewi, north_family, budi, django_assert_max_num_queries):
    for years in range(1, 8):
        make_assessment(north_family, budi, timezone.localdate().replace(day=1, year=2018 + years), floor="8")
    client.force_login(dewi)
    with django_assert_max_num_queries(24):
        page = client.get(north_family.get_absolute_url()).content.decode()
    assert "Semua asesmen" in page
