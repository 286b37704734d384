"""What a phone may write without network, by kind: each registers in the ready() of the app whose tables it fills.

A new kind is one module on each side and a line beside the others. Here a Kind, whose `store` is mostly
`answer(form, partial(act, …))` over a form that is a SentForm, and whose act gives what the same UUID stored before. In
the browser its form in `static/js/outbox/forms/<name>.js`, named in `forms.js`, and its address in `places.js`. What
its form must know of the day without network is a part of `ejsika.outbox.day`; `ejsika/offline.py` names its files.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import QueryDict

from ejsika.accounts.models import User
from ejsika.accounts.permissions import Permission
from ejsika.files.photos import Photo
from ejsika.outbox import sending

VISIT = "visit"  # what a phone of the first versions sends without naming a kind


@dataclass(frozen=True)
class Answer:
    """What became of an item: stored, at `url` ("" where its writer may not open it), or refused for `reasons`.

    `errors` are those of the form, by field; `asked` what its writer has to choose between; `told` what its writer
    reads on the next page (level of a message, words).
    The phone keeps all but that, so a repeat must give the same.
    """

    is_stored: bool
    url: str = ""
    reasons: list[str] = field(default_factory=list)
    errors: dict = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    asked: list[dict] = field(default_factory=list)
    told: Iterable[tuple[int, str]] = ()


@dataclass(frozen=True)
class Kind:
    """`store(user, fields)` stores an item once and says what came of it. `find_own(uuid, by=)` gives the row that this
    person stored under a UUID, or None; `attach(row, by=, uuid=, photo=)` adds a photo to it once (ValidationError,
    UuidTakenError), with the `subject` that the phone says of it where the kind `has_subjects`. `template` is the form
    as the phone keeps it, about nobody, drawn with the `form`
    that `bare()` gives; its ids are its own (`auto_id`), for forms of several kinds stand in one page.
    """

    name: str
    label: str
    permission: Permission
    store: Callable[[User, QueryDict], Answer]
    template: str
    bare: Callable[[], BaseForm]
    find_own: Callable | None = None
    attach: Callable | None = None
    has_subjects: bool = False


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    _kinds[kind.name] = kind


def every() -> list[Kind]:
    return list(_kinds.values())


def find(name: str, user: User) -> Kind | None:
    """The kind of that name, if this person may write such; None for one of a version to come, too."""
    kind = _kinds.get(name)
    return kind if kind and user.may(kind.permission) else None


def attach(*, by: User, item: UUID, uuid: UUID, photo: Photo, subject: str = "") -> None:
    """Add a photo to what this person sent under the UUID `item`, once, whatever kind that is.

    Errors: ValidationError where there is no such thing, or no room; UuidTakenError if the UUID is another photo's.
    """
    for kind in sorted(_kinds.values(), key=lambda kind: kind.name != VISIT):  # most are of visits
        if kind.find_own and (row := kind.find_own(item, by=by)):
            more = {"subject": subject} if kind.has_subjects else {}
            return kind.attach(row, by=by, uuid=uuid, photo=photo, **more)
    raise ValidationError("Catatan foto ini tidak ada di server. Kirim catatannya lebih dulu.")


def answer(form, act, *, url=lambda row: row.get_absolute_url(), told=lambda form, row: ()) -> Answer:
    """Store by a form what a phone sent, once, and say what came of it."""
    row, _ = sending.store(form, act)
    warnings = ["position_unreadable"] if getattr(form, "position_unreadable", False) else []
    if row is None:
        return Answer(False, reasons=form.reasons(), errors=form.errors.get_json_data(), warnings=warnings)
    return Answer(True, url=url(row), warnings=warnings, told=told(form, row))
