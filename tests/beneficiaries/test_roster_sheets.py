"""Workbooks of several sheets: families and members joined by No KK; what is not read is said."""

import io

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from beneficiaries.models import Household, Member
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Role
from ejsika.imports import tasks
from ejsika.imports.models import ImportBatch
from ejsika.lib.sheets import open_sheets
from tests.beneficiaries.test_roster_import import register, run, undo
from tests.factories import NORTH, make_nik, make_program, make_user
from tests.sheets import family

PEOPLE = ["No KK", "NIK", "Nama", "Hubungan", "Jenis Kelamin", "Pendidikan"]


@pytest.fixture(autouse=True)
def _register(db, settings, tmp_path, official_regions):
    settings.MEDIA_ROOT = tmp_path
    make_program()
    make_user("admin", Role.ADMIN, "36")
    make_user("admin2", Role.ADMIN, "3602")


def workbook(**sheets) -> bytes:
    """Each sheet is a list of lines: a head, then families (dicts) or plain lines."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"strings_to_numbers": False}) as book:
        for name, lines in sheets.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(lines):
                sheet.write_row(row, 0, list(cells.values()) if isinstance(cells, dict) else cells)
    return content.getvalue()


@pytest.fixture
def judge(tmp_path):
    def judged(*options, user="admin", **sheets):
        path = tmp_path / "x.xlsx"
        path.write_bytes(workbook(**sheets))
        return run(path, *options, user=user)

    return judged


def child(of: dict, name="Ujang", **cells) -> list:
    line = {"No KK": of["No KK"], "NIK": make_nik(NORTH), "Nama": name, "Hubungan": "Anak", "Jenis Kelamin": "P"}
    return [(line | cells).get(title, "") for title in PEOPLE]


def recipient(of: dict, **cells) -> list:
    """The line of a members' sheet about the recipient of a family."""
    line = {"No KK": of["No KK"], "NIK": of["NIK Pengurus"], "Nama": of["Nama Pengurus"], "Hubungan": "Istri"}
    return [(line | cells).get(title, "") for title in PEOPLE]


def wrong(result):
    return [
        (problem["sheet"], problem["row"], problem["column"], problem["code"])
        for problem in result["problems"]
        if problem["level"] == "error"
    ]


@pytest.mark.parametrize("order", [("Keluarga", "Anggota"), ("Anggota", "Keluarga")])
def test_families_and_members_are_joined_by_their_card_in_whatever_order_the_sheets_stand(judge, order):
    one, other = family(NORTH), family(NORTH)
    sheets = {
        "Keluarga": [list(one), one, other],
        "Anggota": [PEOPLE, child(other, "Asep"), child(one, "Ujang", Pendidikan="SD"), recipient(one)],
    }
    result = judge("--commit", **{name: sheets[name] for name in order})
    assert wrong(result) == []
    assert (result["rows"], result["members"], result["households"], result["counts"]["create"]) == (5, 4, 2, 2)
    for line, name in ((one, "Ujang"), (other, "Asep")):
        household = Household.objects.get(kk=line["No KK"])
        assert {(m.name, m.is_recipient) for m in household.members.all()} == {
            (line["Nama Pengurus"], True),
            (name, False),
        }
        assert household.address == line["Alamat"]


def test_who_stands_on_both_sheets_is_one_person_of_whom_both_tell(judge):
    one = family(NORTH) | {"Tanggal Lahir": ""}
    judge("--commit", Keluarga=[list(one), one], Anggota=[PEOPLE, recipient(one)])
    person = Member.objects.get()
    assert (person.is_recipient, person.relationship, person.nik.reveal()) == (True, "2", one["NIK Pengurus"])


