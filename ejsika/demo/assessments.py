"""Assessments before and now: a third of the families were looked at twice, and most of them live better since.

A family has one hidden number, how well it lives (0 to 1). It grows between the two days, or does not; what the officer
finds follows from it, with a leaning of the family's own for each indicator that stays.
"""

import datetime
from random import Random
from zoneinfo import ZoneInfo

from django.conf import settings

from beneficiaries.assessment_choices import (
    Aid,
    Asset,
    BuildingStatus,
    Clothes,
    CookingFuel,
    DrinkingWater,
    Education,
    Floor,
    LandProof,
    Lighting,
    Livelihood,
    Meals,
    Meat,
    Power,
    Roof,
    Sewage,
    Toilet,
    ToiletKind,
    Treatment,
    Turnover,
    Walls,
    WaterDistance,
    WorkPosition,
)
from beneficiaries.choices import EnrollmentStatus
from beneficiaries.models import Assessment, Household
from ejsika.demo import SEED
from ejsika.demo.assessment_photos import write_photos
from ejsika.lib.copying import copy_rows, take_ids

EVERY = 3  # each so manieth family has been assessed
PHOTOS_EVERY = 15  # so are those whose assessments have photos
LEAST_DAYS_BETWEEN = 30
LATELY_DAYS = 330  # in which the second assessment was made
UNKNOWN_SHARE = 0.03  # of the indicators, which the officer did not find out
# From poor to well-to-do, as often as it is found.
LADDERS = {
    "building_status": [BuildingStatus.RENTED, BuildingStatus.RENT_FREE, *[BuildingStatus.OWN] * 8],
    "land_proof": [*[LandProof.NONE] * 2, LandProof.NOT_AGREED, *[LandProof.LETTER] * 4, *[LandProof.OWN_TITLE] * 2],
    "floor": [Floor.EARTH, Floor.BAMBOO, *[Floor.CEMENT] * 3, Floor.TILE, *[Floor.CERAMIC] * 3],
    "walls": [*[Walls.WOVEN_BAMBOO] * 2, Walls.BOARD, Walls.PLASTERED, *[Walls.MASONRY] * 5],
    "roof": [Roof.THATCH, *[Roof.ASBESTOS] * 2, Roof.ZINC, *[Roof.TILE] * 5],
    "drinking_water": [
        DrinkingWater.SURFACE,
        DrinkingWater.OPEN_WELL,
        DrinkingWater.OPEN_SPRING,
        *[DrinkingWater.PROTECTED_WELL] * 2,
        *[DrinkingWater.BOREHOLE] * 3,
        DrinkingWater.REFILL,
        DrinkingWater.PIPED,
    ],
    "water_distance": [WaterDistance.NEAR, WaterDistance.UNKNOWN, *[WaterDistance.FAR] * 2],
    "lighting": [*[Lighting.UNMETERED] * 2, *[Lighting.METERED] * 7],
    "power": [*[Power.W450] * 5, *[Power.W900] * 4, Power.W1300],
    "cooking_fuel": [*[CookingFuel.FIREWOOD] * 3, *[CookingFuel.LPG_3] * 7],
    "toilet": [Toilet.NONE, Toilet.PUBLIC, Toilet.COMMUNAL, Toilet.SHARED, *[Toilet.OWN] * 5],
    "toilet_kind": [ToiletKind.PIT, ToiletKind.OPEN, ToiletKind.COVERED, *[ToiletKind.GOOSENECK] * 5],
    "sewage": [Sewage.WATERS, *[Sewage.HOLE] * 3, *[Sewage.SEPTIC_TANK] * 4],
    "meals": [*[Meals.TWO] * 4, *[Meals.THREE] * 6],
    "meat": [*[Meat.RARELY] * 2, *[Meat.ONCE] * 3, *[Meat.MORE] * 5],
    "clothes": [Clothes.NONE, *[Clothes.ONE] * 4, *[Clothes.MORE] * 5],
    "treatment": [*[Treatment.UNABLE] * 3, *[Treatment.ABLE] * 7],
    "head_education": [*[Education.NONE] * 3, *[Education.SD] * 4, *[Education.SMP] * 3, *[Education.SMA] * 2],
    "head_position": [*[WorkPosition.FREE_FARM] * 4, *[WorkPosition.FREE_OTHER] * 3, *[WorkPosition.ALONE] * 3],
    "head_livelihood": [
        Livelihood.NOT_WORKING,
        *[Livelihood.LABOURER] * 4,
        Livelihood.FISHER,
        Livelihood.SMALL_FARMER,
        *[Livelihood.BETTER_PAID] * 4,
    ],
    "turnover": [*[""] * 6, *[Turnover.BELOW_5] * 5],
}
# How well a family lives that owns it, mostly.
ASSETS = {
    Asset.GOAT: 0.35,
    Asset.BICYCLE: 0.4,
    Asset.SMARTPHONE: 0.4,
    Asset.MOTORCYCLE: 0.5,
    Asset.FLAT_TV: 0.55,
    Asset.FRIDGE: 0.65,
    Asset.GAS_CYLINDER: 0.8,
    Asset.GOLD: 0.85,
    Asset.COMPUTER: 0.95,
}
AIDS = [Aid.SEMBAKO, Aid.LPG, Aid.ELECTRICITY, Aid.PIP, Aid.BLT_DESA]
INDICATORS = ["residents", "floor_area_m2", *LADDERS, "assets", "aid", "monthly_spending", "monthly_income", "savings"]
COLUMNS = ["id", "household_id", "officer_id", "assessed_on", *INDICATORS, "note", "recorded_at"]


