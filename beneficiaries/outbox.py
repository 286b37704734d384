"""Edits of a family as a phone's outbox sends them, and what its form must know of each family without network."""

import datetime
from collections import defaultdict
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from beneficiaries.actions import edit_household, seen_values
from beneficiaries.edits import (
    POINT,
    EditConflict,
    Merged,
    changed_by,
    columns_within,
    member_of,
    member_units,
    snapshot,
    units_within,
)
from beneficiaries.families import UNKNOWN_FAMILY, family_to_log
from beneficiaries.forms.changes import GONE, UNREADABLE, HouseholdEditForm
from beneficiaries.forms.members import as_written, words
from beneficiaries.forms.sent import BareEditForm, SentEditForm, edit_form, reasons_of
from beneficiaries.models import Household, Member, SentEdit
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Permission
from ejsika.outbox import day, kinds
from ejsika.outbox.kinds import Answer, Kind
from ejsika.outbox.sending import OUTBOX_VERSION, TAKEN, UuidTakenError

JOINED = "joined"  # beside the units that an edit wrote: the member whom it added
TO_LOOK_AT = "Orang lain mengubah data yang sama: {}. Pilih mana yang benar, lalu simpan lagi."


def register() -> None:
    day.register("households", households_of)
    kinds.register(
        Kind(
            name="household",
            label="Data keluarga",
            permission=Permission.HOUSEHOLD_EDIT,
            store=store,
            template="beneficiaries/_phone_household.html",
            bare=BareEditForm,
        )
    )


def store(user: User, fields) -> Answer:
    """Take an edit once, beside what others changed since its base; what both changed is asked, and nothing saved."""
    sent = SentEditForm(fields)
    if not sent.is_valid():
        return Answer(False, reasons=sent.reasons(), errors=sent.errors.get_json_data())
    uuid, revision, base = (sent.cleaned_data[name] for name in ("uuid", "revision", "base"))
    known = SentEdit.objects.filter(uuid=uuid).first()
    household = family_to_log(user, fields.get("household", ""))
    if known and (known.by_id != user.pk or household is None or known.household_id != household.pk):
        return Answer(False, reasons=[TAKEN])
    if known and (revision is None or household.sent_edits.filter(uuid=revision, by=user).exists()):
        return Answer(True, url=_url(household), told=[(messages.INFO, "Perubahan ini sudah tersimpan.")])
    if household is None or not household.is_theirs_today:
        return Answer(False, reasons=[UNKNOWN_FAMILY])
    if known:  # it stands upon what its earlier edition wrote
        base |= {unit: value for unit, value in known.wrote.items() if unit in base}
        fields = _with_joined(fields, base, household, known)
    form = edit_form(fields, base, household)
    if form is None:
        return Answer(False, reasons=[UNREADABLE])
    return _answer(form, user, revision if known else uuid, known)


def _with_joined(fields, base: dict, household: Household, known: SentEdit):
    """What is said of a newcomer who joined by an earlier edition is an edit of that member, or takes them out."""
    pk = known.wrote.get(JOINED)
    if pk is None:
        return fields
    data = fields.copy()
    said = {
        name.removeprefix("new-"): data.pop(name)[-1] for name in [name for name in data if name.startswith("new-")]
    }
    if household.members.filter(pk=pk, left_on__isnull=True).exists():
        units = {unit: value for unit, value in known.wrote.items() if member_of(unit) == pk}
        base |= units
        if not any(text.strip() for text in said.values()):
            said = {name: text for unit, value in units.items() for name, text in _fields(unit, value)}
            said = {name.partition("-")[2]: text for name, text in said.items()} | {"left": "on"}
        data.update({f"m{pk}-{name}": text for name, text in said.items()})
    return data


def _answer(form: HouseholdEditForm, user: User, uuid: UUID, known: SentEdit | None) -> Answer:
    if not form.is_valid():
        reasons, errors = reasons_of(form)
        return Answer(False, reasons=reasons, errors=errors)
    try:
        merged = _edit(form, user, uuid, known)
    except EditConflict as conflict:
        return _asking(form, conflict)
    except UuidTakenError:
        return Answer(False, reasons=[TAKEN])
    except ValidationError as error:
        return Answer(False, reasons=error.messages)
    return Answer(True, url=_url(form.household), told=_told(form, merged))


