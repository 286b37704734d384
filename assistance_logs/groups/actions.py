"""Changes of groups, and storing their meetings: each once, however often it is sent.

Every act locks the group first, then the families that it names, in one order, so that two at once follow each other:
what is written of several families is held against theirs when the transaction ends, in whatever order.
"""

import datetime
import uuid as uuids

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from assistance_logs.groups.models import Attendance, Group, GroupSession, Membership, SessionPhoto
from assistance_logs.photos import MOST_PHOTOS
from beneficiaries.models import Household
from ejsika.accounts.models import User
from ejsika.audit.models import record, record_many
from ejsika.files.models import StoredPhoto
from ejsika.files.photos import Photo
from ejsika.outbox.sending import UuidTakenError, again

# What an edit of a group may change besides its families.
COLUMNS = ["name", "week", "weekday", "day_of_month", "meets_at", "place"]
# What a correction may change; the audit entry names which of them it did.
CONTENT = ["module", "lesson", "happened_at", "ended_at", "place", "speaker", "notes", "latitude", "longitude"]
CONTENT += ["accuracy_m"]
GROUPED_SINCE = "Sebagian keluarga ini baru saja masuk kelompok lain. Periksa lagi pilihannya, lalu simpan."
MERGED_SINCE = "Satu keluarga di sini baru saja digabung dengan keluarga lain. Kirim sekali lagi."
CLOSED = "Kelompok ini sudah dibubarkan. Keluarganya dapat dimasukkan ke kelompok lain."


@transaction.atomic
def make_group(*, desa: str, by: User, members: list[int], leader: int | None, **columns) -> Group:
    """Make a group in a desa (its code) of these families (their ids), who belong to it from today on.

    Errors: ValidationError if one of them has come into another group.
    """
    group = Group.objects.create(region_id=desa, **columns)
    record("group.created", target=group, by=by, name=group.name, count=len(members))
    _join(group, members, by)
    _lead(group, leader)
    return group


@transaction.atomic
def edit_group(
    *, group: Group, by: User, joining: list[int], leaving: list[int], leader: int | None, **columns
) -> list[str]:
    """Change a group; families (their ids) join and leave as of today. Gives the names of what changed.

    Errors: ValidationError if the group is dissolved, would be left without any family, or one of those joining has
    come into another group.
    """
    group = _locked(group)
    present = dict(group.memberships.open().values_list("household", "pk"))
    leaving = [pk for pk in leaving if pk in present]
    joining = [pk for pk in joining if pk not in present]
    if len(present) == len(leaving) and not joining:
        raise ValidationError("Kelompok perlu paling sedikit satu keluarga. Untuk mengakhirinya, bubarkan kelompok.")
    _hold([*joining, *leaving])
    changes = _set(group, columns)
    _leave(group, leaving, by)
    _join(group, joining, by)
    changed = [*changes, *(["leader"] if _lead(group, leader) else []), *(["members"] if leaving or joining else [])]
    if changed:
        record("group.edited", target=group, by=by, changes=changes, joined=len(joining), gone=len(leaving))
    return changed


@transaction.atomic
def close_group(*, group: Group, by: User) -> None:
    """Dissolve a group: its families leave it today and are free for another one; its meetings stay.

    Errors: ValidationError if that was done already.
    """
    group = _locked(group)
    members = list(group.memberships.open().values_list("household", flat=True))
    _hold(members)
    _leave(group, members, by)
    group.closed_on = timezone.localdate()
    group.save(update_fields=["closed_on"])
    record("group.closed", target=group, by=by)


def _locked(group: Group) -> Group:
    group = Group.objects.select_for_update(of=("self",)).get(pk=group.pk)
    if group.closed_on:
        raise ValidationError(CLOSED)
    return group


def _set(group: Group, columns: dict) -> dict[str, list]:
    """Write what differs; gives {column: [old, new]} as an audit entry can hold it."""
    changes = {name: [_plain(getattr(group, name)), _plain(value)] for name, value in columns.items()}
    changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    for name in changes:
        setattr(group, name, columns[name])
    if changes:
        group.save(update_fields=list(changes))
    return changes


def _plain(value):
    return value.strftime("%H:%M") if isinstance(value, datetime.time) else value


def _hold(household_ids) -> set[int]:
    """Lock families until the transaction ends; gives those that are there, and no other one by now."""
    rows = Household.objects.select_for_update(of=("self",)).filter(pk__in=household_ids, region__isnull=False)
    return set(rows.order_by("pk").values_list("pk", flat=True))


def _join(group: Group, household_ids: list[int], by: User) -> None:
    ids = sorted(set(household_ids))
    if _hold(ids) != set(ids) or Membership.objects.open().filter(household__in=ids).exists():
        raise ValidationError(GROUPED_SINCE)
    today = timezone.localdate()
    Membership.objects.bulk_create(Membership(group=group, household_id=pk, joined_on=today) for pk in ids)
    _tell("group.joined", group, ids, by)


def _leave(group: Group, household_ids: list[int], by: User) -> None:
    leaving = group.memberships.open().filter(household__in=household_ids)
    leaving.update(left_on=timezone.localdate())
    _tell("group.left", group, household_ids, by)


def _tell(action: str, group: Group, household_ids: list[int], by: User) -> None:
    record_many(action, model=Household, by=by, entries=[(pk, {"group": group.pk}) for pk in household_ids])


def _lead(group: Group, leader: int | None) -> bool:
    """Let this family lead the group, or none; gives whether that is new."""
    members = group.memberships.open()
    now = members.filter(is_leader=True).values_list("household", flat=True).first()
    if now == leader:
        return False
    members.filter(is_leader=True).update(is_leader=False)
    members.filter(household=leader).update(is_leader=True)
    return True


