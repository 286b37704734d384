"""The doors: log-in, a new password of one's own, the password behind an admin's link."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format

from ejsika.accounts import actions
from ejsika.accounts.lockout import Attempt

WRONG = "Nama pengguna atau kata sandi salah. Periksa huruf besar dan kecil, lalu coba lagi."
LOCKED = (
    "Terlalu banyak percobaan dengan kata sandi yang salah. Tunggu sampai pukul {time}, lalu coba lagi, "
    "atau minta tautan kata sandi dari admin."
)
_HINT = "Paling sedikit 10 huruf atau angka, bukan kata yang mudah ditebak."
_MISMATCH = "Kedua kata sandi baru tidak sama."


class LoginForm(AuthenticationForm):
    """An unknown user, a wrong password and a deactivated account get the same words, and have to wait as long."""

    error_messages = {"invalid_login": WRONG, "inactive": WRONG}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Nama pengguna"
        self.fields["password"].label = "Kata sandi"
        self.fields["username"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}

    def clean(self):
        username = self.cleaned_data.get("username")
        if not username or not self.cleaned_data.get("password"):
            return self.cleaned_data
        with _counted(self.request, username):
            return super().clean()


class OwnPasswordForm(PasswordChangeForm):
    """Whoever finds a phone unlocked guesses no faster here than at the log-in."""

    error_messages = PasswordChangeForm.error_messages | {
        "password_incorrect": "Kata sandi lama salah. Coba lagi.",
        "password_mismatch": _MISMATCH,
    }

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request
        self.fields["old_password"].label = "Kata sandi lama"
        _name_new_passwords(self)

    def clean_old_password(self):
        with _counted(self.request, self.user.username):
            return super().clean_old_password()


class LinkedPasswordForm(SetPasswordForm):
    """The password that somebody chooses who opened an admin's link."""

    error_messages = SetPasswordForm.error_messages | {"password_mismatch": _MISMATCH}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _name_new_passwords(self)


@contextmanager
def _counted(request, username: str) -> Iterator[None]:
    """Count the password that is looked at inside as one attempt. Errors: ValidationError while one has to wait."""
    attempt = Attempt(request, username)
    may_try, until = attempt.begin()
    if not may_try:
        raise ValidationError(_locked(until), code="locked")
    try:
        yield
    except ValidationError as error:
        actions.refuse_login(attempt, username, request, until)
        if until:
            raise ValidationError(_locked(until), code="locked") from error
        raise
    attempt.succeed()


def _name_new_passwords(form) -> None:
    form.fields["new_password1"].label = "Kata sandi baru"
    form.fields["new_password2"].label = "Ulangi kata sandi baru"
    form.fields["new_password1"].help_text = _HINT
    form.fields["new_password2"].help_text = ""


def _locked(until) -> str:
    return LOCKED.format(time=date_format(timezone.localtime(until + timezone.timedelta(minutes=1)), "H.i"))
