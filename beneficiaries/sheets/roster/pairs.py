"""Two persons side by side, one of the sheet and one of the register, and what somebody says of them."""

import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.urls import reverse
from django.utils.formats import date_format

from beneficiaries.models.household import Household, Member
from beneficiaries.models.pair import PersonPair
from beneficiaries.sheets.roster import match
from beneficiaries.sheets.roster.models import RosterRow, RosterSuspect
from beneficiaries.sheets.roster.suspects import SUSPECTS
from ejsika.accounts.permissions import Permission
from ejsika.audit.models import record
from ejsika.imports.kinds import Fact, Suspect
from ejsika.lib.sealed import SealedNumber
from ejsika.lib.tags import rt_rw
from ejsika.regions.models import Region

SAME, DIFFERENT = "same", "different"
GONE = "Pasangan ini tidak ada lagi. Lihat lagi daftarnya."
_PAIR_LOCK = 7_236_403  # one decision at a time: two about the same pair would miss each other
# What is decided is shown too, so that it can be taken back; a row that is wrong is mended first.
_SHOWN = f"""
    WITH shown AS (
        SELECT s.row, s.member, s.reason, p.is_same, coalesce(u.name, '') FROM {SUSPECTS}
        LEFT JOIN accounts_user u ON u.id = p.by_id
        WHERE s.batch_id = %s AND s.row > %s AND (p.id IS NOT NULL OR r.outcome = 'create') AND s.row = ANY(%s)
          AND h.id IN ({{scope}}))
    SELECT * FROM shown WHERE row IN (SELECT DISTINCT row FROM shown ORDER BY row LIMIT %s) ORDER BY row, member
"""
_TOUCHED = """
    SELECT DISTINCT family FROM beneficiaries_rosterrow r WHERE batch_id = %(batch)s AND (row = %(row)s
        OR kk = (SELECT kk FROM beneficiaries_household WHERE id = %(household)s)
        OR nik IN (SELECT nik FROM beneficiaries_member WHERE household_id = %(household)s AND left_on IS NULL)
        OR family IN (SELECT family FROM beneficiaries_rostersuspect s JOIN beneficiaries_member m ON m.id = s.member
            WHERE s.batch_id = %(batch)s AND m.household_id = %(household)s))
"""


