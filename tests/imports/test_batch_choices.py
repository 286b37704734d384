"""What an admin leaves out before the commit, families and single fields; a commit and its undo do just that."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from beneficiaries.models import Assignment, FormerCard, Household, Member
from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent
from ejsika.imports import actions, tasks
from ejsika.imports.models import ImportBatch
from tests.beneficiaries.test_roster_import import register
from tests.factories import NORTH, NORTH_2, make_nik, make_user
from tests.markup import faults
from tests.sheets import ROSTERS, family

pytestmark = pytest.mark.usefixtures("programme")


class Screen:
    """A tab of the batch's page in a browser: its boxes, and what is sent when some are changed."""

    def __init__(self, client, batch, query):
        self.client, self.batch, self.query = client, batch, query
        self.page = client.get(f"{batch.get_absolute_url()}?{query}").text
        boxes = re.findall(r'name="keep" value="([^"]*)"( checked)?', self.page)
        self.ticked = {key for key, checked in boxes if checked}
        self.unticked = {key for key, checked in boxes if not checked}

    def send(self, *, leave=(), take=(), **headers):
        assert set(leave) <= self.ticked
        assert set(take) <= self.unticked
        data = {name: self.hidden(name) for name in ("was_ticked", "was_unticked", "address")}
        data["keep"] = sorted((self.ticked - set(leave)) | set(take))
        return self.client.post(reverse("imports:batch_choose", args=[self.batch.pk]), data, headers=headers)

    def hidden(self, name):
        return unescape(re.search(rf'name="{name}" value="([^"]*)"', self.page)[1])


def commit(client, operator, batch, shown=None):
    page = client.get(batch.get_absolute_url()).text
    found = re.search(r'name="shown" value="([^"]*)"', page)
    client.post(reverse("imports:batch_commit", args=[batch.pk]), {"shown": shown or found[1]})
    tasks.commit(batch.pk, operator.pk)
    batch.refresh_from_db()


def counts(batch):
    batch.refresh_from_db()
    return {name: number for name, number in batch.counts.items() if number}


def test_new_family_that_is_unticked_stays_out_and_is_told_for_ever(client, operator, bring):
    batch = bring(family(NORTH), family(NORTH), family(NORTH) | {"RT": "x"})
    assert "Tidak dipilih" not in client.get(batch.get_absolute_url()).text, "a tab for what is there"
    Screen(client, batch, "tab=create").send(leave=["3:"])
    assert counts(batch) == {"create": 1, "left": 1, "error": 1}
    page = client.get(batch.get_absolute_url()).text
    assert "Tidak dipilih" in page
    assert "Simpan 1, tinggalkan 2" in page
    assert "2 keluarga tidak akan disimpan: 1 salah, 1 tidak dipilih." in page
    assert Screen(client, batch, "tab=left").unticked == {"3:"}
    commit(client, operator, batch)
    assert Household.objects.count() == 1
    assert "2 keluarga tidak disimpan: 1 salah, 1 tidak dipilih." in client.get(batch.get_absolute_url()).text
    entry = AuditEvent.objects.get(action="import.committed")
    assert (entry.data["counts"]["left"], entry.data["counts"]["error"]) == (1, 1)


def test_family_is_ticked_again_from_its_own_tab(client, operator, bring):
    batch = bring(family(NORTH), family(NORTH))
    Screen(client, batch, "tab=create").send(leave=["2:", "3:"])
    assert (
        "Simpan"
        not in client.get(f"{batch.get_absolute_url()}?tab=left")
        .text.split("<main")[1]
        .split("page__actions")[1]
        .split("</div>")[0]
    )
    Screen(client, batch, "tab=left").send(take=["2:"])
    assert counts(batch) == {"create": 1, "left": 1}
    assert [(e.data["left"], e.data["taken"]) for e in AuditEvent.objects.filter(action="import.chosen")] == [
        (2, 0),
        (0, 1),
    ]


CHANGES = {
    "phone": ("No HP", "081299998888"),
    "address": ("Alamat", "Kp. Baru"),
    "rt": ("RT", "9"),
    "rw": ("RW", "8"),
    "bank": ("Bank", "BJB"),
    "account": ("No Rekening", "123456789"),
    "name": ("Nama Pengurus", "Siti Berganti Nama"),
    "region_code": ("Kode Desa", NORTH_2),
    "cohort_year": ("Tahun Masuk", 2022),
    "status": ("Status", "ditangguhkan"),
    "born_on": ("Tanggal Lahir", "05/05/1980"),
    "assistant": ("Pendamping", "budi"),
    "kk": ("No KK", "3602120203150999"),
}


