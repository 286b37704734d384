"""The tabs of a checked import: which there are, how many are in each, and one page of the chosen one."""

from dataclasses import replace
from functools import cached_property
from urllib.parse import urlencode

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count

from ejsika.imports import kinds
from ejsika.imports.forms import NarrowForm
from ejsika.imports.models import ImportBatch, Outcome, Problem
from ejsika.imports.problem_words import LABELS, REMEDIES

PAGE, PAGE_OF_CHANGES = 50, 20  # a changed family takes many lines
_FAMILIES = (Outcome.CREATE, Outcome.CHANGE, Outcome.SAME, Outcome.LEFT)
_LEVELS = {"error": [Problem.Level.ERROR], "warning": [Problem.Level.WARNING], "problem": Problem.Level.values}
_SHOWN_WHERE_FILLED = ("warning", "left")  # what is mostly not there, and asks nothing while it is not
_ANY = [Outcome.CREATE, Outcome.CHANGE, Outcome.SAME, Outcome.LEFT]
_OUTCOMES_OF = {"suspect": _ANY, "warning": _ANY, "problem": [*_ANY, Outcome.ERROR], "error": [Outcome.ERROR]}


class Tabs:
    """Reads ?tab=, ?after= (the last sheet row seen), and what NarrowForm knows; `current` "problem" is all problems.

    An unknown tab is the first one that holds something; what the tab cannot be narrowed to finds nothing, and is said.
    """

    def __init__(self, batch: ImportBatch, query, *, session, user, current: str = "", elsewhere: str = ""):
        """`elsewhere` names the page of the kind's own that is shown in place of a tab."""
        self.elsewhere = elsewhere
        self.batch, self.kind = batch, kinds.get(batch.kind)
        self.query, self.session, self.user = query, session, user
        counts = batch.counts
        self.tabs = [
            ("create", "Baru", counts.get("create", 0), ""),
            ("change", "Berubah", counts.get("change", 0), ""),
            ("same", "Sama", counts.get("same", 0), ""),
            ("error", "Salah", counts.get("error", 0), "wrong"),
            ("warning", "Perlu dilihat", self._problems_of("warning").count(), "late"),
            ("suspect", "Diduga ganda", counts.get("suspect", 0), "late"),
            ("left", "Tidak dipilih", counts.get("left", 0), "late"),
            ("skipped", "Dilewati", batch.skipped, ""),
        ]
        if not self.kind.offers_choices:
            self.tabs = [tab for tab in self.tabs if tab[0] not in ("left", "suspect")]
        filled = next((name for name, _, count, _ in self.tabs if count), "create")
        self.current = current or (query.get("tab") if query.get("tab") in {name for name, *_ in self.tabs} else filled)
        after = query.get("after", "")
        self.after = int(after) if after.isdecimal() and len(after) < 9 else 0

    @property
    def items(self) -> list[dict]:
        page = self.batch.get_absolute_url() if self.elsewhere else ""
        tabs = [(name, label, count, f"{page}?tab={name}", kind) for name, label, count, kind in self.tabs]
        tabs += [(*tab, "late") for tab in self.kind.more_tabs(self.batch)]
        return [
            {
                "label": label,
                "count": count,
                "url": url,
                "is_current": name == (self.elsewhere or self.current),
                "kind": kind if count else "",
            }
            for name, label, count, url, kind in tabs
            if count or name not in _SHOWN_WHERE_FILLED or name == self.current
        ]

    @cached_property
    def form(self) -> NarrowForm:
        """What this tab may be narrowed to, and is."""
        is_problem, is_skipped = self.current in _LEVELS, self.current == "skipped"
        places = None
        if self.kind.offers_choices and not is_skipped:
            outcomes = _OUTCOMES_OF.get(self.current, [self.current])
            places = self.kind.places(self.batch, outcomes, self.query.get("place", ""))
        changing = self.kind.changing(self.batch) if self.current == "change" else None
        return NarrowForm(
            self.query,
            session=self.session,
            places=places,
            fields=[(field, f"{words} ({count})") for field, words, count in changing] if changing else None,
            codes=[(entry["code"], entry["words"]) for entry in self.codes] if is_problem else None,
            levels=Problem.Level.choices if self.current == "problem" else None,
            by_line=self.kind.offers_choices or self.current not in _FAMILIES,
        )

    @property
    def chosen_field(self) -> tuple[str, str] | None:
        """The field that the changed families are narrowed to, where all its changes may be left: (field, words)."""
        if not self.may_choose or not self.form.is_valid() or not (field := self.form.cleaned_data.get("field")):
            return None
        return (field, dict(self.form.fields["field"].choices)[field]) if field in self.kind.choosable_fields else None

    @property
    def may_choose(self) -> bool:
        """Whether rows of this tab may be unticked or ticked again."""
        return self.is_open and self.current in (Outcome.CREATE, Outcome.CHANGE, Outcome.LEFT)

    @property
    def is_open(self) -> bool:
        return self.batch.status == ImportBatch.Status.CHECKED and self.kind.offers_choices

    def _problems_of(self, tab: str):
        return self.batch.problems.shown().filter(level__in=_LEVELS[tab])

    @cached_property
    def codes(self) -> list[dict]:
        """How often each problem of this tab occurs, the most frequent first, each with the address of its own list."""
        columns = ArrayAgg("column", distinct=True, order_by="column")
        counted = self._problems_of(self.current).order_by().values("code").annotate(n=Count("id"), columns=columns)
        return [
            {
                "count": entry["n"],
                "words": f"{', '.join(entry['columns'])}: {LABELS.get(entry['code'], entry['code'])}",
                "remedy": REMEDIES.get(entry["code"], ""),
                "url": f"?tab={self.current}&code={entry['code']}",
                "code": entry["code"],
                "is_current": entry["code"] == self.query.get("code"),
            }
            for entry in counted.order_by("-n", "code")
        ]

    @property
    def count(self) -> int:
        """All problems, however they are narrowed."""
        return sum(entry["count"] for entry in self.codes)

    @property
    def codes_known(self) -> bool:
        """Whether this tab is one of problems."""
        return self.current in _LEVELS

    @property
    def all_url(self) -> str:
        """The tab without its filter; empty where there is none."""
        return f"?tab={self.current}" if self.form.is_set else ""

    @cached_property
    def shown(self) -> list:
        """One page: rows of a preview, problems, or skipped lines, each with its line in words."""
        if not self.form.is_valid():
            return []
        if self.current in _FAMILIES:
            narrowed = {"narrowed": self.form.narrowed} if self.kind.offers_choices else {}
            found = self.kind.preview(self.batch, self.current, self.after, self.page, **narrowed)
            return [replace(row, line=self.batch.place_of(row.row)) for row in found]
        if self.current == "suspect":
            found = self.kind.suspects(self.batch, self.user, self.form.narrowed, self.after, self.page)
            return [replace(suspect, line=self.batch.place_of(suspect.row)) for suspect in found]
        found = self._skipped() if self.current == "skipped" else self._problems()
        for entry in found:
            entry.line = self.batch.place_of(entry.row)
        return found

    def _skipped(self) -> list:
        lines = self.batch.skipped_lines.filter(row__gt=self.after)
        if self.form.cleaned_data["line"]:
            lines = lines.filter(row__in=kinds.lines_on_any_sheet(self.form.cleaned_data["line"]))
        return list(lines.order_by("row")[: self.page])

    def _problems(self) -> list:
        """The problems of one page of rows; a row with several is never cut."""
        narrowed = self.form.narrowed
        problems = self._problems_of(self.current).filter(row__gt=self.after)
        for name in ("code", "level"):
            if self.form.cleaned_data.get(name):
                problems = problems.filter(**{name: self.form.cleaned_data[name]})
        if narrowed.line is not None:
            problems = problems.filter(row__in=kinds.lines_on_any_sheet(narrowed.line))
        if narrowed.place or narrowed.name:
            problems = problems.filter(row__in=self.kind.rows_narrowed(self.batch, narrowed).values("row"))
        rows = problems.order_by("row").values_list("row", flat=True).distinct()[: self.page]
        return list(problems.filter(row__in=list(rows)))

    @property
    def page(self) -> int:
        return PAGE_OF_CHANGES if self.current in (Outcome.CHANGE, Outcome.LEFT, "suspect") else PAGE

    @property
    def address(self) -> str:
        """This page's query, without what is not known."""
        return urlencode({"tab": self.current, **self.form.query} | ({"after": self.after} if self.after else {}))

    @property
    def next_url(self) -> str:
        """Where the next page begins; empty on the last one."""
        rows = {entry.row for entry in self.shown}
        if len(rows) < self.page:
            return ""
        return "?" + urlencode({"tab": self.current, **self.form.query, "after": max(rows)})

    @property
    def first_url(self) -> str:
        """Back to the first page; empty on it."""
        return "?" + urlencode({"tab": self.current, **self.form.query}) if self.after else ""

    @property
    def was_ticked(self) -> str:
        return " ".join(key for key, is_left in self._boxes if not is_left)

    @property
    def was_unticked(self) -> str:
        return " ".join(key for key, is_left in self._boxes if is_left)

    @property
    def _boxes(self) -> list[tuple[str, bool]]:
        """All that may be ticked on this page: families, and their fields."""
        fields = [(change.key, change.is_left) for row in self.shown for change in row.changes if change.key]
        return [(row.key, row.is_left) for row in self.shown] + fields
