"""The tabs of a checked import: which there are, how many are in each, and one page of the chosen one."""

from dataclasses import replace
from functools import cached_property

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count

from ejsika.imports import kinds
from ejsika.imports.models import ImportBatch, Outcome, Problem
from ejsika.imports.problem_words import LABELS, REMEDIES

PAGE = 50


class Tabs:
    """Reads ?tab=, ?code= (one kind of problem) and ?after= (the last sheet row seen).

    An unknown tab is the first one that holds something; an unknown code finds nothing, and is said.
    """

    def __init__(self, batch: ImportBatch, query):
        self.batch = batch
        counts = batch.counts
        self.tabs = [
            ("create", "Baru", counts.get("create", 0), ""),
            ("change", "Berubah", counts.get("change", 0), ""),
            ("same", "Sama", counts.get("same", 0), ""),
            ("error", "Salah", counts.get("error", 0), "wrong"),
            ("warning", "Perlu dilihat", self._warnings().count(), "late"),
            ("skipped", "Dilewati", batch.skipped, ""),
        ]
        filled = next((name for name, _, count, _ in self.tabs if count), "create")
        self.current = query.get("tab") if query.get("tab") in {name for name, *_ in self.tabs} else filled
        self.code = query.get("code", "") if self.current in ("error", "warning") else ""
        after = query.get("after", "")
        self.after = int(after) if after.isdecimal() and len(after) < 9 else 0

    @property
    def items(self) -> list[dict]:
        return [
            {
                "label": label,
                "count": count,
                "url": f"?tab={name}",
                "is_current": name == self.current,
                "kind": kind if count else "",
            }
            for name, label, count, kind in self.tabs
        ]

    def _problems(self, level: str):
        return self.batch.problems.shown().filter(level=level)

    @property
    def _level(self) -> str:
        return Problem.Level.ERROR if self.current == "error" else Problem.Level.WARNING

    def _warnings(self):
        return self._problems(Problem.Level.WARNING)

    @cached_property
    def codes(self) -> list[dict]:
        """How often each problem of this tab occurs, the most frequent first, each with the address of its own list."""
        columns = ArrayAgg("column", distinct=True, order_by="column")
        counted = self._problems(self._level).order_by().values("code").annotate(n=Count("id"), columns=columns)
        return [
            {
                "count": entry["n"],
                "words": f"{', '.join(entry['columns'])}: {LABELS.get(entry['code'], entry['code'])}",
                "remedy": REMEDIES.get(entry["code"], ""),
                "url": f"?tab={self.current}&code={entry['code']}",
                "code": entry["code"],
                "is_current": entry["code"] == self.code,
            }
            for entry in counted.order_by("-n", "code")
        ]

    @property
    def all_url(self) -> str:
        """The tab without its filter; empty where there is none."""
        return f"?tab={self.current}" if self.code else ""

    @property
    def error(self) -> str:
        if self.code and self.code not in {entry["code"] for entry in self.codes}:
            return "Masalah yang dicari tidak ada di impor ini. Pilih salah satu dari daftar."
        return ""

    @cached_property
    def shown(self) -> list:
        """One page: rows of a preview, problems, or skipped lines, each with its line in words."""
        if self.current in (Outcome.CREATE, Outcome.CHANGE, Outcome.SAME):
            found = kinds.get(self.batch.kind).preview(self.batch, self.current, self.after, PAGE)
            return [replace(row, line=self.batch.place_of(row.row)) for row in found]
        if self.current == "skipped":
            found = list(self.batch.skipped_lines.filter(row__gt=self.after).order_by("row")[:PAGE])
        else:
            problems = self._problems(self._level).filter(row__gt=self.after)
            if self.error:
                problems = problems.none()
            elif self.code:
                problems = problems.filter(code=self.code)
            rows = problems.order_by("row").values_list("row", flat=True).distinct()[:PAGE]
            found = list(problems.filter(row__in=list(rows)))
        for entry in found:
            entry.line = self.batch.place_of(entry.row)
        return found

    @property
    def next_url(self) -> str:
        """Where the next page begins; empty on the last one."""
        rows = {entry.row for entry in self.shown}
        narrowed = f"?tab={self.current}" + (f"&code={self.code}" if self.code else "")
        return f"{narrowed}&after={max(rows)}" if len(rows) >= PAGE else ""
