"""What went out as a file comes in again as the same register: nothing is lost, changed or misread on the way."""

import io
import json
import re

import pytest
from django.core.management import call_command

from beneficiaries.models import Assignment, Enrollment, Household, Member
from beneficiaries.sheets.roster.columns import COLUMNS
from beneficiaries.sheets.roster.template import MEMBER_TITLES
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Role
from ejsika.imports.models import ImportBatch
from ejsika.lib.sealed import digest, seal_bytes
from ejsika.lib.sheets import open_sheets
from ejsika.regions.models import Region
from tests.factories import make_household, make_member, make_nik, make_program, make_user
from tests.sheets import ROSTERS, family, write_roster

NUMBERS = {"with_numbers": "1", "purpose": "pemeriksaan", "reason": "Dibandingkan lagi dengan register"}


def check(path, *options):
    out = io.StringIO()
    call_command("import_roster", path, "--program", "JAMSOSRATU", "--user", "admin", "--json", *options, stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def register(db, settings, tmp_path, official_regions):
    """The families of a roster; one has a name that a spreadsheet program would take for a formula."""
    settings.MEDIA_ROOT = tmp_path
    make_program()
    make_user("admin", Role.ADMIN, "36")
    check(ROSTERS / "12a_dasar.xlsx", "--commit")
    first = Household.objects.order_by("pk").first()
    for row in (first, first.members.get(is_recipient=True)):
        field = "recipient_name" if row is first else "name"
        setattr(row, field, "=Siti+1")
        row.save(update_fields=[field])
    return tmp_path


@pytest.mark.parametrize("file_kind", ["xlsx", "csv"])
def test_an_export_with_numbers_is_the_same_register(client, register, file_kind):
    client.force_login(User.objects.get(username="admin"))
    answer = client.post("/reports/exports/households/", {"file_kind": file_kind} | NUMBERS)
    path = register / f"kpm.{file_kind}"
    path.write_bytes(b"".join(answer.streaming_content))
    result = check(path)
    assert [problem for problem in result["problems"] if problem["level"] == "error"] == []
    assert result["counts"]["same"] == Household.objects.count() > 0
    assert result["counts"]["create"] == result["counts"]["change"] == result["counts"]["error"] == 0


ODD_NAMES = [
    "=1+1",
    "-5",
    "O'Neil",
    "'Siti",
    "Siti 👩‍👧",
    "@SUM(A1)",
    ' "Siti"  Nur ',
    "Siti\u00a0\u200bNur\u202c",
    "#N/A Siti",
]
ODD_ADDRESSES = [
    "Kp. A\nRT 2\r\nblok B",
    " =1+1",
    "\t-5 ",
    'Jl. "A";, B',
    "+62",
    "#N/A",
    "tidak ada",
    "Kp\u200b. X",
    "007",
]


@pytest.mark.parametrize("file_kind", ["xlsx", "csv", "roster", "orang"])
def test_whatever_stands_in_a_name_or_an_address_comes_in_as_the_same(client, register, file_kind):
    families = Household.objects.order_by("pk")
    for known, name, address in zip(families, ODD_NAMES, ODD_ADDRESSES, strict=True):
        families.filter(pk=known.pk).update(recipient_name=name, address=address)
        known.members.filter(is_recipient=True).update(name=name)
    client.force_login(User.objects.get(username="admin"))
    answer = client.post("/reports/exports/households/?program=JAMSOSRATU", {"file_kind": file_kind} | NUMBERS)
    path = register / "kpm"
    path.write_bytes(b"".join(answer.streaming_content))
    counts = check(path)["counts"]
    assert counts == {"create": 0, "change": 0, "same": len(ODD_NAMES), "error": 0, "suspect": 0}


def test_a_blank_that_a_sheet_corrects_is_a_change(client, register):
    Household.objects.update(address="Kp.Baru")
    client.force_login(User.objects.get(username="admin"))
    answer = client.post("/reports/exports/households/", {"file_kind": "csv"} | NUMBERS)
    path = register / "kpm.csv"
    path.write_bytes(b"".join(answer.streaming_content).replace(b"Kp.Baru", b"Kp. Baru"))
    assert check(path)["counts"]["change"] == Household.objects.count()


def test_an_export_without_numbers_is_refused_line_by_line(client, register):
    client.force_login(User.objects.get(username="admin"))
    answer = client.post("/reports/exports/households/", {"file_kind": "xlsx"})
    path = register / "kpm.xlsx"
    path.write_bytes(b"".join(answer.streaming_content))
    assert check(path)["counts"]["error"] == Household.objects.count()


def test_what_is_wrong_in_an_import_goes_out_for_whoever_mends_the_sheet(client, register):
    result = check(ROSTERS / "04_salah_semua.xlsx")
    client.force_login(User.objects.get(username="admin"))
    assert "Unduh semua masalah" in client.get(f"/imports/{result['batch']}/?tab=error").content.decode()
    url = f"/reports/exports/imports/{result['batch']}/problems/"
    assert f'href="/imports/{result["batch"]}/"' in client.get(url).content.decode()
    answer = client.post(url, {"file_kind": "csv"})
    head, *lines = [row for _, row in open_sheets(b"".join(answer.streaming_content))[0].lines()]
    shown = ImportBatch.objects.get(pk=result["batch"]).problems.shown()
    assert [line[:2] for line in lines] == [[problem.sheet, str(problem.row)] for problem in shown]
    assert head[-1].startswith("Apa yang Salah")
    assert not any(re.search("[0-9]{12}", cell) for line in lines for cell in line)


def test_imports_and_their_problems_stay_within_the_scope(client, register):
    batch = ImportBatch.objects.get()
    client.force_login(User.objects.get(username="admin"))
    assert client.get("/reports/exports/imports/").context["count"] == 1
    client.force_login(make_user("selatan", Role.ADMIN, "3601"))
    assert client.get("/reports/exports/imports/").context["count"] == 0
    answer = client.post(f"/reports/exports/imports/{batch.pk}/problems/", {"file_kind": "csv"})
    assert answer.status_code == 404


NAMES = ["=1+1", "-5", "O'Neil", "Siti \U0001f469", "@x", "'=Siti", "+62 Siti", "Siti " * 15 + "Lima"]


@pytest.mark.parametrize("file_kind", ["xlsx", "csv"])
def test_every_name_number_and_programme_comes_back(client, register, file_kind, tmp_path):
    """Names that a spreadsheet would take for a formula, cells with breaks and blanks, families in two programmes."""
    other = make_program("JSCM")
    desa = Region.objects.get(code="3602182010")
    lines = [
        family(desa.code, **{"Nama Pengurus": f" {name} ", "Alamat": f"{name}\nblok A", "Status": status})
        for name, status in zip(NAMES, ["", "Calon", "Ditangguhkan", "Nonaktif"] * 2, strict=True)
    ]
    lines[0] |= {"Lintang": "-6.345", "Bujur": "106,123", "Bank": "bank bri", "RT": "1", "No HP": "81234567890"}
    first = write_roster(tmp_path / "a.xlsx", lines)
    assert check(first, "--commit")["counts"]["create"] == len(NAMES)
    told = Household.objects.get(recipient_name=NAMES[0])
    assert (told.address, told.rt, told.phone) == ("=1+1 blok A", 1, "081234567890")
    enrollment = told.enrollments.get()
    enrollment.change_status("nonaktif", on="2026-01-01", by=User.objects.get(username="admin"))
    told.enrollments.create(program=other, status="aktif", since="2026-01-01", cohort_year=2019)
    client.force_login(User.objects.get(username="admin"))
    answer = client.post("/reports/exports/households/", {"file_kind": file_kind} | NUMBERS)
    path = register / f"kpm.{file_kind}"
    path.write_bytes(b"".join(answer.streaming_content))
    result = check(path)
    assert [problem for problem in result["problems"] if problem["level"] == "error"] == []
    assert result["counts"]["same"] == Household.objects.count()


ROSTERS_OUT = ["roster", "orang"]
KINDS = [
    {"relationship": "3", "sex": "L", "born_on": "2015-02-28", "school_level": "SD", "grade": 5, "is_disabled": True},
    {"relationship": "3", "sex": "P", "born_on": "2008-12-31", "school_level": "SMA", "grade": 12, "is_pregnant": True},
    {"relationship": "1", "sex": "L", "born_on": "1900-01-01", "is_pregnant": False, "is_disabled": False},
    {"relationship": "8", "school_level": "SMP"},
    {},
]


@pytest.fixture
def households(db, settings, tmp_path):
    """Families with members of all that there may be, and with nothing; each name also a member's."""
    settings.MEDIA_ROOT = tmp_path
    call_command("load_regions", stdout=io.StringIO())
    program = make_program()
    make_user("admin", Role.ADMIN, "36")
    known, elsewhere = make_user("budi", Role.PENDAMPING, "3602"), make_user("jauh", Role.PENDAMPING, "3673")
    gone = make_user("lama", Role.PENDAMPING, "3602", is_active=False)
    full = {"address": "=HYPERLINK(1)", "rt": 7, "rw": 12, "phone": "081234567890", "bank": "BRI"}
    full |= {"latitude": "-6.345678", "longitude": "106.123456"}
    full |= {
        "account_sealed": seal_bytes("account", b"0012345678901234567"),
        "account_digest": digest("account", "0012345678901234567"),
    }
    bare = {"address": "", "latitude": "-7.9", "longitude": "110.4"}  # a point far outside, taken there by a phone
    assistants = [known, elsewhere, gone, None]
    for at, name in enumerate([*NAMES, "\u5f20\u4f1f", "\U0001f469"]):
        region = "3602182010" if at % 2 else "3602182003"
        family = make_household(region=region, name=name, assistant=assistants[at % 4], **(bare if at % 2 else full))
        family.members.update(school_level="", is_disabled=at % 3 == 0 or None, sex="P" if at % 2 else "")
        for number, fields in enumerate(KINDS):
            nik = make_nik(region) if number % 2 == 0 else None
            make_member(family, name=f"{name} {number}"[:150], nik=nik, **fields)
    left = Household.objects.last()
    left.enrollments.get().change_status("nonaktif", on="2026-01-01", by=known)
    left.members.filter(is_recipient=False).first().delete()
    make_member(left, name="Sudah pindah", left_on="2025-01-01")
    left.enrollments.create(program=make_program("JSCM"), status="aktif", since="2026-01-01", cohort_year=2019)
    make_household(region="3602182003", name="Hanya JSCM", program=make_program("JSCM"))
    return program


@pytest.mark.parametrize("file_kind", ROSTERS_OUT)
def test_a_roster_with_its_members_comes_back_as_the_same_register(client, households, tmp_path, file_kind):
    """Nothing is lost, changed or added: neither of families nor of members, and every one of them is in the file."""
    before = standing()
    client.force_login(User.objects.get(username="admin"))
    url = "/reports/exports/households/?program=JAMSOSRATU"
    answer = client.post(url, {"file_kind": file_kind} | NUMBERS)
    path = tmp_path / "roster"
    path.write_bytes(b"".join(answer.streaming_content))
    result = check(path, "--commit")
    assert [problem for problem in result["problems"] if problem["level"] == "error"] == []
    families = Household.objects.filter(enrollments__program=households)
    assert result["counts"] == {"create": 0, "change": 0, "same": families.count(), "error": 0, "suspect": 0}
    assert result["members"] == Member.objects.filter(household__in=families, left_on=None).count()
    assert standing() == before


def standing():
    tables = [Household, Member, Enrollment, Assignment]
    return [list(model.objects.order_by("pk").values_list()) for model in tables]


def test_every_column_that_an_import_reads_is_in_the_roster(client, households, tmp_path):
    client.force_login(User.objects.get(username="admin"))
    answer = client.post("/reports/exports/households/?program=JAMSOSRATU", {"file_kind": "roster"} | NUMBERS)
    heads = [next(iter(sheet.lines()))[1] for sheet in open_sheets(b"".join(answer.streaming_content))[:2]]
    read = {column.title for column in COLUMNS if column.field not in ("rt_rw", "point")}
    assert read <= {title for head in heads for title in head}
    answer = client.post("/reports/exports/households/?program=JAMSOSRATU", {"file_kind": "orang"} | NUMBERS)
    _, head = next(iter(open_sheets(b"".join(answer.streaming_content))[0].lines()))
    titles = set(MEMBER_TITLES.values()) | read - {"NIK Pengurus", "Nama Pengurus"}
    assert titles <= set(head)


@pytest.mark.parametrize("file_kind", ROSTERS_OUT)
def test_a_roster_asks_for_one_programme_and_for_the_numbers(client, households, file_kind):
    client.force_login(User.objects.get(username="admin"))
    url = "/reports/exports/households/"
    assert "menurut program" in client.post(url, {"file_kind": file_kind} | NUMBERS).text
    assert "tidak dapat diimpor lagi" in client.post(f"{url}?program=JSCM", {"file_kind": file_kind}).text
    client.force_login(make_user("ayu", Role.KOORDINATOR, "3602"))
    assert client.post(f"{url}?program=JSCM", {"file_kind": file_kind}).status_code == 422
