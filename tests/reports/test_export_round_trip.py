"""What went out as a file comes in again as the same register: nothing is lost, changed or misread on the way."""

import io
import json
import re

import pytest
from django.core.management import call_command

from beneficiaries.models import Household
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Role
from ejsika.imports.models import ImportBatch
from ejsika.lib.sheets import open_sheets
from ejsika.regions.models import Region
from tests.factories import make_program, make_user
from tests.sheets import ROSTERS, family, write_roster

NUMBERS = {"with_numbers": "1", "purpose": "pemeriksaan", "reason": "Dibandingkan lagi dengan register"}


def check(path, *options):
    out = io.StringIO()
    call_command("import_roster", path, "--program", "JAMSOSRATU", "--user", "admin", "--json", *options, stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def register(db, settings, tmp_path):
    """The families of a roster; one has a name that a spreadsheet program would take for a formula."""
    settings.MEDIA_ROOT = tmp_path
    call_command("load_regions", stdout=io.StringIO())
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
