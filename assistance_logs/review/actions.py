"""Deciding of visits in the queue, one or many: each act is atomic, with its audit entries."""

from django.db import transaction
from django.utils import timezone

from assistance_logs.choices import VisitStatus
from assistance_logs.models import Visit, VisitReview
from beneficiaries.models import Household
from ejsika.accounts.models import User
from ejsika.audit.models import record_many


@transaction.atomic
def approve(*, visits, by: User) -> int:
    """Approve flagged visits (a scoped queryset); gives how many. Those that wait no more stay as they are."""
    rows = _open(visits, by)
    reviews = VisitReview.objects.filter(visit__in=rows, at__isnull=True).select_for_update()
    waiting = set(reviews.values_list("pk", flat=True))
    VisitReview.objects.filter(pk__in=waiting).update(by=by, at=timezone.now())
    return _record("visit.approved", {pk: rows[pk] for pk in rows if pk in waiting}, by)


@transaction.atomic
def send_back(*, visits, by: User, remark: str) -> int:
    """Return visits (a scoped queryset) to their assistants with a remark, as assistance_logs.actions.return_visit

    does with one; gives how many. What is corrected or returned already stays as it is, and so does what is approved.
    """
    rows = _open(visits.exclude(review__at__isnull=False), by)
    returned = {"status": VisitStatus.RETURNED, "returned_by": by, "returned_at": timezone.now(), "remark": remark}
    Visit.objects.filter(pk__in=rows).update(**returned)
    return _record("visit.returned", rows, by, remark=remark)


def _open(visits, by: User) -> dict[int, int]:
    """Of these visits those that may still be decided, by id with their family's; locked. Nobody judges the own."""
    chosen = visits.current().filter(status=VisitStatus.SENT).exclude(assistant=by)
    return dict(chosen.select_for_update(of=("self",)).order_by("pk").values_list("pk", "household"))


def _record(action: str, rows: dict[int, int], by: User, **data) -> int:
    entries = [(household, {"visit": pk, **data}) for pk, household in rows.items()]
    record_many(action, model=Household, by=by, entries=entries)
    return len(entries)
