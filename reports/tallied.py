"""Counts read from the tallies, for whom they hold: a scope of whole regions and one programme, or all together."""

import datetime
from collections.abc import Iterable

from django.db import connection
from django.utils import timezone

from assistance_logs.models import AssistantTally, VisitTally
from beneficiaries import figures, tallies
from beneficiaries.models import CellTally, FamilyTally
from beneficiaries.models.tally import ALL_PROGRAMS

VISITED, GRADUATED_THIS_YEAR = "visited_this_period", "graduated_this_year"
# Figures that are the same whatever the period; the other two are read where they are kept.
OF_TODAY = {field.name for field in FamilyTally._meta.concrete_fields[2:]} - {GRADUATED_THIS_YEAR}


class Tallied:
    """The tallies of one scope: a programme (0: all together) and codes of regions."""

    def __init__(self, program: int, codes: Iterable[str], view: figures.View):
        self.program, self.codes, self.view = program, list(codes), view

    @classmethod
    def of(cls, view: figures.View, codes: Iterable[str]) -> "Tallied | None":
        """Give None where families must be counted: several programmes but not all, or no tallies for today."""
        if view.program_ids is None:
            program = ALL_PROGRAMS
        elif len(view.program_ids) == 1:
            program = view.program_ids[0]
        else:
            return None
        return cls(program, codes, view) if tallies.is_current() else None

    @property
    def kept(self) -> set[str]:
        """The figures that are kept for the view's period."""
        start = self.view.start
        if self.view != figures.View.month(start, self.view.program_ids) or not self.keeps([start]):
            return OF_TODAY
        is_now = start == tallies.months_before(timezone.localdate(), 0)
        return OF_TODAY | ({VISITED, GRADUATED_THIS_YEAR} if is_now else {VISITED})

    @staticmethod
    def keeps(months: list[datetime.date]) -> bool:
        """Whether visits are kept for all these months (their first days)."""
        today = timezone.localdate()
        first, last = tallies.months_before(today, tallies.MONTHS_KEPT - 1), tallies.months_before(today, 0)
        return all(first <= month <= last for month in months)

    def by_region(self, names: list[str], digits: int) -> list[dict]:
        """Give {"part": code of so many digits, figure: n} for each part that has families. Cost: two queries."""
        found: dict[str, dict] = {}
        of_today = [name for name in names if name != VISITED]
        for part, *counts in self._sums(FamilyTally, f"left(desa, {digits})", of_today or ["registered"]):
            found[part] = {"part": part} | dict.fromkeys(names, 0) | dict(zip(of_today, counts, strict=False))
        if VISITED in names:
            month = "month = %(start)s"
            for part, n in self._sums(VisitTally, f"left(desa, {digits})", ["visited"], month):
                if part in found:  # the two queries may see different moments
                    found[part][VISITED] = n
        return [found[part] for part in sorted(found)]

    def visited_by_month(self, months: list) -> dict:
        """Give {first day of month: active families that were met} for these months. Cost: one query."""
        return dict(self._sums(VisitTally, "month", ["visited"], "month = ANY(%(months)s)", months=months))

    def cells(self, shift: int, ranges: list[tuple[int, int]], states: list[str]) -> list[tuple]:
        """Give (cell, latitudes, longitudes, n by state, …) of cells `shift` bits coarser than they are kept.

        `ranges` of kept cells: the first and the last of each. Cost: one query.
        """
        near = "EXISTS (SELECT FROM unnest(%(first)s::bigint[], %(last)s::bigint[]) r(a, b) WHERE cell BETWEEN a AND b)"
        firsts, lasts = [first for first, _ in ranges], [last for _, last in ranges]
        columns = ["latitudes", "longitudes", *states]
        return self._sums(CellTally, f"cell >> {shift}", columns, near, first=firsts, last=lasts)

    def mapped_by_region(self, states: list[str], digits: int) -> list[dict]:
        """As by_region, of the families that the map draws."""
        rows = self._sums(CellTally, f"left(desa, {digits})", states)
        return [{"part": part} | dict(zip(states, counts, strict=True)) for part, *counts in rows]

    def assistants(self) -> list[tuple]:
        """Give (assistant's id, families, late, never visited)."""
        return self._sums(AssistantTally, "assistant_id", ["families", "late", "never_visited"], "families > 0")

    def reporters(self) -> set[int]:
        """The ids of assistants who reported a visit in the last days."""
        return {key for key, _ in self._sums(AssistantTally, "assistant_id", ["1"], "has_reported")}

    def _sums(self, model, group: str, columns: list[str], condition: str = "true", **values) -> list[tuple]:
        sums = ", ".join(f"sum({column})" for column in columns)
        inside = " OR ".join(f"desa BETWEEN %(from{i})s AND %(to{i})s" for i in range(len(self.codes))) or "false"
        for i, code in enumerate(self.codes):
            values |= {f"from{i}": code.ljust(10, "0"), f"to{i}": code.ljust(10, "9")}
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {group}, {sums} FROM {model._meta.db_table}"
                f" WHERE program = %(program)s AND ({inside}) AND {condition} GROUP BY 1 ORDER BY 1",
                {"program": self.program, "start": self.view.start} | values,
            )
            return cursor.fetchall()
