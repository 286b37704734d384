"""The sheet of accounts: made and changed within the own scope, with links instead of passwords, and taken back."""

import io
import json
import re

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from beneficiaries.models import Assignment
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent
from ejsika.imports import actions, kinds
from ejsika.imports.problem_words import LABELS
from ejsika.lib.sheets import open_sheets
from tests.factories import NORTH, make_household, make_program, make_user
from tests.sheets import checked, counted, found, write_roster


@pytest.fixture(autouse=True)
def _register(db, settings, tmp_path, official_regions):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def operator(program):
    """An admin of Kab. Lebak."""
    return make_user("operator", Role.ADMIN, NORTH[:4])


@pytest.fixture
def sheet(operator, program, tmp_path):
    def of(*lines, by=operator):
        return checked("accounts", [dict(line) for line in lines], by, tmp_path, program=program)

    return of


def line(username, name="", wilayah="", **cells):
    return {"Username": username, "Nama": name, "Wilayah": wilayah, "Program": "", "Peran": ""} | cells


def regions(username):
    return User.objects.get(username=username).region_codes


def test_new_changed_and_same_accounts(sheet, operator, budi, program):
    lines = [
        line("baru.satu", "Siti Baru", "Kec. Cibadak; 3602182010"),
        line("baru.dua", "Tono Baru", "360218, Warunggunung", Peran="Koordinator"),
        line("BUDI", "Budi Berganti", "Kabupaten Lebak"),
    ]
    batch = sheet(*lines)
    assert found(batch) == {}
    assert counted(batch) == {"create": 2, "change": 1}
    assert not User.objects.filter(username="baru.satu").exists()
    actions.commit(batch, operator)
    new = User.objects.get(username="baru.satu")
    assert (new.role, new.region_codes, list(new.programs.all())) == ("pendamping", ["360218", "3602182010"], [program])
    assert not new.has_usable_password()
    assert User.objects.get(username="baru.dua").role == "koordinator"
    assert len(regions("baru.dua")) == 2
    assert User.objects.get(pk=budi.pk).name == "Budi Berganti"
    assert AuditEvent.objects.filter(action="user.created", actor=operator).count() == 2
    assert counted(sheet(*lines)) == {"same": 3}


def test_undo_closes_new_accounts_and_puts_back_what_nobody_changed_since(sheet, operator, budi, citra):
    lines = [
        line("baru.satu", "Siti Baru", "Kec. Cibadak"),
        line("baru.dua", "Tono Baru", "Kec. Cibadak"),
        line("baru.tiga", "Dina Baru", "Kec. Cibadak"),
        line("budi", "Budi Berganti", "Kec. Cibadak"),
    ]
    batch = sheet(*lines)
    actions.commit(batch, operator)
    used = User.objects.get(username="baru.dua")
    used.set_password("kata-sandi-uji-1")
    used.save()
    busy = User.objects.get(username="baru.tiga")
    Assignment.objects.create(household=make_household(region=NORTH), assistant=busy, started_on="2026-01-01")
    User.objects.filter(pk=budi.pk).update(name="Budi Ketiga")
    kept = actions.undo(batch, operator)
    assert {entry["user"] for entry in kept} == {used.pk, busy.pk, budi.pk}
    assert not User.objects.get(username="baru.satu").is_active
    assert User.objects.get(pk=used.pk).is_active
    assert (User.objects.get(pk=budi.pk).name, regions("budi")) == ("Budi Ketiga", [NORTH[:4]])
    again = sheet(lines[0])
    assert counted(again) == {"create": 1}
    actions.commit(again, operator)
    assert User.objects.get(username="baru.satu").is_active


def test_what_is_wrong_is_said_and_reveals_nothing(sheet, operator, citra, dewi):
    gone = make_user("gone", Role.PENDAMPING, NORTH[:4], name="Sudah Pergi")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    lines = [
        line("citra", "Citra", "Kec. Cibadak"),
        line("dewi", "Dewi"),
        line("gone", "Sudah Pergi"),
        line("dengan spasi", "Siapa", "Kec. Cibadak"),
        line("tanpa.wilayah", "Siapa"),
        line("luar", "Siapa", "Kabupaten Pandeglang"),
        line("entah", "Siapa", "Kec. Antah Berantah"),
        line("kembar", "Satu", "Kec. Cibadak"),
        line("KEMBAR", "Dua", "Kec. Cibadak"),
        line("program", "Siapa", "Kec. Cibadak", Program="TIDAKADA"),
        line("peran", "Siapa", "Kec. Cibadak", Peran="Admin"),
        line("", "Tanpa Nama", "Kec. Cibadak"),
    ]
    batch = sheet(*lines)
    assert list(found(batch).values()) == [
        ["username_taken"],
        ["role_other"],
        ["account_inactive"],
        ["username_invalid"],
        ["required"],
        ["region_outside_scope"],
        ["region_unknown"],
        ["duplicate_in_file"],
        ["duplicate_in_file"],
        ["program_unknown"],
        ["choice_unknown"],
        ["username_invalid"],
    ]
    assert counted(batch) == {"error": 12}
    assert "Pandeglang" not in batch.problems.get(row=2).message


