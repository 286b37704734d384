"""How long it takes to find whom new families resemble: 50,000 new ones against 200,000 known people.

Names collide as they do: one woman in a hundred is Siti Aminah, and one new NIK in fifty is a known one with a slip.
"""

import datetime
import time
from random import Random

from django.db import connection, transaction

from beneficiaries.models import Household, Member, RosterRow, RosterSuspect
from beneficiaries.sheets.roster.match import make_families
from beneficiaries.sheets.roster.suspects import find_suspects
from ejsika.accounts.models import User
from ejsika.demo.people import full_name
from ejsika.imports.models import ImportBatch
from ejsika.lib.copying import copy_rows
from ejsika.lib.sealed import seal_number
from ejsika.programs.models import Program
from ejsika.regions.models import Region

SEED, KNOWN, NEW = 11, 200_000, 50_000
FIRST_BIRTH, BIRTH_DAYS = datetime.date(1955, 1, 1), 18_000
COMMONEST, COMMON_EVERY, SLIP_EVERY = "Siti Aminah", 100, 50
JOINED_ON = datetime.date(2021, 1, 1)


def measure() -> tuple[float, int]:
    """Fill register and staging, search once, and empty both: (seconds, pairs found). Call where both are empty."""
    batch = _prepare(Random(SEED))
    with transaction.atomic(), connection.cursor() as cursor:
        make_families(cursor, batch, by_person=False)
        started = time.perf_counter()
        find_suspects(cursor, batch)
        seconds = time.perf_counter() - started
    found = RosterSuspect.objects.filter(batch=batch).count()
    if found < NEW // SLIP_EVERY:
        raise SystemExit(f"Hanya {found} yang diduga ganda ditemukan.")
    _empty()
    return seconds, found


def show(seconds: float, found: int) -> None:
    print(f"diduga ganda: {NEW} baru terhadap {KNOWN} orang terdaftar: {seconds:.1f} s, {found} pasangan (batas 60 s)")


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE beneficiaries_household, imports_importbatch CASCADE")


def _prepare(rng: Random) -> ImportBatch:
    _empty()
    desas = list(Region.objects.filter(level="desa").order_by("code").values_list("code", flat=True))
    known = [_person(number, rng.choice(desas), rng) for number in range(KNOWN)]
    new = [_person(KNOWN + number, rng.choice(desas), rng) for number in range(NEW)]
    for number in range(0, NEW, SLIP_EVERY):
        new[number] = _slip(rng.choice(known), new[number][3], rng)
    batch = ImportBatch.objects.create(
        kind="roster",
        program=Program.objects.get(code="JAMSOSRATU"),
        file_name="ukur.xlsx",
        file_digest="0" * 64,
        uploaded_by=User.objects.get(username="admin"),
    )
    with transaction.atomic(), connection.cursor() as cursor:
        _copy(cursor, batch, known, new)
        cursor.execute("ANALYZE beneficiaries_household, beneficiaries_member, beneficiaries_rosterrow")
    return batch


def _copy(cursor, batch: ImportBatch, known: list[tuple], new: list[tuple]) -> None:
    households = ["id", "kk", "recipient_name", "region_code", "address", "phone", "point_source", "bank", "status"]
    members = [
        "household_id",
        "nik",
        "name",
        "sex",
        "born_on",
        "relationship",
        "is_recipient",
        "school_level",
        "joined_on",
    ]
    rows = ["batch_id", "row", "outcome", "family", "is_recipient", "nik", "name", "born_on", "region_code"]
    copy_rows(
        cursor,
        Household,
        households,
        (
            [number, seal_number("kk", f"{3602010101200000 + number}"), name, desa, "", "", "", "", "aktif"]
            for number, (_, name, _, desa) in enumerate(known, 1)
        ),
    )
    copy_rows(
        cursor,
        Member,
        members,
        (
            [number, seal_number("nik", nik), name, "P", born_on, "2", True, "", JOINED_ON]
            for number, (nik, name, born_on, _) in enumerate(known, 1)
        ),
    )
    copy_rows(
        cursor,
        RosterRow,
        rows,
        (
            [batch.pk, number + 1, "", number, True, seal_number("nik", nik), name, born_on, desa]
            for number, (nik, name, born_on, desa) in enumerate(new, 1)
        ),
    )


def _person(number: int, desa: str, rng: Random) -> tuple[str, str, datetime.date, str]:
    """An invented woman: (NIK, name, birth, desa); the NIKs are all different."""
    born_on = FIRST_BIRTH + datetime.timedelta(days=rng.randrange(BIRTH_DAYS))
    name = COMMONEST if number % COMMON_EVERY == 0 else full_name("P", rng)
    return f"{desa[:6]}{born_on.day + 40:02}{born_on:%m%y}{number % 9_999 + 1:04}", name, born_on, desa


def _slip(person: tuple, desa: str, rng: Random) -> tuple[str, str, datetime.date, str]:
    """The same woman elsewhere, with one digit of her NIK typed wrongly."""
    nik, name, born_on, _ = person
    place = rng.randrange(16)
    return nik[:place] + str((int(nik[place]) + 1) % 10) + nik[place + 1 :], name, born_on, desa
