"""Where the invented families live: as many to each kabupaten/kota as in 2021, scattered around centroids."""

import csv
import itertools
import math
from pathlib import Path
from random import Random

from ejsika.demo import SEED
from ejsika.lib.geo import EARTH_RADIUS_M, LATITUDES, LONGITUDES
from ejsika.regions.models import Region

SHARES_2021 = Path(__file__).with_name("kpm_2021.csv")
VILLAGE_RADIUS_M, TOWN_RADIUS_M = 1_500, 600


def families_2021() -> dict[str, int]:
    """Give the families of each kabupaten/kota by its code (Antara, 2021)."""
    with SHARES_2021.open(encoding="utf-8", newline="") as lines:
        return {line["region_code"]: int(line["households"]) for line in csv.DictReader(lines)}


def allot(total: int, weights: dict[str, int]) -> dict[str, int]:
    """Divide a whole number in proportion to the weights, by largest remainder (then by key); the parts add up."""
    weight = sum(weights.values())
    parts = {key: total * each // weight for key, each in weights.items()}
    by_remainder = sorted(weights, key=lambda key: (-(total * weights[key] % weight), key))
    for key in by_remainder[: total - sum(parts.values())]:
        parts[key] += 1
    return parts


def missing(total: int, present: dict[str, int]) -> dict[str, int]:
    """How many families each kabupaten/kota lacks, so that there are `total` and none is taken away."""
    targets = allot(total, families_2021())
    lacking = {code: max(0, target - present.get(code, 0)) for code, target in targets.items()}
    to_add = max(0, total - sum(present.values()))
    # Where one has too many already, the others together lack more than there is to add.
    return lacking if sum(lacking.values()) <= to_add else allot(to_add, lacking)


class Places:
    """The desas of one kabupaten/kota, some with more families than others."""

    def __init__(self, code: str):
        desas = Region.objects.filter(code__startswith=code, level__in=["desa", "kelurahan"], closed_on__isnull=True)
        self.desas = list(desas.exclude(latitude=None).order_by("code"))
        rng = Random(f"{SEED} {code}")
        self.weights = list(itertools.accumulate(rng.uniform(0.4, 1.6) for _ in self.desas))

    def pick(self, rng: Random) -> Region:
        return rng.choices(self.desas, cum_weights=self.weights)[0]


def home_in(desa: Region, rng: Random) -> tuple[float, float]:
    """Give a place near the desa's centroid (latitude, longitude)."""
    radius = TOWN_RADIUS_M if desa.level == Region.Level.KELURAHAN else VILLAGE_RADIUS_M
    return near((float(desa.latitude), float(desa.longitude)), radius, rng)


def near(place: tuple[float, float], radius_m: float, rng: Random) -> tuple[float, float]:
    """Give a place within so many metres of another, six decimals, never outside the box around Banten."""
    away, turn = radius_m * rng.random(), rng.uniform(0, 2 * math.pi)
    degree_m = math.radians(1) * EARTH_RADIUS_M
    latitude = place[0] + away * math.sin(turn) / degree_m
    longitude = place[1] + away * math.cos(turn) / degree_m / math.cos(math.radians(place[0]))
    return (
        round(min(max(latitude, LATITUDES[0]), LATITUDES[1]), 6),
        round(min(max(longitude, LONGITUDES[0]), LONGITUDES[1]), 6),
    )
