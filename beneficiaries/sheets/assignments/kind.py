"""Which assistant gets which families, from a sheet: No KK (or the recipient's NIK), user name, perhaps a first day.

The same rules as for many families picked on the list (beneficiaries.handover), in SQL: tens of thousands at once.
"""

import datetime

from django.urls import reverse
from django.utils import timezone

from beneficiaries.forms.assigning import DAYS_BACK
from beneficiaries.models.household import Household
from beneficiaries.sheets.assignments import match, write
from beneficiaries.sheets.assignments.models import AssignmentRow
from beneficiaries.sheets.roster import cells
from beneficiaries.sheets.roster.columns import COLUMNS as ROSTER
from beneficiaries.sheets.roster.kind import TEXT_NUMBERS, is_number, kept_households
from beneficiaries.sheets.roster.messages import MESSAGES as ROSTER_MESSAGES
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Permission
from ejsika.imports.kinds import Change, Column, Head, Kept, PreviewRow, Since
from ejsika.imports.line_kind import Line, LineKind
from ejsika.imports.line_template import LineTemplate
from ejsika.lib.sealed import seal_number
from ejsika.lib.tags import day

_WORDS = {column.field: column.words for column in ROSTER}
COLUMNS = [
    Column("kk", "No KK", _WORDS["kk"]),
    Column("nik", "NIK Pengurus", _WORDS["nik"]),
    Column("name", "Nama Pengurus", _WORDS["name"]),
    Column(
        "username",
        "Nama Pengguna Pendamping",
        ("Nama Pengguna", "Username", "User Name", "Username Pendamping", "User Pendamping", "Akun", "Akun Pendamping"),
        required=True,
    ),
    Column("assistant", "Pendamping", ("Pendamping Baru",)),  # holds user names where there is no column of its own
    Column("starting_on", "Mulai Tanggal", ("Mulai", "Tanggal Mulai", "Tgl Mulai", "Sejak", "TMT", "Terhitung Mulai")),
]
MESSAGES = {code: ROSTER_MESSAGES[code] for code in ("required", "region_outside_scope", "identity_conflict")} | {
    **{code: said for code, said in ROSTER_MESSAGES.items() if code.startswith(("nik_", "kk_"))},
    "required": "Isi No KK, atau NIK pengurus bila No KK-nya tidak diketahui.",
    "username_required": "Isi nama pengguna pendamping.",
    "date_invalid": "Tanggal ini tidak ada. Tulis hari/bulan/tahun, misalnya 04/11/2026.",
    "date_out_of_reach": "Hari pertama boleh hari ini, atau paling lama tiga bulan lalu. Kosongkan untuk hari ini.",
    "household_unknown": "Tidak ada keluarga dengan nomor ini di data KPM. Periksa nomornya, atau impor rosternya.",
    "assistant_unknown": "Tidak ada pendamping aktif dengan nama pengguna ini yang wilayah dan programnya mencakup "
    "keluarga itu.",
    "duplicate_in_file": "Keluarga ini ada lebih dari sekali di berkas. Sisakan satu baris yang benar.",
    "kk_unknown": "No KK ini tidak terdaftar; keluarganya dikenali dari NIK. Periksa apakah memang itu.",
    "household_inactive": "Keluarga ini sudah graduasi atau nonaktif. Periksa apakah masih perlu pendamping.",
}
EXAMPLE = {
    "kk": "3602010101260000",
    "nik": "3602014405800000",
    "name": "CONTOH Siti Aminah (baris ini tidak diimpor)",
    "username": "budi.santoso",
    "starting_on": "01/11/2026",
}
NOTES = [
    (
        "Satu keluarga satu baris",
        "Isi lembar Penugasan mulai baris 3. Kolom boleh dipindah dan ditambah.",
    ),
    ("Wajib", "No KK (atau NIK Pengurus), dan Nama Pengguna Pendamping."),
    ("Pendamping", "Nama pengguna yang dipakai untuk masuk, bukan nama orangnya. Lihat lembar Daftar Pendamping."),
    ("Mulai Tanggal", "Boleh kosong: hari ini. Boleh paling lama tiga bulan lalu."),
    ("Riwayat", "Penugasan sebelumnya berakhir pada hari itu dan tetap tersimpan."),
]


