"""How a list is to be downloaded: in which format, and whether with numbers, which needs a reason."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.formats import number_format

from reports.exports.base import MOST_PRINTED

SHORTEST_REASON = 10


class FileKind(models.TextChoices):
    XLSX = "xlsx", "Excel (XLSX)"
    CSV = "csv", "CSV, untuk program lain"
    PAPER = "cetak", "Halaman untuk dicetak"
    ROSTER = "roster", "Templat roster (XLSX)"
    PERSONS = "orang", "Satu orang satu baris (CSV)"


ROSTERS = {FileKind.ROSTER, FileKind.PERSONS}  # they hold what an import reads, so they need the numbers
FORMAT_OF = {FileKind.XLSX: "xlsx", FileKind.CSV: "csv", FileKind.ROSTER: "xlsx", FileKind.PERSONS: "csv"}


class Purpose(models.TextChoices):
    MATCHING = "pemadanan", "Pemadanan data kependudukan"
    PAYMENT = "penyaluran", "Penyaluran bantuan lewat bank atau pos"
    CHECK = "pemeriksaan", "Pemeriksaan atau audit"
    OTHER = "lain", "Keperluan lain"


class ExportForm(forms.Form):
    """`with_numbers`, `purpose` and `reason` are there only for who may have numbers."""

    file_kind = forms.ChoiceField(
        label="Jenis berkas",
        choices=FileKind,
        initial=FileKind.XLSX,
        widget=forms.RadioSelect,
        error_messages={"required": "Pilih jenis berkas.", "invalid_choice": "Pilih salah satu di bawah."},
    )
    with_numbers = forms.BooleanField(label="Sertakan NIK dan No KK lengkap", required=False)
    purpose = forms.ChoiceField(
        label="Tujuan",
        required=False,
        choices=[("", "Pilih tujuan"), *Purpose.choices],
        help_text="wajib jika nomor disertakan",
        error_messages={"invalid_choice": "Pilih tujuan dari daftar."},
    )
    reason = forms.CharField(
        label="Keterangan",
        required=False,
        max_length=300,
        help_text="untuk siapa dan untuk apa nomornya dipakai; jangan tulis nama atau nomor keluarga",
    )

    def __init__(self, data=None, *, offers_numbers: bool, count: int, offers_roster: bool = False, program=None):
        super().__init__(data, label_suffix="")
        self.count, self.program = count, program
        if not (offers_numbers and offers_roster):
            self.fields["file_kind"].choices = [one for one in FileKind.choices if one[0] not in ROSTERS]
        if not offers_numbers:
            for name in ("with_numbers", "purpose", "reason"):
                del self.fields[name]

    def clean_file_kind(self) -> str:
        kind = self.cleaned_data["file_kind"]
        if kind == FileKind.PAPER and self.count > MOST_PRINTED:
            most = number_format(MOST_PRINTED, force_grouping=True)
            raise ValidationError(f"Daftar ini terlalu panjang untuk dicetak: paling banyak {most} baris. Pilih XLSX.")
        if kind in ROSTERS and self.program is None:
            raise ValidationError("Roster adalah daftar satu program. Saring dahulu daftarnya menurut program.")
        return kind

    def clean(self) -> dict:
        chosen = self.cleaned_data
        if chosen.get("file_kind") in ROSTERS and not chosen.get("with_numbers"):
            self.add_error("with_numbers", "Roster tanpa nomor tidak dapat diimpor lagi. Centang, lalu isi tujuannya.")
        if not chosen.get("with_numbers"):
            return chosen | {"with_numbers": False, "purpose": "", "reason": ""}
        if chosen.get("file_kind") == FileKind.PAPER:
            self.add_error("with_numbers", "Nomor lengkap tidak dicetak. Pilih XLSX atau CSV, atau lepas centang ini.")
        if not chosen.get("purpose") and "purpose" not in self.errors:
            self.add_error("purpose", "Pilih untuk apa nomor lengkap diperlukan.")
        if len(chosen.get("reason", "")) < SHORTEST_REASON and "reason" not in self.errors:
            self.add_error("reason", ValidationError(f"Tulis keterangannya, sedikitnya {SHORTEST_REASON} huruf."))
        return chosen
