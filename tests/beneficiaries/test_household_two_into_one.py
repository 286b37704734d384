"""Two families of the register turn out to be one: nothing is lost, nothing is counted or shown twice."""

import datetime
import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.utils import timezone

from assistance_logs.models import Attendance, Excuse, Membership, Visit
from beneficiaries import actions, tallies
from beneficiaries.families import family_to_log
from beneficiaries.graduation.actions import send_back
from beneficiaries.merging import carry
from beneficiaries.merging.actions import CHANGED, merge
from beneficiaries.merging.candidates import DIGIT_KK, DIGIT_NIK, SAME_DAY, candidates
from beneficiaries.merging.comparison import MINE, THEIRS, Comparison
from beneficiaries.models import Assignment, Enrollment, GraduationCase, Household, HouseholdMerge, Member
from beneficiaries.models.household import MERGED
from beneficiaries.tally_check import figure_differences
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent
from ejsika.imports import actions as imports
from ejsika.lib.sealed import SealedNumber
from tests.factories import (
    NORTH,
    NORTH_2,
    SOUTH,
    enroll,
    make_assessment,
    make_case,
    make_group,
    make_household,
    make_member,
    make_program,
    make_session,
    make_user,
    make_visit,
)
from tests.sheets import checked, counted, family, found

TODAY = timezone.localdate()
CARDS = "3602120101200011", "3602120101200012"
REASON = "Terdaftar dua kali, sudah ditanyakan ke rumahnya"


@pytest.fixture
def operator(program, client):
    """Admin of Kab. Lebak."""
    person = make_user("operator", Role.ADMIN, NORTH[:4])
    client.force_login(person)
    return person


@pytest.fixture
def kept(program, budi):
    return make_household(region=NORTH, assistant=budi, name="Siti Aminah", kk=CARDS[0], phone="081211112222")


@pytest.fixture
def other(program):
    other = make_user("tono", Role.PENDAMPING, NORTH[:4], name="Tono")
    point = {"latitude": "-6.4", "longitude": "106.2"}
    return make_household(region=NORTH_2, assistant=other, name="Siti Aminh", kk=CARDS[1], bank="BRI", **point)


def url(family, other=None):
    return f"/households/{family.pk}/merge/compare/" + (f"?other={other.pk}" if other else "")


def find_url(family):
    return f"/households/{family.pk}/merge/find/"


def compared(*families):
    return Comparison(*(Household.objects.get(pk=family.pk) for family in families))


def answers(kept, other, **chosen):
    """What the form sends when nothing of it was touched but what is chosen here."""
    comparison = compared(kept, other)
    data = {"other": other.pk, "seen": comparison.state, "reason": REASON}
    data |= {row.name: row.offered for row in comparison.questions()}
    recipient = comparison.their_recipient
    return data | {f"person-{recipient.pk}": comparison.my_recipient.pk} | chosen


def merged(kept, other, by, **chosen):
    """Merge by the act itself; persons are those of the same name."""
    comparison = compared(kept, other)
    units = {row.name: chosen.get(row.name, row.offered) for row in comparison.questions()}
    persons = {comparison.their_recipient.pk: comparison.my_recipient.pk} | chosen.get("persons", {})
    return merge(kept=kept, merged=other, by=by, seen=comparison.state, chosen=units, persons=persons, reason=REASON)


def recipient(family):
    return family.members.get(is_recipient=True, left_on__isnull=True)


def test_every_table_that_names_a_family_says_how_its_rows_go_along():
    """A new one joins by carry.register() in its app's ready()."""
    naming = {relation.related_model for relation in Household._meta.related_objects}
    assert naming - {HouseholdMerge} == carry.carried_models() | {Member, Enrollment, Assignment}


