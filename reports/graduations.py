"""Graduated families by region and period: the counts and the list behind them, from the same cases."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from django import forms
from django.db.models import Count, Q
from django.db.models.functions import Left
from django.utils.formats import date_format

from beneficiaries.choices import GraduationKind
from beneficiaries.figures import View
from beneficiaries.graduation.models import GraduationCase
from reports.scope import Scope
from reports.small_counts import all_told

KIND_LABELS = {
    GraduationKind.NATURAL: "Alamiah",
    GraduationKind.INDEPENDENT: "Mandiri",
    GraduationKind.ASSESSED: "Hasil penilaian",
}
_HOUSEHOLD = "enrollment__household"


class SpanForm(forms.Form):
    """Over which time the page counts: the chosen month alone, or its year up to its end."""

    YEAR, MONTH = "year", "month"

    span = forms.ChoiceField(
        label="Rentang",
        required=False,
        choices=[(YEAR, "Sejak awal tahun"), (MONTH, "Bulan itu saja")],
        error_messages={"invalid_choice": "Rentang ini tidak dikenal. Pilih sejak awal tahun atau bulan itu saja."},
    )

    @property
    def chosen_span(self) -> str:
        return self.cleaned_data.get("span") or self.YEAR

    def narrow(self, view: View) -> View:
        """The view that is asked for: its month, or its year up to the end of that month."""
        return view if self.chosen_span == self.MONTH else view.year


@dataclass
class Counts:
    """Families that were graduated, in all and by kind, and the decisions behind them.

    Two programmes may graduate one family: then it counts once as a family, and for each decision.
    """

    families: int | None = 0
    decisions: int | None = 0
    kinds: dict[str, int | None] = field(default_factory=lambda: dict.fromkeys(GraduationKind.values, 0))

    def add(self, row: dict) -> None:
        self.families += row["families"]
        self.decisions += row["decisions"]
        for kind in self.kinds:
            self.kinds[kind] += row[kind]

    def told(self, *, is_exact: bool) -> "Counts":
        """The same as they are told to those who may not read names (reports.small_counts)."""
        both = all_told({"families": self.families, "decisions": self.decisions}, is_exact=is_exact)
        return Counts(**both, kinds=all_told(self.kinds, is_exact=is_exact))

    @property
    def by_kind(self) -> list[tuple[str, int | None]]:
        return [(KIND_LABELS[kind], n) for kind, n in self.kinds.items()]


def decided_in(scope: Scope, span: SpanForm, cases):
    """Narrow cases, scoped to a person already, to the report's region, programme and period."""
    view = span.narrow(scope.view)
    found = scope.form.apply(cases).decided_between(view.start, view.end)
    return found if view.program_ids is None else found.filter(enrollment__program__in=view.program_ids)


def count_by_region(cases, codes: Iterable[str]) -> tuple[dict[str, Counts], Counts]:
    """Count decided cases (a scoped queryset) by region, and in all.

    Shape: ({code: Counts} with an entry for each of `codes`, of which none lies in another; the Counts of all).
    Cost: one query.
    """
    codes = list(codes)
    digits = max((len(code) for code in codes), default=2)
    families = Count(_HOUSEHOLD, distinct=True)
    kinds = {kind: Count(_HOUSEHOLD, distinct=True, filter=Q(kind=kind)) for kind in GraduationKind.values}
    found = (
        cases.annotate(part=Left(f"{_HOUSEHOLD}__region", digits))
        .values("part")
        .annotate(families=families, decisions=Count("pk"), **kinds)
        .order_by("part")
    )
    rows, everything = {code: Counts() for code in codes}, Counts()
    for row in found:
        everything.add(row)
        code = next((code for code in codes if row["part"].startswith(code)), None)
        if code:
            rows[code].add(row)
    return rows, everything


def told_by_region(scope: Scope, span: SpanForm) -> tuple[dict[str, Counts], Counts]:
    """Count the graduated families of a scope by region, and in all, as they are told. Shape: as count_by_region."""
    cases = decided_in(scope, span, GraduationCase.objects.countable_by(scope.user))
    rows, everything = count_by_region(cases, scope.part_codes)
    shown = {code: counts.told(is_exact=scope.is_exact(code)) for code, counts in rows.items()}
    return shown, everything.told(is_exact=scope.is_exact())


def period_label(view: View) -> str:
    """The period in words: "November 2026", or "Januari–November 2026"."""
    last = view.end - datetime.timedelta(days=1)
    if (view.start.year, view.start.month) == (last.year, last.month):
        return date_format(last, "F Y")
    return f"{date_format(view.start, 'F')}–{date_format(last, 'F Y')}"
