"""Queries that a page asks again and again, compiled once: Django takes longer to write one than PostgreSQL to answer.

    @prepared
    def _open_visits(household, programs):
        return Visit.objects.filter(household=household)

    _open_visits(household=12)

`build` is called with a Slot in the place of each value and must not look into it; None is given as it is, so that a
condition may be left out. What changes the query itself, the day for instance, is given by position. As it never sees
a value, nothing of one person's can stay behind in what is kept for all.
"""

from collections.abc import Callable
from copy import copy
from functools import lru_cache, partial, wraps

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet, Value

SHAPES_KEPT = 32  # of one query: days and combinations of missing values


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
        self.compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, self.parameters = self.compiler.as_sql()
        self.converters = self.compiler.get_converters([column for column, *_ in self.compiler.select])

    def run(self, values: dict) -> list:
        found, compiler = self.queryset.all(), copy(self.compiler)
        connection = connections[DEFAULT_DB_ALIAS]  # one a thread
        compiler.connection = _Planned(connection) if self.is_planned else connection
        parameters = tuple(values[one.name] if isinstance(one, Slot) else one for one in self.parameters)
        compiler.as_sql, compiler.get_converters = lambda: (self.sql, parameters), lambda columns: self.converters
        found.query.get_compiler = lambda using: compiler
        return list(found)


class _Planned:
    """A connection whose cursors keep PostgreSQL's plan too."""

    def __init__(self, connection):
        self._connection = connection

    def __getattr__(self, name):
        return getattr(self._connection, name)

    def cursor(self):
        return self._connection.planned_cursor()


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
