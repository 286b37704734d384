"""The import on screen, by the same functions as the command: upload, check, look, commit, undo."""

import io
import re
import zipfile

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from beneficiaries.models import Household
from beneficiaries.sheets.roster.messages import MESSAGES
from ejsika.accounts.permissions import Role
from ejsika.imports import actions, tasks
from ejsika.imports.models import ImportBatch
from ejsika.imports.problem_words import LABELS
from tests.factories import NORTH, make_program, make_user
from tests.sheets import ROSTERS, family, seconds_of_computing


@pytest.fixture(autouse=True)
def _register(db, settings, tmp_path, official_regions):
    settings.MEDIA_ROOT = tmp_path
    make_program()


@pytest.fixture
def operator(client):
    user = make_user("admin", Role.ADMIN, "36")
    client.force_login(user)
    return user


def upload(client, name="01_template.xlsx", content=None):
    content = (ROSTERS / name).read_bytes() if content is None else content
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("imports:batch_new"), {"file": file, "program": make_program().pk})


def checked(client, name="01_template.xlsx"):
    upload(client, name)
    batch = ImportBatch.objects.latest("pk")
    tasks.check(batch.pk)
    batch.refresh_from_db()
    return batch


def test_upload_waits_in_the_queue_and_shows_its_progress(client, operator):
    answer = upload(client)
    batch = ImportBatch.objects.get()
    assert answer.url == batch.get_absolute_url()
    page = client.get(answer.url).text
    assert "Berkas sedang diperiksa" in page
    assert 'data-hx-trigger="every 1s"' in page


