"""Programmes, the regulations behind them and the rules that change by year and place."""

import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from ejsika.lib.prepared import prepared
from ejsika.regions.models import Region


class LegalBasis(models.Model):
    """A regulation: what a programme, a rule or a decision cites."""

    title = models.CharField("judul", max_length=200)
    number = models.CharField("nomor", max_length=60)
    issued_on = models.DateField("ditetapkan pada", null=True, blank=True)
    valid_from = models.DateField("berlaku sejak")
    valid_until = models.DateField("berlaku sampai", null=True, blank=True)

    class Meta:
        verbose_name = "dasar hukum"
        verbose_name_plural = "dasar hukum"
        constraints = [
            models.UniqueConstraint(fields=["number"], name="legal_basis_number"),
            models.CheckConstraint(
                name="legal_basis_validity",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
            ),
        ]

    def __str__(self):
        return self.number


class Program(models.Model):
    """A programme of assistance, who pays for it, and the programmes that a family may not be in as well."""

    code = models.CharField("kode", max_length=20, unique=True)
    name = models.CharField("nama", max_length=100)
    funding_source = models.CharField("sumber dana", max_length=100)
    legal_basis = models.ForeignKey(LegalBasis, models.PROTECT, verbose_name="dasar hukum", related_name="programs")
    excludes = models.ManyToManyField("self", blank=True, verbose_name="tidak boleh bersama")
    is_active = models.BooleanField("berjalan", default=True)

    class Meta:
        ordering = ["code"]
        verbose_name = "program"
        verbose_name_plural = "program"

    def __str__(self):
        return self.name


class RuleName(models.TextChoices):
    """What the values count is said in brackets.

    Months of visits and meetings are those of the calendar, the others run from the last time on.
    """

    VISIT_EVERY_DAYS = "visit_every_days", "Kunjungan paling lambat setiap (hari)"
    VISIT_EVERY_MONTHS = "visit_every_months", "Kunjungan sekali setiap (bulan kalender; 3 = triwulan)"
    SESSION_EVERY_MONTHS = "session_every_months", "Pertemuan kelompok sekali setiap (bulan kalender)"
    ASSESSMENT_EVERY_MONTHS = "assessment_every_months", "Asesmen paling lambat setiap (bulan)"
    MONITORING_EVERY_MONTHS = "monitoring_every_months", "Pemantauan sesudah graduasi setiap (bulan)"
    MONITORING_MONTHS = "monitoring_months", "Pemantauan sesudah graduasi selama (bulan; tanpa ini sekali)"


VISIT_RULES = [RuleName.VISIT_EVERY_DAYS, RuleName.VISIT_EVERY_MONTHS]
LARGEST_VALUE = 3_650


class ProgramRule(models.Model):
    """A figure that a programme sets for a time: visit interval and the like. A region's own rule goes first there."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="rules", verbose_name="program")
    name = models.CharField("aturan", max_length=40, choices=RuleName)
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"level__in": [Region.Level.REGENCY, Region.Level.CITY]},
        verbose_name="hanya di",
        help_text="Kosongkan kalau berlaku di seluruh wilayah program.",
    )
    value = models.PositiveIntegerField("nilai")
    valid_from = models.DateField("berlaku sejak")
    valid_until = models.DateField("berlaku sampai", null=True, blank=True)
    legal_basis = models.ForeignKey(LegalBasis, models.PROTECT, verbose_name="dasar hukum")

    class Meta:
        verbose_name = "aturan program"
        verbose_name_plural = "aturan program"
        constraints = [
            models.CheckConstraint(
                name="program_rule_validity",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
            ),
            models.CheckConstraint(name="program_rule_known", condition=Q(name__in=RuleName.values)),
            models.CheckConstraint(name="program_rule_value_range", condition=Q(value__range=(1, LARGEST_VALUE))),
            ExclusionConstraint(
                name="program_rule_one_at_a_time",
                expressions=[
                    ("program", "="),
                    ("name", "="),
                    (Coalesce("region", models.Value("")), "="),
                    (models.Func("valid_from", "valid_until", models.Value("[]"), function="daterange"), "&&"),
                ],
            ),
        ]

    def __str__(self):
        return f"{self.program.code} {self.name} {self.value}"

    def visited_since(self, day: datetime.date) -> datetime.date:
        """The earliest day of a last visit that is still in time on `day`, by a rule about visits.

        Source of the SQL in beneficiaries.tallies, which says the same.
        """
        if self.name == RuleName.VISIT_EVERY_DAYS:
            return day - datetime.timedelta(days=self.value)
        months = day.year * 12 + day.month - 1
        first = months - months % self.value - self.value  # the month in which the period before this one began
        return datetime.date(first // 12, first % 12 + 1, 1)


def rules_on(day: datetime.date, *names: str) -> list[ProgramRule]:
    """Give the rules of these names in force on a day. Cost: one query."""
    return _rules_on(names, day=day)


@prepared(is_planned=True)
def _rules_on(names, day):
    in_force = Q(valid_until__isnull=True) | Q(valid_until__gte=day)
    return ProgramRule.objects.filter(in_force, name__in=names, valid_from__lte=day)


@prepared(is_planned=True)
def running_programs(programs):
    """Programmes that run, among those with these ids (None: all)."""
    running = Program.objects.filter(is_active=True)
    return running if programs is None else running.filter(pk=programs.any)
