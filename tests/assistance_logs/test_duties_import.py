"""What is due for families that an import brought or changed, and once the import is taken back."""

import io
import json

import pytest
from django.core.management import call_command
from django.utils import timezone

from assistance_logs.worklist import day_of
from beneficiaries import tallies
from beneficiaries.models import Household
from tests.factories import NORTH, make_region
from tests.sheets import family, write_roster


@pytest.fixture
def imported(settings, tmp_path, admin, budi, program):
    """Import lines for Budi; gives the batch's number."""
    settings.MEDIA_ROOT = tmp_path
    make_region(NORTH)
    tallies.refresh_all()

    def run(*lines):
        out, sheet = io.StringIO(), write_roster(tmp_path / "roster.xlsx", list(lines))
        options = ["--program", program.code, "--user", admin.username, "--json", "--commit"]
        call_command("import_roster", sheet, *options, stdout=out)
        return json.loads(out.getvalue())["batch"]

    return run


def undo(batch):
    call_command("undo_import", str(batch), "--user", "admin", "--json", stdout=io.StringIO())


def kinds(user) -> list[list[str]]:
    return [[duty.kind for duty in task.duties] for task in day_of(user, timezone.localdate()).tasks]


def test_a_new_family_is_due_and_with_the_import_it_goes(imported, budi):
    batch = imported(family(NORTH, Pendamping="budi"), family(NORTH, Pendamping="budi"))
    assert kinds(budi) == [["visit"], ["visit"]] and tallies.differences() == []
    undo(batch)
    assert not Household.objects.exists()
    assert kinds(budi) == [] and tallies.differences() == []


def test_what_an_import_changed_is_due_again_when_it_is_taken_back(imported, budi):
    line = family(NORTH, Pendamping="budi")
    imported(line)
    suspended = imported(line | {"Status": "ditangguhkan"})
    assert kinds(budi) == [[]]
    undo(suspended)
    assert kinds(budi) == [["visit"]] and tallies.differences() == []