def suspects(batch, user, staged, after: int, limit: int) -> list[Suspect]:
    """Give the pairs of the next `limit` rows of a batch, among the families that this person may see.

    `staged` narrows the rows.

    Cost: five queries at most.
    """
    scope, parameters = Household.objects.for_user(user).values("pk").query.sql_with_params()
    rows = list(RosterSuspect.objects.filter(batch=batch, row__in=staged.values("row")).values_list("row", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_SHOWN.format(scope=scope), [batch.pk, after, rows, *parameters, limit])
        found = cursor.fetchall()
    lines = {line.row: line for line in RosterRow.objects.filter(batch=batch, row__in={row for row, *_ in found})}
    merged = _mergeable(batch, user, lines.values())
    people = Member.objects.filter(pk__in={member for _, member, *_ in found}).select_related("household__region")
    known = {member.pk: member for member in people}
    desas = {line.region_code for line in lines.values()}
    names = dict(Region.objects.filter(code__in=desas - {None}).values_list("code", "name"))
    return [
        Suspect(
            row=row,
            key=str(member),
            title=lines[row].name,
            url=reverse("beneficiaries:household_detail", args=[known[member].household_id]),
            reason=RosterSuspect.Reason(reason).label,
            facts=_compare(lines[row], known[member], names, is_digit=reason == RosterSuspect.Reason.DIGIT),
            answer="" if is_same is None else _answer(is_same),
            by=by,
            merge_url=_merge_url(merged.get(row), known[member].household_id) if is_same is not False else "",
        )
        for row, member, reason, is_same, by in found
    ]


def _mergeable(batch, user, lines) -> dict[int, int]:
    """The families that the commit made of these lines, as far as this person may merge them: {row: id}."""
    if batch.status != batch.Status.COMMITTED or not user.may(Permission.HOUSEHOLD_MERGE):
        return {}
    ids = {line.row: line.household for line in lines if line.outcome == "create"}
    own = set(Household.objects.for_user(user).filter(pk__in=ids.values()).values_list("pk", flat=True))
    return {row: pk for row, pk in ids.items() if pk in own}


def _merge_url(new: int | None, known: int) -> str:
    """The page that makes of the two the one that was known before."""
    if new is None or new == known:
        return ""
    return f"{reverse('beneficiaries:household_merge_compare', args=[known])}?other={new}"


def _answer(is_same: bool) -> str:
    return SAME if is_same else DIFFERENT


def _compare(line: RosterRow, person: Member, names: dict[str, str], *, is_digit: bool) -> tuple[Fact, ...]:
    """What the sheet and the register say of the two; numbers are masked, and said to differ where they do."""
    household = person.household
    facts = [
        Fact("Nama pengurus", line.name, person.name, (line.name or "").lower() != person.name.lower()),
        _number("NIK", "nik", line.nik, person.nik, "berbeda satu angka" if is_digit else "berbeda"),
        _number("No KK", "kk", line.kk, household.kk, "berbeda"),
        _fact("Tanggal lahir", line.born_on, person.born_on),
        _fact("Desa", names.get(line.region_code), household.region.name),
        _fact("Alamat", f"{line.address or ''} {rt_rw(line)}".strip(), household.address_line),
        _fact("No HP", line.phone, household.phone),
    ]
    return tuple(fact for fact in facts if fact.mine or fact.known)


def _fact(label: str, mine, known) -> Fact:
    """A value on both sides; what one side does not say is no difference."""
    return Fact(label, _words(mine), _words(known), bool(mine and known) and mine != known)


def _words(value) -> str:
    return date_format(value, "DATE_FORMAT") if isinstance(value, datetime.date) else str(value or "")


def _number(label: str, kind: str, mine: bytes | None, known: SealedNumber | None, how: str) -> Fact:
    sealed = None if mine is None else SealedNumber(kind, mine)
    differs = sealed is not None and known is not None and sealed != known
    return Fact(label, str(sealed or ""), str(known or "") + (f" ({how})" if differs else ""), differs)


@transaction.atomic
def decide(batch, by, row: int, member: int, answer: str, seen: str) -> None:
    """Keep what somebody says of a pair of this batch ("" takes it back), and compare anew whom it touches.

    `seen` is what the page showed. Errors: ValidationError if somebody has decided meanwhile, or the pair is gone.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_PAIR_LOCK])
    suspect = RosterSuspect.objects.filter(batch=batch, row=row, member=member).first()
    person = Member.objects.filter(pk=member, left_on=None, household__in=Household.objects.for_user(by)).first()
    line = RosterRow.objects.filter(batch=batch, row=row, nik__isnull=False).first()
    if suspect is None or person is None or line is None:
        raise ValidationError(GONE)
    numbers = sorted((bytes(line.nik), (person.nik or person.household.kk).sealed))
    known = PersonPair.objects.select_related("by").filter(one=numbers[0], other=numbers[1]).first()
    if (_answer(known.is_same) if known else "") != seen:
        whose = f"oleh {known.by.name} " if known else ""
        raise ValidationError(f"Keputusan pasangan ini baru saja diubah {whose}lewat halaman lain. Lihat lagi.")
    if known:
        known.delete()
    if answer:
        PersonPair.objects.create(one=numbers[0], other=numbers[1], is_same=answer == SAME, by=by)
    record("suspect.decided", target=person.household, by=by, answer=answer or "open", batch=batch.pk)
    values = {"batch": batch.pk, "row": row, "household": person.household_id}
    with connection.cursor() as cursor:
        cursor.execute(_TOUCHED, values)
        families = [family for (family,) in cursor.fetchall()]
    match.match_again(batch, families)
