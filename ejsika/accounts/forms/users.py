"""Users, as an admin lists, makes and changes them."""

from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms.utils import ErrorDict
from django.urls import reverse

from ejsika.accounts import duties
from ejsika.accounts.actions import NAME_TAKEN
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Role
from ejsika.accounts.scope import (
    find_regions,
    grantable_programs,
    grantable_regions,
    near_regions,
    outermost,
    region_label,
)
from ejsika.lib.kept import kept
from ejsika.lib.paginate import KeysetPage, keyset_page
from ejsika.regions.models import Region

SHELF = "user_searches"
USERS_A_PAGE = 50
_ROLES = {
    Role.PENDAMPING: "Pendamping: mencatat kunjungan keluarga yang ditugaskan kepadanya",
    Role.KOORDINATOR: "Koordinator: meninjau, memverifikasi graduasi, menugaskan keluarga",
    Role.DINSOS: "Dinsos: membaca dasbor, menetapkan graduasi",
    Role.ADMIN: "Admin: mengimpor data, mengelola pengguna",
    Role.PIMPINAN: "Pimpinan: angka di dasbor dan peta, tanpa nama keluarga",
    Role.OPD: "OPD: angka calon penerima, yang kecil disembunyikan",
}


class UserFilterForm(forms.Form):
    """GET parameters of the list of users. A bad or foreign value is an error, and then the list is empty."""

    role = forms.ChoiceField(
        label="Peran",
        required=False,
        choices=[("", "Semua peran"), *Role.choices],
        error_messages={"invalid_choice": "Peran ini tidak dikenal. Pilih dari daftar."},
    )
    region = forms.ModelChoiceField(
        label="Wilayah",
        required=False,
        queryset=Region.objects.none(),
        error_messages={"invalid_choice": "Wilayah ini tidak ada atau di luar wilayah Anda."},
    )
    active = forms.ChoiceField(
        label="Keadaan",
        required=False,
        choices=[("", "Aktif"), ("no", "Tidak aktif"), ("all", "Semua")],
        error_messages={"invalid_choice": "Keadaan ini tidak dikenal. Pilih dari daftar."},
    )
    search = forms.CharField(required=False, widget=forms.HiddenInput)
    cursor = forms.IntegerField(
        required=False, widget=forms.HiddenInput, error_messages={"invalid": "Halaman ini tidak dikenal."}
    )

    def __init__(self, data, *, admin, session):
        super().__init__(data, label_suffix="")
        self.admin, self.session = admin, session
        regions = [(region.code, region.name) for region in near_regions(admin)]
        self.fields["region"].queryset = grantable_regions(admin)
        self.fields["region"].choices = [("", "Semua wilayah saya"), *regions]
        self.is_valid()

    def clean_search(self) -> str:
        reference = self.cleaned_data["search"]
        text = kept(self.session, SHELF, reference) if reference else ""
        if text is None:
            raise ValidationError("Pencarian ini sudah tidak tersimpan. Ketik lagi namanya di kotak cari.")
        return text

    def apply(self, users):
        """Narrow users (already scoped to the admin) to what is asked for; a bad value gives none."""
        if not self.is_valid():
            return users.none()
        chosen = self.cleaned_data
        if chosen["active"] != "all":
            users = users.filter(is_active=chosen["active"] != "no")
        if chosen["role"]:
            users = users.filter(role=chosen["role"])
        if chosen["region"]:
            users = users.in_region(chosen["region"].code)
        for word in chosen["search"].split():
            users = users.filter(Q(name__icontains=word) | Q(username__icontains=word))
        return users

    def page(self, users) -> KeysetPage:
        """The page that the cursor asks for. Cost: two queries, three with a cursor."""
        rows = self.apply(users).with_name_key().prefetch_related("regions")
        cursor = self.cleaned_data.get("cursor")
        try:
            return keyset_page(
                rows, key="name_key", cursor=cursor, size=USERS_A_PAGE, anchors=users.with_name_key(), are_few=True
            )
        except User.DoesNotExist:
            self.add_error("cursor", "Halaman ini sudah berubah. Buka daftarnya dari awal.")
            return KeysetPage(rows=[], next_cursor=None, previous_cursor=None)

    @property
    def kept(self) -> dict[str, str]:
        """What is chosen, as sent; the page in hand belongs to this list alone."""
        return {name: self.data[name] for name in self.fields if name != "cursor" and self.data.get(name)}

    def url(self, **changes) -> str:
        """The list's address with what is chosen, and changes; None takes one out."""
        chosen = {name: value for name, value in (self.kept | changes).items() if value is not None}
        return f"{reverse('accounts:user_list')}{'?' if chosen else ''}{urlencode(chosen)}"

    def page_url(self, cursor: int | None) -> str:
        return "" if cursor is None else self.url(cursor=cursor)

    def url_without_search(self) -> str:
        return self.url(search=None)


