"""The KPM roster as a kind of sheet: from its lines to staged rows; matching and writing stand beside this module."""

import re
from collections.abc import Iterator
from itertools import islice

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from beneficiaries.models.household import Household
from beneficiaries.sheets.roster import (
    cells,
    choosing,
    hold,
    match,
    members,
    narrowing,
    pairs,
    preview,
    template,
    undo,
    write,
)
from beneficiaries.sheets.roster.clean import Importer, Line, LineCleaner
from beneficiaries.sheets.roster.columns import COLUMNS, NUMBERED, OF_THE_FAMILY, TITLES, WHOSE
from beneficiaries.sheets.roster.fields import CHOICES
from beneficiaries.sheets.roster.models import RosterRow
from beneficiaries.sheets.roster.places import PlaceIndex
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Role
from ejsika.imports.kinds import (
    EVERYTHING,
    Head,
    Kept,
    Narrowed,
    PreviewRow,
    Refusal,
    SheetKind,
    Since,
    Suspect,
    missing_titles,
    plain,
)
from ejsika.imports.models import SHEET_LINES, Problem
from ejsika.lib.copying import copy_rows, take_ids
from ejsika.lib.tags import id_number

CHUNK = 5_000
STAGED = [
    *("kk", "nik", "name", "sex", "born_on", "relationship", "school_level", "grade", "is_pregnant", "is_disabled"),
    *("region_code", "address", "rt", "rw", "phone", "latitude", "longitude", "bank", "account_sealed"),
    *("account_digest", "cohort_year", "status", "assistant"),
]
COPIED = ["batch_id", "row", "outcome", "household", "family", "is_recipient", *STAGED]
ASKED = 100  # lines of a chunk that tell whether its families are new
PROBLEM_COLUMNS = ["batch_id", "sheet", "row", "column", "value", "code", "level", "message"]
TEXT_NUMBERS = "Simpan kolom NIK dan No KK sebagai Teks: Excel memotong angka ke-16."
_SIGNATURE = re.compile(r"NIP\b", re.IGNORECASE)  # the number of the official who signs
# What stands where a name is expected: below a desa's families, or before those who sign.
_NOBODY = re.compile(r"(SUB ?)?TOTAL\b|JUMLAH\b|MENGETAHUI\b|KEPALA DESA\b|LURAH\b|CAMAT\b|NIP\b", re.IGNORECASE)


