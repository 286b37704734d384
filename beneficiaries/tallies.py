"""Keeping the tallies: recomputed for the desas that a transaction touches, in that transaction.

Every act that changes a family's place, point, members, programmes, assistant or visits ends with refresh(); a nightly
task recomputes everything for the new day. Locks come first, in one order, so that the recomputing statement, which
sees what others have committed by then, cannot miss one of two changes at once. Whoever reads asks is_current() first
and counts the families themselves otherwise: a tally is never wrong, only absent.
"""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone

from beneficiaries.models import Household
from beneficiaries.models.tally import ALL_PROGRAMS, CELL_ZOOM_KEPT, CellTally, FamilyTally
from ejsika.lib.geo import CELL_ZOOM

MONTHS_KEPT = 24
MANY_DESAS = 200  # from so many on one lock stands for all desas
# Advisory locks are pairs: ours, and all desas (0) or the hash of one. Who touches many desas waits for everybody.
_LOCK = 20_611
_LOCK_ALL = f"SELECT pg_advisory_xact_lock({_LOCK}, 0)"
_LOCK_SOME = f"""SELECT pg_advisory_xact_lock_shared({_LOCK}, 0);
    SELECT count(pg_advisory_xact_lock({_LOCK}, key)) FROM (
        SELECT DISTINCT hashtext(code) | 1 AS key FROM unnest(%(desas)s::text[]) AS code ORDER BY 1) ordered"""
# The same of one desa, as columns of a longer statement; refresh_held() must follow.
HOLD_ONE = f"pg_advisory_xact_lock_shared({_LOCK}, 0), pg_advisory_xact_lock({_LOCK}, hashtext(%(desa)s) | 1)"

# Where autovacuum has counted a table while this transaction filled it, the planner takes it for empty, and would
# compare all rows with all others for half an hour.
_BY_HASH = "SET LOCAL enable_nestloop = off"

_AMONG = "(%(desas)s::text[] IS NULL OR {} = ANY(%(desas)s::text[]))"


def among(column: str) -> str:
    """The SQL condition that a desa is one of those that are computed."""
    return _AMONG.format(column)


def _of_one(sql: str) -> str:
    """The same statement for one desa: of a list PostgreSQL cannot know beforehand how long it is."""
    return re.sub(re.escape(_AMONG).replace(r"\{\}", r"([a-z]\.\w+)"), r"\1 = %(desa)s", sql)


_RULES = """(SELECT coalesce(string_agg(concat_ws(':', program_id, region_id, name, value), ',' ORDER BY id), '')
    FROM programs_programrule WHERE valid_from <= %(today)s AND (valid_until IS NULL OR valid_until >= %(today)s))"""
_IS_CURRENT = f"SELECT day = %(today)s AND rules = {_RULES} FROM beneficiaries_tallystate"
_KEEP_STATE = """INSERT INTO beneficiaries_tallystate ("only", day, rules) VALUES (true, %(today)s, %(rules)s)
    ON CONFLICT ("only") DO UPDATE SET day = excluded.day, rules = excluded.rules"""

_VALID = "r.valid_from <= %(today)s AND (r.valid_until IS NULL OR r.valid_until >= %(today)s)"
# By programme and desa, the earliest last visit that is in time today: the strictest of ProgramRule.visited_since.
_VISITED_SINCE = f"""SELECT p.program_id, d.code AS desa, (
        SELECT max(since) FROM (
            SELECT DISTINCT ON (r.name) CASE r.name WHEN 'visit_every_days' THEN %(today)s::date - r.value
                ELSE (date_trunc('month', %(today)s::date) - make_interval(months => r.value
                    + (extract(year FROM %(today)s::date) * 12 + extract(month FROM %(today)s::date) - 1)::int
                    %% r.value))::date END AS since
            FROM programs_programrule r
            WHERE r.program_id = p.program_id AND r.name IN ('visit_every_days', 'visit_every_months') AND {_VALID}
                AND (r.region_id IS NULL OR starts_with(d.code, r.region_id))
            ORDER BY r.name, r.region_id NULLS LAST) strictest) AS since
    FROM (SELECT DISTINCT r.program_id FROM programs_programrule r) p
    CROSS JOIN regions_region d WHERE {among("d.code")}"""
