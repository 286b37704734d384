"""What a commit wrote, field by field: its undo and the preview of what was changed go by it."""

from django.db import models

from ejsika.imports.models.batch import ImportBatch


class FieldChange(models.Model):
    """One field that a commit wrote, kept for the undo and for the preview of what was changed.

    `old` and `new` are PostgreSQL's text form of the column (sealed columns stay sealed); `field` is "" for a row
    that the commit created.
    """

    batch = models.ForeignKey(
        ImportBatch,
        models.CASCADE,
        related_name="changes",
        db_constraint=False,
        db_index=False,  # as StagedRow.batch
    )
    table = models.CharField(max_length=60)
    key = models.BigIntegerField()
    field = models.CharField(max_length=40, blank=True)
    old = models.TextField(null=True)
    new = models.TextField(null=True)

    class Meta:
        indexes = [models.Index(fields=["batch", "key"], name="change_by_key")]

    def __str__(self):
        return f"{self.table}.{self.field} {self.key}"
