"""What the registry itself tells in a family's line of time: edits, assignments and imports, read from the audit."""

import datetime

from django.urls import reverse
from django.utils import formats
from django.utils.formats import number_format

from beneficiaries.choices import InactiveReason
from beneficiaries.models import Household, Member
from beneficiaries.timeline import Entry
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Permission
from ejsika.audit.models import AuditEvent
from ejsika.imports.models import ImportBatch
from ejsika.lib.geo import distance_m
from ejsika.lib.prepared import prepared

POINT = ["latitude", "longitude", "point_source", "point_accuracy_m"]
# Words for the columns that an edit or an import may have changed; of sealed ones nothing but the word is known.
WORDS = {
    "address": "alamat",
    "rt": "RT",
    "rw": "RW",
    "phone": "No HP",
    "kk": "No KK",
    "recipient_name": "nama pengurus",
    "region_code": "desa",
    "bank": "bank",
    "account_sealed": "No rekening",
    "account_digest": "No rekening",
    **dict.fromkeys(POINT, "titik lokasi"),
}

MEMBER_WORDS = {
    "name": "nama",
    "relationship": "hubungan",
    "sex": "jenis kelamin",
    "born_on": "tanggal lahir",
    "school_level": "sekolah",
    "grade": "kelas",
    "is_pregnant": "hamil",
    "is_disabled": "disabilitas berat",
}


def entries(household: Household, user, limit: int) -> list[Entry]:
    """The newest acts on the family and its members; that a number was shown is no part of it. Cost: four queries.

    What happened to a family that was merged into this one belongs to it, at a query more.
    """
    events = _events(limit, household=household.pk)
    for merged in [event.data["merged"] for event in events if event.action == "household.merged"]:
        events += _events(limit, household=merged)
    events = sorted(events, key=lambda event: -event.pk)[:limit]
    known = {"assistants": _assistants(events), "batches": _batches(events, user), "members": _members(events)}
    return [_TELL[event.action](event, **known) for event in events]


@prepared(is_planned=True)
def _events(limit, household):
    found = AuditEvent.objects.filter(
        target_kind=Household._meta.label_lower, target_id=household, action__in=list(_TELL)
    )
    return found.select_related("actor").order_by("-pk")[:limit]


def _edited(event, **known) -> Entry:
    changes = event.data.get("changes", {})
    words = [name for name in WORDS if name in changes and name not in POINT]
    told = ["{}: {} → {}".format(WORDS[name], *map(_value, changes[name])) for name in words]
    if "latitude" in changes:
        told.append(_moved(*zip(changes["latitude"], changes["longitude"], strict=True)))
    elif any(name in changes for name in POINT):
        told.append("sumber titik lokasi diperbarui")
    return _entry(event, "pencil", "Data diubah", _sentence(told))


def _member_edited(event, *, members, **known) -> Entry:
    told = [
        f"{word}: {_shown(name, old)} → {_shown(name, new)}"
        for name, word in MEMBER_WORDS.items()
        for old, new in [event.data["changes"].get(name, (None, None))]
        if name in event.data["changes"]
    ]
    name = members.get(event.data["member"], "Anggota")
    title = "Anggota keluar dari keluarga" if "left_on" in event.data["changes"] else "Data anggota diubah"
    return _entry(event, "pencil", title, f"{name}: {'; '.join(told)}" if told else name)


def _member_added(event, *, members, **known) -> Entry:
    return _entry(event, "user-plus", "Anggota ditambahkan", members.get(event.data["member"], ""))


def _shown(name: str, value) -> str:
    """A member's value as a person reads it."""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if name == "born_on" and value:
        return formats.date_format(datetime.date.fromisoformat(value))
    return _value(dict(Member._meta.get_field(name).flatchoices).get(value, value))


def _moved(old: tuple, new: tuple) -> str:
    """What an edit did to the point, from (latitude, longitude) to (latitude, longitude)."""
    if old[0] is None:
        return "titik lokasi dipasang"
    if new[0] is None:
        return "titik lokasi dihapus"
    metres = round(distance_m(tuple(map(float, old)), tuple(map(float, new))))
    return f"titik lokasi digeser {number_format(metres, force_grouping=True)} m"


def _assigned(event, *, assistants, **known) -> Entry:
    old, new = (assistants.get(pk, "") for pk in event.data.get("assistant", [None, None]))
    title = f"Pendamping: {new}" if new else "Tanpa pendamping"
    detail = [f"sebelumnya {old}" if old else "", event.data.get("reason", "")]
    return _entry(event, "user-check", title, " · ".join(filter(None, detail)))


def _imported(event, *, batches, **known) -> Entry:
    batch = batches.get(event.data.get("batch"))
    title = f"Impor {batch.file_name}" if batch else "Impor"
    if event.data.get("created"):
        detail = "Keluarga didaftarkan"
    else:
        words = dict.fromkeys(WORDS.get(name, name) for name in event.data.get("fields", []))
        detail = _sentence([", ".join(words) + " berubah"]) if words else "Anggota, kepesertaan atau pendamping berubah"
    return _entry(event, "upload", title, detail, batch)


def _import_undone(event, *, batches, **known) -> Entry:
    batch = batches.get(event.data.get("batch"))
    return _entry(event, "undo-2", f"Impor {batch.file_name} dibatalkan" if batch else "Impor dibatalkan", "", batch)


def _left_out(event, *, batches, **known) -> Entry:
    batch = batches.get(event.data.get("batch"))
    reason = dict(InactiveReason.choices).get(event.data.get("reason"), "")
    return _entry(event, "user-x", "Dinonaktifkan: tidak ada di roster lengkap", reason, batch)


def _merged(event, **known) -> Entry:
    return _entry(event, "merge", "Digabung dengan keluarga lain", event.data.get("reason", ""))


_TELL = {
    "household.edited": _edited,
    "member.edited": _member_edited,
    "member.added": _member_added,
    "household.assigned": _assigned,
    "household.imported": _imported,
    "household.import_undone": _import_undone,
    "household.left_out": _left_out,
    "household.merged": _merged,
}


def _entry(event, icon: str, title: str, detail: str, batch: ImportBatch | None = None) -> Entry:
    who = event.actor.name if event.actor else ""
    url = reverse("imports:batch_detail", args=[batch.pk]) if batch and batch.may_open else ""
    return Entry(at=event.at, icon=icon, title=title, detail=" · ".join(filter(None, [detail, who])), url=url)


def _sentence(parts: list[str]) -> str:
    text = "; ".join(parts)
    return text[:1].upper() + text[1:]


def _value(value) -> str:
    return "kosong" if value in (None, "") else str(value)


def _assistants(events) -> dict[int, str]:
    wanted = {pk for event in events for pk in event.data.get("assistant", []) if pk}
    return dict(User.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def _members(events) -> dict[int, str]:
    wanted = {event.data["member"] for event in events if "member" in event.data}
    return dict(Member.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def _batches(events, user) -> dict[int, ImportBatch]:
    """The uploads that the events name, each with whether this person may open it."""
    wanted = {event.data["batch"] for event in events if "batch" in event.data}
    if not wanted:
        return {}
    own = set()
    if user.may(Permission.ROSTER_IMPORT):
        own = set(ImportBatch.objects.for_user(user).filter(pk__in=wanted).values_list("pk", flat=True))
    batches = {batch.pk: batch for batch in ImportBatch.objects.filter(pk__in=wanted).only("pk", "file_name")}
    for batch in batches.values():
        batch.may_open = batch.pk in own
    return batches
