"""What an assistant writes about a visit."""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils import formats, timezone

from assistance_logs.actions import find_sent
from assistance_logs.choices import PERSONS_BY_RESULT, TOPIC_WORDS, PersonMet, PlaceSource, VisitKind, VisitResult
from assistance_logs.models import Visit
from assistance_logs.photos import MOST_PHOTOS
from assistance_logs.position import read_position
from ejsika.files.photos import Photo, read_photo
from ejsika.outbox.forms import SentForm
from ejsika.outbox.sending import STALE

CLOCK_SKEW = datetime.timedelta(minutes=10)  # a phone's clock may be ahead of the server's by so much
EARLIEST_YEAR = 2000  # before that the programmes were not; also keeps away dates that no zone can hold
FOLLOW_UP_DAYS = 366  # a later date is a slip of the finger, and would never become late


class PhotosInput(forms.FileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Photos that a browser sends with the form, each looked at and made small."""

    widget = PhotosInput(attrs={"accept": "image/*", "multiple": True})

    def clean(self, data, initial=None) -> list[Photo]:
        files = [file for file in data or [] if file]
        if len(files) > MOST_PHOTOS:
            raise ValidationError(f"Pilih paling banyak {MOST_PHOTOS} foto.")
        return [self._read(file, number) for number, file in enumerate(files, 1)]

    def _read(self, file, number: int) -> Photo:
        try:
            return read_photo(file)
        except ValidationError as error:
            raise ValidationError(f"Foto ke-{number}: {error.message}") from None


class VisitForm(SentForm):
    result = forms.ChoiceField(
        label="Bagaimana hasilnya?",
        choices=VisitResult,
        widget=forms.RadioSelect,
        error_messages={"required": "Pilih hasil kunjungan."},
    )
    topics = forms.MultipleChoiceField(
        label="Tentang apa?",
        help_text="boleh lebih dari satu",
        choices=TOPIC_WORDS,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "pills"}),
    )
    # A validator, not max_length: that would make the browser cut what is pasted, without a word.
    notes = forms.CharField(
        label="Catatan",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[MaxLengthValidator(4000)],
    )
    follow_up = forms.CharField(label="Apa yang perlu dilakukan?", required=False, max_length=300)
    follow_up_due = forms.DateField(
        label="Jatuh tempo", required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    happened_at = forms.DateTimeField(
        label="Mulai",
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        error_messages={
            "required": "Isi tanggal dan jam kunjungan.",
            "invalid": "Tulis tanggal dan jam, misalnya 24/11/2026 09:30.",
        },
    )
    ends = forms.TimeField(
        label="Selesai pukul",
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": "Tulis jam selesai, misalnya 10:15."},
    )
    kind = forms.ChoiceField(label="Jenis kegiatan", choices=VisitKind, required=False, initial=VisitKind.HOME_VISIT)
    person_met = forms.ChoiceField(
        label="Siapa yang ditemui?", choices=[("", "Sesuai hasil kunjungan"), *PersonMet.choices], required=False
    )
    photos = PhotosField(label="Foto", required=False)
    dropped_photos = forms.MultipleChoiceField(
        label="Hapus foto", required=False, widget=forms.CheckboxSelectMultiple(attrs={"class": "pills"})
    )
    sets_home = forms.BooleanField(label="Ini rumahnya: pakai lokasi ini sebagai titik rumah", required=False)
    latitude = forms.CharField(required=False, widget=forms.HiddenInput)
    longitude = forms.CharField(required=False, widget=forms.HiddenInput)
    accuracy = forms.CharField(required=False, widget=forms.HiddenInput)
    position_source = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, files=None, *, household, user, replaces: Visit | None = None, is_theirs_today=True):
        self.household, self.user, self.replaces = household, user, replaces
        self.is_theirs_today = is_theirs_today
        self.position_unreadable = False
        initial = _values(replaces) if replaces else {"happened_at": timezone.now()}
        super().__init__(data, files, initial=initial)
        photos = replaces.photos.all() if replaces else ()
        self.fields["dropped_photos"].choices = [(str(row.pk), f"Foto ke-{n}") for n, row in enumerate(photos, 1)]
        if not photos:
            del self.fields["dropped_photos"]
        if replaces or (household and household.has_point):
            del self.fields["sets_home"]

    @classmethod
    def bare(cls) -> "VisitForm":
        """The form as a phone keeps it: about no family and no moment, the same for everybody."""
        form = cls(household=None, user=None)
        form.initial |= {"uuid": "", "happened_at": ""}
        return form

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or VisitKind.HOME_VISIT

    def clean_topics(self) -> list[str]:
        return list(dict.fromkeys(self.cleaned_data["topics"]))

    def clean_happened_at(self) -> datetime.datetime:
        """Not to come, and on a day when the family was this person's: else it is another's log, or a wrong date."""
        value = self.cleaned_data["happened_at"]
        if self.replaces and value == self.replaces.happened_at.replace(second=0, microsecond=0):
            return self.replaces.happened_at  # the field shows no seconds: a phone's own are kept
        if value.year < EARLIEST_YEAR:
            raise ValidationError("Tahunnya tidak masuk akal. Periksa tanggal kunjungan.")
        if value > timezone.now() + CLOCK_SKEW:
            raise ValidationError("Waktu ini belum terjadi. Periksa tanggal dan jam kunjungan.")
        day = timezone.localdate(value)
        if not self._was_theirs(day):
            raise ValidationError(
                f"Pada {formats.date_format(day)} keluarga ini belum ditugaskan kepada Anda. Periksa tanggalnya; "
                "kalau tanggalnya benar, minta koordinator memeriksa tanggal penugasan."
            )
        return value

    def _was_theirs(self, day: datetime.date) -> bool:
        if self.is_theirs_today and day == timezone.localdate():
            return True
        return self.household.assignments.touching(day).filter(assistant=self.user).exists()

    def clean(self) -> dict:
        self._clean_person()
        self._clean_end()
        self._clean_follow_up()
        self._clean_position()
        return self.cleaned_data

    def _clean_person(self) -> None:
        allowed = PERSONS_BY_RESULT.get(self.cleaned_data.get("result"), [])
        person = self.cleaned_data.get("person_met")
        if allowed and not person:
            self.cleaned_data["person_met"] = allowed[0]
        elif allowed and person not in allowed:
            result = VisitResult(self.cleaned_data["result"]).label
            self.add_error("person_met", f"Tidak cocok dengan hasil “{result}”. Ubah salah satunya.")

    def _clean_end(self) -> None:
        """The end is on the day of the start; a minute that the form shows stands for all of it."""
        ends, start = self.cleaned_data.pop("ends", None), self.cleaned_data.get("happened_at")
        self.cleaned_data["ended_at"] = None
        if ends is None or start is None:
            return
        local = timezone.localtime(start)
        end = local.replace(hour=ends.hour, minute=ends.minute, second=0, microsecond=0)
        if end < local.replace(second=0, microsecond=0):
            self.add_error("ends", "Selesai tidak mungkin sebelum mulai.")
        elif end > timezone.now() + CLOCK_SKEW:
            self.add_error("ends", "Jam selesai ini belum terjadi.")
        else:
            self.cleaned_data["ended_at"] = max(end, local)

    def _clean_follow_up(self) -> None:
        due, happened_at = self.cleaned_data.get("follow_up_due"), self.cleaned_data.get("happened_at")
        if due is None:
            return
        if not self.cleaned_data.get("follow_up") and "follow_up" not in self.errors:
            self.add_error("follow_up", "Tulis apa yang perlu dilakukan, atau kosongkan jatuh temponya.")
        if happened_at is None:
            return
        day = timezone.localdate(happened_at)
        if not day <= due <= day + datetime.timedelta(days=FOLLOW_UP_DAYS):
            self.add_error(
                "follow_up_due", "Jatuh tempo paling cepat pada hari kunjungan, paling lambat setahun sesudahnya."
            )

    def _clean_position(self) -> None:
        """A position that makes no sense is left out: nobody can mend it by hand, and the visit must not be lost."""
        sent = [self.cleaned_data.pop(name, "") for name in ("latitude", "longitude", "accuracy")]
        source = self.cleaned_data.pop("position_source", "")
        try:
            position = read_position(*sent)
        except ValueError:
            position, self.position_unreadable = None, True
        self.cleaned_data |= {
            "latitude": position and position.latitude,
            "longitude": position and position.longitude,
            "accuracy_m": position and position.accuracy_m,
            "position_source": source if position and source in PlaceSource.values else "",
        }

    def sent_before(self) -> Visit | None:
        """The visit that this same sending stored already, whatever else it says now. Call after is_valid()."""
        sent = self.cleaned_data.get("uuid")
        return find_sent(sent, by=self.user, household=self.household, replaces=self.replaces)


class OutboxForm(VisitForm):
    """What a phone sends that may have been edited since a sending of which no answer came."""

    revision = forms.UUIDField(required=False, error_messages={"invalid": STALE})

    def sent_before(self) -> Visit | None:
        sent, revision = super().sent_before(), self.cleaned_data.get("revision")
        if sent is None or revision is None:
            return sent
        return find_sent(revision, by=self.user, household=self.household, replaces=sent)


class ReturnForm(forms.Form):
    remark = forms.CharField(
        label="Apa yang perlu diperbaiki?",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Tulis apa yang perlu diperbaiki."},
    )


def _values(visit: Visit) -> dict:
    """What the form of a correction starts from."""
    values = {"ends": visit.ended_at and timezone.localtime(visit.ended_at).time()}
    names = ("kind", "happened_at", "result", "topics", "notes", "follow_up", "follow_up_due")
    values |= {name: getattr(visit, name) for name in names}
    if visit.person_met != PERSONS_BY_RESULT[visit.result][0]:  # else it follows the result, also a corrected one
        values["person_met"] = visit.person_met
    if visit.latitude is not None:
        values |= {"latitude": str(visit.latitude), "longitude": str(visit.longitude)}
        values["position_source"] = visit.position_source
        values["accuracy"] = "" if visit.accuracy_m is None else str(visit.accuracy_m)
    return values