def find_sent(uuid: uuids.UUID | None, *, by: User, group: Group, replaces: GroupSession | None = None):
    """Give the meeting that this same sending stored before, or None.

    Errors: UuidTakenError if the UUID is known, but not as this person's entry for this group.
    """
    found = GroupSession.objects.filter(uuid=uuid).first() if uuid else None
    return again(found, assistant_id=by.pk, group_id=group.pk, replaces_id=replaces and replaces.pk)


def find_own(uuid: uuids.UUID, *, by: User) -> GroupSession | None:
    """The meeting that this person sent under a UUID, whoever has the group's families now."""
    return GroupSession.objects.filter(uuid=uuid, assistant=by).first()


@transaction.atomic
def log_session(
    *,
    group: Group,
    by: User,
    uuid: uuids.UUID,
    outbox_version: int,
    presences: dict[int, str],
    revision: uuids.UUID | None = None,
    **content,
) -> GroupSession:
    """Store a meeting with each family's presence (by its id), or give the one that the same UUID stored before.

    With a `revision` what differs from that one becomes its correction, as in assistance_logs.actions.log_visit.
    A group that was dissolved meanwhile had its meeting all the same. Errors: UuidTakenError as in find_sent;
    ValidationError as in correct_session.
    """
    Group.objects.select_for_update(of=("self",)).get(pk=group.pk)
    if sent := find_sent(uuid, by=by, group=group):
        if revision is None or _is_same(sent, presences, content):
            return sent
        renewed = {"outbox_version": outbox_version, "presences": presences, **content}
        return correct_session(session=sent, by=by, uuid=revision, **renewed)
    _hold_noted(presences)
    session = _create(presences, group=group, assistant=by, uuid=uuid, outbox_version=outbox_version, **content)
    counts = {"session": session.pk, "lesson": session.lesson_label, "count": len(presences)}
    record("session.logged", target=group, by=by, **counts)
    return session


@transaction.atomic
def correct_session(
    *, session: GroupSession, by: User, uuid: uuids.UUID, outbox_version: int, presences: dict[int, str], **content
) -> GroupSession:
    """Store a new version of a meeting in the place of the current one, or give what the same UUID stored before.

    Families of the old version that `presences` does not name keep what was noted of them.
    Errors: ValidationError if `session` is not the current version any more; UuidTakenError as in find_sent.
    """
    group = Group.objects.select_for_update(of=("self",)).get(pk=session.group_id)
    if sent := find_sent(uuid, by=by, group=group, replaces=session):
        return sent
    if not GroupSession.objects.current().filter(pk=session.pk).update(is_current=False):
        raise ValidationError(
            "Pertemuan ini sudah diperbaiki lebih dulu. Buka versi terbarunya, lalu perbaiki yang itu."
        )
    before = dict(session.attendances.values_list("household", "presence"))
    _hold_noted(presences, before)
    newer = _create(
        before | presences,
        group=group,
        assistant=session.assistant,
        uuid=uuid,
        outbox_version=outbox_version,
        replaces=session,
        **content,
    )
    SessionPhoto.objects.bulk_create(
        SessionPhoto(session=newer, photo_id=pk) for pk in session.photos.values_list("photo", flat=True)
    )
    changed = [name for name in CONTENT if getattr(newer, name) != getattr(session, name)]
    changed += ["presence"] if before | presences != before else []
    record("session.corrected", target=group, by=by, session=newer.pk, replaces=session.pk, changed=changed)
    return newer


@transaction.atomic
def add_photo(*, session: GroupSession, by: User, uuid: uuids.UUID, photo: Photo) -> None:
    """Add a photo to a meeting's current version, once, however often it is sent.

    Errors: ValidationError when there are as many as there may be, or no room; UuidTakenError if the UUID is another's.
    """
    Group.objects.select_for_update(of=("self",)).get(pk=session.group_id)
    session = session.versions()[0]
    if known := StoredPhoto.objects.filter(uuid=uuid).first():
        theirs = SessionPhoto.objects.filter(session__group=session.group_id, session__assistant=session.assistant_id)
        if known.stored_by_id != by.pk or not theirs.filter(photo=known).exists():
            raise UuidTakenError
        return
    if session.photos.count() >= MOST_PHOTOS:
        raise ValidationError(f"Satu pertemuan memuat paling banyak {MOST_PHOTOS} foto.")
    SessionPhoto.objects.create(session=session, photo=StoredPhoto.keep(photo, uuid=uuid, by=by))
    record("session.photo_added", target=session.group, by=by, session=session.pk)


def _hold_noted(presences: dict[int, str], before=()) -> None:
    """Errors: ValidationError if one that is noted now became another family since its form was read."""
    if not presences.keys() <= _hold({*presences, *before}):
        raise ValidationError(MERGED_SINCE)


def _is_same(session: GroupSession, presences: dict[int, str], content: dict) -> bool:
    noted = dict(session.attendances.values_list("household", "presence"))
    return noted == presences and all(getattr(session, name) == value for name, value in content.items())


def _create(presences: dict[int, str], **fields) -> GroupSession:
    try:
        with transaction.atomic():
            session = GroupSession.objects.create(**fields)
    except IntegrityError:
        # Two groups' locks do not meet: only the unique constraint sees one UUID sent for both at once.
        if GroupSession.objects.filter(uuid=fields["uuid"]).exists():
            raise UuidTakenError from None
        raise
    rows = [Attendance(session=session, household_id=pk, presence=presence) for pk, presence in presences.items()]
    Attendance.objects.bulk_create(rows)
    return session
