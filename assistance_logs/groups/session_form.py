"""What an assistant writes about a meeting: what, when, where, and who took part."""

import datetime
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils import formats, timezone

from assistance_logs.forms import CLOCK_SKEW, EARLIEST_YEAR, PhotosField
from assistance_logs.groups.actions import find_sent
from assistance_logs.groups.candidates import shown_before
from assistance_logs.groups.choices import LESSONS, Presence, Speaker, lesson_after, lesson_choices
from assistance_logs.groups.models import Group, GroupSession, Membership
from assistance_logs.position import read_position
from assistance_logs.worklist import ON_THE_LIST
from beneficiaries.merging.addresses import ids_merged
from beneficiaries.models import Assignment, Household
from ejsika.files.photos import Photo
from ejsika.lib.tags import rt_rw
from ejsika.outbox.forms import SentForm
from ejsika.outbox.sending import STALE

LASTS = datetime.timedelta(hours=2)
MOST_LISTED = 1_000  # families in what was sent
ABSENT = [(state.value, state.label) for state in Presence if state != Presence.PRESENT]


@dataclass
class Line:
    """A family in the form: present, or away for a reason, or not noted yet (an error once the form was sent)."""

    pk: int
    name: str
    place: str
    presence: str = ""
    is_missing: bool = False

    @property
    def is_present(self) -> bool:
        return self.presence == Presence.PRESENT


class SessionForm(SentForm):
    """Who took part is sent as present-<id> (tapped) or else reason-<id>; `mark` "all" says that everybody did of whom
    nothing else is said, `listed` whom the form showed.
    """

    lesson = forms.ChoiceField(
        label="Modul dan sesi",
        choices=[("", "Pilih sesi"), *lesson_choices()],
        error_messages={"required": "Pilih sesi yang dibawakan.", "invalid_choice": "Pilih sesi dari daftar."},
    )
    happened_at = forms.DateTimeField(
        label="Mulai",
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        error_messages={
            "required": "Isi tanggal dan jam mulainya.",
            "invalid": "Tulis tanggal dan jam, misalnya 24/11/2026 09:30.",
        },
    )
    ends_at = forms.TimeField(
        label="Selesai",
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"required": "Isi jam selesainya.", "invalid": "Tulis jam, misalnya 11:30."},
    )
    place = forms.CharField(label="Tempat", max_length=150, required=False)
    speaker = forms.ChoiceField(label="Pemateri", choices=Speaker, required=False, initial=Speaker.ASSISTANT)
    # A validator, not max_length: that would make the browser cut what is pasted, without a word.
    notes = forms.CharField(
        label="Catatan",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[MaxLengthValidator(4000)],
    )
    photos = PhotosField(label="Foto", required=False)
    listed = forms.CharField(required=False, widget=forms.HiddenInput)
    latitude = forms.CharField(required=False, widget=forms.HiddenInput)
    longitude = forms.CharField(required=False, widget=forms.HiddenInput)
    accuracy = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data=None, files=None, *, group: Group, user, replaces: GroupSession | None = None, is_theirs_today=True
    ):
        self.is_theirs_today = is_theirs_today
        self.group, self.user, self.replaces = group, user, replaces
        self.position_unreadable = False
        initial = _values(replaces) if replaces else _usual(group) if group else {}
        self.photos: list[Photo] = []
        self.merged: dict[int, int] = {}  # families of the form that are another one since
        super().__init__(data, files, initial=initial)
        self.lines = self._lines() if group else []
        listed = ",".join(str(line.pk) for line in self.lines)
        self.initial |= {"listed": listed}
        self.absent = ABSENT

    @classmethod
    def bare(cls) -> "SessionForm":
        """The form as a phone keeps it: of no group and no moment, the same for everybody."""
        form = cls(group=None, user=None)
        form.auto_id = "session_%s"  # bare forms of several kinds stand in one page
        form.initial |= {"uuid": "", "listed": ""}
        form.unknown_line = Line(0, "", "")
        return form

    def _lines(self) -> list[Line]:
        """The families of the form, by name; those of a form that was sent as it showed them, also days ago."""
        found = self._families()
        noted = dict(self.replaces.attendances.values_list("household", "presence")) if self.replaces else {}
        return [
            Line(pk, name, place, self._presence(pk, noted.get(pk, "")))
            for pk, name, place in sorted(found, key=lambda row: (row[1].lower(), row[0]))
        ]

    def _families(self) -> list[tuple[int, str, str]]:
        families = Household.objects.for_user(self.user)
        if not self.is_bound or not self.data.get("listed"):
            if self.replaces:
                families = families.filter(attendances__session=self.replaces)
            else:
                members = Membership.objects.open().filter(group=self.group)
                families = families.filter(pk__in=members.values("household"), status__in=ON_THE_LIST)
        else:
            ids = [int(text) for text in self.data["listed"].split(",") if text.isdecimal() and len(text) < 19]
            self.merged = ids_merged(ids := ids[:MOST_LISTED])
            return shown_before(self.group, self.user, list({*ids, *self.merged.values()}))
        return [(family.pk, family.recipient_name, rt_rw(family)) for family in families]

    def _presence(self, pk: int, noted: str) -> str:
        if not self.is_bound:
            return noted
        sent = [pk, *(old for old, kept in self.merged.items() if kept == pk)]  # as who it was on the phone
        if any(self.data.get(f"present-{one}") for one in sent):
            return Presence.PRESENT
        reasons = [reason for one in sent if (reason := self.data.get(f"reason-{one}", "")) in dict(ABSENT)]
        if reasons:
            return reasons[0]
        return Presence.PRESENT if self.data.get("mark") == "all" else ""

    @property
    def marks_all(self) -> bool:
        return self.data.get("mark") == "all"

    def clean_speaker(self) -> str:
        return self.cleaned_data["speaker"] or Speaker.ASSISTANT

    def clean_happened_at(self) -> datetime.datetime:
        """Not to come, and on a day when a family of the form was this person's."""
        value = self.cleaned_data["happened_at"]
        if self.replaces and value == self.replaces.happened_at.replace(second=0, microsecond=0):
            return self.replaces.happened_at
        if value.year < EARLIEST_YEAR:
            raise ValidationError("Tahunnya tidak masuk akal. Periksa tanggal pertemuan.")
        if value > timezone.now() + CLOCK_SKEW:
            raise ValidationError("Waktu ini belum terjadi. Periksa tanggal dan jam pertemuan.")
        day = timezone.localdate(value)
        theirs = Assignment.objects.touching(day).filter(
            assistant=self.user, household__in=[line.pk for line in self.lines]
        )
        if not (self.is_theirs_today and day == timezone.localdate()) and not theirs.exists():
            raise ValidationError(
                f"Pada {formats.date_format(day)} keluarga kelompok ini belum ditugaskan kepada Anda. "
                "Periksa tanggalnya."
            )
        return value

    def clean(self) -> dict:
        self._clean_end()
        self._clean_presences()
        self._clean_position()
        self.cleaned_data.pop("listed", None)
        self.photos = self.cleaned_data.pop("photos", [])
        if lesson := self.cleaned_data.pop("lesson", None):
            self.cleaned_data["module"], self.cleaned_data["lesson"] = map(int, lesson.split("-"))
        return self.cleaned_data

    def _clean_end(self) -> None:
        start, end = self.cleaned_data.get("happened_at"), self.cleaned_data.pop("ends_at", None)
        if not (start and end):
            return
        local = timezone.localtime(start)
        ended_at = timezone.make_aware(datetime.datetime.combine(local.date(), end))
        if ended_at <= start:
            self.add_error("ends_at", "Jam selesai harus sesudah jam mulai, pada hari yang sama.")
        elif ended_at > timezone.now() + LASTS:
            self.add_error("ends_at", "Jam selesai ini masih lama. Periksa jamnya.")
        self.cleaned_data["ended_at"] = ended_at

    def _clean_presences(self) -> None:
        for line in self.lines:
            line.is_missing = not line.presence
        missing = sum(line.is_missing for line in self.lines)
        if not self.lines:
            self.add_error(None, "Kelompok ini belum punya anggota yang dapat diabsen. Tambahkan anggotanya dulu.")
        elif missing:
            self.add_error(
                None,
                f"{missing} keluarga belum diabsen. Ketuk namanya kalau hadir, atau pilih alasannya kalau tidak.",
            )
        self.cleaned_data["presences"] = {line.pk: line.presence for line in self.lines}

    def _clean_position(self) -> None:
        """A position that makes no sense is left out: nobody can mend it by hand, and the entry must not be lost."""
        sent = [self.cleaned_data.pop(name, "") for name in ("latitude", "longitude", "accuracy")]
        try:
            position = read_position(*sent)
        except ValueError:
            position, self.position_unreadable = None, True
        self.cleaned_data |= {
            "latitude": position and position.latitude,
            "longitude": position and position.longitude,
            "accuracy_m": position and position.accuracy_m,
        }

    def sent_before(self) -> GroupSession | None:
        """The meeting that this same sending stored already, whatever else it says now. Call after is_valid()."""
        return find_sent(self.cleaned_data.get("uuid"), by=self.user, group=self.group, replaces=self.replaces)


