"""Rows that stay out, as a workbook: the cells as they came, why each is wrong, and the way back in."""

import datetime
import io

import pytest
import xlsxwriter
from django.urls import reverse

from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent
from ejsika.imports import tasks
from ejsika.imports.models import ImportBatch
from ejsika.lib.sheets import open_sheets
from tests.factories import NORTH, make_program, make_user
from tests.imports.test_batch_screen import upload
from tests.sheets import ROSTERS, family


@pytest.fixture(autouse=True)
def _register(db, settings, tmp_path, official_regions):
    settings.MEDIA_ROOT = tmp_path
    make_program()


@pytest.fixture
def operator(client):
    user = make_user("admin", Role.ADMIN, "36")
    client.force_login(user)
    return user


def checked(client, name, content=None):
    upload(client, name, content)
    batch = ImportBatch.objects.latest("pk")
    tasks.check(batch.pk)
    batch.refresh_from_db()
    return batch


def wrong_rows(client, batch):
    return client.post(reverse("imports:batch_wrong_rows", args=[batch.pk]))


def content_of(answer):
    return b"".join(answer.streaming_content)


def lines(content):
    (sheet,) = open_sheets(content)
    return [cells for _, cells in sheet.lines()]


def workbook(*rows) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"strings_to_formulas": False, "strings_to_numbers": False}) as book:
        sheet, day = book.add_worksheet("KPM"), book.add_format({"num_format": "dd/mm/yyyy"})
        for number, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                is_day = isinstance(cell, datetime.date)
                (sheet.write_datetime if is_day else sheet.write)(number, column, cell, *([day] if is_day else []))
    return content.getvalue()


def found(batch):
    """The codes of a batch's errors, row after row, whatever the rows' numbers."""
    rows = {}
    for row, code in batch.problems.filter(level="error").order_by("row", "code").values_list("row", "code"):
        rows.setdefault(row, []).append(code)
    return list(rows.values())


@pytest.mark.parametrize("name", ["03_nik_angka.xlsx", "03c_eksponen.csv", "04_salah_semua.xlsx", "13_peringatan.xlsx"])
def test_wrong_rows_come_back_in_as_wrong_as_they_were(client, operator, name):
    batch = checked(client, name)
    again = checked(client, "lagi.xlsx", content_of(wrong_rows(client, batch)))
    assert found(again) == found(batch) != []
    assert (again.rows, again.counts["create"]) == (len(found(batch)), 0)
    assert again.titles == batch.titles


def test_cells_are_the_uploaded_ones_and_the_last_column_says_why(client, operator):
    line = family(NORTH) | {"NIK Pengurus": "360206", "Nama Pengurus": "=1+1", "RT": 7, "Alamat": "Kp. <b>Keong</b>"}
    line |= {"Tanggal Lahir": datetime.date(1980, 5, 4), "KET.": "tetap ada"}
    batch = checked(client, "a.xlsx", workbook(line, family(NORTH).values(), line.values()))
    head, row = lines(content_of(wrong_rows(client, batch)))
    assert head == [*line, "Alasan"]
    told = dict(zip(head, row, strict=True))
    assert told.pop("Alasan") == "NIK Pengurus: NIK harus 16 angka. Periksa di KTP atau KK."
    assert told == line


def test_mended_rows_import_and_the_reasons_are_known_and_not_read(client, operator):
    wrong = family(NORTH) | {"Alamat": "x" * 201}
    batch = checked(client, "a.xlsx", workbook(wrong, wrong.values(), family(NORTH).values()))
    head, row = lines(content_of(wrong_rows(client, batch)))
    row[head.index("Alamat")] = "Kp. Cikadu"
    again = checked(client, "b.xlsx", workbook(head, row))
    assert (again.counts["create"], again.counts["error"]) == (1, 0)
    assert again.unknown_columns == []


