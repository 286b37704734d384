"""What the log tells on a family's page: its visits, and follow-ups whose day is over."""

from django.utils import formats, timezone

from assistance_logs.choices import TOPIC_WORDS
from assistance_logs.figures import day_start
from assistance_logs.models import Visit
from beneficiaries.timeline import Entry
from ejsika.lib.prepared import prepared


def visits(household, user, limit: int):
    """The family's newest visits. Cost: one query."""
    return [_visit(visit) for visit in _newest(household, user, limit)]


def late_follow_ups(household, user, limit: int):
    """Open follow-ups that were due before today. Cost: one query, where there is any follow-up."""
    newest = _newest(household, user, limit)
    if len(newest) < limit and not any(visit.follow_up for visit in newest):
        return []
    today = timezone.localdate()
    found = _late(limit, household=household.pk, programs=user.known_programs, today=today)
    return [
        Entry(
            at=day_start(visit.follow_up_due),
            icon="triangle-alert",
            title="Tindak lanjut terlambat",
            detail=f"{visit.follow_up}, jatuh tempo {formats.date_format(visit.follow_up_due)}",
            url=visit.get_absolute_url(),
            kind="late",
        )
        for visit in found
    ]


def _newest(household, user, limit: int) -> list[Visit]:
    """A family's newest visits. Cost: one query, shared by both."""
    known = household.__dict__.setdefault("known_visits", {})  # beside what is prefetched on the family
    if (user.pk, limit) not in known:
        known[user.pk, limit] = _current(limit, household=household.pk, programs=user.known_programs)
        for visit in known[user.pk, limit]:
            visit.household = household  # whose point tells how far away it was
    return known[user.pk, limit]


@prepared(is_planned=True)
def _current(limit, household, programs):
    found = Visit.objects.in_known_family(programs).current().filter(household=household)
    return found.order_by("-happened_at", "-pk")[:limit]


@prepared(is_planned=True)
def _late(limit, household, programs, today):
    found = Visit.objects.in_known_family(programs).with_open_follow_up()
    found = found.filter(household=household, follow_up_due__lt=today)
    return found.order_by("-follow_up_due")[:limit]


def _visit(visit: Visit) -> Entry:
    detail = [visit.get_result_display(), ", ".join(TOPIC_WORDS[topic].lower() for topic in visit.topics)]
    if visit.distance_m is not None:
        detail.append(f"{formats.number_format(visit.distance_m, use_l10n=True, force_grouping=True)} m dari rumah")
    return Entry(
        at=visit.happened_at,
        icon="house",
        title=visit.get_kind_display(),
        detail=" · ".join(filter(None, detail)),
        url=visit.get_absolute_url(),
    )