class RosterKind(SheetKind):
    name, label, unit, columns, staging = "roster", "Roster KPM", "keluarga", COLUMNS, RosterRow
    titles = ("Pengurus", "No KK", "Desa/kelurahan")
    about = [
        "Wajib: No KK, NIK Pengurus, Nama Pengurus, dan Kode Desa atau Desa/Kelurahan dengan Kabupaten/Kota.",
        "Boleh ada: Tanggal Lahir, Jenis Kelamin, Alamat, RT, RW, Kecamatan, Lintang, Bujur, No HP, Bank, No Rekening, "
        "Tahun Masuk, Status, Pendamping. Kolom lain dilewati. Sel kosong tidak pernah menghapus data.",
        TEXT_NUMBERS,
    ]
    kept_as_text, offers_choices = NUMBERED, True
    loose_fields, loose_words = OF_THE_FAMILY, WHOSE
    order = 0
    choosable_fields = CHOICES

    def check_head(self, head: Head) -> None:
        if missing := self._missing(head):
            raise Refusal(
                "column_missing", f"Kolom wajib tidak ada: {', '.join(missing)}. Tambahkan, lalu unggah lagi."
            )

    def _missing(self, head: Head) -> list[str]:
        """The titles of required columns that a head lacks."""
        missing = missing_titles(head, COLUMNS)
        if "region_code" not in head.fields:
            missing += [TITLES[name] for name in ("desa", "kabupaten") if name not in head.fields]
        return missing

    def choose(self, heads: list[Head]) -> list[Head]:
        """Families and their members on two sheets, where the first could be imported alone; else the best sheet."""
        families = [head for head in heads if "relationship" not in head.fields and not self._missing(head)]
        people = [head for head in heads if {"kk", "name", "relationship"} <= head.fields.keys()]
        if families and people:
            return [*super().choose(families), *super().choose(people)]
        return super().choose(heads)

    def is_data(self, head: Head, row: list) -> bool:
        def cell(name):
            index = head.fields.get(name)
            return cells.text(row[index]) if index is not None and index < len(row) else ""

        if is_number(cell("kk")) or is_number(cell("nik")):
            return True
        name = cell("name")
        is_head = plain(name) == plain(head.titles.get("name", ""))  # again, on a new page
        place = cell("desa") or cell("region_code")
        if is_head or not place or not re.search(r"[^\W\d_]", name) or cells.is_fault(name) or cells.is_fault(place):
            return False
        first = next(word for word in map(cells.text, row) if word)
        if any(map(_NOBODY.match, (first, name, place))):
            return False
        # Two who sign below the list may stand in these two columns, with nothing else beside them.
        return bool(cell("region_code") or cell("kabupaten")) or any(re.search(r"\d", str(one)) for one in row)

    def is_example(self, head: Head, row: list) -> bool:
        return template.is_example(head, row)

    def write_template(self, target, user) -> None:
        template.write_template(target, user)

    def stage(self, batch, head: Head, lines, report) -> None:
        cleaner = (members.MemberCleaner if head.number else LineCleaner)(head, PlaceIndex(), _importer(batch))
        families = _Families(head.number * SHEET_LINES)
        while chunk := list(islice(lines, CHUNK)):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    "SET LOCAL synchronous_commit = off"
                )  # what a crash takes is checked again from the start
                odd: list[Line] = []
                cleaned = _cleaned(cleaner, chunk, odd)
                ids = iter(take_ids(cursor, Household, len(chunk)) if _are_new(cleaner, chunk) else ())
                copy_rows(cursor, RosterRow, COPIED, (_staged(batch, line, families, cleaner, ids) for line in cleaned))
                copy_rows(cursor, Problem, PROBLEM_COLUMNS, _problems(batch, head, odd))
            report(len(chunk))
        if head.number:
            with transaction.atomic(), connection.cursor() as cursor:
                members.join(cursor, batch)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL default_statistics_target = 20")  # a sample of 6,000 rows tells enough
            cursor.execute("ANALYZE beneficiaries_rosterrow (batch_id, family, kk, nik)")

    def rows_left_out(self, batch) -> list[int]:
        also = RosterRow.objects.filter(batch=batch, outcome="error", also_row__isnull=False)
        return [*super().rows_left_out(batch), *also.values_list("also_row", flat=True)]

    def hold(self, batch) -> Since:
        return hold.hold(batch)

    def match(self, batch) -> None:
        match.match(batch)

    def preview(self, batch, outcome: str, after: int, limit: int, narrowed: Narrowed = EVERYTHING) -> list[PreviewRow]:
        return preview.rows(batch, self.rows_narrowed(batch, narrowed), outcome, after, limit)

    def rows_narrowed(self, batch, narrowed: Narrowed):
        return narrowing.rows_narrowed(super().rows_narrowed(batch, narrowed), narrowed)

    def places(self, batch, outcomes: list[str], within: str) -> list[tuple[str, str]]:
        return narrowing.places(batch, outcomes, within)

    def changing(self, batch) -> list[tuple[str, str, int]]:
        return narrowing.changing(batch)

    def choosable(self, batch, keys: set[tuple[int, str]]) -> set[tuple[int, str]]:
        return choosing.choosable(batch, keys)

    def rows_of_field(self, batch, field: str):
        return choosing.rows_of_field(batch, field)

    def suspects(self, batch, user, narrowed: Narrowed, after: int, limit: int) -> list[Suspect]:
        return pairs.suspects(batch, user, self.rows_narrowed(batch, narrowed), after, limit)

    def decide(self, batch, by, row: int, key: str, answer: str, seen: str) -> None:
        pairs.decide(batch, by, row, int(key), answer, seen)

    def reconsider(self, batch, rows: set[int] | None) -> None:
        match.match_again(batch, None if rows is None else choosing.families_of(batch, rows))

    def write(self, batch, by) -> None:
        write.write(batch, by)

    def undo(self, batch, by) -> list[dict]:
        return undo.undo(batch, by)

    def more_tabs(self, batch) -> list[tuple[str, str, int, str]]:
        url = reverse("rosters:missing_list", args=[batch.pk])
        return [("missing", "Tidak ada di daftar", batch.counts.get("missing", 0), url)]

    def describe_kept(self, batch, entries: list[dict]) -> list[Kept]:
        return kept_households(batch, entries)


