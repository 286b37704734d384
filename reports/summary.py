"""The figures of one scope as a dashboard shows them: each with the list behind it, by region and in all."""

from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from markupsafe import Markup, escape

from assistance_logs.targets.models import TargetKind
from assistance_logs.targets.progress import Progress, Year, target_of
from beneficiaries.choices import GraduationState
from beneficiaries.models import GraduationCase
from ejsika.accounts.permissions import Permission
from ejsika.lib.tags import id_number
from ejsika.lib.tags import told as written
from reports.counts import ELSEWHERE, Share, count_by_region, digits_of, total
from reports.scope import Scope
from reports.small_counts import all_told, told
from reports.states import BEHIND_PERCENT
from reports.trends import months_up_to
from reports.workloads import count_silent, everywhere

STATUSES = {
    "active": "Aktif",
    "suspended": "Ditangguhkan",
    "candidate": "Calon",
    "inactive": "Nonaktif",
    "graduated": "Graduasi",
}
FIGURES = [
    "registered",
    *STATUSES,
    "visited_this_period",
    "in_time",
    "late",
    "never_visited",
    "graduated_this_year",
    "without_point",
    "without_assistant",
]


@dataclass(frozen=True)
class Cell:
    """A number (None: fewer than five), and the list behind it ("" where there is none to see)."""

    n: int | None
    url: str = ""


class Row:
    """The figures of one region as this person is told them; without a region, of several together.

    `is_listed`: lists stand behind them.
    """

    def __init__(
        self, scope: Scope, counts: dict[str, int], *, name: str, is_exact: bool, region=None, is_listed: bool = True
    ):
        self.name, self.region = name, region
        code = region.code if region else None
        self.url = f"?{scope.query(code)}" if region and region != scope.region else ""
        self.counts, self._is_exact = all_told(counts, is_exact=is_exact), is_exact
        self._scope, self._code, self._is_listed = scope, code, is_listed

    def __getitem__(self, figure: str) -> Cell:
        """Give a figure with its list; the link is made when the page asks for it."""
        n = self.counts[figure]
        return Cell(n, self._scope.list_url(figure, self._code) if self._is_listed and n else "")

    def linked(self, figure: str) -> str:
        """A figure as a link to its list, written in one go: a table has a hundred."""
        n = self.counts[figure]
        start = self._list_start if n else ""
        return Markup(f'<a href="{start}{figure}">{id_number(n)}</a>') if start else written(n)  # noqa: S704 - escaped

    @cached_property
    def _list_start(self) -> str:
        """The link to the list behind a figure, but for the figure's name; "" where there are no lists."""
        return escape(self._scope.list_url("", self._code)) if self._is_listed else ""

    @property
    def cells(self) -> dict[str, Cell]:
        return {figure: self[figure] for figure in self.counts}

    def share(self, *figures: str, of: str = "active") -> Share:
        """A share of what is told, never of more."""
        return Share(sum(self.counts[figure] or 0 for figure in figures), self.counts[of] or 0)

    @property
    def visited(self) -> Share:
        return self.share("visited_this_period")

    @property
    def missing_points(self) -> Share:
        return self.share("without_point")

    @property
    def is_behind(self) -> bool:
        return (self.share("late", "never_visited").percent or 0) >= BEHIND_PERCENT

    @property
    def statuses(self) -> list[tuple[str, Cell]]:
        return [(label, self[figure]) for figure, label in STATUSES.items()]

    @property
    def without_status(self) -> int:
        """Families in no programme at all: nothing is known of their status. Fives do not tell them."""
        if not self._is_exact:
            return 0
        return self.counts["registered"] - sum(self.counts[figure] for figure in STATUSES)


def short_name(region) -> str:
    """A region's name for a narrow column."""
    return region.name.replace("Kabupaten ", "Kab. ")


def summarise(scope: Scope) -> tuple[list[Row], Row]:
    """Give a row for each part of the scope, and the sum of them. Cost: that of count_by_region."""
    counts = count_by_region(scope, FIGURES, scope.part_codes)
    rows = [
        Row(
            scope,
            counts[region.code],
            name=short_name(region),
            region=region,
            is_exact=scope.is_exact(region.code),
        )
        for region in scope.parts
        if counts[region.code]["registered"] or region.closed_on is None
    ]
    if ELSEWHERE in counts:
        is_exact = scope.is_exact(ELSEWHERE)
        rows.append(Row(scope, counts[ELSEWHERE], name="Wilayah lain", is_exact=is_exact, is_listed=False))
    return rows, Row(scope, total(counts, FIGURES), name="Semua", is_exact=scope.is_exact())


def read_ahead(scope: Scope) -> None:
    """Ask at once for what a dashboard shows of the month in hand. Cost: one query, and no more for the tallies."""
    months, tallied = months_up_to(scope.view.start), scope.tallied
    if tallied and scope.mapped_tallied and tallied.kept.issuperset(FIGURES) and tallied.keeps(months):
        tallied.read_ahead(FIGURES, digits_of(scope.part_codes), months, everywhere(scope))


def graduation_target(scope: Scope, everything: Row) -> Progress | None:
    """The families that graduated this year, and how many a region has set itself; None where it asks for all regions
    or one programme, for which there are no targets. Cost: one query.
    """
    if not scope.region or scope.view.program_ids is not None:
        return None
    done, year = everything.counts["graduated_this_year"] or 0, Year(scope.view.start.year)
    return Progress(TargetKind.GRADUATIONS, done, target_of(scope.region, TargetKind.GRADUATIONS, year))


def attention(scope: Scope, everything: Row) -> list[dict]:
    """What waits for somebody: words, a value, and a page for those who may open it. Cost: workloads' and one query."""
    user = scope.user
    review = f"{reverse('reports:review')}?{scope.query()}#assistants"
    verified = scope.tallied.verified_cases() if scope.tallied else count_verified(scope)
    cases = f"{reverse('graduation:case_list')}?{scope.query(state=GraduationState.VERIFIED)}"
    return [
        {
            "label": "Pendamping tanpa laporan minggu ini",
            "share": count_silent(scope),
            "url": review if user.may(Permission.REVIEW) else "",
        },
        {
            "label": "Graduasi menunggu keputusan",
            "n": told(verified, is_exact=scope.is_exact()),
            "url": cases if user.may(Permission.GRADUATION_VIEW) else "",
        },
        {
            "label": "KPM aktif tanpa pendamping",
            "n": everything["without_assistant"].n,
            "url": everything["without_assistant"].url,
        },
    ]


def count_verified(scope: Scope) -> int:
    """Count the cases of a scope that wait for a decision, one by one."""
    cases = scope.form.apply(GraduationCase.objects.countable_by(scope.user)).filter(state=GraduationState.VERIFIED)
    if scope.view.program_ids is not None:
        cases = cases.filter(enrollment__program__in=scope.view.program_ids)
    return cases.count()