def write_assessments(cursor, families: list, today: datetime.date) -> None:
    """Write the assessments of these families with their photos and audit entries, oldest first."""
    rows = [row for family in families if family.serial % EVERY == 1 for row in _assessments(family, today)]
    rows.sort(key=lambda row: row[2])
    keys = take_ids(cursor, Assessment, len(rows))
    numbered = [(key, *row) for key, row in zip(keys, rows, strict=True)]
    copy_rows(cursor, Assessment, COLUMNS, numbered)
    cursor.execute(
        """INSERT INTO audit_auditevent (at, actor_id, action, target_kind, target_id, data)
           SELECT a.recorded_at, a.officer_id, 'assessment.recorded', %s, a.household_id,
               jsonb_build_object('assessment', a.id, 'on', a.assessed_on)
           FROM unnest(%s::bigint[]) AS added(id) JOIN beneficiaries_assessment a ON a.id = added.id ORDER BY a.id""",
        [Household._meta.label_lower, keys],
    )
    pictured = {family.id: family.assistant.id for family in families if family.serial % PHOTOS_EVERY == 1}
    found = {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in numbered if row[1] in pictured}
    if found:
        write_photos(cursor, found, min(pictured.values()))


def _assessments(family, today: datetime.date):
    """Give the rows of a family: one, and one of today's life where time enough has passed."""
    rng = Random(f"{SEED} assessment {family.serial}")
    leaning = {name: rng.gauss(0, 0.12) for name in (*INDICATORS, *ASSETS)}
    area, residents = rng.randint(21, 64), rng.randint(2, 7)
    lives = min(max(rng.gauss(0.38, 0.13), 0.05), 0.8)
    grows = _growth(family, rng)
    for day, level, extension in zip(
        _days(family, rng, today), (lives, lives + grows), (0, _built(grows, rng)), strict=False
    ):
        values = _found(level, leaning, rng) | {"residents": residents, "floor_area_m2": area + extension}
        at = datetime.datetime.combine(day, datetime.time(15), ZoneInfo(settings.TIME_ZONE))
        yield family.id, family.assistant.id, day, *(values[name] for name in INDICATORS), "", at


def _growth(family, rng: Random) -> float:
    """Most families live better than before, some as they did, a few worse; those that graduated, much better."""
    if family.now.status == EnrollmentStatus.GRADUATED:
        return rng.uniform(0.2, 0.45)
    return rng.choices([rng.uniform(0.05, 0.3), rng.uniform(-0.02, 0.02), rng.uniform(-0.15, -0.03)], [70, 20, 10])[0]


def _built(grows: float, rng: Random) -> int:
    """Square metres that the house has more than before."""
    return rng.randint(4, 16) if grows > 0.15 and rng.random() < 0.3 else 0


def _days(family, rng: Random, today: datetime.date) -> list[datetime.date]:
    first = family.assigned_from + datetime.timedelta(days=rng.randint(3, 40))
    last = min(today, family.assigned_until or today)
    if family.case:
        last = min(last, family.case.proposed_on)
    earliest = max(first + datetime.timedelta(days=LEAST_DAYS_BETWEEN), last - datetime.timedelta(days=LATELY_DAYS))
    room = (last - earliest).days
    if room < 1:
        return [first] if first < last else []
    return [first, last - datetime.timedelta(days=rng.randint(1, room))]


def _found(lives: float, leaning: dict[str, float], rng: Random) -> dict:
    """Give what an officer finds in a family that lives so well."""
    found = {}
    for name, ladder in LADDERS.items():
        level = min(max(lives + leaning[name], 0), 0.999)
        found[name] = "" if rng.random() < UNKNOWN_SHARE else str(ladder[int(level * len(ladder))])
    if found["lighting"] != Lighting.METERED:
        found["power"] = ""
    if found["toilet"] in ("", Toilet.NONE):
        found["toilet_kind"] = found["sewage"] = ""
    found["assets"] = [asset.value for asset, from_level in ASSETS.items() if lives + leaning[asset] >= from_level]
    found["aid"] = [aid.value for aid in AIDS if rng.random() < 0.3]
    spending = 600_000 + 2_400_000 * max(lives + leaning["monthly_spending"], 0)
    found["monthly_spending"] = _rounded(spending, 50_000)
    income = spending * (1 + leaning["monthly_income"]) + 500_000 * max(lives - 0.5, 0)
    found["monthly_income"] = None if rng.random() < UNKNOWN_SHARE else _rounded(income, 50_000)
    found["savings"] = _rounded(4_000_000 * max(lives + leaning["savings"] - 0.4, 0), 10_000)
    return found


def _rounded(amount: float, step: int) -> int:
    return round(amount / step) * step
