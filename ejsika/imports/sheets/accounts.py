"""Accounts of assistants and coordinators from a sheet: new ones, and other names, regions, programmes of known ones.

A sheet holds no passwords: whoever saved it makes one-time links for the new accounts afterwards. Every account is
written by ejsika.accounts.actions, within the scope of who saves it.
"""

import hashlib
import json
from collections import Counter

from django.contrib.auth.validators import ASCIIUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Lower

from ejsika.accounts.models import User
from ejsika.accounts.permissions import Permission, Role
from ejsika.accounts.scope import grantable_programs
from ejsika.imports.cells import written
from ejsika.imports.columns import is_secret
from ejsika.imports.kinds import Change, Column, Head, Kept, PreviewRow, Refusal, Since, plain
from ejsika.imports.line_kind import Line, LineKind
from ejsika.imports.line_template import LineTemplate
from ejsika.imports.models import AccountRow, Problem
from ejsika.imports.sheets import account_writing
from ejsika.imports.sheets.region_names import RegionNames
from ejsika.regions.models import Region

ROLES = {
    plain(word): role.value
    for role in (Role.PENDAMPING, Role.KOORDINATOR)
    for word in (role.value, role.label, f"{role.label} Sosial", f"{role.label} Kecamatan")
}
ALL_PROGRAMS = {plain(word) for word in ("semua", "semua program", "all")}
LONGEST_NAME = 150
COLUMNS = [
    Column(
        "username",
        "Nama Pengguna",
        ("Username", "User Name", "User", "Akun", "ID Pengguna", "Nama Pengguna Pendamping", "Username Pendamping"),
        required=True,
    ),
    Column("name", "Nama", ("Nama Lengkap", "Nama Pendamping", "Pendamping", "Nama Petugas")),
    Column("regions", "Wilayah", ("Wilayah Tugas", "Wilayah Kerja", "Wilayah Dampingan", "Kode Wilayah")),
    Column("kecamatan", "Kecamatan", ("Kec", "Nama Kecamatan")),
    Column("kabupaten", "Kabupaten/Kota", ("Kab/Kota", "Kabupaten", "Kota", "Kab")),
    Column("programs", "Program"),
    Column("role", "Peran", ("Jabatan", "Role")),
]
TITLES = {column.field: column.title for column in COLUMNS} | {"is_active": "Keadaan"}
MESSAGES = {
    "required": "Kolom ini wajib diisi untuk akun baru.",
    "username_invalid": "Nama pengguna hanya huruf, angka, titik, garis, @ dan +, tanpa spasi, paling banyak 60.",
    "username_taken": "Nama pengguna ini sudah dipakai. Pilih nama lain.",
    "account_inactive": "Akun ini dinonaktifkan. Aktifkan dahulu di halaman pengguna bila orangnya kembali.",
    "role_other": "Akun ini bukan pendamping atau koordinator. Ubah di halaman pengguna.",
    "choice_unknown": "Pilihan ini tidak dikenal. Pakai salah satu: Pendamping, Koordinator.",
    "program_unknown": "Program {word} tidak ada atau bukan program Anda. Pakai kode program.",
    "region_unknown": "Wilayah {word} tidak ada di daftar resmi. Pakai kode atau nama dari templat.",
    "region_ambiguous": "Wilayah {word} ada di beberapa tempat. Pakai kodenya.",
    "region_outside_scope": "Wilayah {word} di luar wilayah Anda.",
    "text_too_long": "Isi terlalu panjang. Singkat menjadi paling banyak 150 huruf.",
    "duplicate_in_file": "Nama pengguna ini ada lebih dari sekali di berkas. Sisakan satu baris yang benar.",
}
HOLDS_PASSWORDS = (
    "Ada kolom kata sandi di berkas ini. Hapus kolomnya, lalu unggah lagi: kata sandi dibuat orangnya sendiri lewat "
    "tautan sekali pakai."
)
EXAMPLE = {
    "username": "contoh.pendamping",
    "name": "CONTOH Budi Santoso (baris ini tidak diimpor)",
    "regions": "3602182010; Kec. Warunggunung",
    "role": "Pendamping",
}
NOTES = [
    ("Satu akun satu baris", "Isi lembar Akun mulai baris 3. Kolom boleh dipindah dan ditambah."),
    ("Wajib untuk akun baru", "Nama Pengguna, Nama, dan Wilayah (atau Kecamatan dengan Kabupaten/Kota)."),
    ("Wilayah", "Kode atau nama; beberapa wilayah dipisah titik koma. Daftarnya ada di lembar Daftar Wilayah."),
    ("Program", "Kode program, beberapa dipisah titik koma. Kosong: program yang dipilih saat mengunggah."),
    ("Peran", "Pendamping atau Koordinator. Kosong: Pendamping."),
    ("Kata sandi", "Tidak pernah di lembar ini. Sesudah disimpan, buat tautan sekali pakai di halaman impornya."),
    ("Sel kosong", "Tidak mengubah apa pun pada akun yang sudah ada."),
]


