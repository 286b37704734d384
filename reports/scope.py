"""What one page of counts is about: whose families, in which region, month and programme."""

import datetime
from functools import cached_property, lru_cache
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from beneficiaries.figures import View
from beneficiaries.forms.scope import ScopeForm
from beneficiaries.models import Household
from ejsika.accounts.permissions import Permission, Role
from ejsika.lib.widgets import ShortSelect
from ejsika.regions.models import Region
from reports.small_counts import DESA_DIGITS
from reports.tallied import Tallied

MONTHS_OFFERED = 24
PARTS_LABELS = {2: "Provinsi", 4: "Kabupaten/kota", 6: "Kecamatan", 10: "Desa/kelurahan"}


class Scope:
    """The ScopeForm of a request, the families in it, and the links that keep it.

    `families` is for counting only, `readable_families` are those that this person may read of by name. A bad or
    foreign value gives none of either.
    """

    def __init__(self, request):
        self.user = request.user
        self.form = ScopeForm(request.GET, user=request.user)
        self.is_valid = self.form.is_valid()
        self._queries: dict[str | None, str] = {}  # by region, as a page has a dozen links into each

    @cached_property
    def families(self):
        return self.form.apply(Household.objects.countable_by(self.user))

    @cached_property
    def readable_families(self):
        return self.form.apply(Household.objects.for_user(self.user))

    @cached_property
    def is_by_name(self) -> bool:
        """Whether this person may read of the families by name; if not, only counts may be shown."""
        return self.user.may(Permission.HOUSEHOLD_VIEW)

    def is_exact(self, *codes: str) -> bool:
        """Whether this person is told exact numbers of these places, or (none named) of the scope as a whole.

        A sum of a single desa, or of desas alone, is as near as they are (reports.small_counts).
        """
        if self.is_by_name:
            return True
        codes = codes or (*self.codes, *(self.part_codes if len(self.part_codes) == 1 else ()))
        return all(0 < len(code) < DESA_DIGITS for code in codes)

    @property
    def mapped_families(self):
        """Those that a map counts: a person's own where they have own ones; for counting only."""
        return self.readable_families if self.is_by_name else self.families

    @property
    def codes(self) -> list[str]:
        """The regions that the families lie in."""
        return [self.region.code] if self.region else self.user.region_codes

    @cached_property
    def tallied(self) -> Tallied | None:
        """The tallies of `families`, or None where they do not hold. Cost: one query."""
        return Tallied.of(self.view, self.codes) if self.is_valid else None

    @property
    def mapped_tallied(self) -> Tallied | None:
        """The tallies of `mapped_families`; an assistant's own are counted."""
        return None if self.user.role == Role.PENDAMPING else self.tallied

    @cached_property
    def view(self) -> View:
        return self.form.view

    @property
    def region(self) -> Region | None:
        return self.form.chosen_region

    @property
    def path(self) -> list[Region]:
        """The regions from the province down to the chosen one."""
        return self.form.path

    @cached_property
    def parts(self) -> list[Region]:
        """The regions that a table of this scope has as rows; none of them lies in another. A desa is its own row."""
        return [self.region] if self.region and len(self.region.code) == DESA_DIGITS else self.form.parts

    @property
    def part_codes(self) -> list[str]:
        return [region.code for region in self.parts]

    @property
    def title(self) -> str:
        if self.region:
            return self.region.name
        return "Wilayah saya" if self.is_valid else "Wilayah tidak dapat ditampilkan"

    @property
    def parts_label(self) -> str:
        """What the rows of a table are called."""
        digits = {len(code) for code in self.part_codes}
        return PARTS_LABELS[digits.pop()] if len(digits) == 1 else "Wilayah"

    @property
    def month_label(self) -> str:
        return _month_name(self.view.start)

    def query(self, region: str | None = None, **more) -> str:
        """The part of a URL that keeps this scope, moved to `region` if one is given; `more` goes before it."""
        if region in self._queries and not more:
            return self._queries[region]
        kept = self._kept | {"region": region} if region else self._kept
        made = urlencode({name: value for name, value in (kept | more).items() if value})
        return made if more else self._queries.setdefault(region, made)

    @cached_property
    def _kept(self) -> dict[str, str]:
        program = self.form.cleaned_data["program"]
        return {
            "region": self.region.code if self.region else "",
            "period": f"{self.view.start:%Y-%m}",
            "program": program.code if program else "",
        }

    def list_url(self, figure: str, region: str | None = None, **more) -> str:
        """The list of exactly the families that a figure counts; "" for a role that may not read names."""
        if not self.is_by_name:
            return ""
        if more:
            return f"{self._list_path}?{self.query(region, figure=figure, **more)}"
        return f"{self._list_path}?{self.query(region)}&figure={figure}"

    @cached_property
    def _list_path(self) -> str:
        return reverse("beneficiaries:household_list")

    def region_select(self) -> str:
        return _select("region", self.form.region_choices(), self.region.code if self.region else "")

    def program_select(self) -> str:
        choices = [("", "Semua program"), *((program.code, program.name) for program in self.form.programs)]
        return _select("program", choices, self._kept["program"] if self.is_valid else "")

    def month_select(self) -> str:
        return _select("period", self.month_choices(), f"{self.view.start:%Y-%m}")

    def crumbs(self) -> list[tuple[str, str]]:
        """(name, query) from the province down; the query is "" where one may not go, and for the last."""
        return [
            (region.name, self.query(region.code) if region != self.region and self.user.covers(region.code) else "")
            for region in self.path
        ]

    def month_choices(self) -> list[tuple[str, str]]:
        """("2026-11", "November 2026") of the last two years, the chosen month among them."""
        first = timezone.localdate().replace(day=1)
        months = []
        for _ in range(MONTHS_OFFERED):
            months.append(first)
            first = (first - datetime.timedelta(days=1)).replace(day=1)
        if self.view.start not in months:
            months.append(self.view.start)
        return [(f"{month:%Y-%m}", _month_name(month)) for month in sorted(months, reverse=True)]


@lru_cache(200)
def _month_name(month: datetime.date) -> str:
    return date_format(month, "F Y")


def _select(name: str, choices: list[tuple[str, str]], chosen: str) -> str:
    return ShortSelect(choices=choices).render(name, chosen, {"id": f"scope-{name}"})