# A family as each of its programmes sees it, and as all together (program 0) do: the conditions of
# beneficiaries.figures in one pass. A test and the command check_tallies hold the two against each other.
_STANDING = f"""WITH since AS MATERIALIZED ({_VISITED_SINCE}),
enrolled AS MATERIALIZED (
    SELECT h.id, h.region_code, h.cell, h.latitude, h.longitude, h.last_visited_on, e.program_id AS program, e.status,
        coalesce(e.status = 'aktif' AND h.last_visited_on >= s.since, false) AS is_in_time,
        EXISTS (SELECT FROM beneficiaries_graduationcase c WHERE c.enrollment_id = e.id AND c.state = 'ditetapkan'
            AND c.decided_on >= %(year)s AND c.decided_on < %(next_month)s) AS has_graduated
    FROM beneficiaries_household h JOIN beneficiaries_enrollment e ON e.household_id = h.id
    LEFT JOIN since s ON s.program_id = e.program_id AND s.desa = h.region_code
    WHERE h.region_code IS NOT NULL AND {among("h.region_code")}),
standing AS MATERIALIZED (
    SELECT program, region_code AS desa, id AS household, cell, latitude, longitude, last_visited_on, status,
        has_graduated, status = 'aktif' AS is_active,
        CASE WHEN status <> 'aktif' THEN NULL WHEN last_visited_on IS NULL THEN 'never_visited'
            WHEN is_in_time THEN 'in_time' ELSE 'late' END AS visited
    FROM (
        SELECT * FROM enrolled
        UNION ALL SELECT h.id, h.region_code, h.cell, h.latitude, h.longitude, h.last_visited_on, {ALL_PROGRAMS},
            h.status, coalesce(t.is_in_time, false), coalesce(t.has_graduated, false)
        FROM beneficiaries_household h
        LEFT JOIN (SELECT id, bool_or(is_in_time) AS is_in_time, bool_or(has_graduated) AS has_graduated
            FROM enrolled GROUP BY id) t ON t.id = h.id
        WHERE h.region_code IS NOT NULL AND {among("h.region_code")}) s)"""
ASSIGNED = "started_on <= %(today)s AND (ended_on IS NULL OR ended_on > %(today)s)"

_FAMILIES = f"""
    SELECT program, desa, count(*) AS registered, count(*) FILTER (WHERE is_active) AS active,
        count(*) FILTER (WHERE status = 'ditangguhkan') AS suspended,
        count(*) FILTER (WHERE status = 'calon') AS candidate,
        count(*) FILTER (WHERE status = 'nonaktif') AS inactive,
        count(*) FILTER (WHERE status = 'graduasi') AS graduated,
        count(*) FILTER (WHERE visited = 'in_time') AS in_time, count(*) FILTER (WHERE visited = 'late') AS late,
        count(*) FILTER (WHERE visited = 'never_visited') AS never_visited,
        count(*) FILTER (WHERE has_graduated) AS graduated_this_year,
        count(*) FILTER (WHERE is_active AND latitude IS NULL) AS without_point,
        count(*) FILTER (WHERE is_active AND NOT EXISTS (SELECT FROM beneficiaries_assignment a
            WHERE a.household_id = household AND {ASSIGNED})) AS without_assistant
    FROM standing GROUP BY program, desa"""
