"""Lists as files: what is shown and no more, numbers only for a reason, every download on record."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from beneficiaries import actions
from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent
from ejsika.lib.sheets import open_sheets
from reports.exports.urls import urlpatterns
from tests.factories import NORTH, SOUTH, enroll, make_case, make_household, make_program, make_user, make_visit

FAMILIES = "/reports/exports/households/"
WHY = {"with_numbers": "1", "purpose": "pemadanan", "reason": "Pemadanan Dukcapil semester dua"}


def body(answer) -> bytes:
    assert answer.status_code == 200, answer.content.decode()
    return b"".join(answer.streaming_content)


def fetch(client, url, query="", file_kind="xlsx", **fields) -> list[dict]:
    """The rows of the file that one gets, by their heads."""
    content = body(client.post(url + query, {"file_kind": file_kind} | fields))
    head, *rows = [row for _, row in open_sheets(content)[0].lines()]
    return [dict(zip(head, row, strict=True)) for row in rows]


def names(rows):
    return [row["Nama Pengurus"] for row in rows]


@pytest.fixture
def officer(client, ayu):
    client.force_login(ayu)
    return ayu


@pytest.fixture
def owner(client, dewi):
    """Who may have numbers."""
    client.force_login(dewi)
    return dewi


def test_the_url_is_a_contract():
    assert reverse("reports:household_export") == FAMILIES


def test_a_family_comes_with_all_that_is_known_of_it(client, officer, budi, program):
    today = timezone.localdate()
    family = make_household(name="Siti Utara", assistant=budi, rt=7, rw=2, phone="081200001111", bank="BRI",
                            latitude="-6.512345", longitude="106.212345", last_visited_on=today)  # fmt: skip
    (row,) = fetch(client, FAMILIES)
    assert row["ID KPM"] == family.pk
    assert (row["Nama Pengurus"], row["Alamat"], row["RT"], row["RW"]) == ("Siti Utara", "Kp. Uji", "007", "002")
    assert row["Desa/Kelurahan"] == "Desa 3602122001"
    assert (row["Kecamatan"], row["Kabupaten/Kota"]) == ("Kecamatan 360212", "Kabupaten 3602")
    assert (row["Kode Desa"], row["No HP"]) == (NORTH, "081200001111")
    assert (row["Lintang"], row["Bujur"]) == (-6.512345, 106.212345)
    assert (row["Program"], row["Status"], row["Tahun Masuk"]) == ("Jamsosratu", "Aktif", 2021)
    assert row["Terakhir Dikunjungi"] == today
    assert (row["Nama Pendamping"], row["Nama Pengguna Pendamping"]) == ("Budi", "budi")


def test_what_is_not_known_is_empty(client, officer, program):
    make_household(name="Siti")
    (row,) = fetch(client, FAMILIES)
    assert [row[head] for head in ("RT", "Lintang", "Terakhir Dikunjungi", "Nama Pendamping")] == [""] * 4


@pytest.mark.parametrize("file_kind", ["xlsx", "csv"])
@pytest.mark.parametrize("name", ["=1+1", "-5", "+62", "@x", "O'Neil", "Siti 👩", "<b>x</b>"])
def test_a_name_is_text(client, officer, program, file_kind, name):
    make_household(name=name)
    content = body(client.post(FAMILIES, {"file_kind": file_kind}))
    _, row = [row for _, row in open_sheets(content)[0].lines()]
    assert row[3] == name
    if file_kind == "csv":
        assert f",{name}," not in content.decode() or name[0] not in "=+-@"


def test_only_families_in_scope_are_there(client, officer, north_family, south_family):
    assert names(fetch(client, FAMILIES)) == ["Siti Utara"]


def test_an_assistant_gets_the_own_families(client, budi, north_family):
    make_household(name="Orang Lain")
    client.force_login(budi)
    assert names(fetch(client, FAMILIES)) == ["Siti Utara"]


def test_a_programme_that_the_user_may_not_know_of_is_not_told(client, north_family):
    jscm = make_program("JSCM")
    enroll(north_family, program=jscm, status="calon")
    client.force_login(make_user("jscm", Role.DINSOS, NORTH[:4], programs=[jscm]))
    (row,) = fetch(client, FAMILIES)
    assert (row["Program"], row["Status"]) == ("Jscm", "Calon")


def test_the_file_has_exactly_the_filtered_list_in_its_order(client, officer, program, budi):
    make_household(name="Cici", assistant=budi)
    make_household(name="Ani")
    make_household(name="Budi", status="calon")
    for query in ("?figure=without_assistant", "?status=aktif", "?sort=visit", f"?assistant={budi.pk}", ""):
        page = client.get(f"/households/{query}").context["page"].rows
        assert names(fetch(client, FAMILIES, query)) == [family.recipient_name for family in page], query


def test_a_name_that_was_searched_for_narrows_the_file_without_standing_in_its_address(client, officer, north_family):
    make_household(name="Orang Lain")
    answer = client.post("/households/search/", {"q": "siti"})
    query = answer.url.partition("?")[2]
    assert "siti" not in query
    assert names(fetch(client, FAMILIES, f"?{query}")) == ["Siti Utara"]
    page = client.get(f"{FAMILIES}?{query}").content.decode()
    assert "<dt>Nama</dt><dd>siti</dd>" in page


def test_the_list_leads_to_its_download_with_its_filter(client, officer, north_family):
    page = client.get("/households/?status=aktif").content.decode()
    assert f'href="{FAMILIES}?status=aktif"' in page
    page = client.get(f"{FAMILIES}?status=aktif").content.decode()
    assert "1 baris" in page
    assert "<dt>Status</dt><dd>Aktif</dd>" in page
    assert 'href="/households/?status=aktif"' in page


def test_numbers_are_masked_for_everyone_who_does_not_ask(client, owner, north_family):
    (row,) = fetch(client, FAMILIES)
    assert row["No KK"] == row["NIK Pengurus"] == "360212••••••••••"


@pytest.mark.parametrize("file_kind", ["xlsx", "csv"])
def test_numbers_come_whole_and_as_text_for_a_reason(client, owner, north_family, file_kind):
    (row,) = fetch(client, FAMILIES, file_kind=file_kind, **WHY)
    north_family.refresh_from_db()
    assert row["No KK"] == north_family.kk.reveal()
    assert row["NIK Pengurus"] == north_family.members.get().nik.reveal()


@pytest.mark.parametrize("missing", [{"purpose": ""}, {"reason": ""}, {"reason": "singkat"}, {"purpose": "x"}])
def test_without_a_reason_there_are_no_numbers(client, owner, north_family, missing):
    answer = client.post(FAMILIES, {"file_kind": "xlsx"} | WHY | missing)
    assert answer.status_code == 422
    assert not AuditEvent.objects.filter(action="list.exported").exists()


@pytest.mark.parametrize("person", ["ayu", "budi"])
def test_who_may_not_have_numbers_is_refused(client, request, north_family, person):
    client.force_login(request.getfixturevalue(person))
    assert "with_numbers" not in client.get(FAMILIES).content.decode()
    assert client.post(FAMILIES, {"file_kind": "xlsx"} | WHY).status_code == 403
    assert not AuditEvent.objects.filter(action="list.exported").exists()


def test_lists_without_numbers_do_not_offer_them(client, owner, north_family, budi):
    make_case(north_family, by=budi)
    url = reverse("reports:case_export")
    assert "with_numbers" not in client.get(url).content.decode()
    assert client.post(url, {"file_kind": "csv"} | WHY).status_code == 403


def test_a_list_for_paper_is_a_page_of_all_rows_without_numbers(client, owner, north_family, second_family):
    north_family.recipient_name = "<b>Siti</b>"
    north_family.save()
    answer = client.post(f"{FAMILIES}?status=aktif", {"file_kind": "cetak"})
    page = answer.content.decode()
    assert [row[0][0] for row in answer.context["rows"]] == ["<b>Siti</b>", "Tini Utara"]
    assert "&lt;b&gt;Siti&lt;/b&gt;" in page
    assert "Status: Aktif" in page
    assert "NIK" not in answer.context["headers"] and "••" not in page
    assert AuditEvent.objects.get(action="list.exported").data["file_kind"] == "cetak"
    answer = client.post(FAMILIES, {"file_kind": "cetak"} | WHY)
    assert answer.status_code == 422
    assert "Nomor lengkap tidak dicetak" in answer.content.decode()


def test_a_list_that_would_fill_a_cupboard_is_not_printed(client, owner, north_family, second_family, monkeypatch):
    monkeypatch.setattr("reports.exports.form.MOST_PRINTED", 1)
    answer = client.post(FAMILIES, {"file_kind": "cetak"})
    assert answer.status_code == 422
    assert "paling banyak 1 baris" in answer.content.decode()


@pytest.mark.parametrize(
    "name", ["case_export", "dashboard_export", "assistant_export", "map_export", "graduated_export"]
)
def test_other_lists_go_on_paper_as_well(client, ayu, north_family, second_family, budi, dewi, name):
    make_case(north_family, by=budi, verified_by=make_user("wati", Role.KOORDINATOR, NORTH[:4]), decided_by=dewi)
    client.force_login(ayu)
    make_visit(second_family, budi, timezone.localdate())
    assert client.post(reverse(f"reports:{name}"), {"file_kind": "cetak"}).status_code == 200


def test_record_keeps_what_narrows_the_list_and_nothing_else_of_the_address(client, owner, north_family):
    fetch(client, FAMILIES, "?status=aktif&nik=3602120405800001&odd=%00")
    assert AuditEvent.objects.get(action="list.exported").data["query"] == {"status": "aktif"}


def test_every_download_is_on_record(client, owner, north_family):
    fetch(client, FAMILIES, "?status=aktif", file_kind="csv", **WHY)
    event = AuditEvent.objects.get(action="list.exported")
    assert (event.actor, event.target_id) == (owner, owner.pk)
    assert event.data == {
        "list": "kpm",
        "query": {"status": "aktif"},
        "rows": 1,
        "file_kind": "csv",
        "with_numbers": True,
        "purpose": "pemadanan",
        "reason": "Pemadanan Dukcapil semester dua",
    }


def test_looking_at_the_page_is_no_download(client, owner, north_family):
    client.get(FAMILIES)
    assert not AuditEvent.objects.filter(action="list.exported").exists()


def test_the_file_is_named_by_list_region_and_day(client, officer, north_family):
    north_family.region.parent.parent.name = "Kabupaten Lebak"
    north_family.region.parent.parent.save()
    answer = client.post(FAMILIES, {"file_kind": "xlsx"})
    body(answer)
    today = timezone.localdate().isoformat()
    assert answer["Content-Disposition"] == f'attachment; filename="kpm-lebak-{today}.xlsx"'
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(("file_kind", "is_packed"), [("xlsx", False), ("csv", True)])
def test_a_workbook_is_not_packed_twice(client, officer, budi, program, file_kind, is_packed):
    for _ in range(20):
        make_household(assistant=budi)
    answer = client.post(FAMILIES, {"file_kind": file_kind}, headers={"accept-encoding": "gzip"})
    assert (answer.get("Content-Encoding") == "gzip") is is_packed
    assert ("Content-Length" in answer) is not is_packed
    body(answer)


def test_a_workbook_says_what_it_is(client, officer, north_family):
    content = body(client.post(f"{FAMILIES}?status=aktif", {"file_kind": "xlsx"}))
    notes = dict(CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("Keterangan").to_python())
    assert notes["Daftar"] == "Daftar KPM"
    assert notes["Status"] == "Aktif"
    assert notes["Diunduh oleh"] == "Ayu (Koordinator)"
    assert notes["Jumlah baris"] == 1


@pytest.mark.parametrize("query", ["?region=3601", "?status=x", "?cursor=x", "?search=x", "?period=x", "?assistant=x"])
def test_a_bad_filter_gives_words_and_no_file(client, officer, north_family, query):
    assert client.get(FAMILIES + query).status_code == 200
    answer = client.post(FAMILIES + query, {"file_kind": "xlsx"})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_an_unknown_format_gives_no_file(client, officer, north_family):
    for file_kind in ("", "exe", "html"):
        assert client.post(FAMILIES, {"file_kind": file_kind}).status_code == 422


def test_an_empty_list_says_so(client, officer):
    assert "Daftar ini kosong" in client.get(FAMILIES).content.decode()
    assert client.post(FAMILIES, {"file_kind": "xlsx"}).status_code == 422


def test_a_list_that_is_too_long_is_refused(client, officer, north_family, second_family, monkeypatch):
    monkeypatch.setattr("reports.exports.base.MOST_ROWS", 1)
    monkeypatch.setattr("reports.views.exports.MOST_ROWS", 1)
    answer = client.post(FAMILIES, {"file_kind": "xlsx"})
    assert answer.status_code == 422
    assert "paling banyak 1 baris" in answer.content.decode()


def test_queries_do_not_grow_with_the_families(client, owner, budi):
    for n in range(2):
        make_household(name=f"Siti {n}", assistant=budi)
    with CaptureQueriesContext(
        connection,
    ) as few:
        fetch(client, FAMILIES, **WHY)
    for n in range(20):
        enroll(make_household(name=f"Tini {n}", assistant=budi), program=make_program("JSCM"))
    with CaptureQueriesContext(connection) as many:
        assert len(fetch(client, FAMILIES, **WHY)) == 22
    assert len(many) == len(few) <= 16


def test_tasks_are_those_of_the_page_in_its_order(client, budi, north_family, second_family):
    today = timezone.localdate()
    make_visit(second_family, budi, today, follow_up="Antar ke Puskesmas", follow_up_due=today)
    client.force_login(budi)
    rows = fetch(client, reverse("reports:task_export"))
    assert names(rows) == ["Siti Utara", "Tini Utara"]
    assert [row["Terlambat"] for row in rows] == ["Ya", "Tidak"]
    assert (rows[1]["Tindak Lanjut"], rows[1]["Paling Lambat"]) == ("Antar ke Puskesmas", today)


def test_cases_are_those_of_the_tab(client, officer, north_family, second_family, budi, dewi):
    make_case(north_family, by=budi)
    make_case(second_family, by=budi, verified_by=officer, decided_by=dewi)
    url = reverse("reports:case_export")
    assert names(fetch(client, url)) == ["Siti Utara"]  # the tab that waits for a koordinator
    rows = fetch(client, url, "?state=ditetapkan")
    assert [(row["Nama Pengurus"], row["Ditetapkan oleh"], row["Nomor SK"]) for row in rows] == [
        ("Tini Utara", "Dewi", "460/12-SK/2026")
    ]
    assert len(fetch(client, url, "?state=semua")) == 2


def test_graduated_families_and_their_counts(client, officer, north_family, budi, dewi, eko):
    make_case(north_family, by=budi, verified_by=officer, decided_by=dewi)
    assert names(fetch(client, reverse("reports:graduated_export"))) == ["Siti Utara"]
    url = reverse("reports:graduated_count_export")
    assert [(row["Wilayah"], row["Keluarga Lulus"], row["Mandiri"]) for row in fetch(client, url)] == [
        ("Kecamatan 360212", 1, 1)
    ]
    client.force_login(eko)
    assert fetch(client, url)[0]["Keluarga Lulus"] == 1
    assert client.get(reverse("reports:graduated_export")).status_code == 403


def test_the_dashboards_counts_are_those_of_the_page(client, eko, north_family, second_family, south_family):
    client.force_login(eko)
    page = client.get("/reports/dashboard/").context
    rows = fetch(client, reverse("reports:dashboard_export"))
    assert [row["Wilayah"] for row in rows] == [*(row.name for row in page["rows"]), "Semua"]
    assert [row["KPM aktif"] for row in rows] == [1, 2, 3]
    assert rows[1]["Kode Wilayah"] == "3602"


def test_components_are_counted_as_on_the_page(client, officer, north_family):
    north_family.members.update(is_pregnant=True)
    url = reverse("reports:component_export")
    (row,) = fetch(client, url)
    assert (row["Nama"], row["KPM Aktif"], row["Ibu hamil"], row["Balita"]) == ("Kecamatan 360212", 1, 1, 0)
    assert fetch(client, url, "?by=program")[0]["Nama"] == "Jamsosratu"
    assert client.post(f"{url}?by=x", {"file_kind": "csv"}).status_code == 422


PAGES = {
    "/graduations/?state=semua": "case_export",
    "/reports/dashboard/": "dashboard_export",
    "/reports/components/?by=program": "component_export",
    "/reports/graduated/": "graduated_export",
    "/reports/graduated/?span=month": "graduated_count_export",
    "/reports/map/table/?region=3602": "map_export",
    "/reports/review/": "assistant_export",
}


@pytest.mark.parametrize(("page", "name"), PAGES.items())
def test_each_page_leads_to_its_download_with_what_it_is_narrowed_by(client, ayu, north_family, budi, dewi, page, name):
    make_case(north_family, by=budi, verified_by=make_user("wati", Role.KOORDINATOR, NORTH[:4]), decided_by=dewi)
    make_household(assistant=budi)
    client.force_login(ayu)
    url = reverse(f"reports:{name}") + "?" + page.partition("?")[2]
    assert f'href="{url}"' in client.get(page).content.decode()
    assert client.get(url).context["count"] == 1


def test_users_are_those_of_the_admins_list(client, admin, budi, ayu, citra):
    own = make_user("utara", Role.ADMIN, NORTH[:4])
    client.force_login(own)
    rows = fetch(client, reverse("reports:user_export"))
    assert [(row["Nama"], row["Peran"], row["Aktif"]) for row in rows] == [
        ("Ayu", "Koordinator", "Ya"),
        ("Budi", "Pendamping", "Ya"),
        ("Utara", "Admin", "Ya"),
    ]
    assert [row["Nama"] for row in fetch(client, reverse("reports:user_export"), "?role=pendamping")] == ["Budi"]


def test_the_audit_comes_in_words_and_with_its_filter(client, admin, north_family, ayu):
    actions.assign(
        household=north_family, assistant=None, by=ayu, seen=north_family.assignments.get().pk, reason="Cuti"
    )
    client.force_login(admin)
    url = reverse("reports:audit_export")
    (row,) = fetch(client, url, "?action=household.assigned")
    assert (row["Pelaku"], row["Perbuatan"]) == ("Ayu", "Pendamping diganti")
    assert "pendamping: Budi → tanpa pendamping" in row["Isi"]
    page = client.get(f"{url}?actor={ayu.pk}").content.decode()
    assert "<dt>Oleh</dt><dd>Ayu</dd>" in page


def test_assistants_under_review_come_with_their_last_report(client, officer, budi, north_family):
    visit = make_visit(north_family, budi, timezone.localdate())
    (row,) = fetch(client, reverse("reports:assistant_export"))
    assert (row["Pendamping"], row["Keluarga Aktif"], row["Lapor 7 Hari Terakhir"]) == ("Budi", 1, "Ya")
    assert row["Laporan Terakhir"] == timezone.localtime(visit.happened_at).replace(tzinfo=None)


def test_candidates_stay_rounded_and_hidden(client, fitri, program):
    for region, n in ((NORTH, 7), (SOUTH, 3)):
        for _ in range(n):
            make_household(region=region, name="Siti Rahasia")
    client.force_login(fitri)
    rows = fetch(client, reverse("reports:candidate_export"), file_kind="csv")
    assert [(row["Kode Wilayah"], row["Keluarga Aktif (sedikitnya)"]) for row in rows] == [
        ("3601", "< 5"),
        ("3602", "5"),
    ]
    assert "Siti" not in str(rows)


@pytest.mark.parametrize("name", [pattern.name for pattern in urlpatterns if not pattern.pattern.converters])
def test_nonsense_in_the_address_gives_a_page(client, admin, budi, fitri, name):
    for person in (admin, budi, fitri):
        client.force_login(person)
        answer = client.get(
            reverse(f"reports:{name}"), {"region": "x", "period": "2026-13", "state": "\x00", "span": "9"}
        )
        assert answer.status_code in (200, 403)
