"""Region, period and programme: chosen once at the top of a page, carried in the URL from page to page."""

import datetime
from functools import cached_property

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from beneficiaries.figures import View
from ejsika.programs.models import Program, running_programs
from ejsika.regions.models import Region


def parse_month(text: str) -> datetime.date:
    """Read "2026-11" as the first day of that month. Raises ValueError for anything else."""
    month = datetime.datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    if not 2000 <= month.year <= 2100:  # the ends of the calendar have no month before or after, nor a UTC time
        raise ValueError(text)
    return month


class ScopeForm(forms.Form):
    """GET parameters region, period and program; a bad or foreign value is an error and never widens what is shown."""

    region = forms.CharField(label="Wilayah", required=False)
    period = forms.CharField(label="Periode", required=False)
    program = forms.CharField(label="Program", required=False)

    def __init__(self, data, *, user):
        super().__init__(data)
        self.user = user
        self.path: list[Region] = []  # from the province down to the chosen region; none where none is chosen

    def clean_region(self) -> Region | None:
        code = self.cleaned_data["region"]
        if not code:
            if not self.has_one_region:
                return None
            (code,) = self.user.region_codes
        near = Region.objects.near(code) if self.user.covers(code) else {}
        if code not in near:
            raise ValidationError("Wilayah ini tidak ada atau di luar wilayah Anda.")
        self.path = [region for region in near.values() if code.startswith(region.code)]
        self._below = [region for region in near.values() if region.parent_id == code]
        return near[code]

    def clean_period(self) -> datetime.date:
        try:
            return (
                parse_month(self.cleaned_data["period"])
                if self.cleaned_data["period"]
                else timezone.localdate().replace(day=1)
            )
        except ValueError:
            raise ValidationError("Periode ditulis tahun-bulan, misalnya 2026-11.") from None

    def clean_program(self) -> Program | None:
        code = self.cleaned_data["program"]
        if not code:
            return None
        program = next((program for program in self.programs if program.code == code), None)
        if program is None:
            raise ValidationError("Program ini tidak ada atau bukan program Anda.")
        return program

    @property
    def has_one_region(self) -> bool:
        return len(self.user.region_codes) == 1

    @cached_property
    def programs(self) -> list[Program]:
        """Programmes this person may choose. Cost: one query, once."""
        return running_programs(programs=self.user.known_programs)

    @property
    def chosen_region(self) -> Region | None:
        """Named apart from the field: a class attribute of the field's name would take its place."""
        return self.cleaned_data.get("region")

    @cached_property
    def parts(self) -> list[Region]:
        """The regions just below the chosen one, or those that the person has; none lies in another."""
        if self.chosen_region:
            return self._below
        outer = []
        for region in Region.objects.filter(code__in=self.user.region_codes).order_by("code"):
            # in the order of codes a region follows the one that holds it
            if not outer or not region.code.startswith(outer[-1].code):
                outer.append(region)
        return outer

    def region_choices(self) -> list[tuple[str, str]]:
        """(code, name) of the regions that one may go to from here: upward, this one, and its parts."""
        upward = [region for region in self.path if self.user.covers(region.code)]
        choices = [(region.code, "› " * level + region.name) for level, region in enumerate(upward)]
        choices += [(region.code, "› " * len(upward) + region.name) for region in self.parts]
        return choices if self.has_one_region else [("", "Wilayah saya"), *choices]

    @property
    def view(self) -> View:
        """What the figures are asked for. Call after is_valid()."""
        return View.of(self.user, self.cleaned_data["period"], self.cleaned_data.get("program"))

    def apply(self, queryset):
        """Narrow families (already scoped to the user) to the region chosen; a bad value gives none."""
        if not self.is_valid():
            return queryset.none()
        region = self.chosen_region
        if region is None or self.user.region_codes == [region.code]:  # said twice it would mislead the planner
            return queryset
        return queryset.filter(queryset.within([region.code]))