def test_a_second_time_there_is_still_one_column_of_reasons(client, operator):
    batch = checked(client, "04_salah_semua.xlsx")
    first = content_of(wrong_rows(client, batch))
    second = content_of(wrong_rows(client, checked(client, "lagi.xlsx", first)))
    assert lines(second) == lines(first)


def test_a_wrong_person_brings_the_whole_family_along(client, operator):
    """Mended alone, the others of the family would be left behind."""
    head = ["No KK", "NIK", "Nama", "Hubungan", "Kode Desa"]
    one, other = family(NORTH), family(NORTH)
    people = [
        [one["No KK"], one["NIK Pengurus"], "Siti", "Istri", NORTH],
        [one["No KK"], "123", "Ujang", "Anak", NORTH],
        [other["No KK"], other["NIK Pengurus"], "Marni", "Istri", NORTH],
    ]
    batch = checked(client, "a.xlsx", workbook(head, *people))
    _, *rows = lines(content_of(wrong_rows(client, batch)))
    assert [row[:5] for row in rows] == people[:2]
    assert "Baris lain dari keluarga ini salah" in rows[0][5]
    assert "NIK harus 16 angka" in rows[1][5]


def test_rows_can_still_be_had_after_the_others_were_saved(client, operator):
    batch = checked(client, "04_salah_semua.xlsx")
    client.post(reverse("imports:batch_commit", args=[batch.pk]))
    tasks.commit(batch.pk, operator.pk)
    assert len(lines(content_of(wrong_rows(client, batch)))) == 1 + 14


def test_cells_in_clear_are_for_who_uploaded_them_alone(client, operator):
    batch = checked(client, "04_salah_semua.xlsx")
    page = f"{batch.get_absolute_url()}?tab=error"
    assert "Unduh baris yang salah" in client.get(page).text
    client.force_login(make_user("colleague", Role.ADMIN, "36"))
    assert "Unduh baris yang salah" not in client.get(page).text
    answer = client.post(reverse("imports:batch_wrong_rows", args=[batch.pk]), follow=True)
    assert "hanya untuk yang mengunggah" in answer.text
    client.force_login(make_user("admin2", Role.ADMIN, "3602"))
    assert wrong_rows(client, batch).status_code == 404


def test_each_download_is_on_record_and_names_no_number(client, operator):
    batch = checked(client, "04_salah_semua.xlsx")
    answer = wrong_rows(client, batch)
    assert len(lines(content_of(answer))) == 1 + 14
    assert answer["Content-Disposition"] == f'attachment; filename="perlu-diperbaiki-impor-{batch.pk}.xlsx"'
    entry = AuditEvent.objects.get(action="import.rows_handed_back")
    assert (entry.actor, entry.target_id, entry.data) == (operator, batch.pk, {"rows": 14})


@pytest.mark.parametrize("name", ["01_template.xlsx", "09b_terpotong.xlsx"])
def test_where_no_row_is_wrong_the_page_says_so(client, operator, name):
    batch = checked(client, name)
    answer = client.post(reverse("imports:batch_wrong_rows", args=[batch.pk]), follow=True)
    assert "Tidak ada baris yang salah" in answer.text
    assert not AuditEvent.objects.filter(action="import.rows_handed_back").exists()


def test_an_upload_that_is_not_kept_any_more_is_said(client, operator, settings):
    batch = checked(client, "04_salah_semua.xlsx")
    (settings.MEDIA_ROOT / batch.file_path).unlink()
    answer = client.post(reverse("imports:batch_wrong_rows", args=[batch.pk]), follow=True)
    assert "Berkas aslinya sudah dihapus" in answer.text


def test_the_longest_cell_of_a_csv_fits_into_the_workbook(client, operator):
    content = (ROSTERS / "05a_titik_koma.csv").read_bytes().split(b"\r\n")
    content[1] += b"9" * 40_000
    batch = checked(client, "a.csv", b"\r\n".join(content))
    assert len(lines(content_of(wrong_rows(client, batch)))) == 1 + len(found(batch))