def test_nobody_grants_more_than_the_own_programmes(sheet, program, tmp_path):
    make_program("JSCM")
    narrow = make_user("sempit", Role.ADMIN, NORTH[:4], programs=[program])
    batch = sheet(
        line("satu", "Siapa", "Kec. Cibadak", Program="semua"),
        line("dua", "Siapa", "Kec. Cibadak", Program="JSCM"),
        by=narrow,
    )
    assert found(batch) == {2: ["program_unknown"], 3: ["program_unknown"]}


def test_a_name_in_several_places_asks_for_its_code(sheet, tmp_path):
    everywhere = make_user("semua", Role.ADMIN, "36")
    batch = sheet(
        line("satu", "Siapa", "Kec. Cibeber"),
        line("dua", "Siapa", "Kec. Cibeber, Kota Cilegon"),
        line("tiga", "Siapa", "Cibeber (360211)"),
        {"Username": "empat", "Nama": "Siapa", "Kecamatan": "Cibeber", "Kabupaten": "Kota Cilegon", "Program": ""},
        by=everywhere,
    )
    assert found(batch)[2] == ["region_ambiguous"]


def test_links_are_shown_once_to_who_saved_it(client, sheet, operator):
    batch = sheet(line("baru.satu", "Siti <Baru>", "Kec. Cibadak"), line("baru.dua", "Tono", "Kec. Cibadak"))
    url = reverse("imports:account_links", args=[batch.pk])
    client.force_login(operator)
    assert client.post(url).status_code == 302
    assert not AuditEvent.objects.filter(action="user.link_made").exists()
    actions.commit(batch, operator)
    assert "Buat tautan" in client.get(batch.get_absolute_url()).text
    page = client.post(url)
    links = re.findall(r"http://testserver(/accounts/[^<\s]+)", page.text)
    assert len(links) == 2
    assert "no-store" in page["Cache-Control"]
    assert "Siti &lt;Baru&gt;" in page.text
    other = make_user("lain", Role.ADMIN, NORTH[:4])
    client.force_login(other)
    assert client.post(url).url == batch.get_absolute_url()
    assert "Buat tautan" not in client.get(batch.get_absolute_url()).text
    client.logout()
    assert client.get(links[0], follow=True).status_code == 200


def test_the_page_shows_regions_by_name(client, sheet, operator, budi):
    batch = sheet(line("budi", "", "Kec. Cibadak"), line("baru", "Siti Baru", "Kec. Cibadak"))
    client.force_login(operator)
    assert "<ins>Cibadak</ins>" in client.get(batch.get_absolute_url() + "?tab=change").text
    assert "Siti Baru" in client.get(batch.get_absolute_url() + "?tab=create").text


def test_the_template_imports_nothing_as_it_is_and_lists_the_own_regions(client, operator, program):
    client.force_login(operator)
    answer = client.get(reverse("imports:template_download") + "?kind=accounts")
    content = b"".join(answer.streaming_content)
    listed = next(sheet for sheet in open_sheets(content) if sheet.name == "Daftar Wilayah")
    assert {str(cells[0])[:4] for _, cells in listed.lines()} == {"Kode", "3602"}
    batch = actions.receive(kind="accounts", program=program, by=operator, name="t.xlsx", content=content)
    actions.check(batch)
    assert (batch.status, batch.refusal_code) == ("refused", "file_empty")


def test_a_sheet_of_accounts_and_one_of_assignments_come_by_command_too(operator, program, budi, tmp_path):
    household = make_household(region=NORTH)
    accounts = write_roster(tmp_path / "a.xlsx", [line("baru.satu", "Siti Baru", "Kabupaten Lebak"), line("x y")])
    told = by_command("accounts", accounts, "--program", program.code, "--commit")
    assert (told["status"], told["counts"]["create"], told["counts"]["error"]) == ("committed", 1, 1)
    card = household.kk if isinstance(household.kk, str) else household.kk.reveal()
    handed = write_roster(tmp_path / "b.xlsx", [{"No KK": card, "Username": "baru.satu"}])
    assert by_command("assignments", handed)["counts"]["create"] == 1
    assert not household.assignments.exists()
    told = by_command("assignments", handed, "--commit")
    assert household.assignments.get().assistant.username == "baru.satu"
    call_command("undo_import", told["batch"], "--user", "operator", stdout=io.StringIO())
    assert not household.assignments.exists()
    with pytest.raises(CommandError):
        call_command("import_sheet", "accounts", accounts, "--user", "budi")


def by_command(kind, path, *options):
    out = io.StringIO()
    call_command("import_sheet", kind, path, "--user", "operator", "--json", *options, stdout=out)
    return json.loads(out.getvalue())


@pytest.mark.parametrize("title", ["Kata Sandi", "PASSWORD", "Password (awal)", "PIN", "Sandi awal"])
def test_a_sheet_with_passwords_is_refused_and_none_is_kept_in_clear(sheet, title):
    batch = sheet(line("baru.satu", "Siti Baru", "Kec. Cibadak", **{title: "rahasia-sekali"}))
    assert batch.refusal_code == "password_column"
    assert "rahasia" not in str(batch.columns)
    assert not batch.skipped_lines.exists()


def test_every_problem_of_these_sheets_has_words_where_problems_are_counted():
    for name in ("accounts", "assignments"):
        assert set(kinds.get(name).messages) <= LABELS.keys()