class AssignmentKind(LineKind):
    name, label, unit = "assignments", "Penugasan pendamping", "penugasan"
    titles = ("Pengurus", "No KK", "Desa/kelurahan, pendamping")
    about = [
        "Wajib: No KK (atau NIK Pengurus), dan Nama Pengguna Pendamping.",
        "Boleh ada: Mulai Tanggal (paling lama tiga bulan lalu; kosong berarti hari ini). Kolom lain dilewati. "
        "Keluarga yang tidak ada di berkas tidak berubah.",
        TEXT_NUMBERS,
    ]
    columns, staging = COLUMNS, AssignmentRow
    permissions = frozenset({Permission.ROSTER_IMPORT, Permission.HOUSEHOLD_ASSIGN})
    program_help = None
    least_columns = 2
    kept_as_text = frozenset({"kk", "nik", "starting_on"})
    numbers = frozenset({"kk", "nik"})
    staged = ["kk", "nik", "username", "starting_on"]
    messages, warnings = MESSAGES, frozenset({"kk_unknown", "household_inactive"})
    example, example_keys = EXAMPLE, ("kk", "nik")

    def is_head(self, head: Head) -> bool:
        return super().is_head(head) and bool({"username", "assistant"} & head.fields.keys())

    def check_head(self, head: Head) -> None:
        """Any head that is_head() takes has what is needed."""

    def is_data(self, head: Head, row: list) -> bool:
        line = Line(head, 0, row)
        if any(is_number(cells.text(line.cell(name))) for name in ("kk", "nik")):
            return True
        return bool(_username(line) and line.written("name")) and not self.is_repeated_head(head, row)

    def cleaner(self, batch):
        today = timezone.localdate()

        def clean(line: Line) -> None:
            self._clean_numbers(line)
            line.values["username"] = _username(line)[:60]
            if not line.values["username"]:
                self.find(line, _username_field(line), "username_required")
            self._clean_day(line, today)

        return clean

    def _clean_numbers(self, line: Line) -> None:
        """Read and seal KK and NIK: one of them is enough, but one that is written must be right."""
        codes = {}
        for name in ("kk", "nik"):
            number, codes[name] = cells.identity(line.cell(name), name)
            line.values[name] = number and seal_number(name, number)
            if codes[name] not in (None, "required"):
                self.find(line, name, codes[name])
        if set(codes.values()) == {"required"}:
            self.find(line, "kk" if "kk" in line.head.fields else "nik", "required")

    def _clean_day(self, line: Line, today: datetime.date) -> None:
        first, code = cells.date(line.cell("starting_on"), nik=None, today=datetime.date.max, adult=False)
        if code:
            self.find(line, "starting_on", code)
        elif first and not today - datetime.timedelta(days=DAYS_BACK) <= first <= today:
            self.find(line, "starting_on", "date_out_of_reach")
        line.values["starting_on"] = first

    def hold(self, batch) -> Since:
        return match.hold(batch)

    def match(self, batch) -> None:
        self.tell(batch, match.match(batch))

    def write(self, batch, by) -> None:
        write.write(batch, by)

    def undo(self, batch, by) -> list[dict]:
        return write.undo(batch, by)

    def describe_kept(self, batch, entries: list[dict]) -> list[Kept]:
        return kept_households(batch, entries)

    def preview(self, batch, outcome: str, after: int, limit: int) -> list[PreviewRow]:
        """Cost: three queries."""
        found = list(AssignmentRow.objects.filter(batch=batch, outcome=outcome, row__gt=after).order_by("row")[:limit])
        families = Household.objects.select_related("region").in_bulk([row.household for row in found])
        people = dict(User.objects.filter(pk__in=_people(found)).values_list("pk", "name"))
        return [
            PreviewRow(
                row=row.row,
                title=families[row.household].recipient_name,
                number=str(families[row.household].kk),
                place=", ".join(filter(None, [families[row.household].region.name, people.get(row.assistant)])),
                url=reverse("beneficiaries:household_detail", args=[row.household]),
                changes=_changes(row, people),
            )
            for row in found
            if row.household in families
        ]

    def template(self, user) -> LineTemplate:
        assistants = User.objects.for_user(user).active().assistants().order_by("username").prefetch_related("regions")
        rows = [[one.username, one.name, ", ".join(r.name for r in one.regions.all())] for one in assistants]
        return LineTemplate(
            "Penugasan",
            NOTES,
            EXAMPLE,
            lists={"username": [username for username, _, _ in rows]},
            tables=[("Daftar Pendamping", ["Nama Pengguna", "Nama", "Wilayah"], rows)],
        )


def _username_field(line: Line) -> str:
    return "username" if "username" in line.head.fields else "assistant"


def _username(line: Line) -> str:
    return line.written(_username_field(line))


def _people(rows: list[AssignmentRow]) -> set[int]:
    return {pk for row in rows for pk in (row.holder, row.assistant)} - {None}


def _changes(row: AssignmentRow, people: dict[int, str]) -> tuple[Change, ...]:
    if row.holder == row.assistant:
        return ()
    changes = [Change("Pendamping", people.get(row.holder, ""), people.get(row.assistant, ""))]
    return (*changes, Change("Mulai", "", day(row.starting_on))) if row.starting_on else tuple(changes)