def kept_households(batch, entries: list[dict]) -> list[Kept]:
    """Families that an undo left as they are, by name as long as they live where the batch's uploader may look."""
    families = Household.objects.for_user(batch.uploaded_by).filter(pk__in={entry["household"] for entry in entries})
    names = dict(families.values_list("pk", "recipient_name"))
    return [
        Kept(
            names.get(entry["household"]) or f"KPM {id_number(entry['household'])}",
            reverse("beneficiaries:household_detail", args=[entry["household"]]),
            entry["what"],
        )
        for entry in entries
    ]


def is_number(word: str) -> bool:
    """Whether a cell holds most of a NIK or KK, cut by Excel perhaps; the number of who signs is none."""
    if word.isdecimal():
        return len(word) >= 8
    is_long = len(re.findall(r"\d", word)) >= 8 or cells.EXPONENT.fullmatch(word)
    return bool(is_long and not _SIGNATURE.match(word))


def assistants_for(program) -> dict[str, tuple[int, tuple[str, ...]]]:
    """Whom a sheet of this programme may name: user name in lower case -> id, region codes. Cost: three queries."""
    found = User.objects.active().filter(role=Role.PENDAMPING).prefetch_related("regions", "programs")
    return {
        assistant.username.lower(): (assistant.pk, tuple(region.code for region in assistant.regions.all()))
        for assistant in found
        if assistant.all_programs or program in assistant.programs.all()
    }


def _importer(batch) -> Importer:
    program = frozenset({plain(batch.program.code), plain(batch.program.name)})
    codes = tuple(batch.uploaded_by.region_codes)
    return Importer(codes, assistants_for(batch.program), timezone.localdate(), program)


def _cleaned(cleaner: LineCleaner, chunk: list, odd: list[Line]) -> Iterator[Line]:
    """Clean lines one by one; only those with something to say are kept, in `odd`."""
    for row, row_cells in chunk:
        line = cleaner.clean(row, row_cells)
        if line.findings:
            odd.append(line)
        yield line


class _Families:
    """Numbers the families of a sheet from `base` on, in its order."""

    def __init__(self, base: int):
        self.last, self.known = base, {}

    def number_of(self, key: bytes | int) -> int:
        """The number of a family; a key that is a line's own comes once and is not kept."""
        if (number := self.known.get(key)) is None:
            number = self.last = self.last + 1
            if isinstance(key, bytes):
                self.known[key] = number
        return number


def _are_new(cleaner: LineCleaner, chunk: list) -> bool:
    """Whether most lines of a chunk are families whose number nobody has. Cost: one query."""
    if cleaner.by_person:
        return False
    numbers = [line.values["kk"] for line in _cleaned(cleaner, chunk[:ASKED], []) if line.values.get("kk")]
    return 2 * Household.objects.filter(kk__in=numbers).count() < len(numbers)


def _staged(batch, line: Line, families: _Families, cleaner: LineCleaner, ids: Iterator[int]) -> list:
    """A line as it is copied, with an id of `ids` as a new family's: where the comparison finds that it is one, the
    row need not be touched again."""
    family = families.number_of(line.family_key)
    household = None if line.is_wrong else next(ids, None)
    outcome = "error" if line.is_wrong else "create" if household else ""
    is_recipient = line.is_marked or not cleaner.by_person
    return [batch.pk, line.row, outcome, household, family, is_recipient, *map(line.values.get, STAGED)]


def _problems(batch, head: Head, lines: list[Line]):
    for line in lines:
        for finding in line.findings:
            title = head.titles.get(finding.field) or TITLES[finding.field]
            level = Problem.Level.ERROR if finding.is_error else Problem.Level.WARNING
            yield [batch.pk, head.sheet, line.row, title, finding.value, finding.code, level, finding.message]