class AccountKind(LineKind):
    name, label, unit = "accounts", "Akun pendamping", "akun"
    titles = ("Nama", "Nama pengguna", "Wilayah")
    about = [
        "Wajib: Nama Pengguna; untuk akun baru juga Nama dan Wilayah (kode atau nama, beberapa dipisah titik koma).",
        "Boleh ada: Program, Peran (Pendamping atau Koordinator). Sel kosong tidak mengubah akun yang sudah ada.",
        "Jangan taruh kata sandi di lembar ini: sesudah disimpan, tautan sekali pakai dibuat di halaman impornya.",
    ]
    columns, staging = COLUMNS, AccountRow
    permissions = frozenset({Permission.ROSTER_IMPORT, Permission.USER_MANAGE})
    program_help = "Program akun baru yang tidak menyebut programnya."
    keys, least_columns = frozenset({"username"}), 2
    kept_as_text = frozenset({"username", "regions"})
    staged = ["username", "name", "role", "regions", "programs", "changes"]
    messages = MESSAGES
    example, example_keys = EXAMPLE, ("username",)
    next_step = "imports/_account_links.html"

    def check_head(self, head: Head) -> None:
        super().check_head(head)
        if any(map(is_secret, head.cells)):
            raise Refusal("password_column", HOLDS_PASSWORDS)

    def is_data(self, head: Head, row: list) -> bool:
        line = Line(head, 0, row)
        filled = [name for name in head.fields if line.written(name)]
        return bool(line.written("username") or len(filled) > 1) and not self.is_repeated_head(head, row)

    def cleaner(self, batch):
        user = batch.uploaded_by
        regions = RegionNames(user.region_codes)
        programs = {plain(word): p.code for p in grantable_programs(user) for word in (p.code, p.name)}

        def clean(line: Line) -> None:
            self._clean_names(line)
            role = line.written("role")
            line.values["role"] = ROLES.get(plain(role), "")
            if role and not line.values["role"]:
                self.find(line, "role", "choice_unknown")
            self._clean_regions(line, regions)
            self._clean_programs(line, programs, may_all=user.all_programs)
            line.values["changes"] = "[]"

        return clean

    def _clean_names(self, line: Line) -> None:
        username, name = line.written("username"), line.written("name")
        line.values |= {"username": username[:60], "name": name[:LONGEST_NAME]}
        try:
            ASCIIUsernameValidator()(username)
        except ValidationError:
            self.find(line, "username", "username_invalid")
        else:
            if len(username) > 60:
                self.find(line, "username", "username_invalid")
        if len(name) > LONGEST_NAME:
            self.find(line, "name", "text_too_long")

    def _clean_regions(self, line: Line, regions: RegionNames) -> None:
        name = "regions" if line.written("regions") else "kecamatan" if line.written("kecamatan") else "kabupaten"
        text, within = str(line.cell(name)), line.written("kabupaten") if name == "kecamatan" else ""
        codes, problem, word = regions.read(text if written(text) else "", within)
        line.values["regions"] = json.dumps(codes)
        if problem:
            self.find(line, name, problem, word=word[:60])

    def _clean_programs(self, line: Line, known: dict[str, str], *, may_all: bool) -> None:
        words = [word for word in line.written("programs").replace(",", ";").split(";") if word.strip()]
        if may_all and len(words) == 1 and plain(words[0]) in ALL_PROGRAMS:
            line.values["programs"] = json.dumps("all")
            return
        for word in words:
            if plain(word) not in known:
                self.find(line, "programs", "program_unknown", word=word.strip()[:60])
        codes = sorted({known[plain(word)] for word in words if plain(word) in known})
        line.values["programs"] = json.dumps(codes) if words else None

    def hold(self, batch) -> Since:
        """Nothing: every account is held by the act that writes it, and compared before."""
        return Since.OTHERS

    @transaction.atomic
    def match(self, batch) -> None:
        """Cost: eight queries, whatever the number of rows."""
        Problem.objects.filter(batch=batch, is_from_register=True)._raw_delete("default")
        unreadable = set(batch.problems.filter(level="error").values_list("row", flat=True))
        rows = [row for row in AccountRow.objects.filter(batch=batch).order_by("row") if row.row not in unreadable]
        accounts = _Accounts(batch, [row.username.lower() for row in rows])
        found = []
        for row in rows:
            if wrong := accounts.compare(row):
                name, code = wrong
                found.append((row.row, name, row.username if name == "username" else "", code, {}))
        AccountRow.objects.bulk_update(rows, ["user", "outcome", "changes"], batch_size=1_000)
        self.tell(batch, found)
        outcomes = Counter(AccountRow.objects.filter(batch=batch).values_list("outcome", flat=True))
        batch.counts = dict.fromkeys(("create", "change", "same", "error", "suspect"), 0) | outcomes
        told = repr([(row.row, row.outcome, row.user, row.changes) for row in rows])
        batch.compared = hashlib.sha256(told.encode()).hexdigest()[:20]
        batch.save(update_fields=["counts", "compared"])

    def preview(self, batch, outcome: str, after: int, limit: int) -> list[PreviewRow]:
        """Cost: three queries."""
        rows = list(AccountRow.objects.filter(batch=batch, outcome=outcome, row__gt=after).order_by("row")[:limit])
        users = User.objects.prefetch_related("regions").in_bulk([row.user for row in rows if row.user])
        codes = {code for row in rows for code in row.regions}
        codes |= {
            code for row in rows for field, old, new in row.changes if field == "regions" for code in (old or []) + new
        }
        names = dict(Region.objects.filter(code__in=codes).values_list("code", "name"))
        return [_shown(row, users.get(row.user), names) for row in rows]

    def write(self, batch, by) -> None:
        account_writing.write(batch, by)

    def undo(self, batch, by) -> list[dict]:
        return account_writing.undo(batch, by)

    def describe_kept(self, batch, entries: list[dict]) -> list[Kept]:
        users = User.objects.in_bulk({entry["user"] for entry in entries})
        known = ((users[entry["user"]], entry["what"]) for entry in entries)
        return [Kept(user.name, user.get_absolute_url(), what) for user, what in known]

    def template(self, user) -> LineTemplate:
        regions = Region.objects.within(user.region_codes).filter(closed_on=None).order_by("code")
        rows = [[region.code, region.name, region.get_level_display()] for region in regions]
        lists = {"role": [Role.PENDAMPING.label, Role.KOORDINATOR.label]}
        lists["programs"] = list(grantable_programs(user).order_by("code").values_list("code", flat=True))
        return LineTemplate("Akun", NOTES, EXAMPLE, lists, [("Daftar Wilayah", ["Kode", "Nama", "Tingkat"], rows)])


