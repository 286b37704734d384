"""What kinds share whose lines are one row each: cleaning line by line, telling problems, the usual template."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice

from django.db import connection, transaction

from ejsika.imports import cells
from ejsika.imports.kinds import Head, Refusal, SheetKind, missing_titles, plain
from ejsika.imports.line_template import LineTemplate
from ejsika.imports.models import Problem
from ejsika.lib.copying import copy_rows
from ejsika.lib.sealed import mask_digits, mask_within

CHUNK, LONGEST_VALUE = 5_000, 200
PROBLEM_COLUMNS = ["batch_id", "sheet", "row", "column", "value", "code", "level", "message"]


@dataclass(frozen=True)
class Finding:
    """What is wrong or odd in one cell."""

    field: str
    value: str
    code: str
    message: str
    is_error: bool


@dataclass
class Line:
    """One line below the head: its cells by field, and what is made of them."""

    head: Head
    row: int
    cells: list
    values: dict = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def cell(self, name: str) -> object:
        """The cell of a column; empty where the sheet has no such column."""
        at = self.head.fields.get(name, len(self.cells))
        return self.cells[at] if at < len(self.cells) else ""

    def written(self, name: str) -> str:
        return cells.written(self.cell(name))

    @property
    def is_wrong(self) -> bool:
        return any(finding.is_error for finding in self.findings)


class LineKind(SheetKind):
    """A kind whose staging table has one row a line, filled from `staged` columns."""

    staged: list[str]
    messages: dict[str, str]  # what each code says
    numbers: frozenset[str] = frozenset()  # fields of numbers that are covered however short they are
    warnings: frozenset[str] = frozenset()  # codes that are odd, not wrong
    example: dict[str, str]  # the template's line that is never imported
    example_keys: tuple[str, ...]  # the fields that it is known by

    @abstractmethod
    def cleaner(self, batch) -> Callable[[Line], None]:
        """Give what reads a line into its values and findings, without a query a line."""

    @abstractmethod
    def template(self, user) -> LineTemplate:
        """The template for this person."""

    def check_head(self, head: Head) -> None:
        if missing := missing_titles(head, self.columns):
            said = ", ".join(missing)
            raise Refusal("column_missing", f"Kolom wajib tidak ada: {said}. Tambahkan, lalu unggah lagi.")

    def is_example(self, head: Head, row: list) -> bool:
        line = Line(head, 0, row)
        return all(cells.plain_number(line.cell(name)) == self.example[name] for name in self.example_keys)

    def is_repeated_head(self, head: Head, row: list) -> bool:
        """Whether the head, or a line of it, stands here again, on a new page."""
        line = Line(head, 0, row)
        return any(plain(line.cell(name)) == plain(title) for name, title in head.titles.items())

    def write_template(self, target, user) -> None:
        self.template(user).write(target, self)

    def find(self, line: Line, name: str, code: str, **words) -> None:
        """Say what is wrong in a cell; what may be somebody's number in it is covered."""
        cover = mask_digits if name in self.numbers else mask_within
        raw = cells.text(line.cell(name))
        is_fault = cells.is_fault(raw)
        value = raw if is_fault else cover(raw[: 3 * LONGEST_VALUE])[:LONGEST_VALUE]
        message = cells.FAULT_MESSAGE if is_fault else self.messages[code].format(**words)
        line.findings.append(Finding(name, value, code, message, code not in self.warnings))

    def stage(self, batch, head: Head, lines, report) -> None:
        clean = self.cleaner(batch)
        columns = ["batch_id", "row", "outcome", *self.staged]
        while chunk := [Line(head, *line) for line in islice(lines, CHUNK)]:
            for line in chunk:
                clean(line)
            with transaction.atomic(), connection.cursor() as cursor:
                copy_rows(cursor, self.staging, columns, (self._row(batch, line) for line in chunk))
                copy_rows(cursor, Problem, PROBLEM_COLUMNS, self._problems(batch, head, chunk))
            report(len(chunk))

    def _row(self, batch, line: Line) -> list:
        return [batch.pk, line.row, "error" if line.is_wrong else "", *map(line.values.get, self.staged)]

    def _problems(self, batch, head: Head, lines: list[Line]):
        for line in lines:
            for found in line.findings:
                if found.is_error or not line.is_wrong:  # a wrong row carries no warnings
                    level = Problem.Level.ERROR if found.is_error else Problem.Level.WARNING
                    title = head.titles.get(found.field) or self.title(found.field)
                    yield [batch.pk, head.sheet, line.row, title, found.value, found.code, level, found.message]

    def title(self, name: str) -> str:
        return next(column.title for column in self.columns if column.field == name)

    def tell(self, batch, found: list[tuple]) -> None:
        """Keep as problems what comparing with the register found: (row, field, value, code, words)."""
        Problem.objects.bulk_create(
            [
                Problem(
                    batch=batch,
                    sheet=batch.sheet_of(row),
                    row=row,
                    column=batch.title_of(row, name) or self.title(name),
                    value=value,
                    code=code,
                    level=Problem.Level.WARNING if code in self.warnings else Problem.Level.ERROR,
                    message=self.messages[code].format(**words),
                    is_from_register=True,
                )
                for row, name, value, code, words in found
            ],
            batch_size=1_000,
        )
