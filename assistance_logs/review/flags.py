"""Flagging visits: measured against the limits and against what else the assistant wrote, in one statement.

A flag never refuses a visit: it says why somebody should look, and a person decides.
"""

import datetime
from collections.abc import Iterable
from functools import lru_cache

from django.conf import settings
from django.db import connection
from django.utils import timezone

from assistance_logs.choices import VisitStatus
from assistance_logs.review.models import limits_sql
from assistance_logs.review.words import FlagKind
from ejsika.lib.geo import EARTH_RADIUS_M

TRAVEL_HOURS = 12  # visits further apart say nothing of how fast somebody went
TRAVEL_M = 1_000  # nor do places so near each other, as positions go
COPY_DAYS = 180


def refresh_flags(visit_ids: Iterable[int], day: datetime.date | None = None) -> None:
    """Flag the current versions among these visits anew; what was decided of one stays. Call it in the transaction

    that stored them. Cost: one statement; some index reads a visit.
    """
    ids = list(visit_ids)
    with connection.planned_cursor() if len(ids) == 1 else connection.cursor() as cursor:
        cursor.execute(f"WITH {flagging(day or timezone.localdate())} SELECT", {"ids": ids})


def metres(one: str, two: str) -> str:
    """The distance between two points as SQL (haversine); each names a row with lat and lon in degrees."""
    return f"""2 * {EARTH_RADIUS_M} * asin(sqrt(least(1, sin(radians({one}.lat - {two}.lat) / 2) ^ 2
        + cos(radians({one}.lat)) * cos(radians({two}.lat)) * sin(radians({one}.lon - {two}.lon) / 2) ^ 2)))"""


@lru_cache(4)
def flagging(day: datetime.date) -> str:
    """The parts of a statement that flags the visits %(ids)s, stored before it, by the limits of a day."""
    flags = " UNION ALL ".join([*_of_itself(), *_beside_others()])
    return f"""
    lim AS MATERIALIZED ({limits_sql(day)}),
    asked AS MATERIALIZED (
        SELECT v.id, v.assistant_id, v.household_id, v.happened_at, v.recorded_at, v.notes, v.replaces_id,
            coalesce(v.accuracy_m, 0) AS accuracy, v.latitude::float8 AS lat, v.longitude::float8 AS lon,
            h.latitude::float8 AS home_lat, h.longitude::float8 AS home_lon,
            v.happened_at AT TIME ZONE '{settings.TIME_ZONE}' AS local_at
        FROM assistance_logs_visit v JOIN beneficiaries_household h ON h.id = v.household_id
        WHERE v.id = ANY(%(ids)s::bigint[]) AND v.is_current),
    flag(visit, told) AS ({flags}),
    gone AS (DELETE FROM assistance_logs_visitreview r USING asked a WHERE r.visit_id = a.id
        AND r.at IS NULL AND NOT EXISTS (SELECT FROM flag f WHERE f.visit = a.id)),
    put AS (INSERT INTO assistance_logs_visitreview AS r (visit_id, flags)
        SELECT visit, jsonb_agg(told ORDER BY told ->> 'kind') FROM flag GROUP BY visit
        ON CONFLICT (visit_id) DO UPDATE SET flags = excluded.flags WHERE r.flags IS DISTINCT FROM excluded.flags)"""


def _flag(kind: FlagKind, **numbers: str) -> str:
    parts = ", ".join(f"'{name}', {value}" for name, value in numbers.items())
    return f"SELECT a.id, jsonb_build_object('kind', '{kind}', {parts})"


def _of_itself() -> list[str]:
    """Flags that a visit bears by itself, or by its family's house."""
    minutes = "(extract(hour FROM a.local_at) * 60 + extract(minute FROM a.local_at))"
    return [
        f"""{_flag(FlagKind.FAR, value="round(d.m::numeric)", limit="far")} FROM asked a, lim, LATERAL (
            SELECT {metres("a", "home")} AS m FROM (SELECT a.home_lat AS lat, a.home_lon AS lon) home) d
            WHERE a.lat IS NOT NULL AND a.home_lat IS NOT NULL AND d.m - a.accuracy > far""",
        f"""{_flag(FlagKind.ACCURACY, value="a.accuracy", limit="lim.accuracy")}
            FROM asked a, lim WHERE a.accuracy > lim.accuracy""",
        f"""{_flag(FlagKind.LATE, value="extract(day FROM a.recorded_at - a.happened_at)", limit="late")}
            FROM asked a, lim WHERE a.recorded_at - a.happened_at > make_interval(days => late)""",
        f"""{_flag(FlagKind.NIGHT, value=minutes, limit="morning", until="evening")}
            FROM asked a, lim WHERE {minutes} >= evening * 60 OR {minutes} < morning * 60""",
        f"""{_flag(FlagKind.CORRECTED, value="1", limit="1")} FROM asked a
            JOIN assistance_logs_visit old ON old.id = a.replaces_id AND old.status = '{VisitStatus.RETURNED}'""",
    ]


