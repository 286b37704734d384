"""How a family lives: house and economy, dated, so that before and now can be compared."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from beneficiaries import assessment_choices as choices
from beneficiaries.assessment_choices import Aid, Asset, Lighting, PhotoSubject, Toilet
from beneficiaries.models.household import Household
from beneficiaries.models.of_family import OfFamilyQuerySet
from ejsika.files.models import PhotoOfQuerySet, StoredPhoto
from ejsika.lib.http import row_url
from ejsika.outbox.versions import Version, VersionQuerySet

LARGEST_FLOOR_M2 = 2_000
LARGEST_AMOUNT = 1_000_000_000
MOST_RESIDENTS = 50
# What is chosen from a list, by column; "" is not known.
HOUSE = {
    "building_status": choices.BuildingStatus,
    "land_proof": choices.LandProof,
    "floor": choices.Floor,
    "walls": choices.Walls,
    "roof": choices.Roof,
    "drinking_water": choices.DrinkingWater,
    "water_distance": choices.WaterDistance,
    "lighting": choices.Lighting,
    "power": choices.Power,
    "cooking_fuel": choices.CookingFuel,
    "toilet": choices.Toilet,
    "toilet_kind": choices.ToiletKind,
    "sewage": choices.Sewage,
}
LIFE = {
    "meals": choices.Meals,
    "meat": choices.Meat,
    "clothes": choices.Clothes,
    "treatment": choices.Treatment,
    "head_education": choices.Education,
    "head_position": choices.WorkPosition,
    "head_livelihood": choices.Livelihood,
    "turnover": choices.Turnover,
}
CHOSEN = HOUSE | LIFE
# Of what may be chosen several: None is not known, [] none of them.
SEVERAL = {"assets": Asset, "aid": Aid}
AMOUNTS = ["monthly_spending", "monthly_income", "savings"]
INDICATORS = ["floor_area_m2", *CHOSEN, *SEVERAL, *AMOUNTS]
# Residents alone, which the form knows beforehand, say nothing of how the family lives.
CONTENT = ["residents", *INDICATORS, "note"]


class AssessmentQuerySet(OfFamilyQuerySet, VersionQuerySet):
    def last_one(self) -> "Assessment | None":
        return self.current().order_by("-assessed_on").first()


def _unknown() -> Q:
    """The condition that nothing at all was found out."""
    unknown = dict.fromkeys(CHOSEN, "") | {f"{name}__isnull": True for name in INDICATORS if name not in CHOSEN}
    return Q(**unknown)


def _choice(name: str, label: str) -> models.CharField:
    return models.CharField(label, max_length=2, choices=CHOSEN[name], blank=True, default="", db_default="")


def _several(name: str, label: str) -> ArrayField:
    return ArrayField(models.CharField(max_length=12, choices=SEVERAL[name]), verbose_name=label, null=True, blank=True)


def _amount(label: str) -> models.PositiveIntegerField:
    return models.PositiveIntegerField(label, null=True, blank=True)


class Assessment(Version):
    """One version of what an officer found on one day.

    What was not found out is None or "", never zero; none of several is []. Of one family and day one is current.
    Units: floor area in m², amounts in whole rupiah, spending, income and turnover a month.
    Source: wording and codes of BPS Regsosek 2022, form K; what its 14 criteria ask beside that.
    """

    uuid = models.UUIDField(unique=True, db_default=RandomUUID())
    household = models.ForeignKey(Household, models.PROTECT, related_name="assessments")
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="assessments", verbose_name="petugas"
    )
    assessed_on = models.DateField("tanggal asesmen")
    residents = models.PositiveSmallIntegerField("penghuni", null=True, blank=True)
    building_status = _choice("building_status", "status bangunan")
    land_proof = _choice("land_proof", "bukti lahan")
    floor_area_m2 = models.PositiveSmallIntegerField("luas lantai (m²)", null=True, blank=True)
    floor = _choice("floor", "lantai")
    walls = _choice("walls", "dinding")
    roof = _choice("roof", "atap")
    drinking_water = _choice("drinking_water", "air minum")
    water_distance = _choice("water_distance", "jarak air ke penampungan tinja")
    lighting = _choice("lighting", "penerangan")
    power = _choice("power", "daya listrik")
    cooking_fuel = _choice("cooking_fuel", "bahan bakar memasak")
    toilet = _choice("toilet", "tempat BAB")
    toilet_kind = _choice("toilet_kind", "kloset")
    sewage = _choice("sewage", "pembuangan tinja")
    meals = _choice("meals", "makan sehari")
    meat = _choice("meat", "daging, ayam atau susu seminggu")
    clothes = _choice("clothes", "pakaian baru setahun")
    treatment = _choice("treatment", "biaya berobat")
    head_education = _choice("head_education", "pendidikan kepala keluarga")
    head_position = _choice("head_position", "kedudukan kerja kepala keluarga")
    head_livelihood = _choice("head_livelihood", "penghidupan kepala keluarga")
    turnover = _choice("turnover", "omzet usaha sebulan")
    assets = _several("assets", "aset")
    aid = _several("aid", "bantuan setahun")
    monthly_spending = _amount("pengeluaran sebulan")
    monthly_income = _amount("penghasilan sebulan")
    savings = _amount("tabungan")
    note = models.CharField("catatan", max_length=1000, blank=True)
    is_current = models.BooleanField(default=True, db_default=True)
    recorded_at = models.DateTimeField("dicatat", db_default=Now())

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = "asesmen"
        verbose_name_plural = "asesmen"
        constraints = [
            # Its index also finds a family's assessments by day.
            models.UniqueConstraint(
                fields=["household", "assessed_on"], condition=Q(is_current=True), name="assessment_once_a_day"
            ),
            models.CheckConstraint(name="assessment_not_its_own_version", condition=~Q(replaces=F("id"))),
            models.CheckConstraint(name="assessment_says_something", condition=~_unknown()),
            models.CheckConstraint(name="assessment_day_sensible", condition=Q(assessed_on__gte="2000-01-01")),
            *(
                models.CheckConstraint(
                    name=f"assessment_{name}_known", condition=Q(**{f"{name}__in": ["", *choices.values]})
                )
                for name, choices in CHOSEN.items()
            ),
            *(
                models.CheckConstraint(
                    name=f"assessment_{name}_known",
                    condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__contained_by": choices.values}),
                )
                for name, choices in SEVERAL.items()
            ),
            models.CheckConstraint(
                name="assessment_residents_range",
                condition=Q(residents__isnull=True) | Q(residents__range=(1, MOST_RESIDENTS)),
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

    def get_absolute_url(self):
        return row_url("beneficiaries:assessment_detail", self.pk)

    def possible_versions(self):
        return Assessment.objects.filter(household=self.household_id).select_related("officer")


class AssessmentPhotoQuerySet(PhotoOfQuerySet):
    of = "assessment"


class AssessmentPhoto(models.Model):
    """A photo of one version of an assessment, one a subject; a correction takes those along that it keeps."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="photos", db_index=False)
    photo = models.ForeignKey(StoredPhoto, models.PROTECT, related_name="+")
    subject = models.CharField("yang difoto", max_length=10, choices=PhotoSubject)

    objects = AssessmentPhotoQuerySet.as_manager()

    class Meta:
        verbose_name = "foto asesmen"
        verbose_name_plural = "foto asesmen"
        constraints = [
            models.UniqueConstraint(fields=["assessment", "subject"], name="assessment_photo_once"),
            models.CheckConstraint(name="assessment_photo_subject_known", condition=Q(subject__in=PhotoSubject.values)),
        ]

    def __str__(self):
        return f"foto asesmen {self.pk}"

    def get_absolute_url(self):
        return row_url("beneficiaries:assessment_photo", self.pk)
