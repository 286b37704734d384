"""The tabs of a checked import: which there are, how many are in each, and one page of the chosen one."""

from dataclasses import replace
from functools import cached_property

from django.db.models import Count

from ejsika.imports import kinds
from ejsika.imports.models import ImportBatch, Outcome, Problem

PAGE = 50


class Tabs:
    """Reads ?tab= and ?after= (the last sheet row seen); anything else shows the first tab from its beginning."""

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

    @property
    def codes(self) -> list[tuple[str, int]]:
        """How often each problem of this tab occurs, the most frequent first: (its sentence, count)."""
        counted = (
            self._problems(self._level).order_by().values("code", "column").annotate(n=Count("id")).order_by("-n")[:8]
        )
        return [(f"{entry['column']}: {LABELS.get(entry['code'], entry['code'])}", entry["n"]) for entry in counted]

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
            rows = problems.order_by("row").values_list("row", flat=True).distinct()[:PAGE]
            found = list(problems.filter(row__in=list(rows)))
        for entry in found:
            entry.line = self.batch.place_of(entry.row)
        return found

    @property
    def next_url(self) -> str:
        """Where the next page begins; empty on the last one."""
        rows = {entry.row for entry in self.shown}
        return f"?tab={self.current}&after={max(rows)}" if len(rows) >= PAGE else ""


LABELS = {
    "required": "kosong",
    "nik_length": "bukan 16 angka",
    "kk_length": "bukan 16 angka",
    "nik_truncated": "terpotong oleh Excel",
    "kk_truncated": "terpotong oleh Excel",
    "nik_date": "tanggal di NIK tidak mungkin",
    "nik_serial": "nomor urut 0000",
    "date_invalid": "tanggal tidak ada",
    "region_unknown": "tempat tidak dikenal",
    "region_ambiguous": "nama ada di beberapa tempat",
    "region_conflict": "kode dan nama berbeda",
    "region_outside_scope": "di luar wilayah Anda",
    "region_corrected": "ejaan diperbaiki",
    "coordinate_invalid": "titik tidak terbaca",
    "coordinate_far": "jauh dari desanya",
    "number_invalid": "bukan angka yang masuk akal",
    "choice_unknown": "pilihan tidak dikenal",
    "graduated_needs_case": "perlu kasus graduasi",
    "assistant_unknown": "pendamping tidak dikenal",
    "duplicate_in_file": "dua kali di berkas",
    "identity_conflict": "KK dan NIK milik keluarga berbeda",
    "family_missing": "keluarganya tidak ada",
    "text_too_long": "terlalu panjang",
    "kk_changed": "No KK berganti",
    "recipient_changed": "pengurus berganti",
    "member_elsewhere": "anggota keluarga lain",
    "suspect_duplicate": "diduga ganda",
    "already_in_program": "aktif di program lain",
    "nik_region_differs": "NIK daerah lain",
    "nik_sex_differs": "jenis kelamin beda dengan NIK",
    "nik_birth_differs": "tanggal lahir beda dengan NIK",
}