def test_all_that_was_of_both_is_of_the_kept_one(kept, other, operator, budi, dewi, ayu):
    own, month = other.assignments.get().assistant, TODAY.replace(day=1)
    visits = [make_visit(kept, budi, TODAY - datetime.timedelta(days=9)), make_visit(other, own, TODAY)]
    make_assessment(other, own, TODAY, floor="1", floor_area_m2=20)
    excuse = Excuse.objects.create(household=other, month=month, reason="bencana", by=own)
    group = make_group(other, region=NORTH_2)
    make_session(group, own, TODAY)
    child = make_member(other, name="Rizki", nik="3602121001100001")
    second = make_program("JSCM")
    enroll(other, program=second)
    merged(kept, other, operator, kk=MINE, name=MINE, assistant=MINE)
    assert set(Visit.objects.filter(household=kept)) == set(visits)
    for model in (Visit, Excuse, Attendance, Membership, Assignment, Member):
        assert not model.objects.filter(household=other).exists(), model
    assert kept.assessments.count() == 1 and excuse in Excuse.objects.filter(household=kept)
    assert {one.program.code for one in kept.enrollments.all()} == {"JAMSOSRATU", "JSCM"}
    child.refresh_from_db()
    assert (child.household, child.left_on, child.is_recipient) == (kept, None, False)
    kept.refresh_from_db()
    assert kept.last_visited_on == TODAY and kept.bank == "BRI" and str(kept.latitude) == "-6.400000"
    assert [one.assistant for one in kept.assignments.open()] == [budi]
    assert set(kept.assignments.values_list("assistant", flat=True)) == {budi.pk, own.pk}


def test_a_case_that_was_opened_before_the_merge_moves_no_step_of_the_family_that_is_gone(kept, other, operator, ayu):
    case = make_case(other, by=other.assignments.get().assistant, verified_by=ayu)
    opened = GraduationCase.objects.get(pk=case.pk)
    merged(kept, other, operator)
    tallies.refresh_all()
    with pytest.raises(ValidationError, match="digabung"):
        send_back(case=opened, by=make_user("dewi", Role.DINSOS, NORTH[:4]), reason="Belum lengkap.")
    send_back(case=GraduationCase.objects.get(), by=User.objects.get(username="dewi"), reason="Belum lengkap.")
    assert tallies.differences() == []


def test_an_import_that_is_undone_after_the_merge_leaves_status_and_counts_of_the_kept_family_right(
    kept, other, admin, settings, tmp_path
):
    """What the import changed of the other one is the kept one's by now, its place in a programme and its assistant."""
    settings.MEDIA_ROOT = tmp_path
    Enrollment.objects.filter(household=kept).update(program=make_program("JSCM"), status="nonaktif")
    Assignment.objects.filter(household=kept).delete()
    Household.objects.filter(pk=kept.pk).update(status="nonaktif")
    nik = recipient(other).nik.reveal()
    line = family(NORTH_2) | {"No KK": CARDS[1], "NIK Pengurus": nik, "Nama Pengurus": "Siti Aminh"}
    roster = checked("roster", [line | {"Status": "ditangguhkan"}], admin, tmp_path, program=make_program())
    imports.commit(roster, admin)
    handed = checked("assignments", [{"No KK": CARDS[1], "Nama Pengguna": "budi"}], admin, tmp_path)
    imports.commit(handed, admin)
    merged(Household.objects.get(pk=kept.pk), Household.objects.get(pk=other.pk), admin)
    tallies.refresh_all()
    for batch in (handed, roster):
        batch.refresh_from_db()
        imports.undo(batch, admin)
        kept.refresh_from_db()
        leading = "aktif" if "aktif" in kept.enrollments.values_list("status", flat=True) else "ditangguhkan"
        assert kept.status == leading
        assert tallies.differences() == [] and figure_differences() == []


def test_the_other_keeps_its_row_without_number_and_place_and_its_values_are_on_record(kept, other, operator):
    merged(kept, other, operator, kk=MINE, nik=MINE, place=MINE)
    place = other.region_id
    other.refresh_from_db()
    assert (other.kk, other.region, other.is_merged) == (None, None, True)
    act = HouseholdMerge.objects.get()
    assert (act.merged, act.into, act.by, act.reason) == (other, kept, operator, REASON)
    assert act.values["merged"]["household"]["region_id"] == place
    assert act.values["merged"]["household"]["kk"] == SealedNumber.of("kk", CARDS[1]).sealed.hex()
    assert kept.former_cards.get().kk.reveal() == CARDS[1]
    assert AuditEvent.objects.filter(target_id=other.pk, action="household.merged_away").count() == 1
    event = AuditEvent.objects.get(target_id=kept.pk, action="household.merged")
    assert CARDS[1] not in str(event.data) and SealedNumber.of("kk", CARDS[1]).sealed.hex() not in str(event.data)


