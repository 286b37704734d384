from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from ejsika.imports.kinds import Narrowed
from ejsika.lib.kept import kept
from ejsika.programs.models import Program

NAMES_SHELF = "import_names"  # in the session: names that were searched for among the rows of an import
LONGEST_KEYS = 100_000


class UploadForm(forms.Form):
    program = forms.ModelChoiceField(Program.objects.none(), label="Program", empty_label=None)
    file = forms.FileField(
        label="Berkas",
        help_text="XLSX, XLS, ODS atau CSV. Data belum berubah: hasil periksa ditunjukkan dahulu.",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.ods,.csv,.txt"}),
        error_messages={"empty": "Berkas ini kosong (0 bita). Pilih berkas yang benar."},
    )

    def __init__(self, *args, user, kind, **kwargs):
        super().__init__(*args, **kwargs)
        if kind.program_help is None:
            del self.fields["program"]
            return
        self.fields["program"].help_text = kind.program_help
        programs = Program.objects.filter(is_active=True)
        self.fields["program"].queryset = programs if user.all_programs else programs.filter(pk__in=user.program_ids)

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > settings.ROSTER_MAX_BYTES:
            limit = settings.ROSTER_MAX_BYTES // 1_000_000
            raise ValidationError(f"Berkas lebih dari {limit} MB. Pecah menjadi beberapa berkas.")
        return file


class NarrowForm(forms.Form):
    """What a tab of an import is narrowed to, by GET. A bad value is an error and gives an empty list.

    `places`, `fields`, `codes` and `levels` are what the tab holds, as (value, words); None takes the choice away.
    """

    place = forms.ChoiceField(label="Wilayah", required=False)
    field = forms.ChoiceField(label="Yang berubah", required=False)
    code = forms.ChoiceField(label="Masalah", required=False)
    level = forms.ChoiceField(label="Tingkat", required=False)
    line = forms.IntegerField(label="Baris", required=False, min_value=1, max_value=2_000_000)
    name = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, query, *, session, places, fields, codes, levels, by_line):
        super().__init__(query)
        self.session = session
        for name, choices, words in (
            ("place", places, "Semua wilayah"),
            ("field", fields, "Semua isian"),
            ("code", codes, "Semua masalah"),
            ("level", levels, "Semua tingkat"),
        ):
            if choices is None:
                del self.fields[name]
                continue
            self.fields[name].choices = [("", words), *choices]
            self.fields[name].error_messages["invalid_choice"] = {
                "place": "Wilayah itu tidak ada di bagian ini. Pilih dari daftar.",
                "field": "Isian itu tidak berubah di impor ini. Pilih dari daftar.",
                "code": "Masalah yang dicari tidak ada di impor ini. Pilih dari daftar.",
                "level": "Tingkat itu tidak dikenal. Pilih dari daftar.",
            }[name]
        if not by_line:
            del self.fields["line"]
            return
        self.fields["line"].error_messages |= dict.fromkeys(
            ("invalid", "min_value", "max_value"), "Nomor baris ditulis dengan angka, seperti di lembar kerja."
        )

    def clean_name(self) -> str:
        reference = self.cleaned_data["name"]
        if not reference:
            return ""
        name = kept(self.session, NAMES_SHELF, reference)
        if name is None:
            raise ValidationError("Nama yang dicari tidak tersimpan lagi. Cari sekali lagi.")
        return name

    @property
    def narrowed(self) -> Narrowed:
        """Call after is_valid()."""
        values = self.cleaned_data
        return Narrowed(values.get("place", ""), values.get("field", ""), values["name"], values.get("line"))

    @property
    def query(self) -> dict[str, str]:
        """What is asked for and known, as it stands in the address."""
        return {name: self.data[name] for name in self.fields if self.data.get(name) and name not in self.errors}

    @property
    def is_set(self) -> bool:
        return any(self.data.get(name) for name in self.fields)


class NameForm(forms.Form):
    """A name to look for among the rows: sent by POST, never in an address."""

    name = forms.CharField(label="Cari nama", required=False, max_length=100)

    def clean_name(self):
        return self.cleaned_data["name"].replace("\0", "")