_CELLS = f"""
    SELECT program, desa, cell >> {2 * (CELL_ZOOM - CELL_ZOOM_KEPT)} AS cell,
        count(*) FILTER (WHERE visited = 'in_time') AS in_time, count(*) FILTER (WHERE visited = 'late') AS late,
        count(*) FILTER (WHERE visited = 'never_visited') AS never_visited,
        count(*) FILTER (WHERE NOT is_active) AS graduated,
        sum(latitude) AS latitudes, sum(longitude) AS longitudes
    FROM standing WHERE latitude IS NOT NULL AND status IN ('aktif', 'graduasi')
    GROUP BY program, desa, 3"""


@dataclass(frozen=True)
class Tally:
    """One table of counts and the query that computes it.

    `sql` gives the model's columns by name from `standing`, with the parameters of values(). Where its rows are months,
    `sql_of_month` does so for one, as a change of one month recomputes no other. `of_visits`: a visit can change it.
    `reads`: a part of the statement that it reads beside `standing`; who reads the same one shares it.
    """

    model: type[models.Model]
    sql: str
    sql_of_month: str = ""
    of_visits: bool = True
    reads: str = ""

    @cached_property
    def table(self) -> str:
        return self.model._meta.db_table

    @cached_property
    def keys(self) -> list[str]:
        return list(self.model._meta.pk.field_names)

    @cached_property
    def columns(self) -> list[str]:
        return [field.column for field in self.model._meta.concrete_fields]

    def refresh_sql(self, *, of_month: bool) -> str:
        """The parts of a statement that begins with _STANDING: what is right, the rows that go, those that come."""
        name, fresh = self.table, f"fresh_{self.table}"
        keys, counts = ", ".join(self.keys), [name for name in self.columns if name not in self.keys]
        columns, same = ", ".join(self.columns), " AND ".join(f"f.{key} = t.{key}" for key in self.keys)
        return f"""{fresh} AS MATERIALIZED ({(of_month and self.sql_of_month) or self.sql}),
            gone_{name} AS (DELETE FROM {name} t WHERE {self.touched}
                AND NOT EXISTS (SELECT FROM {fresh} f WHERE {same})),
            put_{name} AS (INSERT INTO {name} AS t ({columns}) SELECT {columns} FROM {fresh}
                ON CONFLICT ({keys}) DO UPDATE SET {", ".join(f"{count} = excluded.{count}" for count in counts)}
                WHERE ({", ".join(f"t.{count}" for count in counts)}) IS DISTINCT FROM
                    ({", ".join(f"excluded.{count}" for count in counts)}))"""

    @property
    def touched(self) -> str:
        months = " AND t.month >= %(first_month)s AND t.month < %(end_month)s" if self.sql_of_month else ""
        return f"{among('t.desa')}{months}"

    @cached_property
    def difference_sql(self) -> str:
        columns = ", ".join(self.columns)
        return f"""{", ".join(filter(None, [_STANDING, self.reads]))}, fresh AS MATERIALIZED ({self.sql}),
            kept AS (SELECT {columns} FROM {self.table} t WHERE {self.touched})
            SELECT 'seharusnya', * FROM (SELECT {columns} FROM fresh EXCEPT SELECT * FROM kept) missing
            UNION ALL SELECT 'tercatat', * FROM (SELECT * FROM kept EXCEPT SELECT {columns} FROM fresh) wrong
            ORDER BY {", ".join(str(2 + self.columns.index(key)) for key in self.keys)}, 1"""


_tallies: list[Tally] = []


def register(tally: Tally) -> None:
    _tallies.append(tally)


register(Tally(FamilyTally, _FAMILIES))
register(Tally(CellTally, _CELLS))


def values(day: datetime.date, desas: list[str] | None, month: datetime.date | None = None) -> dict:
    """Parameters of the statements: for a day, these desas (None: all) and one month (None: all that are kept)."""
    return {
        "desas": desas,
        "desa": desas[0] if desas else None,
        "today": day,
        "year": day.replace(month=1, day=1),
        "month": day.replace(day=1),
        "next_month": months_before(day, -1),
        "first_month": month or months_before(day, MONTHS_KEPT - 1),
        "end_month": months_before(month or day, -1),
        "zone": settings.TIME_ZONE,
    }


