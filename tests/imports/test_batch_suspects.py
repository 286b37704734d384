"""New families that resemble known ones: side by side, decided once for ever, written as what was decided."""

import re
from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from beneficiaries.models import FormerCard, Household, Member, PersonPair
from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent
from ejsika.imports import actions, choosing
from ejsika.lib.sealed import mask_digits
from tests.beneficiaries.test_roster_import import register
from tests.beneficiaries.test_roster_people import off_by_one
from tests.factories import NORTH, make_program, make_user, make_visit
from tests.imports.test_batch_choices import commit, counts
from tests.markup import faults
from tests.sheets import family

NAME = "Siti Aminah"
pytestmark = pytest.mark.usefixtures("programme")


@pytest.fixture
def known(bring):
    """A family of the register, as a sheet wrote it."""
    line = family(NORTH) | {"Nama Pengurus": NAME}
    bring(line, commit=True)
    return line


@pytest.fixture
def alike(known):
    """The same woman with a slip in her NIK, on a new card, from another list."""
    nik = off_by_one(known["NIK Pengurus"])
    return family(NORTH) | {"Nama Pengurus": "Siti Aminahh", "NIK Pengurus": nik, "Alamat": "Kp. Baru", "Bank": ""}


def page_of(client, batch):
    return client.get(f"{batch.get_absolute_url()}?tab=suspect").text


