"""Tallies: counts of families kept beside the families, so that no dashboard or map counts them one by one.

A row counts the families of one desa as one programme sees them; program 0 stands for all programmes together. The
rows of a desa are recomputed, never incremented, by beneficiaries.tallies.
"""

from django.db import models

ALL_PROGRAMS = 0
CELL_ZOOM_KEPT = 13  # a cell of some 4.9 km: what the map shows up to its zoom 11


class DesaTally(models.Model):
    """What every row has: whose families it counts."""

    program = models.PositiveIntegerField()
    desa = models.CharField(max_length=10)

    class Meta:
        abstract = True


class FamilyTally(DesaTally):
    """Families of a desa by figure; each column bears the name of its figure (beneficiaries.figures)."""

    pk = models.CompositePrimaryKey("desa", "program")
    registered = models.PositiveIntegerField()
    active = models.PositiveIntegerField()
    suspended = models.PositiveIntegerField()
    candidate = models.PositiveIntegerField()
    inactive = models.PositiveIntegerField()
    graduated = models.PositiveIntegerField()
    in_time = models.PositiveIntegerField()
    late = models.PositiveIntegerField()
    never_visited = models.PositiveIntegerField()
    graduated_this_year = models.PositiveIntegerField()
    without_point = models.PositiveIntegerField()
    without_assistant = models.PositiveIntegerField()


class CellTally(DesaTally):
    """Families of a desa that the map draws, by cell (Household.cell at zoom CELL_ZOOM_KEPT) and state.

    Units: `latitudes` and `longitudes` are sums of WGS84 degrees over these families, for their mean.
    """

    pk = models.CompositePrimaryKey("desa", "program", "cell")
    cell = models.BigIntegerField()
    in_time = models.PositiveIntegerField()
    late = models.PositiveIntegerField()
    never_visited = models.PositiveIntegerField()
    graduated = models.PositiveIntegerField()
    latitudes = models.DecimalField(max_digits=16, decimal_places=6)
    longitudes = models.DecimalField(max_digits=16, decimal_places=6)


class ComponentTally(DesaTally):
    """Active families of a desa, and by component (beneficiaries.components) persons and families having one."""

    pk = models.CompositePrimaryKey("desa", "program")
    families = models.PositiveIntegerField()
    unknown_age = models.PositiveIntegerField()
    persons_balita = models.PositiveIntegerField()
    persons_sd = models.PositiveIntegerField()
    persons_smp = models.PositiveIntegerField()
    persons_sma = models.PositiveIntegerField()
    persons_hamil = models.PositiveIntegerField()
    persons_lansia = models.PositiveIntegerField()
    persons_disabilitas = models.PositiveIntegerField()
    having_balita = models.PositiveIntegerField()
    having_sd = models.PositiveIntegerField()
    having_smp = models.PositiveIntegerField()
    having_sma = models.PositiveIntegerField()
    having_hamil = models.PositiveIntegerField()
    having_lansia = models.PositiveIntegerField()
    having_disabilitas = models.PositiveIntegerField()


class CaseTally(DesaTally):
    """Graduation cases of a desa's families that wait for a decision; cases, not families."""

    pk = models.CompositePrimaryKey("desa", "program")
    verified = models.PositiveIntegerField()


class TallyState(models.Model):
    """What all rows of all tallies were computed for: one row, written when everything is recomputed.

    `day` is the local day; `rules` the visit intervals in force on it, as "program:days" joined by commas. Without
    this row, or with another day or other rules, tallies are not to be read.
    """

    only = models.BooleanField(primary_key=True, default=True)
    day = models.DateField()
    rules = models.TextField()

    class Meta:
        constraints = [models.CheckConstraint(name="tally_state_one_row", condition=models.Q(only=True))]