def test_the_numbers_of_the_other_can_be_taken(kept, other, operator):
    numbers = *CARDS, recipient(kept).nik, recipient(other).nik
    person = recipient(kept)
    merged(kept, other, operator, kk=THEIRS, nik=THEIRS, name=THEIRS)
    kept.refresh_from_db()
    person.refresh_from_db()
    assert (kept.kk.reveal(), person.nik, person.name, kept.recipient_name) == (
        numbers[1],
        numbers[3],
        "Siti Aminh",
        "Siti Aminh",
    )
    assert kept.former_cards.get().kk.reveal() == numbers[0]
    closed = kept.members.get(left_on__isnull=False)
    assert (closed.nik, closed.left_on, closed.is_recipient) == (numbers[2], TODAY, False)


def test_a_family_that_was_graduated_stays_so_with_its_case(kept, other, operator, budi, ayu, dewi):
    case = make_case(other, by=other.assignments.get().assistant, verified_by=ayu, decided_by=dewi)
    row = next(row for row in compared(kept, other).rows() if row.name.startswith("program"))
    assert row.differs and row.name not in {one.name for one in compared(kept, other).questions()}
    merged(kept, other, operator)
    kept.refresh_from_db()
    enrollment = kept.enrollments.get()
    assert (enrollment.status, enrollment.graduation_case, kept.status) == ("graduasi", case, "graduasi")
    assert GraduationCase.objects.get().enrollment == enrollment
    assert [step.status for step in enrollment.status_changes.order_by("on", "pk")][-1] == "graduasi"
    assert Household.objects.get(pk=other.pk).enrollments.get().status == "nonaktif"


def test_two_open_cases_are_finished_first(kept, other, operator, budi):
    make_case(kept, by=budi)
    make_case(other, by=other.assignments.get().assistant)
    with pytest.raises(ValidationError, match="Usulan graduasi"):
        merged(kept, other, operator)
    assert not HouseholdMerge.objects.exists() and other.enrollments.get().graduation_cases.exists()


def test_the_steps_of_both_stand_in_the_history_of_the_one_programme(kept, other, operator):
    theirs = other.enrollments.get()
    theirs.change_status("ditangguhkan", on=TODAY, by=operator)
    name = f"program-{theirs.program_id}"
    merged(kept, other, operator, **{name: MINE})
    kept.refresh_from_db()
    steps = list(kept.enrollments.get().status_changes.order_by("on", "pk").values_list("status", flat=True))
    assert steps == ["aktif", "aktif", "ditangguhkan", "aktif"] and kept.status == "aktif"


def test_a_meeting_that_both_were_noted_at_counts_once_as_taken_part(kept, other, operator, budi):
    group = make_group(kept, region=NORTH)
    session = make_session(group, budi, TODAY, {kept: "alpa", other: "hadir"})
    merged(kept, other, operator)
    assert session.attendances.get(household=kept).presence == "hadir"
    assert session.attendances.get(household=other).presence == "alpa"


def test_the_merged_one_is_never_counted_or_shown_again(client, kept, other, operator):
    tallies.refresh_all()
    merged(kept, other, operator, place=MINE)
    assert tallies.differences() == [] and list(figure_differences()) == []
    tallies.refresh_all()
    assert tallies.differences() == []
    assert [one.pk for one in Household.objects.for_user(operator)] == [kept.pk]
    assert Household.objects.countable_by(operator).count() == 1
    page = client.get("/households/").text
    assert f"/households/{kept.pk}/" in page and "Siti Aminh" not in page and f"/households/{other.pk}/" not in page
    answer = client.post("/reports/exports/households/", {"file_kind": "csv"})
    assert b"".join(answer.streaming_content).decode().count("Siti Amin") == 1
    client.force_login(make_user("eko", Role.PIMPINAN, "36"))
    assert client.get("/reports/map/table/").status_code == 200