@transaction.atomic
def _edit(form: HouseholdEditForm, user: User, uuid: UUID, known: SentEdit | None) -> Merged | None:
    """Write it and keep its number in one; None where the same sending came twice at once.

    Errors: UuidTakenError if the number is another edit's; those of edit_household.
    """
    household = Household.objects.locked(form.household)
    if household.sent_edits.filter(uuid=uuid, by=user).exists():
        return None
    edit = form.edit()
    merged = edit_household(household=household, by=user, **edit)
    wrote = units_within(edit, edit["members"])
    for pk, columns in zip(merged.joined, edit["joining"], strict=False):
        wrote |= {JOINED: pk, **member_units(pk, columns)}
    if known:
        SentEdit.objects.filter(pk=known.pk).update(wrote=known.wrote | wrote)
    try:
        SentEdit.objects.create(uuid=uuid, household=household, by=user, wrote=wrote)
    except IntegrityError:  # two families' locks do not meet: only the unique constraint sees one number sent for both
        raise UuidTakenError from None
    return merged


def _asking(form: HouseholdEditForm, conflict: EditConflict) -> Answer:
    """Say what both changed: the writer's value, what stands now, and who wrote that."""
    now, edit = seen_values(form.household), form.edit()
    mine, told = units_within(edit, edit["members"]), changed_by(form.household, conflict.units)
    standing = [unit for unit in conflict.units if unit in now]
    gone = [form.name_of(unit).partition(",")[0] for unit in conflict.units if unit not in now]
    asked = [
        {
            "unit": unit,
            "name": form.name_of(unit),
            "mine": words(unit, mine[unit]),
            "theirs": words(unit, now[unit]),
            "told": told[unit],
            "value": now[unit],
            "fields": _fields(unit, now[unit]),
        }
        for unit in standing
    ]
    reasons = [TO_LOOK_AT.format(", ".join(form.name_of(unit) for unit in standing))] if standing else []
    return Answer(False, reasons=[*reasons, *map(GONE.format, dict.fromkeys(gone))], asked=asked)


def _fields(unit: str, value) -> list[list[str]]:
    """A unit as the fields of the form hold it: name and text of each."""
    prefix = f"{unit.partition('-')[0]}-" if "-" in unit else ""
    return [[prefix + name, as_written(part)] for name, part in columns_within(unit, value).items()]


def _url(household: Household) -> str:
    return household.get_absolute_url() if household.is_theirs_today else ""


def _told(form: HouseholdEditForm, merged: Merged | None):
    if merged is None or merged.has_changed:
        yield messages.SUCCESS, "Perubahan tersimpan."
    else:
        yield messages.INFO, "Tidak ada yang berubah, jadi tidak ada yang disimpan."
    if merged and merged.kept:
        kept = ", ".join(map(form.name_of, merged.kept))
        yield messages.INFO, f"Yang diubah orang lain sementara itu tetap tersimpan: {kept}."


def households_of(user: User, today: datetime.date) -> list[dict]:
    """What may be edited of each family, as it stands: no number of identity, no point. Cost: two queries."""
    members = defaultdict(list)
    own = Household.objects.for_user(user)
    present = Member.objects.filter(household__in=own.values("pk"), left_on__isnull=True)
    for member in present.order_by("-is_recipient", "relationship", "born_on", "pk"):
        members[member.household_id].append(member)
    return [_plain(household, members[household.pk]) for household in own]


def _plain(household: Household, members: list[Member]) -> dict:
    base = snapshot(household, members)
    del base[POINT]
    recipient = next((member.pk for member in members if member.is_recipient), None)
    return {"id": household.pk, "base": base, "recipient": recipient}


def subject_of(form: HouseholdEditForm) -> dict:
    """The same for the page's own form, point included, so that what is saved there may wait in the outbox too."""
    household = form.household
    recipient = next((row.pk for row in form.rows if row.is_recipient), None)
    place = f"{household.address_line or 'Alamat belum diisi'} · {household.region.name}"
    kept = {"id": household.pk, "base": form.before.values, "recipient": recipient}
    return kept | {"name": household.recipient_name, "place": place, "version": OUTBOX_VERSION}
