"""Acts and what they changed, in words: old → new, sealed values only as dots."""

import datetime
from dataclasses import dataclass

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.formats import date_format, number_format

from assistance_logs.models import ExcuseReason, LeaveReason
from assistance_logs.targets.models import TargetKind
from beneficiaries.assessment_choices import PhotoSubject
from beneficiaries.choices import GraduationKind, GraduationReason, InactiveReason
from beneficiaries.history import WORDS as HOUSEHOLD_WORDS
from beneficiaries.numbers import NumberKind
from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent
from ejsika.lib.sealed import mask_within
from reports.exports.form import Purpose

MORE = [("legalbasis", "Dasar hukum"), ("reviewlimit", "Batas tinjauan")]
ACTIONS = {
    "Keluarga": {
        "household.created": "Keluarga didaftarkan",
        "household.edited": "Data keluarga diubah",
        "member.edited": "Anggota keluarga diubah",
        "member.added": "Anggota keluarga ditambahkan",
        "household.assigned": "Pendamping diganti",
        "household.imported": "Keluarga diimpor",
        "household.left_out": "Dinonaktifkan: tidak ada di roster lengkap",
        "household.import_undone": "Impor keluarga dibatalkan",
        "household.merged": "Digabung dengan keluarga lain",
        "household.merged_away": "Digabungkan ke dalam keluarga lain",
        "number.revealed": "Nomor dibuka",
        "suspect.decided": "Diduga ganda diputuskan",
        "visit.logged": "Kunjungan dicatat",
        "visit.corrected": "Kunjungan diperbaiki",
        "visit.photo_added": "Foto kunjungan ditambahkan",
        "visit.approved": "Kunjungan disetujui",
        "visit.returned": "Kunjungan dikembalikan",
        "duty.excused": "Halangan dicatat",
        "duty.excuse_revoked": "Halangan dicabut",
        "assessment.recorded": "Asesmen dicatat",
        "assessment.corrected": "Asesmen diperbaiki",
        "assessment.photo_added": "Foto asesmen ditambahkan",
    },
    "Kelompok": {
        "group.created": "Kelompok dibuat",
        "group.edited": "Kelompok diubah",
        "group.closed": "Kelompok dibubarkan",
        "group.joined": "Keluarga masuk kelompok",
        "group.left": "Keluarga keluar dari kelompok",
        "session.logged": "Pertemuan dicatat",
        "session.corrected": "Pertemuan diperbaiki",
        "session.photo_added": "Foto pertemuan ditambahkan",
    },
    "Graduasi": {
        "graduation.proposed": "Graduasi diusulkan",
        "graduation.verified": "Graduasi diverifikasi",
        "graduation.decided": "Graduasi ditetapkan",
        "graduation.returned": "Usulan graduasi dikembalikan",
    },
    "Data": {
        "import.declared_complete": "Roster dinyatakan lengkap",
        "import.missing_chosen": "Keluarga di luar roster dipilih",
        "import.received": "Berkas impor diunggah",
        "import.committed": "Impor disimpan",
        "import.undone": "Impor dibatalkan",
        "import.discarded": "Impor tidak jadi",
        "import.chosen": "Pilihan sebuah impor diubah",
        "import.columns_named": "Kolom sebuah impor ditentukan",
        "import.cancelled": "Langkah sebuah impor dihentikan",
        "import.rows_handed_back": "Baris salah sebuah impor diunduh",
        "list.exported": "Daftar diunduh",
    },
    "Pengguna": {
        "user.created": "Pengguna didaftarkan",
        "user.changed": "Pengguna diubah",
        "user.deactivated": "Pengguna dinonaktifkan",
        "user.activated": "Pengguna diaktifkan lagi",
        "user.link_made": "Tautan kata sandi dibuat",
        "user.password_chosen": "Kata sandi dibuat lewat tautan",
        "user.password_changed": "Kata sandi sendiri diganti",
        "user.password_set": "Kata sandi diatur",
        "user.logged_in": "Masuk",
        "user.logged_out": "Keluar",
        "user.login_refused": "Percobaan masuk ditolak",
        "user.sessions_ended": "Dikeluarkan dari perangkat",
    },
    "Cuti": {"leave.asked": "Cuti diajukan", "leave.granted": "Cuti disetujui", "leave.revoked": "Cuti dibatalkan"},
    "Target": {"target.set": "Target ditetapkan", "report.printed": "Laporan bulanan diunduh"},
    "Pengaturan": {
        f"{model}.{act}": f"{name} {word}"
        for model, name in [("program", "Program"), ("programrule", "Aturan program"), *MORE]
        for act, word in [("created", "dibuat"), ("changed", "diubah"), ("deleted", "dihapus")]
    },
}
LABELS = {action: label for group in ACTIONS.values() for action, label in group.items()}
_KEYS = HOUSEHOLD_WORDS | {
    "username": "nama pengguna",
    "regions": "wilayah",
    "programs": "program",
    "device": "perangkat",
    "locked": "dikunci",
    "count": "banyaknya",
    "counts": "hasil",
    "kept": "hal yang dibiarkan",
    "created": "keluarga baru",
    "fields": "yang berubah",
    "changed": "yang berubah",
    "reason": "alasan",
    "reasons": "alasan",
    "note": "catatan",
    "remark": "catatan",
    "photos": "foto",
    "on": "tanggal",
    "decree": "nomor SK",
    "legal_basis": "dasar hukum",
    "kind": "jenis",
    "result": "hasil",
    "name": "nama",
    "list": "daftar",
    "columns": "kolom",
    "step": "langkah",
    "together": "ditugaskan sekaligus",
    "rows": "baris",
    "answer": "keputusan",
    "left": "tidak dipilih",
    "taken": "dipilih lagi",
    "file_kind": "bentuk berkas",
    "with_numbers": "dengan nomor",
    "purpose": "tujuan",
    **{kind.value: f"target {kind.label.lower()}" for kind in TargetKind},
    "joined": "keluarga masuk",
    "gone": "keluarga keluar",
    "presence": "kehadiran",
    "month": "bulan",
    "started_on": "mulai",
    "ended_on": "sampai dengan",
}
# Ids of rows that the entry is about anyway, and what only a program reads.
_UNSAID = {"batch", "visit", "case", "replaces", "assessment", "excuse", "member", "size", "cleared", "query"}
_UNSAID |= {"group", "session", "leave", "merged", "into"}
_SEALED = {"nik", "kk", "account_sealed", "account_digest", "account"}
_NAMES_OF_FIELDS = {"fields", "changed"}
# Whose columns the first word of an act speaks of, where that is not the row that the entry names.
_MODELS = {
    "visit": "assistance_logs.visit",
    "assessment": "beneficiaries.assessment",
    "member": "beneficiaries.member",
    "session": "assistance_logs.groupsession",
}
_VALUES = {
    "number.revealed kind": dict(NumberKind.choices),
    "household.left_out reason": dict(InactiveReason.choices),
    "assessment.photo_added subject": dict(PhotoSubject.choices),
    "graduation.proposed kind": dict(GraduationKind.choices),
    "graduation.proposed reasons": dict(GraduationReason.choices),
    "import.cancelled step": {"uploaded": "pemeriksaan", "committing": "penyimpanan", "undoing": "pembatalan"},
    "duty.excused reason": dict(ExcuseReason.choices),
    "leave.asked reason": dict(LeaveReason.choices),
    "list.exported purpose": dict(Purpose.choices),
    "role": dict(Role.choices),
    "answer": {"same": "orang yang sama", "different": "bukan orang yang sama", "open": "ditanyakan lagi"},
    "programs": {"all": "semua program"},
    "counts": {
        "create": "baru",
        "change": "berubah",
        "same": "sama",
        "error": "salah",
        "suspect": "mencurigakan",
        "left": "tidak dipilih",
        "fields": "isian tetap",
        "missing": "tidak ada di daftar",
        "leaving": "dinonaktifkan",
    },
}
SEALED = "•••"