def test_two_sheets_that_contradict_each_other_about_a_person_are_wrong_on_both(judge):
    one = family(NORTH)
    result = judge(Keluarga=[list(one), one], Anggota=[PEOPLE, recipient(one, Nama="Bukan Orang Itu")])
    assert wrong(result) == [
        ("Keluarga", 2, "NIK Pengurus", "duplicate_in_file"),
        ("Anggota", 2, "NIK", "duplicate_in_file"),
    ]
    assert result["counts"]["error"] == 1


def test_second_time_the_same_workbook_is_the_same_register_and_an_undo_takes_all_back(judge):
    one = family(NORTH)
    sheets = {"Keluarga": [list(one), one], "Anggota": [PEOPLE, child(one), recipient(one)]}
    before = register()
    committed = judge("--commit", **sheets)
    assert judge(**sheets)["counts"] == {"create": 0, "change": 0, "same": 1, "error": 0, "suspect": 0}
    assert undo(committed["batch"])["kept"] == []
    assert register() == before


def test_members_of_a_known_family_are_added_and_its_recipient_stays(judge):
    known, new = family(NORTH), family(NORTH)
    judge("--commit", KPM=[list(known), known])
    result = judge("--commit", Keluarga=[list(new), new], Anggota=[PEOPLE, child(known, "Ujang")])
    assert wrong(result) == []
    assert (result["counts"]["create"], result["counts"]["change"]) == (1, 1)
    household = Household.objects.get(kk=known["No KK"])
    assert {(m.name, m.is_recipient) for m in household.members.all()} == {
        (known["Nama Pengurus"], True),
        ("Ujang", False),
    }
    assert household.recipient_name == known["Nama Pengurus"]


def test_members_without_a_family_anywhere_are_problems_of_their_own_sheet(judge):
    one, nobodys = family(NORTH), family(NORTH)
    result = judge(
        "--commit", Keluarga=[list(one), one], Anggota=[PEOPLE, child(one), child(nobodys), child(nobodys, "Ai")]
    )
    assert wrong(result) == [("Anggota", 3, "No KK", "family_missing"), ("Anggota", 4, "No KK", "family_missing")]
    assert (result["counts"]["create"], result["counts"]["error"]) == (1, 1)
    assert Household.objects.count() == 1


def test_members_of_a_family_of_another_region_are_refused_without_a_word_of_it(judge):
    foreign, one = family("3601012001"), family(NORTH)
    judge("--commit", KPM=[list(foreign), foreign])
    before = register()
    result = judge(user="admin2", Keluarga=[list(one), one], Anggota=[PEOPLE, child(foreign)])
    assert wrong(result) == [("Anggota", 2, "No KK", "region_outside_scope")]
    assert foreign["Nama Pengurus"] not in str(result)
    assert register() == before


def test_a_wrong_member_keeps_the_whole_family_out(judge):
    one = family(NORTH)
    result = judge("--commit", Keluarga=[list(one), one], Anggota=[PEOPLE, child(one, NIK="123")])
    assert wrong(result) == [("Anggota", 2, "NIK", "nik_length")]
    assert not Household.objects.exists()


def test_two_lines_of_one_family_that_differ_stay_wrong_beside_their_members(judge):
    one = family(NORTH)
    again = family(NORTH) | {"No KK": one["No KK"]}
    result = judge(Keluarga=[list(one), one, again], Anggota=[PEOPLE, child(one)])
    assert {(sheet, row) for sheet, row, _, code in wrong(result) if code == "duplicate_in_file"} == {
        ("Keluarga", 2),
        ("Keluarga", 3),
    }
    assert result["counts"]["create"] == 0


def test_a_list_that_cannot_stand_for_families_does_not_take_the_members_sheet_with_it(judge):
    """A summary by card beside a whole list of persons, as it has always been read."""
    one = family(NORTH)
    head = [*PEOPLE, "Kode Desa"]
    result = judge(
        Rekap=[["No KK", "Nama", "Kecamatan"], [one["No KK"], "Siti", "Cibadak"]],
        Anggota=[head, [*recipient(one), NORTH], [*child(one), NORTH]],
    )
    assert (result["counts"]["create"], result["rows"]) == (1, 2)


