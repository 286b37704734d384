"""Columns that nobody's words name: an admin says what they are, once for each head."""

import io

import pytest
from django.core.management import call_command
from django.db import IntegrityError
from django.urls import reverse

from beneficiaries.models import RosterRow
from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent
from ejsika.imports import actions, tasks
from ejsika.imports.models import HeadMapping, ImportBatch
from tests.factories import NORTH, make_program, make_user
from tests.sheets import family, write_roster


@pytest.fixture
def operator(db, client, settings, tmp_path, official_regions):
    settings.MEDIA_ROOT = tmp_path
    user = make_user("admin", Role.ADMIN, "36")
    client.force_login(user)
    return user


OTHER_WORDS = {"NIK Pengurus": "Nomor Induk", "Nama Pengurus": "Ibu Penerima", "Alamat": "Tempat Tinggal"}


def checked(by, tmp_path, words=OTHER_WORDS, lines=3):
    """A batch of families whose columns have other titles."""
    found = [{words.get(title, title): cell for title, cell in family(NORTH).items()} for _ in range(lines)]
    content = write_roster(tmp_path / "a.xlsx", found).read_bytes()
    batch = actions.receive(kind="roster", program=make_program(), by=by, name="a.xlsx", content=content)
    actions.check(batch)
    batch.refresh_from_db()
    return batch


def page(client, batch):
    return client.get(reverse("imports:batch_columns", args=[batch.pk]))


def say(client, batch, follow=True, **fields):
    """Say what columns are, by their titles with _ for blanks."""
    titles = {column["title"].replace(" ", "_"): number for number, column in enumerate(batch.columns)}
    form = {f"column_{titles[title]}": field for title, field in fields.items()}
    answer = client.post(reverse("imports:batch_columns", args=[batch.pk]), form, follow=follow)
    if ImportBatch.objects.get(pk=batch.pk).status == "uploaded":
        tasks.check(batch.pk)
    batch.refresh_from_db()
    return answer


NAMED = {"Nomor_Induk": "nik", "Ibu_Penerima": "name"}


def test_missing_columns_are_named_and_the_file_is_checked_again(client, operator, tmp_path):
    batch = checked(operator, tmp_path)
    assert (batch.status, batch.refusal_code) == ("refused", "column_missing")
    assert reverse("imports:batch_columns", args=[batch.pk]) in client.get(batch.get_absolute_url()).text
    say(client, batch, **NAMED)
    assert (batch.status, batch.counts["create"], batch.refusal_code) == ("checked", 3, "")
    assert set(RosterRow.objects.values_list("address", flat=True)) == {None}
    shown = client.get(batch.get_absolute_url()).text
    assert "Kolom “Nomor Induk” dibaca sebagai NIK Pengurus, seperti ditentukan Admin" in shown
    assert "Kolom yang tidak dipakai: Tempat Tinggal" in shown
    (event,) = AuditEvent.objects.filter(action="import.columns_named", target_id=batch.pk)
    assert "Nomor Induk: NIK Pengurus" in event.data["columns"]


def test_head_without_a_known_word_is_found_by_its_shape(client, operator, tmp_path):
    words = {title: f"Isian {letter}" for title, letter in zip(family(NORTH), "ABCDEFGHIJKLMNOP", strict=True)}
    batch = checked(operator, tmp_path, words)
    assert batch.refusal_code == "header_missing"
    say(client, batch, Isian_A="kk", Isian_B="nik", Isian_C="name", Isian_H="region_code")
    assert (batch.status, batch.counts["create"]) == ("checked", 3)


def test_the_same_head_is_read_so_the_next_time_whoever_brings_it_in_whatever_order(client, operator, tmp_path):
    say(client, checked(operator, tmp_path), **NAMED)
    other = make_user("admin2", Role.ADMIN, "3602")
    again = checked(other, tmp_path)
    assert (again.status, again.rows) == ("checked", 3)
    assert [(column["title"], column["by"]) for column in again.named_columns] == [
        ("Nomor Induk", "Admin"),
        ("Ibu Penerima", "Admin"),
    ]
    reversed_words = checked(other, tmp_path, OTHER_WORDS | {"Bank": "Bank"})
    assert reversed_words.status == "checked"
    assert checked(other, tmp_path, OTHER_WORDS | {"Bank": "Bank lain"}).status == "refused"


