"""Setting targets, for one or for many at once."""

import datetime

from django.db import connection, transaction

from assistance_logs.targets.models import Target
from ejsika.accounts.models import User
from ejsika.audit.models import record, record_many
from ejsika.regions.models import Region

DAY = datetime.timedelta(days=1)


@transaction.atomic
def set_targets(
    *, users: list[User], region: Region | None, numbers: dict[str, int], starting_on: datetime.date, by: User
) -> int:
    """Let these numbers a year, by kind, hold from a day on for each of these users, or for a region.

    What held before ends the day before; what was to begin later gives way. Gives for how many something is new.
    Cost: a handful of statements, however many they are.
    """
    keys = [{"user_id": user.pk} for user in users] or [{"region_id": region.pk}]
    with connection.cursor() as cursor:  # two at once would both find nothing to end
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('targets'))")
    holders = {"user__in": users} if users else {"region": region}
    known = Target.objects.filter(**holders, kind__in=numbers)
    now = {(target.user_id or target.region_id, target.kind): target for target in known.on(starting_on)}
    new, old, told = [], [], {}
    for key in keys:
        (holder,) = key.values()
        for kind, number in numbers.items():
            before = now.get((holder, kind))
            if before and before.per_year == number and before.valid_until is None:
                continue
            new.append(Target(**key, kind=kind, per_year=number, valid_from=starting_on, set_by=by))
            old.append((holder, kind))
            told.setdefault(holder, {})[kind] = [before.per_year if before else None, number]
    _end(known, old, starting_on)
    Target.objects.bulk_create(new)
    _tell(told, region, starting_on, by)
    return len(told)


def _end(known, replaced: list[tuple], starting_on: datetime.date) -> None:
    """End what held on the day before, and take out what was to begin later."""
    rows = {
        target.pk: target
        for target in known.exclude(valid_until__lt=starting_on)
        if (target.user_id or target.region_id, target.kind) in set(replaced)
    }
    later = [pk for pk, target in rows.items() if target.valid_from >= starting_on]
    Target.objects.filter(pk__in=later).delete()
    Target.objects.filter(pk__in=rows.keys() - set(later)).update(valid_until=starting_on - DAY)


def _tell(told: dict, region: Region | None, starting_on: datetime.date, by: User) -> None:
    on = starting_on.isoformat()
    if region is None:
        entries = [(pk, {"changes": changes, "on": on}) for pk, changes in told.items()]
        record_many("target.set", model=User, by=by, entries=entries)
    elif told:
        record("target.set", target=region, by=by, changes=told[region.pk], on=on)
