"""Programmes, the regulations behind them and the rules that change by year and place."""

import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Q


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
    VISIT_EVERY_DAYS = "visit_every_days", "Kunjungan paling lambat setiap (hari)"


class ProgramRule(models.Model):
    """A figure that a programme sets for a time: visit interval and the like."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="rules", verbose_name="program")
    name = models.CharField("aturan", max_length=40, choices=RuleName)
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
            ExclusionConstraint(
                name="program_rule_one_at_a_time",
                expressions=[
                    ("program", "="),
                    ("name", "="),
                    (models.Func("valid_from", "valid_until", models.Value("[]"), function="daterange"), "&&"),
                ],
            ),
        ]

    def __str__(self):
        return f"{self.program.code} {self.name} {self.value}"


def rule_values(name: str, on: datetime.date) -> dict[int, int]:
    """Give the value of one rule for each programme that has it on that day, by programme id. Cost: one query."""
    rules = ProgramRule.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=on), name=name, valid_from__lte=on
    )
    return dict(rules.values_list("program_id", "value"))
