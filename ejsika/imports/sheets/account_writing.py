"""Writing the accounts of a sheet, and taking them back: each by the acts that a page does, with their audit."""

import json

from django.core.exceptions import ValidationError

from ejsika.accounts import actions, duties
from ejsika.accounts.models import User
from ejsika.audit.models import AuditEvent
from ejsika.imports.models import AccountRow, FieldChange
from ejsika.programs.models import Program
from ejsika.regions.models import Region

TABLE = User._meta.db_table


def plain_of(user: User) -> dict:
    """What a sheet may say of an account."""
    return {
        "name": user.name,
        "role": str(user.role),
        "regions": sorted(region.code for region in user.regions.all()),
        "programs": "all" if user.all_programs else sorted(program.code for program in user.programs.all()),
    }


def was_used(user: User) -> bool:
    """Whether somebody has ever chosen its password."""
    return user.has_usable_password()


def write(batch, by: User) -> None:
    """Make and change the accounts of a batch. Call in a transaction, right after match().

    Errors: ValidationError if `by` may not do this to one of them. Cost: some ten queries an account.
    """
    rows = list(AccountRow.objects.filter(batch=batch, outcome__in=("create", "change")).order_by("row"))
    users = User.objects.in_bulk([row.user for row in rows if row.user])
    notes = []
    for row in rows:
        wanted = {name: new for name, _, new in row.changes}
        try:
            if row.user is None:
                user = actions.create_user(by=by, username=row.username, **_arguments(wanted))
                row.user = user.pk
            else:
                user = users[row.user]
                if not user.is_active:
                    actions.activate(user=user, by=by)
                actions.change_user(user=user, by=by, username=user.username, **_arguments(plain_of(user) | wanted))
        except ValidationError as error:
            raise ValidationError(f"{row.username}: {' '.join(error.messages)}") from error
        if row.outcome == "create":
            notes.append(FieldChange(batch=batch, table=TABLE, key=user.pk))
        else:
            notes += [_note(batch, user, *change) for change in row.changes]
    FieldChange.objects.bulk_create(notes, batch_size=1_000)
    AccountRow.objects.bulk_update(rows, ["user"], batch_size=1_000)


def _note(batch, user: User, name: str, old, new) -> FieldChange:
    return FieldChange(batch=batch, table=TABLE, key=user.pk, field=name, old=json.dumps(old), new=json.dumps(new))


def _arguments(wanted: dict) -> dict:
    """What the acts upon users take, of what a row says."""
    programs = wanted["programs"]
    return {
        "name": wanted["name"],
        "role": wanted["role"],
        "regions": Region.objects.filter(code__in=wanted["regions"]),
        "programs": Program.objects.filter(code__in=[] if programs == "all" else programs),
        "all_programs": programs == "all",
    }


def undo(batch, by: User) -> list[dict]:
    """Close the accounts that a batch made, and put back what it changed, where nobody has used or changed it since.

    Nobody is deleted. Gives what stays as {"user": id, "what": words}.
    """
    kept = []
    notes: dict[int, list[FieldChange]] = {}
    for note in batch.changes.filter(table=TABLE).order_by("key", "pk"):
        notes.setdefault(note.key, []).append(note)
    users = User.objects.prefetch_related("regions", "programs").in_bulk(notes)
    within = set(User.objects.for_user(by).filter(pk__in=notes).values_list("pk", flat=True))
    for key, changes in notes.items():
        user = users[key]
        if key not in within:
            kept.append({"user": key, "what": "Akun ini sekarang di luar wilayah Anda"})
        elif not changes[0].field:
            kept += _close(user, batch, by)
        else:
            kept += _restore(user, changes, by)
    return kept


def _close(user: User, batch, by: User) -> list[dict]:
    changed = AuditEvent.objects.filter(
        action="user.changed", target_kind=User._meta.label_lower, target_id=user.pk, at__gt=batch.committed_at
    )
    if was_used(user) or duties.of(user, by) or changed.exists():
        return [{"user": user.pk, "what": "Akun ini sudah dipakai atau diubah sejak impor"}]
    if user.is_active:
        actions.deactivate(user=user, by=by)
    return []


def _restore(user: User, changes: list[FieldChange], by: User) -> list[dict]:
    now, kept = plain_of(user), []
    old = {}
    for change in changes:
        if now[change.field] == json.loads(change.new):
            old[change.field] = json.loads(change.old)
        else:
            kept.append({"user": user.pk, "what": "Sudah diubah lagi sejak impor"})
    if old:
        actions.change_user(user=user, by=by, username=user.username, **_arguments(now | old))
    return kept[:1]