def test_a_finished_check_makes_the_waiting_page_load_itself_anew(client, operator):
    batch = checked(client)
    assert client.get(batch.get_absolute_url(), headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_check_commit_undo_by_screen(client, operator):
    batch = checked(client)
    page = client.get(batch.get_absolute_url()).text
    assert "Simpan 120" in page
    assert re.search(r"baris dibaca dalam \d+,\d detik · lembar", page)
    assert Household.objects.count() == 0
    client.post(reverse("imports:batch_commit", args=[batch.pk]))
    tasks.commit(batch.pk, operator.pk)
    assert Household.objects.count() == 120
    page = client.get(batch.get_absolute_url()).text
    assert "120 keluarga baru dan 0 berubah disimpan" in page
    assert "120 keluarga baru ditarik kembali dan 0 dikembalikan seperti semula" in page
    client.post(reverse("imports:batch_undo", args=[batch.pk]))
    tasks.undo(batch.pk, operator.pk)
    assert Household.objects.count() == 0
    assert "Dibatalkan" in client.get(batch.get_absolute_url()).text


def test_changed_family_shows_old_and_new_before_and_after_the_commit(client, operator):
    for name in ("12a_dasar.xlsx", "12b_lanjutan.xlsx"):
        batch = checked(client, name)
        if name.startswith("12a"):
            client.post(reverse("imports:batch_commit", args=[batch.pk]))
            tasks.commit(batch.pk, operator.pk)
    changes = f"{batch.get_absolute_url()}?tab=change"
    before = client.get(changes).text
    assert "<del>Kp. Pasir Angin</del><ins>Kp. Pindahan Baru No. 7</ins>" in before
    client.post(reverse("imports:batch_commit", args=[batch.pk]))
    tasks.commit(batch.pk, operator.pk)
    assert "<ins>Kp. Pindahan Baru No. 7</ins>" in client.get(changes).text


def test_errors_name_row_column_and_remedy(client, operator):
    batch = checked(client, "04_salah_semua.xlsx")
    page = client.get(f"{batch.get_absolute_url()}?tab=error").text
    assert "Baris 2" in page
    assert "NIK harus 16 angka" in page
    assert "367306690759626" not in page
    assert "Simpan 2, tinggalkan 14" in client.get(batch.get_absolute_url()).text


@pytest.mark.parametrize("query", ["tab=nonsense", "tab=error&after=abc", "tab=create&after=99999999999999"])
def test_nonsense_in_the_address_shows_a_page(client, operator, query):
    batch = checked(client)
    assert client.get(f"{batch.get_absolute_url()}?{query}").status_code == 200


def test_refused_file_says_why_and_changes_nothing(client, operator):
    batch = checked(client, "09b_terpotong.xlsx")
    assert batch.status == "refused"
    assert "rusak atau terpotong" in client.get(batch.get_absolute_url()).text


def test_empty_or_missing_file_is_an_error_on_the_form(client, operator):
    assert "0 bita" in upload(client, "kosong.xlsx", b"").text
    assert client.post(reverse("imports:batch_new"), {}).status_code == 200
    assert not ImportBatch.objects.exists()


def test_pressing_the_button_twice_commits_once(client, operator):
    batch = checked(client)
    client.post(reverse("imports:batch_commit", args=[batch.pk]))
    answer = client.post(reverse("imports:batch_commit", args=[batch.pk]), follow=True)
    assert "tidak ada yang dilakukan lagi" in answer.text
    tasks.commit(batch.pk, operator.pk)
    tasks.commit(batch.pk, operator.pk)
    assert Household.objects.count() == 120


def test_register_changed_since_the_check_stops_the_commit_and_shows_again(client, operator):
    first, second = checked(client, "12a_dasar.xlsx"), checked(client, "12a_dasar.xlsx")
    for batch in (first, second):
        client.post(reverse("imports:batch_commit", args=[batch.pk]))
        tasks.commit(batch.pk, operator.pk)
    second.refresh_from_db()
    assert second.status == "checked"
    assert second.counts["same"] == 9
    assert "berubah sejak berkas ini diperiksa" in client.get(second.get_absolute_url()).text


def test_killed_check_starts_over_without_leftovers(client, operator):
    upload(client)
    batch = ImportBatch.objects.get()
    from ejsika.imports import actions

    actions.check(batch)  # as far as a worker came before it was killed, its last word not written
    ImportBatch.objects.update(status="uploaded")
    tasks.check(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.rows, batch.counts["create"]) == ("checked", 120, 120)


def test_put_aside_batch_is_never_committed(client, operator):
    batch = checked(client)
    client.post(reverse("imports:batch_discard", args=[batch.pk]))
    client.post(reverse("imports:batch_commit", args=[batch.pk]))
    tasks.commit(batch.pk, operator.pk)
    assert Household.objects.count() == 0


def test_uploaded_file_is_kept_encrypted(client, operator, settings):
    upload(client, "05a_titik_koma.csv")
    stored = (settings.MEDIA_ROOT / ImportBatch.objects.get().file_path).read_bytes()
    assert b"No KK" not in stored


def test_batch_of_another_region_is_not_found(client, operator):
    batch = checked(client)
    client.force_login(make_user("admin2", Role.ADMIN, "3602"))
    assert client.get(batch.get_absolute_url()).status_code == 404
    assert client.post(reverse("imports:batch_commit", args=[batch.pk])).status_code == 404


def test_markup_and_formulae_in_a_sheet_come_out_as_text(client, operator):
    batch = checked(client, "07_tanggal_dan_teks.xlsx")
    client.post(reverse("imports:batch_commit", args=[batch.pk]))
    tasks.commit(batch.pk, operator.pk)
    assert Household.objects.filter(address="<script>alert(1)</script>").exists()
    assert Household.objects.filter(recipient_name="=1+1 Siti").exists()
    assert "<script>alert" not in client.get(f"{batch.get_absolute_url()}?tab=create").text


def test_batch_of_somebody_with_more_programmes_is_not_found(client, operator):
    """Its preview may show families of those other programmes."""
    batch = checked(client)
    client.force_login(make_user("admin3", Role.ADMIN, "36", programs=[make_program()]))
    assert client.get(batch.get_absolute_url()).status_code == 404


def test_batch_in_the_hands_of_the_queue_cannot_be_put_aside(client, operator):
    upload(client)
    batch = ImportBatch.objects.get()
    client.post(reverse("imports:batch_discard", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.status == "uploaded"


def test_failure_of_the_program_is_logged_by_its_way_and_told_without_a_word_of_the_sheet(client, operator, caplog):
    upload(client)
    batch = ImportBatch.objects.get()
    ImportBatch.objects.update(kind="3602060405801234")
    tasks.check(batch.pk)
    batch.refresh_from_db()
    assert batch.refusal_code == "internal_error"
    assert "KeyError at tasks.py:" in caplog.text
    assert "> kinds.py:" in caplog.text
    assert "3602060405801234" not in caplog.text + batch.failure


def test_problems_are_counted_by_code_with_their_remedy_and_each_leads_to_its_own_list(client, operator):
    batch = checked(client, "03_nik_angka.xlsx")
    page = client.get(f"{batch.get_absolute_url()}?tab=error").text
    assert "<b>5 ×</b> NIK Pengurus: terpotong oleh Excel" in page
    assert "Simpan kolom sebagai Teks" in page
    one = client.get(f"{batch.get_absolute_url()}?tab=error&code=kk_truncated").text
    assert one.count("<tr>") == 1 + batch.problems.filter(code="kk_truncated").count()
    assert 'href="?tab=error&amp;code=kk_truncated" aria-current="true"' in one
    assert 'href="?tab=error"' in one


@pytest.mark.parametrize("code", ["nonsense", "<b>", "nik_birth_differs", "%00"])
def test_a_code_that_is_not_there_gives_an_empty_list_and_says_so(client, operator, code):
    batch = checked(client, "03_nik_angka.xlsx")
    page = client.get(f"{batch.get_absolute_url()}?tab=error&code={code}").text
    assert "Masalah yang dicari tidak ada" in page
    assert "<table" not in page
    assert "<b>5 ×</b>" in page


def test_problems_of_one_code_go_on_page_by_page(client, operator):
    head = ["No KK", "NIK", "Nama", "Kode Desa"]
    lines = [f"{3602010101200000 + row},36020604058{row:05},Siti,3602122001" for row in range(1, 121)]
    lines = [line.replace(",36020604058", ",9") for line in lines]
    upload(client, "a.csv", "\n".join([",".join(head), *lines]).encode())
    batch = ImportBatch.objects.latest("pk")
    tasks.check(batch.pk)
    url, seen = f"{batch.get_absolute_url()}?tab=error&code=nik_length", []
    while url:
        answer = client.get(url)
        seen += [problem.row for problem in answer.context["tabs"].shown]
        url = answer.context["tabs"].next_url and batch.get_absolute_url() + answer.context["tabs"].next_url
    assert seen == list(range(2, 122))


def test_page_of_problems_costs_as_many_queries_for_many_as_for_few(client, operator, django_assert_max_num_queries):
    few, many = checked(client, "08_nama_desa.xlsx"), checked(client, "04_salah_semua.xlsx")
    client.get(f"{few.get_absolute_url()}?tab=error")
    with CaptureQueriesContext(connection) as asked:
        client.get(f"{few.get_absolute_url()}?tab=error")
    with django_assert_max_num_queries(len(asked)):
        client.get(f"{many.get_absolute_url()}?tab=error")


def bomb():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * 240_000_000)
    return content.getvalue()


def locked():
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)


@pytest.mark.parametrize(
    ("make", "code", "words"),
    [(bomb, "file_bomb", "mengembang terlalu besar"), (locked, "file_encrypted", "hapus kata sandinya")],
)
def test_bomb_and_locked_workbook_are_refused_within_a_second_by_what_they_are(client, operator, make, code, words):
    content = make()
    assert len(content) < 350_000
    upload(client, "roster.xlsx", content)
    batch = ImportBatch.objects.get()
    started = seconds_of_computing()
    tasks.check(batch.pk)
    assert seconds_of_computing() - started < 1
    batch.refresh_from_db()
    assert (batch.status, batch.refusal_code) == ("refused", code)
    assert words in client.get(batch.get_absolute_url()).text


def test_markup_in_titles_sheets_names_and_wrong_cells_comes_out_as_text(client, operator):
    markup = "<script>alert(1)</script>"
    line = family(NORTH) | {"Nama Pengurus": markup, f"Catatan {markup}": "x"}
    wrong = family(NORTH) | {"Nama Pengurus": markup, "Bank": markup, f"Catatan {markup}": "x"}
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"strings_to_numbers": False}) as book:
        for name in ("<b>KPM<b>", "<i>Lain<i>"):
            sheet = book.add_worksheet(name)
            for row, cells in enumerate([list(line), line.values(), wrong.values(), [markup]]):
                sheet.write_row(row, 0, list(cells))
    upload(client, "<b>roster<b>.xlsx", content.getvalue())
    batch = ImportBatch.objects.get()
    tasks.check(batch.pk)
    seen = ""
    for tab in ("create", "error", "skipped"):
        page = client.get(f"{batch.get_absolute_url()}?tab={tab}").text
        assert not re.search("<script>alert|<b>KPM|<i>Lain|<b>roster", page)
        seen += page
    for text in (markup, "<b>KPM<b>", "<i>Lain<i>", "<b>roster<b>.xlsx"):
        assert escape(text) in seen
    assert "<b>roster" not in client.get(reverse("imports:batch_list")).text


def test_what_an_undo_leaves_standing_is_told_by_name_and_never_endless(client, operator, bring):
    told = family(NORTH)
    bring(told, commit=True)
    batch = bring(told | {"Alamat": "Kp. Baru"}, commit=True)
    known = Household.objects.get()
    Household.objects.update(address="Kp. Sesudahnya")
    actions.undo(batch, operator)
    batch.refresh_from_db()
    page = client.get(batch.get_absolute_url()).text
    assert f'<a href="{known.get_absolute_url()}">{known.recipient_name}</a><span>Alamat</span>' in page
    batch.kept *= 201
    batch.save(update_fields=["kept"])
    page = client.get(batch.get_absolute_url()).text
    assert "201 hal dibiarkan karena sudah diubah sesudah impor; inilah 200 yang pertama" in page


def test_every_code_that_a_roster_finds_has_a_name_of_its_own():
    assert set(MESSAGES) - {"account_truncated", "phone_truncated", "number_dated"} <= LABELS.keys()
