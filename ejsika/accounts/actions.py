"""Acts upon users: each one atomic, with its audit entry. No other place changes a user.

An admin acts on those whose regions and programmes all lie within the own ones, and grants no more than that. So
whoever takes rights from an admin of the whole province is another one of them: the last of them cannot be lost.
"""

from django.contrib.auth import logout, update_session_auth_hash
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from ejsika.accounts import links, lockout, sessions
from ejsika.accounts.models import User, UserSession
from ejsika.accounts.permissions import Role
from ejsika.audit.models import record

NAME_TAKEN = "Nama pengguna ini sudah dipakai."
OWN_RIGHTS = "Anda tidak dapat mengubah atau mencabut hak Anda sendiri. Minta admin lain."
OUT_OF_REACH = "Hak Anda atau pengguna ini baru saja berubah. Muat ulang halaman, lalu coba lagi."
LINK_IS_OVER = "Tautan ini sudah tidak berlaku. Minta tautan baru dari admin."


@transaction.atomic
def create_user(*, by: User | None, username: str, name: str, **scope) -> User:
    """Make a user without a password: a link lets them choose one.

    `scope` holds role, regions, programs and all_programs. Errors: ValidationError if somebody has that user name, or
    `by` has less than is granted by now.
    """
    user = User(username=username, name=name)
    user.set_unusable_password()
    _write(user, **scope)
    if by:  # nobody made the first one
        _check_reach(user, User.objects.held().get(pk=by.pk))
    record("user.created", target=user, by=by, **_plain(user))
    return user


@transaction.atomic
def change_user(*, user: User, by: User, username: str, name: str, **scope) -> dict[str, list]:
    """Write what differs, or change nothing; gives {field: [old, new]}. The own scope cannot be changed.

    Errors: ValidationError if `by` may not do this any more, or somebody has that user name.
    """
    user, by = _lock(user, by)
    if scope and user == by:
        raise ValidationError(OWN_RIGHTS)
    before = _plain(user)
    user.username, user.name = username, name
    _write(user, **scope)
    _check_reach(user, by)
    after = _plain(user)
    changes = {key: [value, after[key]] for key, value in before.items() if value != after[key]}
    if changes:
        record("user.changed", target=user, by=by, changes=changes)
    return changes


@transaction.atomic
def deactivate(*, user: User, by: User) -> None:
    """Close an account: its sessions end, its link is worth nothing; what it did keeps its name."""
    user, _ = _lock(user, by)
    if user == by:
        raise ValidationError(OWN_RIGHTS)
    if not user.is_active:
        raise ValidationError(f"{user.name} sudah tidak aktif.")
    user.is_active, user.link_made_at = False, None
    user.save(update_fields=["is_active", "link_made_at"])
    UserSession.objects.of(user).end()
    record("user.deactivated", target=user, by=by)


@transaction.atomic
def activate(*, user: User, by: User) -> None:
    user, _ = _lock(user, by)
    if user.is_active:
        raise ValidationError(f"{user.name} sudah aktif.")
    user.is_active = True
    user.save(update_fields=["is_active"])
    record("user.activated", target=user, by=by)


@transaction.atomic
def make_link(*, user: User, by: User | None) -> str:
    """Make the one-time link of a user, in place of an earlier one; gives its path. The password stays until then.

    `by` None means the command line. Errors: ValidationError for the own account or one that is not active.
    """
    user = _lock(user, by)[0] if by else User.objects.held().get(pk=user.pk)
    if user == by:
        raise ValidationError("Ganti kata sandi Anda sendiri di halaman Akun saya.")
    if not user.is_active:
        raise ValidationError(f"{user.name} tidak aktif. Aktifkan dahulu.")
    user.link_made_at = timezone.now()
    user.save(update_fields=["link_made_at"])
    record("user.link_made", target=user, by=by)
    return links.path_of(user)


