"""The 14 criteria by which BPS once told poor families: which of them an assessment meets.

A pure function over what the rows hold. Source: BPS, "14 kriteria miskin" (PSE 2005), put upon the codes of Regsosek
2022. Where a code does not settle a criterion ("Lainnya") it is not known; what was not found out is not known either.
"""

from collections.abc import Callable
from dataclasses import dataclass

from beneficiaries.assessment_choices import (
    Asset,
    Clothes,
    CookingFuel,
    DrinkingWater,
    Education,
    Floor,
    Lighting,
    Livelihood,
    Meals,
    Meat,
    Toilet,
    Treatment,
    Walls,
)

NARROW_M2 = 8  # a person
SMALL_SAVINGS = 500_000
SOLD_EASILY = {
    Asset.GOLD,
    Asset.MOTORCYCLE,
    Asset.CAR,
    Asset.MOTOR_BOAT,
    Asset.CATTLE,
    Asset.BUFFALO,
    Asset.HORSE,
    Asset.PIG,
    Asset.GOAT,
}
PRIMARY_AT_MOST = {
    Education.PACKAGE_A,
    Education.SDLB,
    Education.SD,
    Education.MI,
    Education.ULA,
    Education.NONE,
}


@dataclass(frozen=True)
class Criterion:
    """One of the fourteen; `met` says that the family is poor by it, None that it is not known."""

    label: str
    met: bool | None


@dataclass(frozen=True)
class Score:
    """How many of the fourteen are met, and of how many nothing is known."""

    criteria: list[Criterion]

    @property
    def met(self) -> int:
        return sum(one.met is True for one in self.criteria)

    @property
    def unknown(self) -> int:
        return sum(one.met is None for one in self.criteria)

    @property
    def at_most(self) -> int:
        """What it would be if all that is not known were met."""
        return self.met + self.unknown

    @property
    def is_known(self) -> bool:
        return self.unknown < len(self.criteria)

    def __str__(self):
        told = f"{self.met} dari {len(self.criteria)}"
        return f"{told}, {self.unknown} belum diketahui" if self.unknown else told


def score(assessment) -> Score:
    """Judge an assessment by the fourteen, in their order."""
    return Score([Criterion(label, judge(assessment)) for label, judge in _CRITERIA.items()])


def _among(name: str, met: set, *, open_: set | tuple = ()) -> Callable:
    """A criterion that is met by these codes; those in `open_` settle nothing."""

    def judge(assessment) -> bool | None:
        value = getattr(assessment, name)
        return None if value in ("", *open_) else value in met

    return judge


def _narrow(assessment) -> bool | None:
    if assessment.floor_area_m2 is None or assessment.residents is None:
        return None
    return assessment.floor_area_m2 < NARROW_M2 * assessment.residents


def _without_savings(assessment) -> bool | None:
    """Neither 500,000 rupiah nor a thing that is easily sold for as much; one of both known to be there settles it."""
    savings, assets = assessment.savings, assessment.assets
    if (savings or 0) >= SMALL_SAVINGS or SOLD_EASILY & set(assets or ()):
        return False
    return None if savings is None or assets is None else True


_CRITERIA = {
    "Luas lantai kurang dari 8 m² per orang": _narrow,
    "Lantai tanah, bambu, atau kayu": _among("floor", {Floor.EARTH, Floor.BAMBOO, Floor.WOOD}, open_={Floor.OTHER}),
    "Dinding bambu atau batang kayu": _among(
        "walls", {Walls.WOVEN_BAMBOO, Walls.BAMBOO, Walls.LOG}, open_={Walls.OTHER}
    ),
    "Tidak punya tempat BAB sendiri": _among("toilet", set(Toilet) - {Toilet.OWN}),
    "Penerangan bukan listrik": _among("lighting", {Lighting.NONE}),
    "Air minum tidak terlindung": _among(
        "drinking_water",
        {DrinkingWater.OPEN_WELL, DrinkingWater.OPEN_SPRING, DrinkingWater.SURFACE, DrinkingWater.RAIN},
        open_={DrinkingWater.OTHER},
    ),
    "Memasak dengan kayu bakar, arang, atau minyak tanah": _among(
        "cooking_fuel",
        {CookingFuel.FIREWOOD, CookingFuel.CHARCOAL, CookingFuel.KEROSENE},
        open_={CookingFuel.OTHER},
    ),
    "Makan daging, ayam, atau susu paling banyak sekali seminggu": _among("meat", {Meat.RARELY, Meat.ONCE}),
    "Membeli paling banyak satu setel pakaian setahun": _among("clothes", {Clothes.NONE, Clothes.ONE}),
    "Makan paling banyak dua kali sehari": _among("meals", {Meals.ONE, Meals.TWO}),
    "Tidak sanggup membayar pengobatan": _among("treatment", {Treatment.UNABLE}),
    "Kepala keluarga petani kecil, buruh, nelayan, atau berpenghasilan di bawah Rp600.000": _among(
        "head_livelihood", set(Livelihood) - {Livelihood.BETTER_PAID}
    ),
    "Kepala keluarga paling tinggi tamat SD": _among("head_education", PRIMARY_AT_MOST),
    "Tidak punya tabungan atau barang yang mudah dijual Rp500.000": _without_savings,
}
