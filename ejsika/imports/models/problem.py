"""What is wrong or odd in an upload."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from ejsika.imports.models.batch import ImportBatch


class ProblemQuerySet(models.QuerySet):
    def shown(self):
        """All errors, and the warnings of rows that have none: a wrong row is mended first."""
        wrong = Problem.objects.filter(batch=OuterRef("batch"), row=OuterRef("row"), level=Problem.Level.ERROR)
        return self.filter(Q(level=Problem.Level.ERROR) | ~Q(Exists(wrong))).order_by("row", "id")


class Problem(models.Model):
    """What is wrong or odd in one cell: where, a masked value, a code, and a sentence that says what to do.

    Those found by comparing with the register are found anew at each check.
    """

    class Level(models.TextChoices):
        ERROR = "error", "Salah"
        WARNING = "warning", "Perlu dilihat"

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="problems", db_index=False)
    sheet = models.CharField(max_length=100)
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=60)
    value = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=30)
    level = models.CharField(max_length=7, choices=Level)
    message = models.TextField()
    is_from_register = models.BooleanField(db_default=False, default=False)

    objects = ProblemQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["batch", "row"], name="problem_by_row")]

    def __str__(self):
        return f"{self.code} baris {self.row}"
