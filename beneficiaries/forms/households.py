"""The list of families: what it may be narrowed to, and the search box above it."""

from dataclasses import replace
from functools import cache, lru_cache
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from beneficiaries import figures
from beneficiaries.choices import EnrollmentStatus
from beneficiaries.forms.scope import ScopeForm
from beneficiaries.known import COLUMNS, listed
from beneficiaries.plain_list import PlainList
from beneficiaries.search import NUMBER_DIGITS, digits_of, kept_name
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Role
from ejsika.lib.paginate import KeysetPage, count_up_to, first_page, keyset_page
from ejsika.lib.prepared import prepared
from ejsika.lib.widgets import ShortSelect

DAYS = "Tulis jumlah hari antara 1 dan 3650."
FAMILIES_A_PAGE = 25
COUNTED_UP_TO = 10_000
SORT_KEYS = {"name": "name_key", "visit": "visit_key"}
UNCOUNTED_FIGURE = "registered"  # stands behind a list that no figure led to: everybody in the programme


_SELDOM = ("figure", "assistant", "not_visited_days")
_FOLDED = ("program", *_SELDOM)  # the filters behind "Saringan lain"


class HouseholdFilterForm(ScopeForm):
    """GET parameters of the list of families. A bad or foreign value is an error, and then the list is empty."""

    status = forms.ChoiceField(
        label="Status",
        required=False,
        choices=[("", "Semua status"), *EnrollmentStatus.choices],
        widget=ShortSelect,
        error_messages={"invalid_choice": "Status ini tidak dikenal. Pilih dari daftar."},
    )
    assistant = forms.ModelChoiceField(
        label="Pendamping",
        required=False,
        queryset=User.objects.none(),
        empty_label="Semua pendamping",
        error_messages={"invalid_choice": "Pendamping ini tidak ada atau di luar wilayah Anda."},
    )
    not_visited_days = forms.IntegerField(
        label="Belum dikunjungi selama",
        help_text="hari, misalnya 90",
        required=False,
        validators=[MinValueValidator(1, DAYS), MaxValueValidator(3650, DAYS)],
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
        error_messages={"invalid": DAYS},
    )
    sort = forms.ChoiceField(
        label="Urutkan",
        required=False,
        choices=[("name", "Nama"), ("visit", "Paling lama belum dikunjungi")],
        widget=ShortSelect,
        error_messages={"invalid_choice": "Urutan ini tidak dikenal. Pilih dari daftar."},
    )
    figure = forms.CharField(label="Keadaan", required=False)
    search = forms.CharField(required=False, widget=forms.HiddenInput)
    cursor = forms.IntegerField(
        required=False, widget=forms.HiddenInput, error_messages={"invalid": "Halaman ini tidak dikenal."}
    )

    def __init__(self, data, *, user, session):
        super().__init__(data, user=user)
        self.session = session
        conditions = [(figure.name, figure.label) for figure in figures.all_figures()]
        if data.get("assistant"):
            self.fields["assistant"].queryset = assistants_near(user)
        self.fields["figure"].widget = ShortSelect(choices=[("", "Semua keadaan"), *conditions])
        self.fields["program"].widget = ShortSelect(choices=[("", "Semua program"), *_program_choices(self.programs)])
        self.is_valid()
        self.fields["region"].widget = ShortSelect(choices=self.region_choices())
        if not self.is_own_list:
            near = assistants_around([self.chosen_region.code] if self.chosen_region else user.region_codes)
            self.fields["assistant"].widget = ShortSelect(choices=[("", "Semua pendamping"), *near])

    def clean_figure(self) -> figures.Figure | None:
        name = self.cleaned_data["figure"]
        try:
            return figures.get(name) if name else None
        except KeyError:
            raise ValidationError("Angka ini tidak dikenal. Buka lagi daftarnya dari dasbor.") from None

    def clean_search(self) -> str:
        """The name that the reference stands for."""
        reference = self.cleaned_data["search"]
        name = kept_name(self.session, reference) if reference else ""
        if name is None:
            raise ValidationError("Pencarian ini sudah tidak tersimpan. Ketik lagi namanya di kotak cari.")
        return name

    @property
    def sort_key(self) -> str:
        return SORT_KEYS[self.cleaned_data.get("sort") or "name"]

    def apply(self, queryset):
        """Narrow families to what is asked for; with the figure of a count, to exactly the families it counts."""
        families = super().apply(queryset).with_keys()
        if not self.is_valid():
            return families
        chosen = self.cleaned_data
        figure = chosen["figure"] or figures.get(UNCOUNTED_FIGURE)
        families = families.filter(figure.condition(self.view))
        if chosen["status"]:
            families = families.filter(figures.has_status(self.view, chosen["status"]))
        if chosen["assistant"]:
            families = families.assisted_by(chosen["assistant"])
        if chosen["not_visited_days"]:
            families = families.not_visited_for(chosen["not_visited_days"])
        return families.named(chosen["search"]) if chosen["search"] else families

    def page(self, families) -> tuple[KeysetPage, int]:
        """The page that the cursor asks for, of ListedFamily; how many there are.

        `families` are all that the user may see; a count stops one above COUNTED_UP_TO. Cost: five queries at most.
        Errors: adds one to the form, and gives an empty page, where the cursor's family is not there any more.
        """
        if self._is_plain:
            return self._plain_page()
        rows = self.apply(families)
        count = count_up_to(rows, COUNTED_UP_TO)
        cursor = self.cleaned_data.get("cursor")
        try:
            page = keyset_page(
                rows.values_list(*COLUMNS, named=True),
                key=self.sort_key,
                cursor=cursor,
                size=FAMILIES_A_PAGE,
                anchors=families.with_keys(),
                are_few=count <= COUNTED_UP_TO,
            )
        except families.model.DoesNotExist:
            self.add_error("cursor", "Halaman ini sudah berubah. Buka daftarnya dari awal.")
            return KeysetPage(rows=[], next_cursor=None, previous_cursor=None), count
        return self._told(page), count

    @property
    def _is_plain(self) -> bool:
        if not self.is_valid() or self.cleaned_data["cursor"] is not None:
            return False
        return not any(self.cleaned_data[name] for name in (*_SELDOM, "search"))

    def _plain_page(self) -> tuple[KeysetPage, int]:
        """As page(), of the list that is narrowed by region, programme and status alone."""
        region, user = self.chosen_region, self.user
        asked = PlainList(
            reach=user.reach,
            day=timezone.localdate(),
            region="" if region is None or user.region_codes == [region.code] else region.code,
            view=self.view,
            figure=UNCOUNTED_FIGURE,
            status=self.cleaned_data["status"],
        )
        count = asked.count_up_to(COUNTED_UP_TO)
        found = asked.first(FAMILIES_A_PAGE + 1, self.sort_key, are_few=count <= COUNTED_UP_TO)
        return self._told(first_page(found, FAMILIES_A_PAGE)), count

    def _told(self, page: KeysetPage) -> KeysetPage:
        return replace(page, rows=listed(page.rows, self.user, timezone.localdate()))

    def chips(self) -> list[dict]:
        """What narrows the list and has no field on the page: words, and the query of the list without it."""
        if not self.is_valid():
            return []
        figure, name = self.cleaned_data["figure"], self.cleaned_data["search"]
        found = []
        if name:
            found.append({"label": f"Nama: {name}", "query": self.query(search=None)})
        if figure:
            month = f" · {date_format(self.view.start, 'F Y')}" if self.data.get("period") else ""
            found.append({"label": f"{figure.label}{month}", "query": self.query(figure=None)})
        return found

    def field_html(self, name: str) -> str:
        """A select as its HTML, which is kept for all who have the same choices and chose the same."""
        field = self[name]
        if field.errors:
            return field.as_field_group()
        return _select_html(name, field.label, tuple(field.field.widget.choices), self.data.get(name))

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is chosen that keeps families out, besides the region."""
        names = ("status", "program", "assistant", "not_visited_days", "figure", "search")
        return any(self.data.get(name) for name in names)

    @property
    def has_more(self) -> bool:
        """Whether one of the fields that are folded away is in use."""
        return any(self.data.get(name) or name in self.errors for name in _FOLDED)

    @property
    def is_own_list(self) -> bool:
        """Whether the list is an assistant's own families anyway."""
        return self.user.role == Role.PENDAMPING

    @property
    def kept(self) -> dict[str, str]:
        """What is chosen, as sent; the page in hand belongs to this list alone."""
        return {name: self.data[name] for name in self.fields if name != "cursor" and self.data.get(name)}

    def query(self, **changes) -> str:
        """The part of a URL that keeps what is chosen, with changes; None takes one out."""
        return urlencode({name: value for name, value in (self.kept | changes).items() if value is not None})

    def page_url(self, cursor: int | None) -> str:
        """The link to the page at a cursor; "" where there is none."""
        list_url = reverse("beneficiaries:household_list")
        return "" if cursor is None else f"{list_url}?{self.query(cursor=cursor)}"

    def query_by_name(self) -> str:
        return self.query(sort=None)

    def query_by_visit(self) -> str:
        return self.query(sort="visit")


