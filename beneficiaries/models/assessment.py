"""How a family lives: house and economy, dated, so that before and now can be compared."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from beneficiaries.assessment_choices import (
    Asset,
    CookingFuel,
    DrinkingWater,
    Floor,
    Lighting,
    Power,
    Roof,
    Sewage,
    Toilet,
    ToiletKind,
    Walls,
)
from beneficiaries.models.enrollment import household_in_programs
from beneficiaries.models.household import Household
from ejsika.regions.models import ScopedQuerySet

LARGEST_FLOOR_M2 = 2_000
LARGEST_AMOUNT = 1_000_000_000
# What is chosen from a list, by column; "" is not known.
CHOSEN = {
    "floor": Floor,
    "walls": Walls,
    "roof": Roof,
    "drinking_water": DrinkingWater,
    "lighting": Lighting,
    "power": Power,
    "cooking_fuel": CookingFuel,
    "toilet": Toilet,
    "toilet_kind": ToiletKind,
    "sewage": Sewage,
}
AMOUNTS = ["monthly_spending", "monthly_income", "savings"]
INDICATORS = ["floor_area_m2", *CHOSEN, "assets", *AMOUNTS]


class AssessmentQuerySet(ScopedQuerySet):
    region_field = "household__region__code"

    def person_rule(self, user):
        return Q(Exists(Household.objects.for_user(user).filter(pk=OuterRef("household"))))

    def program_rule(self, user):
        if user.all_programs:
            return Q()
        return Q(Exists(Household.objects.countable_by(user).filter(pk=OuterRef("household"))))

    def in_known_family(self, programs):
        return self if programs is None else self.filter(household_in_programs(programs))

    def last_one(self) -> "Assessment | None":
        return self.order_by("-assessed_on").first()


def _unknown() -> Q:
    """The condition that nothing at all was found out."""
    condition = Q(floor_area_m2__isnull=True, assets__isnull=True)
    for name in CHOSEN:
        condition &= Q(**{name: ""})
    for name in AMOUNTS:
        condition &= Q(**{f"{name}__isnull": True})
    return condition


def _choice(name: str, label: str) -> models.CharField:
    return models.CharField(label, max_length=2, choices=CHOSEN[name], blank=True)


def _amount(label: str) -> models.PositiveIntegerField:
    return models.PositiveIntegerField(label, null=True, blank=True)


class Assessment(models.Model):
    """What an officer found on one day. What was not found out is None or "", never zero; no assets at all is [].

    Units: floor area in m², amounts in whole rupiah, spending and income a month. Of one family and day there is one.
    Source: wording and codes of BPS Regsosek 2022, form K.
    """

    household = models.ForeignKey(Household, models.PROTECT, related_name="assessments", db_index=False)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="assessments", verbose_name="petugas"
    )
    assessed_on = models.DateField("tanggal asesmen")
    floor_area_m2 = models.PositiveSmallIntegerField("luas lantai (m²)", null=True, blank=True)
    floor = _choice("floor", "lantai")
    walls = _choice("walls", "dinding")
    roof = _choice("roof", "atap")
    drinking_water = _choice("drinking_water", "air minum")
    lighting = _choice("lighting", "penerangan")
    power = _choice("power", "daya listrik")
    cooking_fuel = _choice("cooking_fuel", "bahan bakar memasak")
    toilet = _choice("toilet", "tempat BAB")
    toilet_kind = _choice("toilet_kind", "kloset")
    sewage = _choice("sewage", "pembuangan tinja")
    assets = ArrayField(models.CharField(max_length=12, choices=Asset), verbose_name="aset", null=True, blank=True)
    monthly_spending = _amount("pengeluaran sebulan")
    monthly_income = _amount("penghasilan sebulan")
    savings = _amount("tabungan")
    note = models.CharField("catatan", max_length=1000, blank=True)
    recorded_at = models.DateTimeField("dicatat", db_default=Now())

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = "asesmen"
        verbose_name_plural = "asesmen"
        constraints = [
            # Its index also finds a family's assessments by day.
            models.UniqueConstraint(fields=["household", "assessed_on"], name="assessment_once_a_day"),
            models.CheckConstraint(name="assessment_says_something", condition=~_unknown()),
            models.CheckConstraint(name="assessment_day_sensible", condition=Q(assessed_on__gte="2000-01-01")),
            *(
                models.CheckConstraint(
                    name=f"assessment_{name}_known", condition=Q(**{f"{name}__in": ["", *choices.values]})
                )
                for name, choices in CHOSEN.items()
            ),
            models.CheckConstraint(
                name="assessment_assets_known",
                condition=Q(assets__isnull=True) | Q(assets__contained_by=Asset.values),
            ),
            models.CheckConstraint(
                name="assessment_floor_area_range",
                condition=Q(floor_area_m2__isnull=True) | Q(floor_area_m2__range=(1, LARGEST_FLOOR_M2)),
            ),
            *(
                models.CheckConstraint(
                    name=f"assessment_{name}_range",
                    condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__range": (0, LARGEST_AMOUNT)}),
                )
                for name in AMOUNTS
            ),
            models.CheckConstraint(
                name="assessment_power_by_meter", condition=Q(power="") | Q(lighting__in=["", Lighting.METERED])
            ),
            models.CheckConstraint(
                name="assessment_no_toilet_no_kind", condition=~Q(toilet=Toilet.NONE) | Q(toilet_kind="", sewage="")
            ),
        ]

    def __str__(self):
        return f"asesmen {self.pk}"