def months_before(day: datetime.date, months: int) -> datetime.date:
    """The first day of the month so many months before a day's; after it for a negative number."""
    index = day.year * 12 + day.month - 1 - months
    return datetime.date(index // 12, index % 12 + 1, 1)


def desas_of(household_ids: Iterable[int]) -> set[str]:
    """Give the desas that families lie in now; ask before and after where families may move. Cost: one query."""
    return set(Household.objects.filter(pk__in=household_ids).values_list("region", flat=True).distinct())


def hold_all() -> None:
    """Wait until every change under way is over, and let none begin: for who must find out which desas are touched."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_ALL)


def refresh(desas: Iterable[str | None], *, month: datetime.date | None = None) -> None:
    """Recompute the tallies of the desas that this transaction touched; call it as its last act.

    `month` (its first day): nothing but this month's visits has changed. Cost: two statements.
    """
    touched = sorted({str(code) for code in desas if code})
    if not touched:
        return
    is_many = len(touched) > MANY_DESAS
    with connection.cursor() as cursor:
        cursor.execute(f"{_LOCK_ALL}; {_BY_HASH}" if is_many else _LOCK_SOME, {"desas": touched})
    _recompute(touched, month)


def refresh_held(desa: str, *, month: datetime.date | None = None) -> None:
    """The same for one desa whose locks this transaction's last statement has taken (HOLD_ONE). Cost: one statement."""
    _recompute([desa], month)


def _recompute(touched: list[str], month: datetime.date | None) -> None:
    is_one = len(touched) == 1
    with connection.planned_cursor() if is_one else connection.cursor() as cursor:
        # The day is read behind the lock: it may have become midnight while others held it.
        asked = values(timezone.localdate(), touched, month)
        cursor.execute(_recompute_sql(visits_alone=month is not None, is_one=is_one), asked)


@transaction.atomic
def refresh_all() -> None:
    """Recompute all tallies for today. Cost: a second or so for 50,000 families; changes wait meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_ALL)
        cursor.execute("SET LOCAL work_mem = '128MB'")  # to count years of visits without a detour over the disk
        of_today = values(timezone.localdate(), None)
        cursor.execute(f"SELECT {_RULES}", of_today)
        (rules,) = cursor.fetchone()  # read before they are used: one that changes meanwhile makes the tallies stale
        cursor.execute(f"{_recompute_sql()}; {_KEEP_STATE}", of_today | {"rules": rules})


def is_current() -> bool:
    """Whether tallies hold for today and the rules of today. Cost: one query."""
    with connection.cursor() as cursor:
        cursor.execute(_IS_CURRENT, {"today": timezone.localdate()})
        return cursor.fetchone() == (True,)


@transaction.atomic
def differences() -> list[str]:
    """Name each row of a tally that is not what the families say today. Cost: that of refresh_all."""
    found, of_today = [], values(timezone.localdate(), None)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_ALL)
        for tally in _tallies:
            cursor.execute(tally.difference_sql, of_today)
            for what, *counts in cursor:
                told = ", ".join(f"{name}={count}" for name, count in zip(tally.columns, counts, strict=True))
                found.append(f"{tally.model.__name__} {what}: {told}")
    return found


@cache
def _recompute_sql(*, visits_alone: bool = False, is_one: bool = False) -> str:
    """One statement for all tallies, so that the families' standing is found once."""
    asked = [tally for tally in _tallies if tally.of_visits or not visits_alone]
    read = dict.fromkeys(tally.reads for tally in asked if tally.reads)
    sql = f"{', '.join([_STANDING, *read, *(tally.refresh_sql(of_month=visits_alone) for tally in asked)])} SELECT"
    return _of_one(sql) if is_one else sql
