"""Before and now: two assessments of a family, indicator by indicator, and which way it went.

Pure functions over what the rows hold. "Better" is said only where the order is beyond doubt: materials and sources are
put into a few classes, as BPS counts a house decent or not, and a step within a class is a change without a verdict.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.formats import number_format

from beneficiaries.assessment_choices import (
    BuildingStatus,
    Clothes,
    CookingFuel,
    DrinkingWater,
    Floor,
    LandProof,
    Lighting,
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
)
from beneficiaries.assessments.criteria import score
from beneficiaries.models.assessment import CHOSEN, SEVERAL

# From the best class down; what is in none of them ("Lainnya") is not compared.
CLASSES = {
    "building_status": [
        {BuildingStatus.OWN},
        {BuildingStatus.RENTED, BuildingStatus.RENT_FREE, BuildingStatus.OFFICIAL},
    ],
    "land_proof": [
        {LandProof.OWN_TITLE},
        {LandProof.AGREED, LandProof.NOT_AGREED, LandProof.OTHER_TITLE, LandProof.LETTER},
        {LandProof.NONE},
    ],
    "floor": [
        {Floor.MARBLE, Floor.CERAMIC, Floor.PARQUET, Floor.TILE},
        {Floor.WOOD, Floor.CEMENT},
        {Floor.BAMBOO},
        {Floor.EARTH},
    ],
    "walls": [{Walls.MASONRY}, {Walls.PLASTERED, Walls.BOARD}, {Walls.WOVEN_BAMBOO, Walls.LOG, Walls.BAMBOO}],
    "roof": [{Roof.CONCRETE, Roof.TILE}, {Roof.ZINC, Roof.ASBESTOS, Roof.WOOD}, {Roof.BAMBOO, Roof.THATCH}],
    "drinking_water": [
        {
            DrinkingWater.BOTTLED,
            DrinkingWater.REFILL,
            DrinkingWater.PIPED,
            DrinkingWater.BOREHOLE,
            DrinkingWater.PROTECTED_WELL,
            DrinkingWater.PROTECTED_SPRING,
        },
        {DrinkingWater.OPEN_WELL, DrinkingWater.OPEN_SPRING, DrinkingWater.RAIN},
        {DrinkingWater.SURFACE},
    ],
    "water_distance": [{WaterDistance.FAR}, {WaterDistance.NEAR}],
    "lighting": [{Lighting.METERED}, {Lighting.UNMETERED, Lighting.NOT_PLN}, {Lighting.NONE}],
    "power": [{Power.MORE}, {Power.W2200}, {Power.W1300}, {Power.W900}, {Power.W450}],
    "cooking_fuel": [
        {
            CookingFuel.ELECTRICITY,
            CookingFuel.LPG_5,
            CookingFuel.LPG_12,
            CookingFuel.LPG_3,
            CookingFuel.CITY_GAS,
            CookingFuel.BIOGAS,
        },
        {CookingFuel.KEROSENE, CookingFuel.BRIQUETTES, CookingFuel.CHARCOAL, CookingFuel.FIREWOOD},
    ],
    "toilet": [{Toilet.OWN}, {Toilet.SHARED}, {Toilet.COMMUNAL, Toilet.PUBLIC}, {Toilet.UNUSED, Toilet.NONE}],
    "toilet_kind": [{ToiletKind.GOOSENECK}, {ToiletKind.COVERED}, {ToiletKind.OPEN}, {ToiletKind.PIT}],
    "sewage": [{Sewage.SEPTIC_TANK, Sewage.TREATMENT}, {Sewage.HOLE}, {Sewage.WATERS, Sewage.OPEN_GROUND}],
    "meals": [{Meals.THREE}, {Meals.TWO}, {Meals.ONE}],
    "meat": [{Meat.MORE}, {Meat.ONCE}, {Meat.RARELY}],
    "clothes": [{Clothes.MORE}, {Clothes.ONE}, {Clothes.NONE}],
    "treatment": [{Treatment.ABLE}, {Treatment.UNABLE}],
    "turnover": [{code} for code in reversed(Turnover)],
}
NONE = {"assets": "tidak punya", "aid": "tidak ada"}
MORE_IS_BETTER = {"floor_area_m2", "monthly_income", "savings"}
LABELS = {
    "residents": "Penghuni",
    "building_status": "Status rumah",
    "land_proof": "Bukti lahan",
    "floor_area_m2": "Luas lantai",
    "floor": "Lantai",
    "walls": "Dinding",
    "roof": "Atap",
    "drinking_water": "Air minum",
    "water_distance": "Jarak air ke tinja",
    "lighting": "Penerangan",
    "power": "Daya listrik",
    "cooking_fuel": "Bahan bakar",
    "toilet": "Tempat BAB",
    "toilet_kind": "Kloset",
    "sewage": "Pembuangan tinja",
    "meals": "Makan sehari",
    "meat": "Daging, ayam, susu seminggu",
    "clothes": "Pakaian baru setahun",
    "treatment": "Biaya berobat",
    "head_education": "Pendidikan kepala keluarga",
    "head_position": "Kedudukan kerjanya",
    "head_livelihood": "Penghidupannya",
    "assets": "Aset",
    "aid": "Bantuan setahun",
    "monthly_spending": "Pengeluaran sebulan",
    "monthly_income": "Penghasilan sebulan",
    "savings": "Tabungan",
    "turnover": "Omzet usaha sebulan",
}
CRITERIA = "14 kriteria miskin"


class Verdict(StrEnum):
    BETTER = "membaik"
    WORSE = "memburuk"
    SAME = "tetap"
    CHANGED = "berubah"
    UNKNOWN = ""


@dataclass(frozen=True)
class Line:
    """One indicator in words; None is not known."""

    label: str
    before: str | None
    now: str | None
    verdict: Verdict


def compare(before, now) -> list[Line]:
    """Put two assessments side by side, the 14 criteria first; what neither of them knows is left out."""
    lines = [_criteria(before, now)]
    lines += [
        Line(label, words(before, name), words(now, name), verdict(name, getattr(before, name), getattr(now, name)))
        for name, label in LABELS.items()
    ]
    return [line for line in lines if line.before is not None or line.now is not None]


def _criteria(before, now) -> Line:
    """The 14 criteria; better or worse only where no answer that is missing could turn it round."""
    old, new = score(before), score(now)
    if not (old.is_known and new.is_known):
        found = Verdict.UNKNOWN
    elif new.at_most < old.met:
        found = Verdict.BETTER
    elif new.met > old.at_most:
        found = Verdict.WORSE
    else:
        found = Verdict.SAME if str(new) == str(old) and not new.unknown else Verdict.UNKNOWN
    return Line(CRITERIA, *(str(one) if one.is_known else None for one in (old, new)), found)


def summary(before, now) -> str:
    """How many indicators went which way: "3 membaik, 1 memburuk"; "" where none did."""
    found = [line.verdict for line in compare(before, now) if line.label != CRITERIA]
    counted = [f"{found.count(one)} {one}" for one in (Verdict.BETTER, Verdict.WORSE) if one in found]
    return ", ".join(counted)


def verdict(name: str, before, now) -> Verdict:
    """Which way an indicator went. Nothing is said where one of the two is not known."""
    if before in (None, "") or now in (None, ""):
        return Verdict.UNKNOWN
    if name in SEVERAL:
        before, now = set(before), set(now)
    if before == now:
        return Verdict.SAME
    if name in MORE_IS_BETTER or name == "assets":
        return Verdict.BETTER if now > before else Verdict.WORSE if now < before else Verdict.CHANGED
    if name in SEVERAL:
        return Verdict.CHANGED
    ranks = {code: rank for rank, codes in enumerate(CLASSES.get(name, [])) for code in codes}
    old, new = ranks.get(before), ranks.get(now)
    if old is None or new is None or old == new:
        return Verdict.CHANGED
    return Verdict.BETTER if new < old else Verdict.WORSE


def words(assessment, name: str) -> str | None:
    """An indicator as a person reads it; None where it is not known."""
    value = getattr(assessment, name)
    if value in (None, ""):
        return None
    if name in CHOSEN:
        return str(CHOSEN[name](value).label)
    if name in SEVERAL:
        return ", ".join(str(SEVERAL[name](code).label) for code in value) or NONE[name]
    if name == "residents":
        return f"{value} orang"
    number = number_format(value, use_l10n=True, force_grouping=True)
    return f"{number} m²" if name == "floor_area_m2" else f"Rp{number}"
