"""The tree of official regions, and the one mechanism that says which rows a person may see."""

from django.db import models
from django.db.models import Q

from ejsika.lib.prepared import prepared


class RegionQuerySet(models.QuerySet):
    def within(self, codes):
        """These regions and all below them; no code means no region."""
        inside = Q(pk__in=[])
        for code in codes:
            inside |= Q(code__startswith=code)
        return self.filter(inside)

    def near(self, code: str) -> dict[str, "Region"]:
        """A region, those it lies in, and those just below it, by code and in its order. Cost: one query."""
        return {region.code: region for region in _near(path=Region(code=code).path_codes, code=code)}


class Region(models.Model):
    """A province, kabupaten/kota, kecamatan or desa/kelurahan; the code's 2, 4, 6 or 10 digits name its parents."""

    class Level(models.TextChoices):
        PROVINCE = "provinsi", "Provinsi"
        REGENCY = "kabupaten", "Kabupaten"
        CITY = "kota", "Kota"
        DISTRICT = "kecamatan", "Kecamatan"
        DESA = "desa", "Desa"
        KELURAHAN = "kelurahan", "Kelurahan"

    code = models.CharField("kode", max_length=10, primary_key=True)
    level = models.CharField("tingkat", max_length=10, choices=Level)
    name = models.CharField("nama", max_length=80)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    latitude = models.DecimalField("lintang", max_digits=8, decimal_places=5, null=True)
    longitude = models.DecimalField("bujur", max_digits=8, decimal_places=5, null=True)
    postal_code = models.CharField("kode pos", max_length=5, blank=True)
    closed_on = models.DateField("ditutup pada", null=True, blank=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = "wilayah"
        verbose_name_plural = "wilayah"
        indexes = [models.Index(fields=["code"], name="region_by_prefix", opclasses=["varchar_pattern_ops"])]
        constraints = [
            models.CheckConstraint(
                name="region_code_digits", condition=Q(code__regex=r"^\d{2}(\d{2}(\d{2}(\d{4})?)?)?$")
            ),
            models.CheckConstraint(
                name="region_point_pair",
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def path_codes(self) -> list[str]:
        """Codes from the province down to this region, itself last."""
        return [self.code[:n] for n in (2, 4, 6, 10) if n <= len(self.code)]


@prepared(is_planned=True)
def _near(path, code):
    return Region.objects.filter(Q(code=path.any) | Q(parent=code)).order_by("code")


class ScopedQuerySet(models.QuerySet):
    """Rows that belong to a region, a programme and perhaps a person: read them only through these two doors."""

    region_field = "region__code"  # path from this model to the desa's code; trimmed to a local column, never a join

    def for_user(self, user):
        """Rows this person may read by name: regions, programmes and role together; none if in doubt."""
        if not (user.is_authenticated and user.sees_people):
            return self.none()
        return self.countable_by(user).filter(self.person_rule(user))

    def countable_by(self, user):
        """Rows this person may count; must end in aggregate() or values().annotate()."""
        if not (user.is_authenticated and user.is_active):
            return self.none()
        return self.filter(self.within(user.region_codes), self.program_rule(user))

    def in_known_family(self, programs):
        """Narrow rows of families that for_user has given a person to that person's programmes (None: all).

        `programs` is the Slot of a prepared query.
        """
        raise NotImplementedError

    def within(self, codes) -> Q:
        """The condition that a row lies in one of these regions or below; no code means no row."""
        condition = Q(pk__in=[])
        for code in codes:
            condition |= Q(**{f"{self.region_field}__startswith": code})
        return condition

    def person_rule(self, user) -> Q:
        """Narrow to the rows of this person's own work; an Exists, never a join."""
        return Q()

    def program_rule(self, user) -> Q:
        """Narrow to this person's programmes; an Exists, never a join."""
        return Q()