def test_command_reads_a_named_head_and_refuses_any_other(client, operator, tmp_path):
    batch = checked(operator, tmp_path)
    arguments = [str(tmp_path / "a.xlsx"), "--program", "JAMSOSRATU", "--user", "admin", "--json"]
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("import_roster", *arguments, stdout=out)
    assert '"code": "column_missing"' in out.getvalue()
    say(client, batch, **NAMED)
    out = io.StringIO()
    call_command("import_roster", *arguments, stdout=out)
    assert '"status": "checked"' in out.getvalue()


def test_a_named_column_is_named_anew_or_not_read_any_more(client, operator, tmp_path):
    batch = checked(operator, tmp_path)
    say(client, batch, **NAMED, Tempat_Tinggal="address")
    assert set(RosterRow.objects.values_list("address", flat=True)) == {"Kp. Cikadu"}
    say(client, batch, **NAMED)
    assert set(RosterRow.objects.values_list("address", flat=True)) == {None}
    say(client, batch)
    assert (batch.status, HeadMapping.objects.count()) == ("refused", 0)


def test_samples_are_shown_with_their_numbers_masked(client, operator, tmp_path):
    batch = checked(operator, tmp_path)
    shown = page(client, batch).text
    number = RosterRow._meta and family(NORTH)["NIK Pengurus"]
    assert number[:6] in shown
    assert "Siti Nomor" in shown
    samples = [sample for column in batch.columns for sample in column["samples"]]
    assert not any(sum(map(str.isdigit, sample)) > 12 for sample in samples)
    assert max(len(column["samples"]) for column in batch.columns) == 3


def test_fields_that_other_columns_fill_are_not_offered(client, operator, tmp_path):
    batch = checked(operator, tmp_path)
    number = next(n for n, column in enumerate(batch.columns) if column["title"] == "Nomor Induk")
    offered = {value for value, _ in page(client, batch).context["form"].fields[f"column_{number}"].choices}
    assert {"", "nik", "name", "address"} <= offered
    assert not {"kk", "region_code"} & offered


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"Nomor_Induk": "nik", "Ibu_Penerima": "nik"}, "Sudah dipilih untuk kolom"),
        ({"Nomor_Induk": "kk"}, "Pilih salah satu dari daftar"),
        ({"Nomor_Induk": "<b>"}, "Pilih salah satu dari daftar"),
    ],
)
def test_bad_choices_are_told_and_change_nothing(client, operator, tmp_path, fields, words):
    batch = checked(operator, tmp_path)
    assert words in say(client, batch, **fields).text
    assert (batch.status, HeadMapping.objects.count()) == ("refused", 0)


def test_of_a_head_titles_alone_are_kept_and_never_what_may_be_of_a_person(client, operator, tmp_path):
    batch = checked(operator, tmp_path, OTHER_WORDS | {"Bank": "3602120203150001", "Status": "Siti 36021202031"})
    assert not any("36021202" in column["title"] for column in batch.columns)
    say(client, batch, **NAMED)
    mapping = HeadMapping.objects.get()
    assert mapping.fields == {"NOMORINDUK": "nik", "IBUPENERIMA": "name"}


def test_nothing_is_named_where_the_file_is_gone_or_the_batch_is_over(client, operator, tmp_path):
    batch = checked(operator, tmp_path)
    for changes in ({"file_path": ""}, {"status": "discarded", "file_path": batch.file_path}):
        ImportBatch.objects.update(**changes)
        assert "tidak ada kolom yang dapat ditentukan" in say(client, batch, **NAMED).text
    assert not HeadMapping.objects.exists()


def test_a_head_is_remembered_once(operator):
    HeadMapping.objects.create(kind="roster", fingerprint="a", fields={}, saved_by=operator)
    with pytest.raises(IntegrityError, match="head_mapping_of_its_kind"):
        HeadMapping.objects.create(kind="roster", fingerprint="a", fields={}, saved_by=operator)


def test_batch_of_another_region_is_not_found(client, operator, tmp_path):
    batch = checked(operator, tmp_path)
    client.force_login(make_user("admin2", Role.ADMIN, "3602"))
    assert page(client, batch).status_code == 404
    assert say(client, batch, **NAMED).status_code == 404