def test_its_address_and_its_numbers_lead_to_the_kept_one(client, kept, other, operator):
    numbers = [CARDS[1], recipient(other).nik.reveal()]
    merged(kept, other, operator, kk=MINE, nik=MINE)
    assert client.get(f"/households/{other.pk}/", follow=True).redirect_chain == [(kept.get_absolute_url(), 302)]
    for number in numbers:
        assert client.post("/households/search/", {"q": number}).url == kept.get_absolute_url()
    client.force_login(make_user("selatan", Role.ADMIN, SOUTH[:4]))
    assert client.get(f"/households/{other.pk}/").status_code == 404


def test_one_that_is_merged_later_takes_along_what_was_merged_into_it(client, kept, other, operator, budi):
    third = make_household(region=NORTH, assistant=budi, name="Siti Amina")
    number = recipient(other).nik.reveal()
    merged(kept, other, operator, nik=MINE)
    kept.refresh_from_db()
    merged(third, kept, operator, nik=MINE)
    assert client.get(f"/households/{other.pk}/").url == third.get_absolute_url()
    assert client.post("/households/search/", {"q": number}).url == third.get_absolute_url()


def test_a_roster_with_the_old_numbers_means_the_kept_family(kept, other, operator, program, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    old = {"No KK": CARDS[1], "NIK Pengurus": recipient(other).nik.reveal()}
    merged(kept, other, operator, kk=MINE, nik=MINE, name=MINE, place=MINE, born_on=MINE)
    kept.refresh_from_db()
    known = {"Nama Pengurus": kept.recipient_name, "Alamat": kept.address, "RT": "", "RW": "", "No HP": kept.phone}
    line = family(kept.region_id, **old, **known) | {"No Rekening": "", "Tahun Masuk": "", "Bank": kept.bank}
    batch = checked("roster", [line], operator, tmp_path, program=program)
    assert counted(batch) == {"same": 1}
    assert found(batch) == {2: ["number_retired", "number_retired"]}


def test_by_screen_both_stand_side_by_side_and_become_one(client, kept, other, operator):
    page = client.get(url(kept, other))
    assert page.status_code == 200 and "Siti Aminh" in page.text and "NIK pengurus" in page.text
    assert not re.search(r"\d{16}", page.text)
    answer = client.post(url(kept), answers(kept, other, kk=THEIRS))
    assert answer.url == kept.get_absolute_url()
    page = client.get(answer.url).text
    assert "sudah menjadi satu" in page and REASON in page


def test_what_happened_to_the_other_stands_in_the_line_of_time(client, kept, other, operator):
    actions.edit_household(
        household=other,
        by=operator,
        seen=actions.seen_values(other),
        **{name: getattr(other, name) for name in ("rt", "rw", "phone", "latitude", "longitude")},
        address="Kp. Pindahan",
        point_source=other.point_source,
        point_accuracy_m=None,
    )
    other.refresh_from_db()
    merged(kept, other, operator, place=MINE)
    assert "Kp. Pindahan" in client.get(kept.get_absolute_url()).text


@pytest.mark.parametrize(
    "fields", [{"reason": "dobel"}, {"kk": "x"}, {"kk": ""}, {"person-1": "9"}, {"seen": "nonsense"}]
)
def test_nonsense_merges_nothing(client, kept, other, operator, fields):
    if "person-1" in fields:
        fields = {f"person-{recipient(other).pk}": "999999"}
    answer = client.post(url(kept), answers(kept, other, **fields))
    assert answer.status_code == 422 and not HouseholdMerge.objects.exists()


@pytest.mark.parametrize("asked", ["", "x", "0", "9" * 30, "-1", "²"])
def test_nonsense_in_the_address_finds_nothing(client, kept, operator, asked):
    assert client.get(f"{url(kept)}?other={asked}").status_code == 404
    assert client.get(f"{url(kept)}?other={kept.pk}").status_code == 404


def test_what_changed_meanwhile_is_looked_at_again(client, kept, other, operator):
    sent = answers(kept, other)
    Household.objects.filter(pk=other.pk).update(phone="081233334444")
    answer = client.post(url(kept), sent)
    assert answer.status_code == 422 and CHANGED in answer.text and "081233334444" in answer.text
    assert not HouseholdMerge.objects.exists()
    fresh = re.search(r'name="seen" value="(\w+)"', answer.text)[1]
    Household.objects.get(pk=other.pk)
    assert client.post(url(kept), sent | {"seen": fresh, "phone": MINE}).status_code == 302


def test_both_must_lie_in_the_own_scope(client, kept, operator):
    foreign = make_household(region=SOUTH, name="Kabupaten Selatan")
    assert client.get(url(kept, foreign)).status_code == 404
    assert client.post(url(kept), {"other": foreign.pk}).status_code == 404
    assert client.get(url(foreign, kept)).status_code == 404
    answer = client.post(find_url(kept), {"number": recipient(foreign).nik.reveal()})
    assert answer.status_code == 422 and "Kabupaten Selatan" not in answer.text


def test_a_programme_out_of_reach_needs_another_admin(kept, other, program):
    enroll(other, program=make_program("JSCM"))
    narrow = make_user("narrow", Role.ADMIN, NORTH[:4], programs=[program])
    with pytest.raises(ValidationError, match="di luar kewenangan"):
        merged(kept, other, narrow)


@pytest.mark.parametrize("person", ["budi", "ayu", "dewi", "eko"])
def test_only_an_admin_merges(client, kept, other, person, request):
    client.force_login(request.getfixturevalue(person))
    assert client.get(url(kept, other)).status_code == 403
    assert client.post(url(kept), {"other": other.pk}).status_code == 403


def test_the_other_is_found_by_its_number(client, kept, other, operator):
    for number in (CARDS[1], recipient(other).nik.reveal()):
        answer = client.post(find_url(kept), {"number": f"{number[:8]} {number[8:]}"})
        assert answer.url == url(kept, other)
    for number in (CARDS[0], "3602120101209999", "12", ""):
        assert client.post(find_url(kept), {"number": number}).status_code == 422


def test_those_who_resemble_it_are_offered_within_the_scope(client, kept, other, operator):
    for one, nik in ((kept, "3602124405801111"), (other, "3602125212750009")):
        Member.objects.filter(household=one).update(nik=nik)
    near = make_household(region=NORTH_2, name="Siti Amina", nik="3602124405801112")
    day = make_household(region=NORTH, name="Siti Aminnah", nik="3602124405807777")
    make_household(region=NORTH_2, name="Wati", nik="3602124405801113")
    make_household(region=SOUTH, name="Siti Aminah", nik="3602124405801114")
    families = Household.objects.for_user(operator)
    seen = {one.household.pk: one.reason for one in candidates(families.get(pk=kept.pk), families)}
    assert seen == {near.pk: DIGIT_NIK, other.pk: DIGIT_KK, day.pk: SAME_DAY}
    page = client.get(f"/households/{kept.pk}/merge/").text
    assert all(f"other={pk}" in page for pk in seen)


def test_a_page_costs_as_many_queries_for_many_members_as_for_few(
    client, kept, other, operator, django_assert_max_num_queries
):
    for number in range(8):
        make_member(other, name=f"Anak {number}")
    with django_assert_max_num_queries(45):
        client.get(url(kept, other))


def test_nothing_more_is_written_about_the_merged_one(kept, other, operator, budi):
    merged(kept, other, operator)
    with pytest.raises(ValidationError, match=MERGED):
        actions.assign(household=other, assistant=budi, by=operator, seen=None)


def test_a_visit_that_was_under_way_reaches_the_kept_family(kept, other, operator):
    """A phone sends it to the family that it knows, by the assistant who had it then."""
    assistant = other.assignments.get().assistant
    merged(kept, other, operator, assistant=MINE)
    household = family_to_log(assistant, str(other.pk))
    assert (household, household.is_theirs_today) == (kept, False)
    assert household.assignments.touching(TODAY).filter(assistant=assistant).exists()
    assert family_to_log(make_user("asing", Role.PENDAMPING, NORTH[:4]), str(other.pk)) is None


@pytest.mark.django_db(transaction=True)
def test_two_merges_at_once_follow_each_other(kept, other, operator):
    """One goes through, the other is told; never both."""
    barrier = Barrier(2)

    def run(pair):
        try:
            state = compared(*pair).state
            barrier.wait(timeout=30)
            merge(kept=pair[0], merged=pair[1], by=operator, seen=state, chosen={}, persons={}, reason=REASON)
            return "done"
        except ValidationError as error:
            return error.message
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(run, [(kept, other), (other, kept)]))
    assert sorted(told) == sorted(["done", MERGED])
    assert HouseholdMerge.objects.count() == 1