class UserSearchForm(forms.Form):
    """The search box; sent by POST, so that no name stands in an address."""

    q = forms.CharField(
        label="Cari nama atau nama pengguna",
        max_length=150,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={"required": "Ketik nama atau nama pengguna."},
    )

    def __init__(self, data=None):
        super().__init__(data, label_suffix="")


class UserForm(forms.ModelForm):
    """A user with a scope inside that of the admin who fills the form; of the own account only the names.

    Regions are searched for by a button that sends the whole form: it works without JavaScript, and nothing typed is
    lost. What was found joins what is chosen as boxes to tick.
    """

    region_search = forms.CharField(
        label="Cari wilayah lain",
        help_text="Nama atau kode kabupaten, kecamatan atau desa.",
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    class Meta:
        model = User
        fields = ["username", "name", "role", "all_programs", "programs", "regions"]
        widgets = {
            "username": forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
            "role": forms.RadioSelect(attrs={"class": "wide"}),
            "programs": forms.CheckboxSelectMultiple(attrs={"class": "pills"}),
            "regions": forms.CheckboxSelectMultiple(attrs={"class": "wide"}),
        }
        labels = {"name": "Nama lengkap", "all_programs": "Semua program, juga yang dibuka kelak"}
        help_texts = {
            "username": "Huruf kecil, angka, titik atau garis; dipakai untuk masuk.",
            "programs": "bila tidak semua",
            "regions": "Pengguna melihat wilayah ini dan semua yang di bawahnya.",
        }

    def __init__(self, data=None, *, admin: User, **kwargs):
        super().__init__(data, label_suffix="", **kwargs)
        self.admin = admin
        self.is_own = self.instance.pk == admin.pk
        self.is_searching = bool(data) and "find" in data and not self.is_own
        if self.is_own:
            for name in ("role", "all_programs", "programs", "regions", "region_search"):
                del self.fields[name]
            return
        self.fields["role"].choices = list(_ROLES.items())
        self.fields["role"].error_messages = {
            "required": "Pilih perannya.",
            "invalid_choice": "Pilih salah satu peran ini.",
        }
        self._offer_programs()
        self._offer_regions()

    def _offer_programs(self) -> None:
        if not self.admin.all_programs:
            del self.fields["all_programs"]
        self.fields["programs"].queryset = grantable_programs(self.admin)
        self.fields["programs"].error_messages["invalid_choice"] = "Anda hanya dapat memberi program Anda sendiri."

    def _offer_regions(self) -> None:
        """What is chosen, then what was found or, where nothing was searched for, what lies nearest."""
        field = self.fields["regions"]
        known = self.instance.region_codes if self.instance.pk else []
        field.queryset = grantable_regions(self.admin).filter(Q(closed_on__isnull=True) | Q(code__in=known))
        field.required = True
        field.error_messages["required"] = "Pilih paling sedikit satu wilayah."
        field.error_messages["invalid_choice"] = "Wilayah ini tidak ada atau di luar wilayah Anda."
        field.error_messages["invalid_pk_value"] = field.error_messages["invalid_choice"]
        codes = self.data.getlist("regions") if self.is_bound else known
        chosen = list(field.queryset.filter(code__in=[code for code in codes if code.isdecimal()]))
        text = self.data.get("region_search", "").replace("\0", "") if self.is_bound else ""
        self.found = find_regions(self.admin, text) if text.strip() else near_regions(self.admin)
        offered = {region.code: region_label(region) for region in [*chosen, *self.found]}
        field.choices = list(offered.items())

    def full_clean(self):
        """Look for mistakes only when the form is to be saved."""
        if self.is_searching:
            self._errors, self.cleaned_data = ErrorDict(), {}
        else:
            super().full_clean()

    def is_valid(self) -> bool:
        return not self.is_searching and super().is_valid()

    def clean_username(self) -> str:
        username = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exclude(pk=self.instance.pk).exists():
            raise ValidationError(NAME_TAKEN)
        return username

    def clean_role(self) -> str:
        """Keep an assistant one as long as families are assigned to them: nobody would visit these."""
        role = self.cleaned_data["role"]
        left = duties.of(self.instance, self.admin) if self.instance.pk and self.instance.role != role else []
        if left:
            raise ValidationError(f"{left[0].text}. Alihkan dahulu, baru ganti perannya.")
        return role

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_regions(self) -> list[Region]:
        return outermost(self.cleaned_data["regions"])

    def clean(self):
        data = super().clean()
        if not (self.is_own or data.get("all_programs") or data.get("programs") or "programs" in self.errors):
            self.add_error("programs", "Pilih paling sedikit satu program, atau semua program.")
        return data

    def values(self) -> dict:
        """What the action writes; of the own account no scope."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "region_search"}
        return values if self.is_own else {"all_programs": False} | values