@transaction.atomic
def choose_password(*, user: User, token: str, password: str) -> None:
    """Set the password that a link's holder chose. Errors: ValidationError if the link was used or withdrawn."""
    user = User.objects.held().get(pk=user.pk)
    if not links.links.check_token(user, token):
        raise ValidationError(LINK_IS_OVER)
    user.set_password(password)
    user.link_made_at = None
    user.save(update_fields=["password", "link_made_at"])
    UserSession.objects.of(user).end()
    lockout.forgive(user.username)
    record("user.password_chosen", target=user, by=user)


@transaction.atomic
def change_own_password(request, password: str) -> None:
    """Set the own password; every other device has to log in again."""
    user = request.user
    user.set_password(password)
    user.save(update_fields=["password"])
    update_session_auth_hash(request, user)
    _others(request).end()
    record("user.password_changed", target=user, by=user)


@transaction.atomic
def log_in(request, user: User) -> None:
    sessions.begin(request, user)
    record("user.logged_in", target=user, by=user, device=sessions.device_of(request))


@transaction.atomic
def log_out(request) -> None:
    record("user.logged_out", target=request.user, by=request.user)
    logout(request)


@transaction.atomic
def refuse_login(attempt: lockout.Attempt, username: str, request, until) -> None:
    """Keep on record that somebody was refused; of a name that nobody has there is nothing to tell.

    Both are one transaction that writes: a commit more for one of them could be measured from outside.
    """
    attempt.fail()
    user = User.objects.filter(username__iexact=username).first()
    if user:
        record("user.login_refused", target=user, by=None, device=sessions.device_of(request), locked=until is not None)


@transaction.atomic
def end_own_sessions(request, *, reference: str = "") -> int:
    """Log out the device of that reference, or all others; gives how many they were."""
    own = UserSession.objects.of(request.user)
    if reference:
        keys = [session.session_key for session in own if session.reference == reference]
        ended = own.filter(session_key__in=keys).end()
    else:
        ended = _others(request).end()
    if ended:
        record("user.sessions_ended", target=request.user, by=request.user, count=ended)
    return ended


@transaction.atomic
def end_sessions(*, user: User, by: User) -> int:
    """Log somebody out everywhere; gives how many devices that were."""
    user, _ = _lock(user, by)
    ended = UserSession.objects.of(user).end()
    record("user.sessions_ended", target=user, by=by, count=ended)
    return ended


def _lock(user: User, by: User) -> tuple[User, User]:
    """Hold both, always in the same order, and look again whether `by` may act on `user`.

    Two admins who take each other's rights at once follow one another: the second finds that it may not.
    """
    locked = {row.pk: row for row in User.objects.held().filter(pk__in=[user.pk, by.pk]).order_by("pk")}
    _check_reach(user, locked[by.pk])
    return locked[user.pk], locked[by.pk]


def _check_reach(user: User, by: User) -> None:
    """Look whether `user`, as written, lies within what `by` has: after a change, that no more was granted."""
    if not User.objects.for_user(by).filter(pk=user.pk).exists():
        raise ValidationError(OUT_OF_REACH)


def _write(user: User, *, role=None, regions=None, programs=None, all_programs=None) -> None:
    """Save a user's fields; of the scope what is given."""
    if role is not None:
        user.role, user.all_programs = Role(role), all_programs
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise ValidationError({"username": NAME_TAKEN}) from error
    if role is not None:
        user.regions.set(regions)
        user.programs.set([] if all_programs else programs)
        user.forget_scope()


def _others(request):
    return UserSession.objects.of(request.user).exclude(session_key=request.session.session_key)


def _plain(user: User) -> dict:
    """What an audit entry holds of a user."""
    return {
        "username": user.username,
        "name": user.name,
        "role": str(user.role),
        "regions": user.region_codes,
        "programs": "all" if user.all_programs else sorted(user.programs.values_list("code", flat=True)),
    }