# On screen


@pytest.fixture
def upload(client):
    def uploaded(**sheets):
        client.force_login(User.objects.get(username="admin"))
        file = SimpleUploadedFile("x.xlsx", workbook(**sheets))
        client.post(reverse("imports:batch_new"), {"file": file, "program": make_program().pk})
        batch = ImportBatch.objects.latest("pk")
        tasks.check(batch.pk)
        batch.refresh_from_db()
        return batch

    return uploaded


def test_page_says_which_sheets_were_read_and_which_not(client, upload):
    one = family(NORTH)
    batch = upload(Keluarga=[list(one), one], Anggota=[PEOPLE, child(one)], Rekap=[["Jumlah", 1]], Kosong=[])
    page = client.get(batch.get_absolute_url()).text
    assert "lembar “Keluarga”, judul di baris 1, dan “Anggota”, judul di baris 1" in page
    assert "Lembar yang tidak dibaca: Rekap" in page
    assert "Kosong" not in page


def test_second_list_that_is_not_read_stands_out(client, upload):
    one, other = family(NORTH), family(NORTH)
    batch = upload(Cibadak=[list(one), one], Maja=[list(other), other])
    assert batch.rows == 1
    page = client.get(batch.get_absolute_url()).text
    assert "Lembar yang juga berisi daftar tetapi tidak dibaca: Maja" in page


def test_lines_are_named_with_their_sheet_and_its_own_number(client, upload):
    one, nobodys = family(NORTH), family(NORTH)
    batch = upload(Keluarga=[list(one), one, ["JUMLAH"]], Anggota=[PEOPLE, child(nobodys), ["Jumlah", 1]])
    errors = client.get(f"{batch.get_absolute_url()}?tab=error").text
    assert "Baris 2, lembar Anggota" in errors
    assert "2000002" not in errors
    skipped = client.get(f"{batch.get_absolute_url()}?tab=skipped").text
    assert "Baris 3, lembar Keluarga" in skipped
    assert "Baris 3, lembar Anggota" in skipped
    assert "Baris 2, lembar Keluarga" in client.get(f"{batch.get_absolute_url()}?tab=create").text.replace(
        "baris 2", "Baris 2"
    )


def test_known_family_of_which_only_members_are_told_is_shown_with_what_changes(client, upload):
    known, new = family(NORTH), family(NORTH)
    batch = upload(KPM=[list(known), known])
    client.post(reverse("imports:batch_commit", args=[batch.pk]))
    tasks.commit(batch.pk, User.objects.get(username="admin").pk)
    batch = upload(Keluarga=[list(new), new], Anggota=[PEOPLE, child(known, "Ujang"), child(known, "Ai")])
    page = client.get(f"{batch.get_absolute_url()}?tab=change").text
    assert page.count("<article") == 1
    assert "Anggota baru" in page


def test_wrong_rows_of_two_sheets_come_back_as_two_sheets_with_the_person_on_both(client, upload):
    one, right = family(NORTH), family(NORTH)
    people = [PEOPLE, recipient(one, **{"Jenis Kelamin": "P"}), child(one, NIK="123"), child(right)]
    batch = upload(Keluarga=[list(one), one, right], Anggota=people)
    answer = client.post(reverse("imports:batch_wrong_rows", args=[batch.pk]))
    content = b"".join(answer.streaming_content)
    families, members = ([cells for _, cells in sheet.lines()] for sheet in open_sheets(content))
    assert [row[0] for row in families[1:]] == [one["No KK"]]
    assert [row[:6] for row in members[1:]] == people[1:3]
    sheets = {"A": [families[0], *families[1:]], "B": [members[0], members[1], child(one)]}
    again = upload(**sheets)
    assert (again.counts["create"], again.counts["error"]) == (1, 0)
