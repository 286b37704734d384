"""The statements that store a visit: few, for each is a way to the database and back while its family is held.

First insert(), then what has to see the new row: settle(). The tallies come last (tallies.refresh_held), as they have
to see what others have committed by the time that settle() was given their locks.
"""

import datetime
import re
from functools import cache, lru_cache

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models.expressions import DatabaseDefault
from django.utils import timezone

from assistance_logs.choices import MET
from assistance_logs.models import Visit
from assistance_logs.review.flags import flagging
from beneficiaries import tallies
from beneficiaries.models import Household
from beneficiaries.models.household import GONE, MERGED
from ejsika.audit.models import RECORD
from ejsika.lib.prepared import prepared, rows

_MET = ", ".join(f"'{result.value}'" for result in MET)
_LAST_VISITS = f"""UPDATE beneficiaries_household h SET last_visited_on = last.day
    FROM unnest(%(households)s::bigint[]) AS asked(id)
    LEFT JOIN LATERAL (
        SELECT max((v.happened_at AT TIME ZONE '{settings.TIME_ZONE}')::date) AS day FROM assistance_logs_visit v
        WHERE v.household_id = asked.id AND v.is_current AND v.result IN ({_MET})) last ON true
    WHERE h.id = asked.id AND h.last_visited_on IS DISTINCT FROM last.day"""


def insert(visit: Visit) -> str | None:
    """Hold the family of a visit and store it; gives the family's desa, or None where something has its UUID already.

    Errors: as in HouseholdQuerySet.locked.
    """
    fields = {field.column: (field, getattr(visit, field.attname)) for field in Visit._meta.concrete_fields}
    given = {
        column: field.get_db_prep_save(value, connection)
        for column, (field, value) in fields.items()
        if not (field.primary_key or isinstance(value, DatabaseDefault))
    }
    found = rows(_insert_sql(tuple(given)), given)
    if not found:
        raise ValidationError(GONE)
    desa, *filled = found[0]
    if desa is None:
        raise ValidationError(MERGED)
    for name, value in zip(_filled(tuple(given)), filled, strict=True):
        setattr(visit, name, value)
    visit._state.adding, visit._state.db = visit.pk is None, connection.alias
    return desa if visit.pk else None


def hold(household: Household) -> str:
    """Let the changes to one family's visits happen one after the other; gives the desa that it lies in.

    Errors: as in HouseholdQuerySet.locked.
    """
    for region in _held(household=household.pk):
        if region is None:
            raise ValidationError(MERGED)
        return region
    raise ValidationError(GONE)


@prepared(is_planned=True)
def _held(household):
    return Household.objects.select_for_update().filter(pk=household).values_list("region", flat=True)


def settle(visit: Visit, desa: str, entry: dict) -> None:
    """Let what hangs on a version that was just stored follow it: its family's last visit, its flags, its audit entry.

    `entry` comes from record_values. Takes the locks of the desa's tallies.
    """
    about = {"ids": [visit.pk], "households": [visit.household_id], "desa": desa}
    rows(_settle_sql(timezone.localdate()), about | entry)


def settle_photos(visit: Visit, entry: dict) -> None:
    """The same where only photos of a version came."""
    rows(_settle_photos_sql(timezone.localdate()), {"ids": [visit.pk]} | entry)


def refresh_last_visits(household_ids) -> None:
    """Set Household.last_visited_on to the day of the last visit that met the family, for many in one statement.

    Call it in the transaction that changed their visits. The day is the local one.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LAST_VISITS, {"households": list(household_ids)})


def _filled(given: tuple[str, ...]) -> list[str]:
    """The columns that the database fills: the key, and those that have a value of their own."""
    return [field.column for field in Visit._meta.concrete_fields if field.column not in given]


@cache
def _insert_sql(given: tuple[str, ...]) -> str:
    # Without lengths and digits: what is too long must be refused, where a cast would cut it.
    types = {field.column: re.sub(r"\(.*?\)", "", field.db_type(connection)) for field in Visit._meta.concrete_fields}
    values = ", ".join(f"%({column})s::{types[column]}" for column in given)
    return f"""WITH held AS MATERIALIZED (
            SELECT region_code FROM beneficiaries_household WHERE id = %(household_id)s::bigint FOR UPDATE),
        stored AS (INSERT INTO assistance_logs_visit ({", ".join(given)})
            SELECT {values} FROM held WHERE region_code IS NOT NULL
            ON CONFLICT (uuid) DO NOTHING RETURNING {", ".join(_filled(given))})
        SELECT held.region_code, stored.* FROM held LEFT JOIN stored ON true"""


@lru_cache(4)
def _settle_sql(day: datetime.date) -> str:
    return f"WITH {flagging(day)}, seen AS ({_LAST_VISITS}), told AS ({RECORD}) SELECT {tallies.HOLD_ONE}"


@lru_cache(4)
def _settle_photos_sql(day: datetime.date) -> str:
    return f"WITH {flagging(day)}, told AS ({RECORD}) SELECT 1"
