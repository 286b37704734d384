"""Counts read from the tallies, for whom they hold: a scope of whole regions and one programme, or all together."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db import connection
from django.utils import timezone

from assistance_logs.models import AssistantTally, DutyTally, VisitTally
from beneficiaries import figures, tallies
from beneficiaries.components import Component
from beneficiaries.models import CaseTally, CellTally, ComponentTally, FamilyTally
from beneficiaries.models.tally import ALL_PROGRAMS

VISITED, GRADUATED_THIS_YEAR = "visited_this_period", "graduated_this_year"
# Figures that are the same whatever the period; the other two are read where they are kept.
OF_TODAY = {field.name for field in FamilyTally._meta.concrete_fields[2:]} - {GRADUATED_THIS_YEAR}
COMPONENT_COLUMNS = [field.name for field in ComponentTally._meta.concrete_fields[2:]]


@dataclass(frozen=True)
class _Question:
    """Sums of columns by a group; `rest` says from where."""

    group: str
    columns: tuple[str, ...]
    rest: str

    @property
    def alone(self) -> str:
        return f"SELECT {self.group}, {', '.join(self.columns)} {self.rest} GROUP BY 1 ORDER BY 1"

    def among(self, number: int) -> str:
        """As a part of one statement with others, whose rows have the same shape."""
        sums = f"ARRAY[{', '.join(self.columns)}]::bigint[]"
        return f"SELECT {number}, key::text, n FROM (SELECT {self.group} AS key, {sums} AS n {self.rest} GROUP BY 1) q"


class Tallied:
    """The tallies of one scope: a programme (0: all together) and codes of regions."""

    def __init__(self, program: int, codes: Iterable[str], view: figures.View):
        self.program, self.codes, self.view = program, list(codes), view
        self._read: dict[_Question, list[tuple]] = {}  # by read_ahead()

    @classmethod
    def of(cls, view: figures.View, codes: Iterable[str]) -> "Tallied | None":
        """Give None where families must be counted: several programmes but not all, or no tallies for today."""
        program = cls._program_of(view)
        return None if program is None or not tallies.is_current() else cls(program, codes, view)

    @staticmethod
    def _program_of(view: figures.View) -> int | None:
        if view.program_ids is None:
            return ALL_PROGRAMS
        return view.program_ids[0] if len(view.program_ids) == 1 else None

    def of_others(self, view: figures.View, codes: Iterable[str]) -> "Tallied | None":
        """As of(), for a further scope on the same page: that these tallies hold is known already."""
        program = self._program_of(view)
        return None if program is None else Tallied(program, codes, view)

    @cached_property
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

    def read_ahead(self, names: list[str], digits: int, months: list[datetime.date], everywhere: "Tallied") -> None:
        """Ask in one statement what a dashboard asks of one tally after the other: the same methods find it here.

        Cost: one query.
        """
        asked: list[tuple[_Question, Callable]] = [
            (self._by_region(_of_today(names), digits), str),
            (self._visited_by_region(digits), str),
            (self._by_month(), datetime.date.fromisoformat),
            (self._persons(), int),
            (self._verified(), int),
            (self._silent(everywhere), "true".__eq__),
        ]
        parts = [question.among(number) for number, (question, _) in enumerate(asked)]
        values = self._values | everywhere._bounds("there") | {"everywhere": everywhere.program, "months": months}
        self._read = {question: [] for question, _ in asked}
        for number, key, sums in _rows(" UNION ALL ".join(parts), values):
            question, kind = asked[number]
            self._read[question].append((kind(key), *sums))

    def by_region(self, names: list[str], digits: int) -> list[dict]:
        """Give {"part": code of so many digits, figure: n} for each part that has families. Cost: two queries."""
        found: dict[str, dict] = {}
        of_today = _of_today(names)
        for part, *counts in self._ask(self._by_region(of_today, digits)):
            found[part] = {"part": part} | dict.fromkeys(names, 0) | dict(zip(of_today, counts, strict=False))
        if VISITED in names:
            for part, n in self._ask(self._visited_by_region(digits)):
                if part in found:  # the two queries may see different moments
                    found[part][VISITED] = n
        return [found[part] for part in sorted(found)]

    def _by_region(self, of_today: list[str], digits: int) -> _Question:
        return self._sums(FamilyTally, f"left(desa, {digits})", of_today or ["registered"])

    def _visited_by_region(self, digits: int) -> _Question:
        return self._sums(VisitTally, f"left(desa, {digits})", ["visited"], "month = %(start)s")

    def visited_by_month(self, months: list[datetime.date]) -> dict[datetime.date, int]:
        """Give {first day of month: active families that were met} for these months. Cost: one query."""
        return dict(self._ask(self._by_month(), months=months))

    def _by_month(self) -> _Question:
        return self._sums(VisitTally, "month", ["visited"], "month = ANY(%(months)s)")

    def cells(self, shift: int, ranges: list[tuple[int, int]], states: list[str]) -> list[tuple]:
        """Give (cell, latitudes, longitudes, n by state, …) of cells `shift` bits coarser than they are kept.

        `ranges` of kept cells: the first and the last of each. Cost: one query.
        """
        near = "EXISTS (SELECT FROM unnest(%(first)s::bigint[], %(last)s::bigint[]) r(a, b) WHERE cell BETWEEN a AND b)"
        firsts, lasts = [first for first, _ in ranges], [last for _, last in ranges]
        columns = ["latitudes", "longitudes", *states]
        return self._ask(self._sums(CellTally, f"cell >> {shift}", columns, near), first=firsts, last=lasts)

    def mapped_by_region(self, states: list[str], digits: int) -> list[dict]:
        """As by_region, of the families that the map draws."""
        rows = self._ask(self._sums(CellTally, f"left(desa, {digits})", states))
        return [{"part": part} | dict(zip(states, counts, strict=True)) for part, *counts in rows]

    def components(self, group: str, *, by_program: bool = False) -> list[tuple]:
        """Give (group, n by COMPONENT_COLUMNS, …); `by_program`: each programme by itself where all are asked for."""
        alone = by_program and self.program == ALL_PROGRAMS
        programs = f"program <> {ALL_PROGRAMS}" if alone else "program = %(program)s"
        return self._ask(self._sums(ComponentTally, group, COMPONENT_COLUMNS, program=programs))

    def persons(self) -> dict[str, int]:
        """How many persons of each component there are, by the component's name. Cost: one query."""
        found = self._ask(self._persons())
        return dict(zip(Component, found[0][1:] if found else [0] * len(Component), strict=True))

    def _persons(self) -> _Question:
        return self._sums(ComponentTally, "program", [f"persons_{component}" for component in Component])

    def verified_cases(self) -> int:
        """How many graduation cases wait for a decision."""
        return sum(n for _, n in self._ask(self._verified()))

    def _verified(self) -> _Question:
        return self._sums(CaseTally, "program", ["verified"])

    def assistants(self, everywhere: "Tallied") -> list[tuple]:
        """Give (assistant's id, families, late, never visited, whether they reported in the last days), by id.

        A report is one to any family of `everywhere`.
        """
        values = self._values | everywhere._bounds("there") | {"everywhere": everywhere.program}
        return _rows(f"{self._work(everywhere)} ORDER BY 1", values)

    def silent(self, everywhere: "Tallied") -> tuple[int, int]:
        """How many of the assistants have not reported, and how many they are."""
        values = everywhere._bounds("there") | {"everywhere": everywhere.program}
        found = dict(self._ask(self._silent(everywhere), **values))
        return found.get(False, 0), sum(found.values())

    def _silent(self, everywhere: "Tallied") -> _Question:
        return _Question("has_reported", ("count(*)",), f"FROM ({self._work(everywhere)}) w")

    def _work(self, everywhere: "Tallied") -> str:
        here = f"program = %(program)s AND ({self._inside()})"
        there = f"program = %(everywhere)s AND ({everywhere._inside('there')})"
        sums = ", ".join(f"sum({n}) FILTER (WHERE {here}) AS {n}" for n in ("families", "late", "never_visited"))
        return f"""SELECT assistant_id, {sums},
                coalesce(bool_or(has_reported) FILTER (WHERE {there}), false) AS has_reported
            FROM {AssistantTally._meta.db_table} WHERE {here} OR {there}
            GROUP BY assistant_id HAVING sum(families) FILTER (WHERE {here}) > 0"""

    def duties(self) -> list[tuple]:
        """Give (assistant's id, done, due, overdue, excused): families by what a visit must do for them this month."""
        return self._ask(self._sums(DutyTally, "assistant_id", ["done", "due", "overdue", "excused"]))

    def _sums(
        self, model, group: str, columns: Iterable[str], condition="true", *, program="program = %(program)s"
    ) -> _Question:
        where = f"{program} AND ({self._inside()}) AND {condition}"
        sums = tuple(f"sum({column})" for column in columns)
        return _Question(group, sums, f"FROM {model._meta.db_table} WHERE {where}")

    def _ask(self, question: _Question, **values) -> list[tuple]:
        """The rows of a question, in the order of their group."""
        if question in self._read:
            return sorted(self._read[question])
        return _rows(question.alone, self._values | values)

    @property
    def _values(self) -> dict:
        return {"program": self.program, "start": self.view.start} | self._bounds()

    def _inside(self, name: str = "inside") -> str:
        """The condition that a desa lies in one of the codes; its values are _bounds() of the same name."""
        ranges = [f"desa BETWEEN %({name}_from{i})s AND %({name}_to{i})s" for i in range(len(self.codes))]
        return " OR ".join(ranges) or "false"

    def _bounds(self, name: str = "inside") -> dict[str, str]:
        first = {f"{name}_from{i}": code.ljust(10, "0") for i, code in enumerate(self.codes)}
        return first | {f"{name}_to{i}": code.ljust(10, "9") for i, code in enumerate(self.codes)}


def _of_today(names: list[str]) -> list[str]:
    return [name for name in names if name != VISITED]


def _rows(sql: str, values: dict) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