@pytest.mark.parametrize("first", [0, 1])
def test_fields_that_are_unticked_keep_their_old_values_and_the_others_are_written(client, operator, bring, first):
    """Every other field is left; an undo takes back exactly what was written."""
    make_user("budi", Role.PENDAMPING, NORTH[:6])
    line = family(NORTH)
    bring(line, commit=True)
    before = register()
    changed = line | dict(CHANGES.values())
    batch = bring(changed)
    screen = Screen(client, batch, "tab=change")
    assert screen.ticked == {"2:", *(f"2:{name}" for name in CHANGES)}
    left = list(CHANGES)[first::2]
    screen.send(leave=[f"2:{name}" for name in left])
    assert counts(batch) == {"change": 1, "fields": len(left)}
    assert Screen(client, batch, "tab=change").unticked == {f"2:{name}" for name in left}
    commit(client, operator, batch)
    assert batch.status == "committed"
    titles = [CHANGES[name][0] for name in left]
    assert counts(bring(changed | {title: line[title] for title in titles})) == {"same": 1}, "the others are written"
    found = Screen(client, bring(changed), "tab=change").ticked
    assert found == {"2:", *(f"2:{name}" for name in left)}, "and these are not"
    assert FormerCard.objects.exists() == ("kk" not in left)
    assert Assignment.objects.exists() == ("assistant" not in left)
    actions.undo(batch, operator)
    assert register() == before


def test_all_fields_unticked_is_a_family_left_out_and_can_be_ticked_again(client, operator, bring):
    line = family(NORTH)
    bring(line, commit=True)
    batch = bring(line | {"Alamat": "Kp. Baru"})
    Screen(client, batch, "tab=change").send(leave=["2:address"])
    assert counts(batch) == {"left": 1}
    screen = Screen(client, batch, "tab=left")
    assert "Kp. Baru" in screen.page
    screen.send(take=["2:address"])
    assert counts(batch) == {"change": 1}


def test_all_changes_of_one_field_are_left_and_taken_again(client, operator, bring):
    lines = [family(NORTH) for _ in range(30)]
    bring(*lines, commit=True)
    batch = bring(*(line | {"No HP": "081299998888", "RT": "9"} for line in lines))
    page = Screen(client, batch, "tab=change&field=phone").page
    assert not faults(page)
    assert "Tinggalkan semua perubahan ini" in page
    url = reverse("imports:batch_choose", args=[batch.pk])
    with CaptureQueriesContext(connection) as captured:
        client.post(url, {"of": "phone", "all": "leave"})
    assert counts(batch) == {"change": 30, "fields": 30}
    assert sum("INSERT INTO imports_choice" in query["sql"] for query in captured.captured_queries) == 1
    assert not any("081200001111" in query["sql"] or "ARRAY[" in query["sql"] for query in captured.captured_queries)
    client.post(url, {"of": "phone", "all": "take"})
    assert counts(batch) == {"change": 30}
    client.post(url, {"of": "phone", "all": "leave"})
    commit(client, operator, batch)
    assert set(Household.objects.values_list("phone", "rt")) == {("081200001111", 9)}


def test_choices_outlive_a_new_check(client, operator, bring):
    line = family(NORTH)
    bring(line, commit=True)
    batch = bring(line | {"Alamat": "Kp. Baru", "RT": "9"}, family(NORTH))
    Screen(client, batch, "tab=change").send(leave=["2:address"])
    Screen(client, batch, "tab=create").send(leave=["3:"])
    before = counts(batch)
    ImportBatch.objects.filter(pk=batch.pk).update(status="uploaded")
    tasks.check(batch.pk)
    assert counts(batch) == before == {"change": 1, "fields": 1, "left": 1}
    commit(client, operator, batch)
    assert (Household.objects.get().address, Household.objects.get().rt) == (line["Alamat"], 9)