class OutboxSessionForm(SessionForm):
    """What a phone sends that may have been edited since a sending of which no answer came."""

    revision = forms.UUIDField(required=False, error_messages={"invalid": STALE})

    def sent_before(self) -> GroupSession | None:
        sent, revision = super().sent_before(), self.cleaned_data.get("revision")
        if sent is None or revision is None:
            return sent
        return find_sent(revision, by=self.user, group=self.group, replaces=sent)


def _usual(group: Group) -> dict:
    """What a new meeting probably is: now or as agreed, two hours long, with the lesson that follows the last one."""
    now = timezone.localtime().replace(second=0, microsecond=0)
    start = now - LASTS if now.hour >= 2 else now.replace(hour=0, minute=0)
    if group.meets_at and group.next_meeting(now.date()) == now.date() and group.meets_at <= now.time():
        start = now.replace(hour=group.meets_at.hour, minute=group.meets_at.minute)
    last = group.sessions.current().order_by("-happened_at").values_list("module", "lesson").first()
    module, lesson = lesson_after(*last) if last else LESSONS[0]
    end = min(start + LASTS, start.replace(hour=23, minute=59))
    return {"lesson": f"{module}-{lesson}", "happened_at": start, "ends_at": end.time(), "place": group.place}


def _values(session: GroupSession) -> dict:
    """What the form of a correction starts from."""
    values = {name: getattr(session, name) for name in ("happened_at", "place", "speaker", "notes")}
    values |= {
        "lesson": f"{session.module}-{session.lesson}",
        "ends_at": timezone.localtime(session.ended_at).time(),
    }
    if session.latitude is not None:
        values |= {"latitude": str(session.latitude), "longitude": str(session.longitude)}
        values["accuracy"] = "" if session.accuracy_m is None else str(session.accuracy_m)
    return values
