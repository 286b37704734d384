"""Staging for the sheet of assignments: one row a family that is to be handed over."""

from django.db import models

from ejsika.imports.models import StagedRow


class AssignmentRow(StagedRow):
    """A line as cleaned: sealed numbers, the user name, the first day ("" and None: not said).

    `household`, `held` (its open assignment), `holder` (whose that is) and `assistant` are found in the register.
    """

    kk = models.BinaryField(null=True)
    nik = models.BinaryField(null=True)
    username = models.CharField(max_length=60, blank=True)
    starting_on = models.DateField(null=True)
    household = models.BigIntegerField(null=True)
    held = models.BigIntegerField(null=True)
    holder = models.BigIntegerField(null=True)
    assistant = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["batch", "outcome", "row"], name="assigning_by_outcome")]

    def __str__(self):
        return f"baris {self.row}"
