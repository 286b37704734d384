"""What an assistant did in a month, computed from what was logged: nothing of it is typed a second time."""

import datetime
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from assistance_logs.choices import MET, VisitKind, VisitResult
from assistance_logs.figures import day_start
from assistance_logs.groups.models import GroupSession
from assistance_logs.groups.page import with_counts
from assistance_logs.models import Visit, VisitPhoto
from assistance_logs.obligations.past import Month, month_of
from assistance_logs.targets import progress
from beneficiaries import figures
from beneficiaries.figures import View
from beneficiaries.models import Assessment, Assignment, GraduationCase, Household
from ejsika.accounts.models import User
from reports.counts import Share
from reports.monthly.drawing import Drawing, draw

PHOTOS_SHOWN = 12


@dataclass(frozen=True)
class Activity:
    """Visits of one kind, and at how many of them somebody of the family was met."""

    label: str
    count: int
    met: int


@dataclass(frozen=True)
class FollowUp:
    """Something that a visit left to do, and whether it waits still."""

    visit: Visit
    is_open: bool

    @property
    def is_late(self) -> bool:
        due = self.visit.follow_up_due
        return self.is_open and due is not None and due < timezone.localdate()

    @property
    def state(self) -> str:
        return "selesai" if not self.is_open else "terlambat" if self.is_late else "belum"


class Report:
    """One month of one assistant, as far as `viewer` may count and, by name, read. Each part costs a query or two.

    Families are those whose assistant this was on the month's last day, or today while it runs, and that are active
    today: a family that came later is not asked of a month before.
    """

    def __init__(self, assistant: User, viewer: User, month: datetime.date):
        self.assistant, self.viewer = assistant, viewer
        self.view = View.of(viewer, month)
        self.start, self.end = day_start(self.view.start), day_start(self.view.end)

    @property
    def day(self) -> datetime.date:
        """The day whose assignments are meant."""
        return min(self.view.end - datetime.timedelta(days=1), timezone.localdate())

    @property
    def is_running(self) -> bool:
        return self.view.start <= timezone.localdate() < self.view.end

    @property
    def is_to_come(self) -> bool:
        return self.view.start > timezone.localdate()

    @cached_property
    def visited(self) -> Share:
        """Families that this assistant met, of those that were theirs."""
        held = self._held(Household.objects.countable_by(self.viewer))
        return Share(**held.aggregate(n=Count("pk", filter=Q(self._was_met)), of=Count("pk")))

    @cached_property
    def asked(self) -> Month:
        """What was due in the month, and how many of the families that had to be visited were."""
        return month_of(self.assistant, self.viewer, self.view)

    @cached_property
    def families(self) -> list[Household]:
        """Those of them that the viewer may read of, with `was_met`, by name."""
        found = self._held(Household.objects.for_user(self.viewer)).select_related("region")
        return sorted(
            found.annotate(was_met=self._was_met), key=lambda family: (family.recipient_name.lower(), family.pk)
        )

    @property
    def unvisited(self) -> list[Household]:
        return [family for family in self.families if not family.was_met]

    @property
    def unnamed(self) -> int:
        """How many of the families the viewer may only count: somebody else looks after them by now."""
        return self.visited.of - len(self.families)

    def _held(self, families):
        held = Assignment.objects.on(self.day).filter(household=OuterRef("pk"), assistant=self.assistant)
        return families.filter(figures.get("active").condition(self.view), Exists(held))

    @property
    def _was_met(self) -> Exists:
        visits = self._visits(Visit.objects.countable_by(self.viewer)).met_family()
        return Exists(visits.filter(household=OuterRef("pk")))

    def _visits(self, visits):
        return visits.current().visited_between(self.start, self.end).filter(assistant=self.assistant)

    @cached_property
    def _by_kind_and_result(self) -> list[tuple[str, str, int]]:
        rows = self._visits(Visit.objects.countable_by(self.viewer)).order_by().values_list("kind", "result")
        return list(rows.annotate(Count("pk")))

    @property
    def activities(self) -> list[Activity]:
        """Visits by kind, the commonest first."""
        count, met = Counter(), Counter()
        for kind, result, n in self._by_kind_and_result:
            count[kind] += n
            met[kind] += n if result in MET else 0
        return [Activity(VisitKind(kind).label, n, met[kind]) for kind, n in count.most_common()]

    @property
    def visits(self) -> int:
        return sum(n for _, _, n in self._by_kind_and_result)

    @property
    def obstacles(self) -> list[tuple[str, int]]:
        """Why nobody was met, and how often, the commonest first."""
        count = Counter()
        for _, result, n in self._by_kind_and_result:
            if result not in MET:
                count[VisitResult(result).label] += n
        return count.most_common()

    @cached_property
    def sessions(self) -> list[GroupSession]:
        """Meetings with `took_part` and `noted`, oldest first."""
        held = GroupSession.objects.countable_by(self.viewer).current().held_between(self.start, self.end)
        return list(with_counts(held.filter(assistant=self.assistant)).select_related("group").order_by("happened_at"))

    @property
    def attendance(self) -> Share:
        return Share(sum(each.took_part for each in self.sessions), sum(each.noted for each in self.sessions))

    @cached_property
    def follow_ups(self) -> list[FollowUp]:
        """What the month's visits left to do, oldest first."""
        visits = self._visits(Visit.objects.for_user(self.viewer)).exclude(follow_up="").select_related("household")
        is_open = Exists(Visit.objects.for_user(self.viewer).with_open_follow_up().filter(pk=OuterRef("pk")))
        return [FollowUp(visit, visit.is_open) for visit in visits.annotate(is_open=is_open).order_by("happened_at")]

    @cached_property
    def assessments(self) -> list[Assessment]:
        found = Assessment.objects.for_user(self.viewer).current().filter(officer=self.assistant)
        found = found.filter(assessed_on__gte=self.view.start, assessed_on__lt=self.view.end)
        return list(found.select_related("household").order_by("assessed_on", "pk"))

    @cached_property
    def cases(self) -> list[GraduationCase]:
        """Graduations that this assistant proposed in the month, as they stand now."""
        found = GraduationCase.objects.for_user(self.viewer).filter(proposed_by=self.assistant)
        found = found.filter(proposed_on__gte=self.view.start, proposed_on__lt=self.view.end)
        return list(found.select_related("enrollment__household", "enrollment__program").order_by("proposed_on", "pk"))

    @cached_property
    def photos(self) -> list[VisitPhoto]:
        """The newest photos of the month's visits."""
        visits = self._visits(Visit.objects.for_user(self.viewer))
        photos = VisitPhoto.objects.for_user(self.viewer).filter(Exists(visits.filter(pk=OuterRef("visit"))))
        return list(photos.select_related("visit", "photo").order_by("-visit__happened_at", "-pk")[:PHOTOS_SHOWN])

    @cached_property
    def targets(self) -> list[progress.Progress]:
        """The year so far against its targets. Cost: six queries."""
        year = progress.Year(self.view.start.year)
        return progress.of_people(self.viewer, year, [self.assistant.pk])[self.assistant.pk]

    @cached_property
    def map(self) -> Drawing:
        return draw([(family.latitude, family.longitude, family.was_met) for family in self.families])

    @cached_property
    def region_names(self) -> list[str]:
        return list(self.assistant.regions.values_list("name", flat=True))

    @property
    def is_empty(self) -> bool:
        return not (self.visited.of or self.visits or self.sessions or self.assessments or self.cases)