@lru_cache(500)
def _select_html(name: str, label: str, choices: tuple, value: str | None) -> str:
    form = forms.Form({} if value is None else {name: value})
    form.fields[name] = forms.CharField(label=label, required=False, widget=ShortSelect(choices=choices))
    return form[name].as_field_group()


class SearchForm(forms.Form):
    """The search box: a whole number, or a name. Sent by POST, so that neither stands in a URL."""

    q = forms.CharField(
        label="Cari nama, NIK, atau No KK",
        help_text="Nama boleh sebagian; nomor hanya ditemukan jika lengkap 16 angka.",
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={"required": "Tulis nama atau nomor yang dicari."},
    )

    def box_html(self) -> str:
        """The box, which is the same for everybody until somebody has written something."""
        return self["q"].as_field_group() if self.is_bound else _empty_box_html()

    def clean_q(self) -> str:
        text = " ".join(self.cleaned_data["q"].split())
        digits = digits_of(text)
        if digits and len(digits) != NUMBER_DIGITS:
            raise ValidationError(f"NIK dan No KK terdiri dari 16 angka; yang ditulis {len(digits)}. Tulis lengkap.")
        if not digits and max(map(len, text.split())) < 2:
            raise ValidationError("Tulis sedikitnya dua huruf dari nama.")
        return digits or text


@cache
def _empty_box_html() -> str:
    return SearchForm()["q"].as_field_group()


def assistants_near(user):
    """Assistants by whom this person may narrow the list: an assistant only to their own families."""
    assistants = User.objects.assistants().order_by("name")
    if user.role == Role.PENDAMPING:
        return assistants.filter(pk=user.pk)
    return assistants.around(user.region_codes)


def assistants_around(codes: list[str]) -> list[tuple[int, str]]:
    """(id, name) of the assistants around regions that lie in a person's own. Cost: one query."""
    return _around(tuple(codes))


@prepared
def _around(codes):
    return User.objects.assistants().around(codes).order_by("name").values_list("pk", "name")


def _program_choices(programs):
    return [(program.code, program.name) for program in programs]