def test_field_of_a_person_and_the_name_of_a_child(client, operator, bring, tmp_path):
    card = family(NORTH)["No KK"]
    head = ["No KK", "NIK", "Nama", "Hubungan", "Tanggal Lahir", "Pendidikan", "Kode Desa"]
    mother, child = make_nik(), make_nik()

    def lines(school, name):
        rows = [[card, mother, "Siti Ibu", "Istri", "", "", NORTH], [card, child, name, "Anak", "", school, NORTH]]
        return [dict(zip(head, cells, strict=True)) for cells in rows]

    bring(*lines("SD", "Rizki"), commit=True)
    batch = bring(*lines("SMP", "Rizki Pratama"))
    screen = Screen(client, batch, "tab=change")
    assert screen.ticked == {"2:", "3:name", "3:school_level"}
    screen.send(leave=["3:school_level"])
    commit(client, operator, batch)
    assert set(Member.objects.values_list("name", "school_level")) == {("Siti Ibu", ""), ("Rizki Pratama", "SD")}


def test_name_of_a_new_recipient_comes_with_the_person(client, operator, bring):
    line = family(NORTH)
    bring(line, commit=True)
    batch = bring(line | {"NIK Pengurus": make_nik(), "Nama Pengurus": "Budi Lain"})
    assert Screen(client, batch, "tab=change").ticked == {"2:"}
    client.post(
        reverse("imports:batch_choose", args=[batch.pk]), {"was_ticked": "2:name 2:kk 2:nonsense 99:phone 2:nik"}
    )
    assert counts(batch) == {"change": 1}
    assert not batch.choices.exists()


def test_choice_made_in_another_tab_is_noticed_before_the_commit(client, operator, bring):
    batch = bring(family(NORTH), family(NORTH))
    shown = batch.shown
    Screen(client, batch, "tab=create").send(leave=["2:"])
    Screen(client, batch, "tab=left").send(take=["2:"])
    answer = client.post(reverse("imports:batch_commit", args=[batch.pk]), {"shown": shown}, follow=True)
    assert "Pilihan berubah sejak halaman ini dibuka" in answer.text
    batch.refresh_from_db()
    assert batch.status == "checked"


def test_rows_stay_out_only_where_it_was_said(client, operator, bring):
    batch = bring(family(NORTH), family(NORTH) | {"RT": "x"})
    answer = client.post(reverse("imports:batch_commit", args=[batch.pk]), follow=True)
    assert "tidak akan disimpan. Lihat dahulu" in answer.text
    batch.refresh_from_db()
    assert batch.status == "checked"


def test_page_of_somebody_else_changes_only_what_was_clicked_on_it(client, operator, bring):
    """Two admins have the same page open; each unticks another family."""
    batch = bring(*(family(NORTH) for _ in range(3)))
    one, other = Screen(client, batch, "tab=create"), Screen(client, batch, "tab=create")
    one.send(leave=["2:"])
    other.send(leave=["4:"])
    assert counts(batch) == {"create": 1, "left": 2}


def test_click_is_answered_by_what_changes_on_the_page(client, operator, bring):
    batch = bring(family(NORTH), family(NORTH))
    answer = Screen(client, batch, "tab=create").send(leave=["2:"], **{"HX-Request": "true"})
    assert "Simpan 1, tinggalkan 1" in answer.text
    assert 'name="was_ticked" value="3:"' in answer.text
    assert 'name="was_unticked" value="2:"' in answer.text
    assert "<main" not in answer.text


def test_nothing_is_chosen_after_the_commit_and_wrong_rows_never(client, operator, bring):
    batch = bring(family(NORTH), family(NORTH) | {"RT": "x"})
    url = reverse("imports:batch_choose", args=[batch.pk])
    client.post(url, {"was_ticked": "3: 3:rt"})
    assert not batch.choices.exists()
    commit(client, operator, batch)
    answer = client.post(url, {"was_ticked": "2:"}, follow=True)
    assert "pilihannya tidak dapat diubah lagi" in answer.text
    assert not batch.choices.exists()


def test_nonsense_chooses_nothing(client, operator, bring):
    batch = bring(family(NORTH))
    for data in (
        {},
        {"was_ticked": "\x00"},
        {"was_ticked": "2 :x 999999999999: ²:"},
        {"of": "x\x00", "all": "leave"},
        {"of": "member", "all": "leave"},
        {"address": "tab=\x00&%%%", "was_ticked": "2:phone"},
    ):
        assert client.post(reverse("imports:batch_choose", args=[batch.pk]), data, follow=True).status_code == 200
    assert counts(batch) == {"create": 1}


def test_admin_of_another_region_chooses_nothing(client, operator, bring):
    batch = bring(family(NORTH))
    client.force_login(make_user("admin2", Role.ADMIN, "3602"))
    url = reverse("imports:batch_choose", args=[batch.pk])
    assert client.post(url, {"was_ticked": "2:"}).status_code == 404
    assert counts(batch) == {"create": 1}


