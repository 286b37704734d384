"""Queries that a page asks again and again, compiled once: Django takes longer to write one than PostgreSQL to answer.

    @prepared
    def _open_visits(household, programs):
        return Visit.objects.filter(household=household)

    _open_visits(household=12)

`build` is called with a Slot in the place of each value and must not look into it; None is given as it is, so that a
condition may be left out. What changes the query itself, the day or whose families it may find (user.reach), is given
by position, and each has a query of its own. As it never sees a value, nothing of one person's can stay behind in what
is kept for others.
"""

from collections.abc import Callable
from copy import copy
from functools import lru_cache, partial, wraps

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet, Value

SHAPES_KEPT = 500  # of one query, 33 kB each: days, combinations of missing values, reaches of persons (350 assistants)


class Slot(Value):
    """The place of a value in a prepared query; `any` stands for any value of a list."""

    def __init__(self, name: str, template: str = "%s"):
        super().__init__(name)
        self.name, self.template = name, template

    @property
    def any(self) -> "Slot":
        return Slot(self.name, "ANY(%s)")

    def as_sql(self, compiler, connection) -> tuple[str, list]:
        return self.template, [self]


class _Query:
    """A compiled query. The compiler knows how rows become objects; each run gives a copy of it its own values."""

    def __init__(self, queryset: QuerySet, is_planned: bool):
        self.queryset, self.is_planned = queryset, is_planned
        # a reach that holds nobody: no rows
        self.compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS, elide_empty=False)
        self.sql, self.parameters = self.compiler.as_sql()
        self.converters = self.compiler.get_converters([column for column, *_ in self.compiler.select])

    def run(self, values: dict) -> list:
        found, compiler = self.queryset.all(), copy(self.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]  # one a thread
        parameters = tuple(values[one.name] if isinstance(one, Slot) else one for one in self.parameters)
        compiler.execute_sql = lambda *how, **chunks: [rows(self.sql, parameters, is_planned=self.is_planned)]
        compiler.get_converters = lambda columns: self.converters
        found.query.get_compiler = lambda using: compiler
        return list(found)


def rows(sql: str, parameters, *, is_planned: bool = True) -> list[tuple]:
    """What a statement gives; PostgreSQL keeps the plan of it, unless told otherwise (see planned_cursor)."""
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.planned_cursor() if is_planned else connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def prepared(build: Callable[..., QuerySet] | None = None, *, is_planned: bool = False) -> Callable[..., list]:
    """Make a function that runs the query which `build` describes. Cost: one query, and those it prefetches.

    With `is_planned` PostgreSQL keeps its plan too, whatever the values: for keys, never for the beginning of a text.
    """
    if build is None:
        return partial(prepared, is_planned=is_planned)

    @lru_cache(SHAPES_KEPT)
    def compiled(fixed: tuple, given: frozenset, missing: frozenset) -> _Query:
        return _Query(build(*fixed, **{name: Slot(name) for name in given}, **dict.fromkeys(missing)), is_planned)

    @wraps(build)
    def run(*fixed, **values) -> list:
        given = frozenset(name for name, value in values.items() if value is not None)
        return compiled(fixed, given, frozenset(values) - given).run(values)

    return run
