"""What the audit may be searched by; names never stand in an address, ids do."""

import datetime
from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from ejsika.accounts.models import User
from ejsika.audit.models import AuditEvent
from ejsika.lib.paginate import KeysetPage, keyset_page
from reports.audit.targets import KINDS, Target, names_for, targets_of, visible_to
from reports.audit.words import ACTIONS, LABELS, Line, lines_of

EVENTS_A_PAGE = 50
LARGEST_ID = 2**63 - 1
ACTORS_SHOWN = 10


@dataclass(frozen=True)
class Row:
    """One entry as the page shows it."""

    event: AuditEvent
    act: str
    kind: str
    target: Target
    lines: list[Line]


def _day_field(label: str) -> forms.DateField:
    wrong = "Tulis tanggal, misalnya 24/11/2026."
    return forms.DateField(
        label=label,
        required=False,
        validators=[
            MinValueValidator(datetime.date(2000, 1, 1), wrong),
            MaxValueValidator(datetime.date(2100, 1, 1), wrong),
        ],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": wrong},
    )


def _id_field(**kwargs) -> forms.IntegerField:
    wrong = "Nomor ini tidak dikenal. Buka lagi dari daftarnya."
    limits = {"min_value": -LARGEST_ID, "max_value": LARGEST_ID}
    messages = dict.fromkeys(("invalid", "min_value", "max_value"), wrong)
    return forms.IntegerField(required=False, widget=forms.HiddenInput, error_messages=messages, **limits, **kwargs)