def test_same_file_says_when_and_by_whom_it_was_saved_but_only_to_who_may_know(client, operator, bring):
    content = (ROSTERS / "01_template.xlsx").read_bytes()
    first = bring(content=content, commit=True)
    page = client.get(bring(content=content).get_absolute_url()).text
    assert "Berkas yang sama pernah disimpan" in page
    assert f'href="{first.get_absolute_url()}"' in page
    assert "oleh Admin." in page
    near = make_user("admin2", Role.ADMIN, "3602")
    theirs = actions.receive(kind="roster", program=first.program, by=near, name="x.xlsx", content=content)
    actions.check(theirs)
    client.force_login(near)
    assert "pernah disimpan" not in client.get(theirs.get_absolute_url()).text


def test_tab_is_narrowed_by_place_field_line_and_name(client, operator, bring):
    lines = [
        family(region) | {"Nama Pengurus": f"Siti {region} {number}"}
        for region in (NORTH, "3601012001")
        for number in (1, 2)
    ]
    bring(*lines, commit=True)
    changes = [{"RT": "9"}, {"Alamat": "Kp. Baru"}, {"RT": "9"}, {"Alamat": "Kp. Baru"}]
    batch = bring(*(line | change for line, change in zip(lines, changes, strict=True)))

    def rows(query):
        return [row.row for row in client.get(f"{batch.get_absolute_url()}?tab=change&{query}").context["tabs"].shown]

    assert rows("") == [2, 3, 4, 5]
    assert rows("place=3602") == [2, 3]
    assert rows("place=360212&field=rt") == [2]
    assert rows("line=5") == [5]
    answer = client.post(reverse("imports:batch_search", args=[batch.pk]), {"tab": "change", "name": "3601012001 siti"})
    assert "siti" not in answer.url.lower()
    assert [row.row for row in client.get(answer.url).context["tabs"].shown] == [4, 5]
    for bad in ("place=3603", "place=x", "field=phone", "field=<b>", "line=abc", "line=-1", "name=unknown", "line=%00"):
        page = client.get(f"{batch.get_absolute_url()}?tab=change&{bad}")
        assert page.context["tabs"].shown == [], bad
        assert 'role="alert"' in page.text, bad


def test_problems_and_skipped_lines_are_narrowed_too(client, operator, bring):
    batch = bring(content=(ROSTERS / "04_salah_semua.xlsx").read_bytes())
    problem = batch.problems.shown().filter(level="error").first()
    page = client.get(f"{batch.get_absolute_url()}?tab=error&line={problem.row}")
    assert {entry.row for entry in page.context["tabs"].shown} == {problem.row}
    assert client.get(f"{batch.get_absolute_url()}?tab=skipped&line=1").context["tabs"].shown == []


def test_page_of_changes_costs_as_many_queries_for_many_as_for_few(
    client, operator, bring, django_assert_max_num_queries
):
    lines = [family(NORTH) for _ in range(12)]
    bring(*lines, commit=True)
    few = bring(lines[0] | {"RT": "9"})
    many = bring(*(line | {"RT": "9", "Alamat": "Kp. Baru"} for line in lines))
    client.get(f"{few.get_absolute_url()}?tab=change")
    with CaptureQueriesContext(connection) as asked:
        client.get(f"{few.get_absolute_url()}?tab=change")
    with django_assert_max_num_queries(len(asked)):
        client.get(f"{many.get_absolute_url()}?tab=change")


def test_page_of_all_problems_is_counted_and_narrowed(client, operator, bring):
    batch = bring(content=(ROSTERS / "04_salah_semua.xlsx").read_bytes())
    url = reverse("imports:problem_list", args=[batch.pk])
    page = client.get(url)
    assert f"{batch.problems.shown().count()} masalah" in page.text
    for entry in page.context["tabs"].codes:
        shown = client.get(url + entry["url"]).context["tabs"].shown
        assert len(shown) == entry["count"]
        assert {problem.code for problem in shown} == {entry["code"]}
    assert {problem.level for problem in client.get(f"{url}?level=error").context["tabs"].shown} == {"error"}
    for bad in ("code=x", "level=x", "line=x", "place=x"):
        answer = client.get(f"{url}?{bad}")
        assert answer.context["tabs"].shown == []
        assert 'role="alert"' in answer.text
