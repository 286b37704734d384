"""What went out as a file comes in again as the same register: nothing is lost, changed or misread on the way."""

import io
import json

import pytest
from django.core.management import call_command

from beneficiaries.models import Household
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Role
from tests.factories import make_program, make_user
from tests.sheets import ROSTERS

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
