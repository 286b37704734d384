"""What every form that a phone may send has in common, and the photo that follows one."""

import uuid

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from ejsika.files.photos import Photo, read_photo
from ejsika.outbox.sending import OUTBOX_VERSION, STALE, TOO_NEW


class SentForm(forms.Form):
    """A form with the number of its sending. `sent_before()` of each kind tells what that number stored already."""

    uuid = forms.UUIDField(widget=forms.HiddenInput, error_messages={"invalid": STALE, "required": STALE})
    outbox_version = forms.IntegerField(
        min_value=1,
        widget=forms.HiddenInput,
        error_messages={"invalid": STALE, "required": STALE, "min_value": STALE},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.initial |= {"uuid": uuid.uuid4(), "outbox_version": OUTBOX_VERSION}

    def clean_outbox_version(self) -> int:
        version = self.cleaned_data["outbox_version"]
        if version > OUTBOX_VERSION:
            raise ValidationError(TOO_NEW)
        return version

    def reasons(self) -> list[str]:
        """What is wrong, a line each, as an outbox shows it beside no form."""
        return [
            f"{self.fields[name].label}: {error}" if name in self.fields and not self[name].is_hidden else error
            for name, errors in self.errors.items()
            for error in errors
        ]

    def renew_uuid(self) -> None:
        """Give the form that is shown again a number of its own where the one it came with cannot be used."""
        if "uuid" in self.errors or self.has_error(NON_FIELD_ERRORS, "uuid_taken"):
            self.data = self.data.copy()
            self.data["uuid"] = str(uuid.uuid4())


class PhotoForm(forms.Form):
    """One photo of an item that a phone sent before; `photo` becomes a Photo."""

    uuid = forms.UUIDField(error_messages={"invalid": STALE, "required": STALE})
    item = forms.UUIDField(error_messages={"invalid": STALE, "required": STALE})
    subject = forms.CharField(required=False, max_length=20)  # what it shows, for kinds that tell photos apart
    photo = forms.FileField(error_messages={"required": "Fotonya tidak sampai di server. Kirim lagi."})

    def clean_photo(self) -> Photo:
        return read_photo(self.cleaned_data["photo"])