def decide(client, batch, answer, number=0, **changed):
    """Press a button of the card with that number."""
    forms = re.findall(r"<form[^>]*/decide/.*?</form>", page_of(client, batch), re.DOTALL)
    found = {name: unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', forms[number])}
    data = {name: found[name] for name in ("row", "key", "seen", "address")} | {"answer": answer} | changed
    return client.post(reverse("imports:batch_decide", args=[batch.pk]), data, follow=True)


def test_the_two_stand_side_by_side_with_covered_numbers(client, bring, known, alike):
    batch = bring(alike)
    assert batch.counts["suspect"] == 1
    page = page_of(client, batch)
    assert "Nama mirip" in page
    assert "Siti Aminahh" in page
    assert f"/households/{Household.objects.get().pk}/" in page
    for number in (known["NIK Pengurus"], alike["NIK Pengurus"], known["No KK"], alike["No KK"]):
        assert number not in page
        assert mask_digits(number) in page
    assert "(berbeda" in page
    assert not faults(page)


def test_same_person_becomes_a_change_with_both_histories_and_undo_takes_it_back(client, operator, bring, known, alike):
    household, member = Household.objects.get(), Member.objects.get()
    visited_on = member.joined_on
    make_visit(household, make_user("budi", Role.PENDAMPING, NORTH[:6]), visited_on)
    before = register()
    batch = bring(alike)
    assert "orang yang sama. Baris itu mengubah" in decide(client, batch, "same").text
    assert counts(batch) == {"change": 1}
    changes = client.get(f"{batch.get_absolute_url()}?tab=change").text
    for label in ("NIK (Siti Aminahh)", "No KK", "Alamat", "Nama pengurus"):
        assert label in changes
    assert [problem.code for problem in batch.problems.all()] == ["kk_changed"]
    commit(client, operator, batch)
    assert batch.status == "committed"
    merged, person = Household.objects.get(), Member.objects.get()
    assert (merged.pk, person.pk) == (household.pk, member.pk)
    assert (merged.kk.reveal(), person.nik.reveal()) == (alike["No KK"], alike["NIK Pengurus"])
    assert (merged.address, merged.bank) == ("Kp. Baru", "BRI"), "an empty cell erases nothing"
    assert FormerCard.objects.get(household=merged).kk.reveal() == known["No KK"]
    assert merged.visits.count() == 1
    assert counts(bring(alike)) == {"same": 1}
    assert actions.undo(batch, operator) == []
    assert register() == before


def test_other_person_is_asked_about_once_for_ever(client, operator, bring, known, alike):
    batch = bring(alike)
    assert "tidak ditanyakan lagi" in decide(client, batch, "different").text
    assert counts(batch) == {"create": 1}
    assert not batch.problems.exists()
    assert counts(bring(alike)) == {"create": 1}
    entry = AuditEvent.objects.get(action="suspect.decided")
    assert (entry.actor, entry.target_id, entry.data["answer"]) == (operator, Household.objects.get().pk, "different")
    numbers = {known["NIK Pengurus"], alike["NIK Pengurus"]}
    pair = PersonPair.objects.get()
    assert not any(number.encode() in bytes(side) for number in numbers for side in (pair.one, pair.other))
    commit(client, operator, batch)
    assert Household.objects.count() == 2


def test_same_person_is_recognised_by_the_next_import_and_an_answer_is_taken_back(
    client, operator, bring, known, alike
):
    decide(client, bring(alike), "same")
    batch = bring(alike)
    assert counts(batch) == {"change": 1}
    assert "Orang yang sama" in page_of(client, batch)
    decide(client, batch, "")
    assert counts(batch) == {"create": 1, "suspect": 1}
    assert not PersonPair.objects.exists()


def test_nik_that_is_unticked_keeps_the_old_one(client, operator, bring, known, alike):
    batch = bring(alike)
    decide(client, batch, "same")
    client.post(reverse("imports:batch_choose", args=[batch.pk]), {"was_ticked": "2:nik 2:name 2:kk", "keep": "2:name"})
    commit(client, operator, batch)
    household = Household.objects.get()
    assert Member.objects.get().nik.reveal() == known["NIK Pengurus"]
    assert (household.kk.reveal(), household.recipient_name) == (known["No KK"], "Siti Aminahh")


def test_two_rows_that_are_said_to_be_one_family_are_both_wrong_until_one_is_taken_back(client, bring, known, alike):
    second = alike | {"No KK": family(NORTH)["No KK"], "NIK Pengurus": off_by_one(alike["NIK Pengurus"])}
    batch = bring(alike, second)
    assert counts(batch) == {"create": 2, "suspect": 2}
    decide(client, batch, "same", 0)
    decide(client, batch, "same", 1)
    assert counts(batch) == {"error": 2}
    assert {problem.code for problem in batch.problems.shown()} >= {"duplicate_in_file"}
    decide(client, batch, "", 1)
    assert counts(batch) == {"change": 1, "create": 1, "suspect": 1}


def test_decision_that_somebody_else_made_meanwhile_is_told(client, operator, bring, known, alike):
    one, other = bring(alike), bring(alike)
    decide(client, one, "same")
    key = str(Member.objects.get().pk)
    with pytest.raises(ValidationError, match="baru saja diubah oleh Admin"):
        choosing.decide(other, operator, row=2, key=key, answer="different", seen="")
    assert PersonPair.objects.get().is_same


def test_decision_makes_an_open_page_old(client, operator, bring, known, alike):
    batch = bring(alike)
    shown = batch.shown
    decide(client, batch, "same")
    answer = client.post(reverse("imports:batch_commit", args=[batch.pk]), {"shown": shown}, follow=True)
    assert "Pilihan berubah" in answer.text


def test_suspects_of_another_region_are_never_shown(client, operator, bring, tmp_path):
    """Neither looked for by a kabupaten's admin, nor shown to one who lost the region, nor recognised."""
    far = family("3601012001") | {"Nama Pengurus": NAME}
    bring(far, commit=True)
    line = family(NORTH) | {"Nama Pengurus": NAME, "NIK Pengurus": off_by_one(far["NIK Pengurus"])}
    batch = bring(line)
    assert counts(batch) == {"create": 1, "suspect": 1}
    decide(client, batch, "same")
    near = make_user("admin2", Role.ADMIN, "3602")
    content = (tmp_path / "x.xlsx").read_bytes()
    theirs = actions.receive(kind="roster", program=make_program(), by=near, name="y.xlsx", content=content)
    actions.check(theirs)
    assert counts(theirs) == {"create": 1}, "a decision about a family outside the scope is not known here"
    client.force_login(near)
    assert "Tidak ada baris di bagian ini" in page_of(client, theirs)
    assert client.get(batch.get_absolute_url()).status_code == 404
    answer = client.post(reverse("imports:batch_decide", args=[batch.pk]), {"row": 2, "key": Member.objects.get().pk})
    assert answer.status_code == 404
    for is_same in ("same", "different"):
        data = {"row": 2, "key": Member.objects.get().pk, "answer": is_same}
        page = client.post(reverse("imports:batch_decide", args=[theirs.pk]), data, follow=True)
        assert "Pasangan ini tidak ada lagi" in page.text
    operator.regions.set(near.regions.all())
    client.force_login(type(operator).objects.get(pk=operator.pk))
    assert "Tidak ada baris di bagian ini" in page_of(client, batch)


def test_nonsense_decides_nothing(client, bring, known, alike):
    batch = bring(alike)
    for data in (
        {},
        {"row": "x"},
        {"row": 2, "key": "\x00"},
        {"row": 2, "key": "9" * 18, "answer": "same"},
        {"row": 99, "key": "1", "answer": "same"},
        {"row": 2, "key": "1", "answer": "perhaps"},
    ):
        answer = client.post(reverse("imports:batch_decide", args=[batch.pk]), data, follow=True)
        assert "Gagal" in answer.text
    assert counts(batch) == {"create": 1, "suspect": 1}
    assert not PersonPair.objects.exists()


def test_nothing_is_decided_after_the_commit(client, operator, bring, known, alike):
    batch = bring(alike)
    commit(client, operator, batch)
    with pytest.raises(ValidationError, match="tidak dapat diubah lagi"):
        choosing.decide(batch, operator, row=2, key="1", answer="same", seen="")


def test_after_the_commit_the_two_can_be_made_one_and_an_undo_deletes_nothing_of_it(
    client, operator, bring, known, alike
):
    batch = bring(alike)
    assert "Gabungkan kedua keluarga" not in page_of(client, batch)
    commit(client, operator, batch)
    old, new = Household.objects.order_by("pk")
    found = re.search(r'href="([^"]*/merge/[^"]*)"', page_of(client, batch))[1]
    assert found == f"/households/{old.pk}/merge/compare/?other={new.pk}"
    page = client.get(found).text
    fields = dict(re.findall(r'name="([\w-]+)" value="(\w*)"[^>]*checked', page))
    fields |= dict(re.findall(r'<select name="([\w-]+)".*?<option value="(\d*)" selected', page, re.DOTALL))
    fields |= {"other": new.pk, "seen": re.search(r'name="seen" value="(\w+)"', page)[1], "reason": "Sudah ditanyakan"}
    assert client.post(f"/households/{old.pk}/merge/compare/", fields).status_code == 302
    assert "Gabungkan kedua keluarga" not in page_of(client, batch)
    numbers = Household.objects.count(), Member.objects.count(), FormerCard.objects.count()
    actions.undo(batch, operator)
    assert (Household.objects.count(), Member.objects.count(), FormerCard.objects.count()) == numbers
    batch.refresh_from_db()
    assert batch.status == "undone" and batch.kept
    assert client.get(batch.get_absolute_url()).status_code == 200


def test_pages_of_suspects_hold_whole_rows(client, bring, django_assert_max_num_queries):
    lines = [family(NORTH) | {"Nama Pengurus": NAME} for _ in range(3)]
    bring(*lines, commit=True)
    new = [family(NORTH) | {"Nama Pengurus": NAME} for _ in range(25)]
    batch = bring(*new)
    assert counts(batch) == {"create": 25, "suspect": 25}
    with django_assert_max_num_queries(20):
        tabs = client.get(f"{batch.get_absolute_url()}?tab=suspect").context["tabs"]
    assert [suspect.row for suspect in tabs.shown] == [row for row in range(2, 22) for _ in range(3)]
    rest = client.get(batch.get_absolute_url() + tabs.next_url).context["tabs"]
    assert {suspect.row for suspect in rest.shown} == set(range(22, 27))
    assert rest.next_url == ""