@dataclass(frozen=True)
class Line:
    """One fact of an entry; `old` None where there is nothing that it took the place of."""

    label: str
    new: str
    old: str | None = None


def lines_of(event: AuditEvent, names: dict[tuple[str, object], str]) -> list[Line]:
    """What an entry says, line by line. `names` gives words for ("user", id) and ("region", code)."""
    lines = []
    for key, value in event.data.items():
        if key == "changes" and isinstance(value, dict):
            lines += [Line(_label(event, name), *_pair(event, name, pair, names)) for name, pair in value.items()]
        elif key == "assistant":
            old, new = (names.get(("user", pk), "tanpa pendamping") for pk in value)
            lines.append(Line("pendamping", new, old))
        elif key not in _UNSAID and value not in (None, "", [], {}, False):
            lines.append(Line(_label(event, key), _words(event, key, value, names)))
    return lines


def _pair(event, name, pair, names) -> tuple[str, str]:
    old, new = (_words(event, name, value, names) for value in pair)
    return new, old


def _label(event, name: str) -> str:
    if name in _KEYS:
        return _KEYS[name]
    field = _field(event, name)
    return str(field.verbose_name) if field is not None else name.replace("_", " ")


def _words(event, name: str, value, names) -> str:
    """A value as a person reads it; numbers of persons and accounts stay covered, whatever column they stand in."""
    if name in _SEALED:
        return SEALED if value else "kosong"
    if value is None or value == "" or value == []:
        return "kosong"
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, list):
        return ", ".join(dict.fromkeys(_words(event, name, item, names) for item in value))
    known = _VALUES.get(f"{event.action} {name}") or _VALUES.get(name) or {}
    if isinstance(value, dict):
        return ", ".join(
            f"{number_format(count, force_grouping=True)} {known.get(key, key)}" for key, count in value.items()
        )
    if name in _NAMES_OF_FIELDS:
        return _label(event, value)
    if name == "regions":
        return names.get(("region", value), value)
    if value in known:
        return str(known[value])
    return _plain(_field(event, name), value)


def _plain(field, value) -> str:
    choices = dict(field.flatchoices) if field is not None else {}
    if value in choices:
        return str(choices[value])
    if isinstance(value, int | float):
        return number_format(value, force_grouping=True)
    try:
        return (
            date_format(datetime.date.fromisoformat(value), "DATE_FORMAT") if len(value) == 10 else mask_within(value)
        )
    except ValueError:
        return mask_within(value)


def _field(event, name: str):
    """The column that a name means, of what the act speaks of or the row that the entry names."""
    for label in (_MODELS.get(event.action.split(".")[0]), event.target_kind):
        try:
            field = apps.get_model(label)._meta.get_field(name) if label else None
        except (LookupError, ValueError, FieldDoesNotExist):
            continue
        if field is not None and hasattr(field, "verbose_name"):
            return field
    return None