class _Accounts:
    """The accounts that a batch's user names lead to, and what its rows would change of them."""

    def __init__(self, batch, usernames: list[str]):
        self.batch, self.times = batch, Counter(usernames)
        found = User.objects.annotate(key=Lower("username")).filter(key__in=self.times)
        self.users = {user.key: user for user in found.prefetch_related("regions", "programs")}
        self.visible = set(
            User.objects.for_user(batch.uploaded_by).filter(pk__in=[u.pk for u in found]).values_list("pk", flat=True)
        )
        self.usual_program = [batch.program.code] if batch.program else []

    def compare(self, row: AccountRow) -> tuple[str, str] | None:
        """Set a row's account, outcome and changes; gives the (field, code) of what is wrong."""
        user = self.users.get(row.username.lower())
        row.user, row.changes = None, []
        wrong = self._wrong(row, user)
        if wrong:
            row.outcome = "error"
            return wrong
        now = account_writing.plain_of(user) if user else {}
        row.user = user.pk if user else None
        wanted = {"name": row.name, "role": row.role, "regions": sorted(row.regions), "programs": row.programs}
        if user is None:
            wanted |= {"role": row.role or Role.PENDAMPING.value, "programs": row.programs or self.usual_program}
        row.changes = [
            [name, now.get(name), value] for name, value in wanted.items() if value not in ("", [], None, now.get(name))
        ]
        is_new = user is None or not user.is_active
        row.outcome = "create" if is_new else "change" if row.changes else "same"
        return None

    def _wrong(self, row: AccountRow, user: User | None) -> tuple[str, str] | None:
        if self.times[row.username.lower()] > 1:
            return "username", "duplicate_in_file"
        if user is None:
            missing = next((name for name in ("name", "regions") if not getattr(row, name)), None)
            return (missing, "required") if missing else None
        if user.pk not in self.visible:
            return "username", "username_taken"
        if user.role not in ROLES.values():
            return "username", "role_other"
        if not user.is_active and account_writing.was_used(user):
            return "username", "account_inactive"
        return None


def _shown(row: AccountRow, user: User | None, names: dict[str, str]) -> PreviewRow:
    regions = [names.get(code, code) for code in row.regions]
    if user and not regions:
        regions = [region.name for region in user.regions.all()]
    changes = row.changes if row.outcome == "change" else []
    return PreviewRow(
        row=row.row,
        title=row.name or (user.name if user else ""),
        number=row.username,
        place=", ".join(regions),
        url=user.get_absolute_url() if user else "",
        changes=tuple(Change(TITLES[name], _words(old, names), _words(new, names)) for name, old, new in changes),
    )


def _words(value, names: dict[str, str]) -> str:
    if isinstance(value, list):
        return ", ".join(names.get(word, word) for word in value)
    return {"all": "semua program"}.get(value) or dict(Role.choices).get(value) or value or ""