_OTHERS = """FROM assistance_logs_visit o WHERE o.assistant_id = a.assistant_id AND o.household_id <> a.household_id
    AND o.is_current"""
_APART_S = "abs(extract(epoch FROM o.happened_at - a.happened_at))"


def _beside_others() -> list[str]:
    """Flags that a visit bears beside the assistant's other visits, or anybody's photos."""
    return [_burst(), _travel(), _copied(), _same_photo()]


def _burst() -> str:
    return f"""{_flag(FlagKind.BURST, value="round((o.s / 60)::numeric)", limit="burst", other="o.id")}
        FROM asked a, lim, LATERAL (SELECT o.id, {_APART_S} AS s {_OTHERS}
            AND o.happened_at BETWEEN a.happened_at - make_interval(mins => burst)
                AND a.happened_at + make_interval(mins => burst) ORDER BY s LIMIT 1) o"""


def _travel() -> str:
    """Beside the visit before and the one after it alone: whoever is too fast is so between neighbours."""
    numbers = {"metres": "round(d.m::numeric)", "minutes": "round((d.s / 60)::numeric)"}
    window = f"make_interval(hours => {TRAVEL_HOURS})"
    near = f"""SELECT o.id, o.happened_at, coalesce(o.accuracy_m, 0) AS accuracy, o.latitude::float8 AS lat,
        o.longitude::float8 AS lon {_OTHERS} AND o.latitude IS NOT NULL"""
    speed = "(d.m - a.accuracy - o.accuracy) / 1000 / (d.s / 3600)"
    return f"""
        {_flag(FlagKind.TRAVEL, value=f"round(({speed})::numeric)", limit="speed", other="o.id", **numbers)}
        FROM asked a, lim, LATERAL (
            (SELECT * FROM ({near} AND o.happened_at BETWEEN a.happened_at - {window} AND a.happened_at
                ORDER BY o.happened_at DESC LIMIT 1) before)
            UNION ALL (SELECT * FROM ({near} AND o.happened_at > a.happened_at
                AND o.happened_at <= a.happened_at + {window} ORDER BY o.happened_at LIMIT 1) after)) o,
        LATERAL (SELECT {metres("a", "o")} AS m, greatest({_APART_S}, 60) AS s) d
        WHERE a.lat IS NOT NULL AND d.m - a.accuracy - o.accuracy > {TRAVEL_M} AND {speed} > lim.speed"""


def _copied() -> str:
    return f"""{_flag(FlagKind.COPIED, value="length(a.notes)", limit="copied", other="o.id")}
        FROM asked a, lim, LATERAL (SELECT o.id {_OTHERS} AND md5(o.notes) = md5(a.notes) AND o.notes <> ''
            AND o.notes = a.notes AND o.happened_at > a.happened_at - make_interval(days => {COPY_DAYS}) LIMIT 1) o
        WHERE length(a.notes) >= copied"""


def _same_photo() -> str:
    return f"""{_flag(FlagKind.PHOTO, value="o.visits", limit="0", other="o.visit_id")} FROM asked a, LATERAL (
        SELECT min(p.visit_id) AS visit_id, count(DISTINCT p.visit_id) AS visits
        FROM assistance_logs_visitphoto own JOIN files_storedphoto s ON s.id = own.photo_id
        JOIN files_storedphoto same ON same.digest = s.digest AND same.id <> s.id
        JOIN assistance_logs_visitphoto p ON p.photo_id = same.id
        JOIN assistance_logs_visit v ON v.id = p.visit_id AND v.is_current
        WHERE own.visit_id = a.id AND p.visit_id <> a.id) o WHERE o.visits > 0"""