class AuditSearchForm(forms.Form):
    """GET parameters of the audit. A bad or foreign value is an error, and then the list is empty."""

    since = _day_field("Dari tanggal")
    until = _day_field("Sampai tanggal")
    action = forms.ChoiceField(
        label="Perbuatan",
        required=False,
        choices=[("", "Semua perbuatan"), *((group, list(acts.items())) for group, acts in ACTIONS.items())],
        error_messages={"invalid_choice": "Perbuatan ini tidak dikenal. Pilih dari daftar."},
    )
    kind = forms.ChoiceField(
        label="Tentang",
        required=False,
        choices=[("", "Apa saja"), *KINDS.items()],
        error_messages={"invalid_choice": "Pilihan ini tidak dikenal. Pilih dari daftar."},
    )
    target = _id_field()
    actor = _id_field()
    cursor = _id_field()

    def __init__(self, data, *, user: User):
        super().__init__(data, label_suffix="")
        self.user = user
        self.visible = visible_to(user)
        self.actor: User | None = None
        self.is_valid()

    def clean_actor(self) -> int | None:
        """Somebody of the own scope, or who did something in it: nobody else's name is told."""
        pk = self.cleaned_data["actor"]
        if pk is None:
            return None
        people = User.objects.for_user(self.user).filter(pk=pk)
        self.actor = people.first()
        if self.actor is None and self.visible.filter(actor=pk).exists():
            self.actor = User.objects.filter(pk=pk).first()
        if self.actor is None:
            raise ValidationError("Pelaku ini tidak ada atau di luar wilayah Anda.")
        return pk

    def clean(self):
        data = super().clean()
        if data.get("since") and data.get("until") and data["since"] > data["until"]:
            self.add_error("until", "Tanggal akhir mendahului tanggal awal. Periksa keduanya.")
        if data.get("target") is not None and not data.get("kind"):
            self.add_error("kind", "Pilih dahulu nomor ini nomor apa.")
        return data

    def apply(self):
        """The entries that are asked for, of those that the admin may see; a bad value gives none."""
        if not self.is_valid():
            return self.visible.none()
        chosen, events = self.cleaned_data, self.visible
        if chosen["since"]:
            events = events.filter(at__gte=_midnight(chosen["since"]))
        if chosen["until"]:
            events = events.filter(at__lt=_midnight(chosen["until"] + datetime.timedelta(days=1)))
        for name, column in (
            ("action", "action"),
            ("kind", "target_kind"),
            ("target", "target_id"),
            ("actor", "actor"),
        ):
            if chosen[name] not in (None, ""):
                events = events.filter(**{column: chosen[name]})
        return events

    def page(self) -> KeysetPage:
        """The page that the cursor asks for, the newest first. Cost: ten queries at most, however many entries."""
        try:
            page = keyset_page(
                self.apply().select_related("actor"),
                key="at",
                cursor=self.cleaned_data.get("cursor"),
                size=EVENTS_A_PAGE,
                anchors=self.visible,
                newest_first=True,
            )
        except AuditEvent.DoesNotExist:
            self.add_error("cursor", "Halaman ini sudah berubah. Buka daftarnya dari awal.")
            page = KeysetPage(rows=[], next_cursor=None, previous_cursor=None)
        return KeysetPage(self.rows(page.rows), page.next_cursor, page.previous_cursor)

    def rows(self, events: list[AuditEvent]) -> list[Row]:
        """These entries in words. Cost: a query for each kind of row that they are about, and two for names."""
        targets, names = targets_of(events, self.user), names_for(events)
        rows = []
        for event in events:
            kind = KINDS.get(event.target_kind, "")
            gone = Target(f"{kind or 'Hal lain'} nomor {event.target_id}")
            target = targets.get((event.target_kind, event.target_id), gone)
            rows.append(Row(event, LABELS.get(event.action, "Perbuatan lain"), kind, target, lines_of(event, names)))
        return rows

    @property
    def kept(self) -> dict[str, str]:
        """What is chosen, as sent; the page in hand belongs to this list alone."""
        return {name: self.data[name] for name in self.fields if name != "cursor" and self.data.get(name)}

    def url(self, **changes) -> str:
        """The address of the search with what is chosen, and changes; None takes one out."""
        chosen = {name: value for name, value in (self.kept | changes).items() if value is not None}
        return f"{reverse('reports:audit')}{'?' if chosen else ''}{urlencode(chosen)}"

    def page_url(self, cursor: int | None) -> str:
        return "" if cursor is None else self.url(cursor=cursor)

    def actor_url(self, event: AuditEvent) -> str:
        """The address of what this entry's actor did, within what is chosen; "" where nobody is known."""
        return self.url(actor=event.actor_id) if event.actor_id else ""

    def target_url(self, event: AuditEvent) -> str:
        """The address of all that happened to what this entry is about, whoever did it; "" for an unknown kind."""
        if event.target_kind not in KINDS:
            return ""
        return f"{reverse('reports:audit')}?{urlencode({'kind': event.target_kind, 'target': event.target_id})}"

    def chips(self) -> list[tuple[str, str]]:
        """(words, address without it) of what narrows the list and has no field on the page."""
        found = []
        if self.actor:
            found.append((f"Oleh: {self.actor.name}", self.url(actor=None)))
        if self.is_valid() and self.cleaned_data["target"] is not None:
            found.append(
                (f"{KINDS[self.cleaned_data['kind']]} nomor {self.cleaned_data['target']}", self.url(target=None))
            )
        return found


class ActorForm(forms.Form):
    """The box that finds who did something; sent by POST, so that no name stands in an address."""

    q = forms.CharField(
        label="Cari pelaku: nama atau nama pengguna",
        max_length=150,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={"required": "Ketik nama atau nama pengguna."},
    )

    def __init__(self, data=None, *, user: User):
        super().__init__(data, label_suffix="")
        self.user = user
        self.found: list[User] = []

    def clean_q(self) -> str:
        text = self.cleaned_data["q"]
        people = User.objects.for_user(self.user).order_by("name", "pk")
        exact = people.filter(username__iexact=text)
        for word in text.split():
            people = people.filter(Q(name__icontains=word) | Q(username__icontains=word))
        self.found = list(exact) or list(people[: ACTORS_SHOWN + 1])
        if not self.found:
            raise ValidationError("Tidak ada pengguna di wilayah Anda dengan nama ini. Periksa ejaannya.")
        if len(self.found) > ACTORS_SHOWN:
            self.found = []
            raise ValidationError("Terlalu banyak yang cocok. Tulis namanya lebih lengkap.")
        return text


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
