"""What is sent may be sent again, for its answer may be lost: each thing carries a UUID, and is stored once."""

from django.core.exceptions import ValidationError

# The newest shape of what a phone sends. Phones keep old forms for days, so older versions stay readable.
OUTBOX_VERSION = 1
STALE = "Formulir ini tidak lengkap sampai di server. Simpan sekali lagi; kalau tetap begini, muat ulang halaman."
TOO_NEW = "Formulir ini dari versi aplikasi yang belum dikenal server. Muat ulang halaman, lalu simpan lagi."
TAKEN = "Nomor kirim formulir ini sudah dipakai catatan lain, jadi belum tersimpan. Periksa isinya, lalu simpan lagi."


class UuidTakenError(Exception):
    """The UUID belongs to another entry: another person's, about somebody else, or another version's."""


def again(row, **expected):
    """Mark a row that the same sending stored before (None: there is none), and give it.

    Errors: UuidTakenError if it is not about the `expected`: the person, the family, what it replaces.
    """
    if row is None:
        return None
    if any(getattr(row, name) != value for name, value in expected.items()):
        raise UuidTakenError
    row.is_repeat = True
    return row


def store(form, act):
    """Do what a sent form asks for, once; gives what is stored (None where it is refused) and the status of a conflict.

    `act` takes the cleaned fields and gives the row; a form that is refused now may have been stored before, which
    `form.sent_before()` tells.
    """
    try:
        return act(**form.cleaned_data) if form.is_valid() else form.sent_before(), None
    except UuidTakenError:
        form.add_error(None, ValidationError(TAKEN, code="uuid_taken"))
    except ValidationError as error:
        form.add_error(None, error)
    return None, 409