class ChoiceForm(forms.Form):
    """The boxes of one page: all that it showed ticked and unticked, and those that are ticked now."""

    was_ticked = forms.CharField(required=False, max_length=LONGEST_KEYS)
    was_unticked = forms.CharField(required=False, max_length=LONGEST_KEYS)

    def clean_was_ticked(self):
        return parse_keys(self.cleaned_data["was_ticked"].split())

    def clean_was_unticked(self):
        return parse_keys(self.cleaned_data["was_unticked"].split())

    @property
    def leave(self) -> set[tuple[int, str]]:
        return self.cleaned_data["was_ticked"] - self._ticked

    @property
    def take(self) -> set[tuple[int, str]]:
        return self.cleaned_data["was_unticked"] & self._ticked

    @property
    def now_ticked(self) -> str:
        return _joined(self._shown & self._ticked)

    @property
    def now_unticked(self) -> str:
        return _joined(self._shown - self._ticked)

    @property
    def _shown(self) -> set[tuple[int, str]]:
        return self.cleaned_data["was_ticked"] | self.cleaned_data["was_unticked"]

    @property
    def _ticked(self) -> set[tuple[int, str]]:
        return parse_keys(self.data.getlist("keep"))


class DecisionForm(forms.Form):
    """What somebody says of a suspect: the row, whom it resembles, the answer, and the answer that the page showed."""

    ANSWERS = {
        "same": "Dicatat: orang yang sama. Baris itu mengubah keluarga yang sudah terdaftar.",
        "different": "Dicatat: bukan orang yang sama. Pasangan ini tidak ditanyakan lagi.",
        "": "Keputusan ditarik kembali.",
    }
    row = forms.IntegerField(min_value=1, max_value=99_999_999)
    key = forms.RegexField("^[0-9]{1,18}$")
    answer = forms.ChoiceField(choices=[(answer, answer) for answer in ANSWERS], required=False)
    seen = forms.ChoiceField(choices=[(answer, answer) for answer in ANSWERS], required=False)

    @property
    def words(self) -> str:
        return self.ANSWERS[self.cleaned_data["answer"]]


def parse_keys(words: list[str]) -> set[tuple[int, str]]:
    """Read "12:phone" and "12:" as (row, field); what is nothing of the kind is passed over."""
    parts = [word.partition(":") for word in words]
    return {
        (int(row), field) for row, colon, field in parts if colon and row.isascii() and row.isdecimal() and len(row) < 9
    }


def _joined(keys: set[tuple[int, str]]) -> str:
    return " ".join(f"{row}:{field}" for row, field in sorted(keys))


class ColumnsForm(forms.Form):
    """What each unknown column of a batch is: one of the fields that no other column of its head fills."""

    def __init__(self, *args, batch, **kwargs):
        super().__init__(*args, **kwargs)
        self.columns = list(enumerate(batch.columns))
        titles = [(column.field, column.title) for column in batch.sheet_kind.columns]
        for number, column in self._open():
            taken = {c["field"] for _, c in self.columns if c["head"] == column["head"] and not c.get("by")}
            free = [(name, title) for name, title in titles if name not in taken]
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=column["title"],
                choices=[("", "Tidak dibaca"), *free],
                required=False,
                initial=column["field"],
                help_text=f"Isinya: {'; '.join(column['samples'])}" if column["samples"] else "Kolom ini kosong.",
                error_messages={"invalid_choice": "Pilih salah satu dari daftar."},
            )

    def _open(self) -> list[tuple[int, dict]]:
        return [(number, column) for number, column in self.columns if not column["field"] or column.get("by")]

    @property
    def known(self) -> list[dict]:
        """The columns that need no word."""
        return [column for _, column in self.columns if column["field"] and not column.get("by")]

    def clean(self):
        found = super().clean()
        first: dict = {}
        for number, column in self._open():
            name = f"column_{number}"
            key = (column["head"], found.get(name))
            if found.get(name) and first.setdefault(key, column["title"]) is not column["title"]:
                self.add_error(name, f"Sudah dipilih untuk kolom “{first[key]}”. Pilih satu kolom saja.")
        return found

    @property
    def named(self) -> dict[int, str]:
        """The chosen fields by the place of their columns."""
        return {int(name.removeprefix("column_")): field for name, field in self.cleaned_data.items() if field}
