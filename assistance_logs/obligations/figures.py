"""What the calendar adds to the named figures: families by what is due for them in the month of today.

Their period is always this month, whichever a page has chosen: what is due is known for today alone.
"""

import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from assistance_logs.obligations.duties import BY_VISIT, DutyKind, HasDuty
from assistance_logs.obligations.models import Excuse
from beneficiaries import figures
from beneficiaries.figures import View


def _has(view: View, kinds: tuple[str, ...], before: datetime.date, *, on_leave: bool = False) -> Q:
    """The condition that a family in the view's programmes has something open that is due before a day."""
    registered = figures.get("registered").condition(view)
    return registered & Q(HasDuty(kinds, before, timezone.localdate(), view.program_ids, on_leave=on_leave))


def _overdue(view: View, *kinds: str) -> Q:
    return _has(view, kinds, timezone.localdate())


def _open(view: View, *, on_leave: bool = False) -> Q:
    """The condition that a visit must be made before the month ends, an excuse apart; or that a leave hinders it."""
    return _has(view, BY_VISIT, View.month(timezone.localdate()).end, on_leave=on_leave) & ~_done(view)


def _due(view: View) -> Q:
    return _open(view) & ~_excused(view)


def _excused(view: View) -> Q:
    return Q(Exists(Excuse.objects.in_force(timezone.localdate()).filter(household=OuterRef("pk"))))


def _done(view: View) -> Q:
    """The condition that the family was met this month, and nothing that a visit fulfils is overdue again."""
    month = View.month(timezone.localdate())
    is_met = figures.get("registered").condition(view) & Q(last_visited_on__gte=month.start)
    return is_met & ~_overdue(view, *BY_VISIT)


def register() -> None:
    figures.register("visit_done", "Bulan ini sudah dikunjungi", _done)
    figures.register("visit_due", "Bulan ini masih harus dikunjungi", _due)
    figures.register(
        "visit_overdue",
        "Kunjungan lewat jatuh tempo",
        lambda view: _overdue(view, *BY_VISIT) & ~_excused(view),
    )
    figures.register("visit_excused", "Bulan ini berhalangan", lambda view: _open(view, on_leave=True) & ~_due(view))
    figures.register(
        "session_overdue",
        "Pertemuan kelompok lewat jatuh tempo",
        lambda view: _overdue(view, DutyKind.SESSION) & ~_excused(view),
    )
    figures.register(
        "assessment_overdue",
        "Asesmen lewat jatuh tempo",
        lambda view: _overdue(view, DutyKind.ASSESSMENT) & ~_excused(view),
    )
