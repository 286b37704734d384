"""Two people edit one family: what each changed survives, and where both changed the same they are asked."""

import datetime
import re

import pytest
from django.utils import timezone

from beneficiaries import actions
from beneficiaries.edits import EditConflict, Merged, Seen, merge
from beneficiaries.models import Household, Member
from ejsika.audit.models import AuditEvent
from tests.factories import make_household, make_member
from tests.markup import faults


@pytest.fixture
def family(program, budi):
    made = make_household(
        assistant=budi, address="Kp. Lama", rt=1, rw=2, phone="081234567890",
        latitude="-6.300000", longitude="106.200000", point_source="gps", point_accuracy_m=12,
    )  # fmt: skip
    return Household.objects.get(pk=made.pk)


@pytest.fixture
def child(family):
    return make_member(family, age=12, name="Rizki", sex="L", relationship="3", school_level="SD", grade=6)


@pytest.fixture
def screen(client, budi, child, family):
    """The form as budi's browser has it open, before anybody else does anything."""
    client.force_login(budi)
    return Screen(client, client.get(f"/households/{family.pk}/edit/"))


class Screen:
    """A page's form in a browser: what it was filled with, and what is sent when some of it is changed."""

    def __init__(self, client, page):
        self.client, self.page, self.url = client, page, page.request["PATH_INFO"]
        form = page.context["form"]
        self.form = form
        self.fields = {field.html_name: field.value() for part in (form, *form.all_rows) for field in part}
        self.fields = {name: value for name, value in self.fields.items() if value not in (None, False)}

    def send(self, **changes):
        answer = self.client.post(self.url, self.fields | changes)
        return answer if answer.status_code == 302 else Screen(self.client, answer)


def by_another(household, by, *, members=None, leaving=(), **changes):
    """What a colleague saves meanwhile, having seen what stands now."""
    household = Household.objects.get(pk=household.pk)
    values = {name: getattr(household, name) for name in actions.EDITED} | changes
    seen = actions.seen_values(household)
    actions.edit_household(household=household, by=by, seen=seen, members=members, leaving=leaving, **values)


def columns(member, **changes):
    names = ("name", "relationship", "sex", "born_on", "school_level", "grade", "is_pregnant", "is_disabled")
    return {member.pk: {name: getattr(member, name) for name in names} | changes}


def stored(row, *names):
    return type(row).objects.filter(pk=row.pk).values_list(*names).get()


def messages_of(client, answer):
    return client.get(answer.url).content.decode()


@pytest.mark.parametrize(
    ("seen", "mine", "now", "written", "kept"),
    [
        ("a", "a", "a", [], []),
        ("a", "b", "a", ["x"], []),
        ("a", "a", "b", [], ["x"]),
        ("a", "b", "b", [], []),
        (None, "b", None, ["x"], []),
    ],
)
def test_a_unit_is_merged(seen, mine, now, written, kept):
    assert merge({"x": seen}, {"x": mine}, {"x": now}) == Merged(written, kept)


@pytest.mark.parametrize("now", [{"x": "c"}, {"x": None}, {}])
def test_a_unit_that_both_changed_or_that_is_gone_clashes(now):
    with pytest.raises(EditConflict) as raised:
        merge({"x": "a", "y": "a"}, {"x": "b", "y": "a"}, now | {"y": "b"})
    assert raised.value.units == ["x"]


def test_what_was_never_shown_is_not_overwritten():
    with pytest.raises(EditConflict):
        merge({}, {"x": "b"}, {"x": "c"})


def test_different_fields_both_survive(client, screen, family, child, ayu):
    by_another(family, ayu, rt=8, members=columns(child, is_disabled=True))
    answer = screen.send(address="Kp. Baru", **{f"m{child.pk}-name": "Rizki Ananda"})
    assert answer.status_code == 302
    assert stored(family, "address", "rt") == ("Kp. Baru", 8)
    assert stored(child, "name", "is_disabled") == ("Rizki Ananda", True)
    page = messages_of(client, answer)
    assert "tetap tersimpan: RT, Rizki, disabilitas berat" in page


def test_the_same_change_by_both_is_no_conflict(screen, family, ayu):
    by_another(family, ayu, rt=8)
    assert screen.send(rt="8").status_code == 302
    assert AuditEvent.objects.filter(action="household.edited").count() == 1


def test_the_same_field_is_shown_twice_and_nothing_is_saved(screen, family, child, ayu):
    by_another(family, ayu, address="Kp. Ayu", rw=9)
    before = AuditEvent.objects.count()
    again = screen.send(address="Kp. Budi", rt="5", **{f"m{child.pk}-grade": "5"})
    assert again.page.status_code == 422
    assert stored(family, "address", "rt", "rw") == ("Kp. Ayu", 1, 9)
    assert stored(child, "grade") == (6,) and AuditEvent.objects.count() == before
    page = again.page.content.decode()
    assert 'value="Kp. Budi"' in page and "Yang tersimpan: Kp. Ayu" in page and "diubah oleh Ayu pada" in page
    assert faults(page) == []
    # The writer's other changes stand in the form, and so does what the other changed elsewhere.
    assert (again.fields["rt"], again.fields["rw"], again.fields[f"m{child.pk}-grade"]) == ("5", "9", "5")


@pytest.mark.parametrize(("choice", "address"), [("mine", "Kp. Budi"), ("theirs", "Kp. Ayu")])
def test_the_choice_is_what_is_saved(screen, family, ayu, choice, address):
    by_another(family, ayu, address="Kp. Ayu", rw=9)
    again = screen.send(address="Kp. Budi", rt="5")
    assert again.send(**{"choose-address": choice}).status_code == 302
    assert stored(family, "address", "rt", "rw") == (address, 5, 9)


@pytest.mark.parametrize("choice", ["", "x", "\0"])
def test_without_a_choice_nothing_is_saved(screen, family, ayu, choice):
    by_another(family, ayu, address="Kp. Ayu")
    again = screen.send(address="Kp. Budi").send(**{"choose-address": choice})
    assert again.page.status_code == 422 and "Pilih mana yang benar" in again.page.content.decode()
    assert stored(family, "address") == ("Kp. Ayu",)
    assert again.send(**{"choose-address": "mine"}).status_code == 302


def test_a_third_change_meanwhile_is_asked_about_once_more(screen, family, ayu):
    by_another(family, ayu, address="Kp. Ayu")
    again = screen.send(address="Kp. Budi")
    by_another(family, ayu, address="Kp. Ayu Lagi")
    third = again.send(**{"choose-address": "mine"})
    assert "Yang tersimpan: Kp. Ayu Lagi" in third.page.content.decode()
    assert stored(family, "address") == ("Kp. Ayu Lagi",)


def test_the_point_is_one_thing(screen, family, ayu):
    by_another(family, ayu, latitude="-6.310000", longitude="106.210000", point_source="pin", point_accuracy_m=None)
    again = screen.send(longitude="106,250000")
    assert "Yang tersimpan: -6.310000, 106.210000" in again.page.content.decode()
    assert again.send(**{"choose-point": "theirs"}).status_code == 302
    assert [str(value) for value in stored(family, "latitude", "longitude")] == ["-6.310000", "106.210000"]
    assert stored(family, "point_source") == ("pin",)


def test_the_same_of_a_member_is_asked_with_the_member_named(screen, family, child, ayu):
    by_another(family, ayu, members=columns(child, school_level="SMP", grade=7))
    again = screen.send(**{f"m{child.pk}-grade": "5"})
    page = again.page.content.decode()
    assert "Rizki, sekolah: mana yang benar?" in page and "Yang tersimpan: SMP/MTs/sederajat kelas 7" in page
    assert stored(child, "school_level", "grade") == ("SMP", 7)
    assert again.send(**{f"choose-m{child.pk}-school": "mine"}).status_code == 302
    assert stored(child, "school_level", "grade") == ("SD", 5)


def test_a_member_who_came_meanwhile_stays(screen, family):
    baby = make_member(family, age=0, name="Dinda")
    assert screen.send(rt="5").status_code == 302
    assert stored(baby, "name", "left_on") == ("Dinda", None)


def test_a_member_who_came_meanwhile_is_on_the_page_that_asks(screen, family, ayu):
    baby = make_member(family, age=0, name="Dinda")
    by_another(family, ayu, rt=8)
    again = screen.send(rt="5")
    assert again.fields[f"m{baby.pk}-name"] == "Dinda"
    assert again.send(**{"choose-rt": "mine"}).status_code == 302
    assert stored(baby, "name") == ("Dinda",)


def test_a_member_who_left_meanwhile_stays_away(screen, family, child, ayu):
    by_another(family, ayu, leaving=[child.pk])
    assert screen.send(rt="5").status_code == 302
    assert stored(child, "left_on") == (timezone.localdate(),)


def test_a_change_of_a_member_who_left_meanwhile_is_said(screen, family, child, ayu):
    by_another(family, ayu, leaving=[child.pk])
    again = screen.send(rt="5", **{f"m{child.pk}-grade": "5"})
    page = again.page.content.decode()
    assert again.page.status_code == 422 and "Rizki sudah bukan anggota keluarga ini" in page
    assert stored(child, "grade") == (6,) and stored(family, "rt") == (1,)
    assert f"m{child.pk}-name" not in again.fields
    assert again.send().status_code == 302
    assert stored(family, "rt") == (5,)


def test_a_form_that_was_tampered_with_saves_nothing(screen, family, south_family):
    values = actions.seen_values(family)
    of_another, of_an_older_page = Seen(values).sign(south_family), Seen(values | {"village": "x"}).sign(family)
    for seen in ("", "x", "\0", screen.fields["seen"][:-1], of_another, of_an_older_page):
        again = screen.send(address="Kp. Budi", seen=seen)
        assert again.page.status_code == 422 and "tidak lengkap sampai di server" in again.page.content.decode()
        assert again.fields["address"] == "Kp. Budi"
    assert stored(family, "address") == ("Kp. Lama",)


def test_no_number_of_a_person_travels_in_the_form(screen, family):
    nik = family.members.get(is_recipient=True).nik
    carried = str(Seen.read(screen.fields["seen"], family).values)
    assert "nik" not in carried and not re.search(r"\d{13,}", carried) and str(nik) not in carried


def test_the_action_refuses_a_stale_view_by_itself(family, ayu):
    values = {name: getattr(family, name) for name in actions.EDITED} | {"rt": 8}
    seen = actions.seen_values(family) | {"rt": 7}
    with pytest.raises(EditConflict):
        actions.edit_household(household=family, by=ayu, seen=seen, **values)
    assert stored(family, "rt") == (1,)


def test_a_member_is_edited_on_record(screen, family, child, budi, client):
    row = {
        "name": "Rizki Ananda", "born_on": "2013-05-06", "school_level": "SMP", "grade": "2", "is_disabled": "tidak",
        "relationship": "5",
    }  # fmt: skip
    assert screen.send(**{f"m{child.pk}-{name}": value for name, value in row.items()}).status_code == 302
    assert stored(child, "name", "born_on", "school_level", "grade", "is_disabled", "relationship", "sex") == (
        "Rizki Ananda", datetime.date(2013, 5, 6), "SMP", 8, False, "5", "L"
    )  # fmt: skip
    event = AuditEvent.objects.get()
    assert (event.action, event.target_id, event.actor) == ("member.edited", family.pk, budi)
    assert event.data["changes"]["grade"] == [6, 8] and event.data["member"] == child.pk
    page = client.get(family.get_absolute_url())
    told = next(entry for entry in page.context["entries"] if entry.title == "Data anggota diubah")
    assert "Rizki Ananda: nama: Rizki → Rizki Ananda; " in told.detail
    assert (
        "sekolah: SD/MI/sederajat → SMP/MTs/sederajat; kelas: 6 → 8; disabilitas berat: kosong → tidak" in told.detail
    )


def test_the_name_of_the_recipient_is_also_the_familys(screen, family):
    recipient = family.members.get(is_recipient=True)
    screen.send(**{f"m{recipient.pk}-name": "Siti Baru"})
    assert stored(family, "recipient_name") == ("Siti Baru",)


def test_a_member_joins_today_once(client, screen, family, budi):
    baby = {"new-name": "Dinda Ayu", "new-born_on": timezone.localdate().isoformat(), "new-relationship": "3"}
    assert screen.send(**baby).status_code == 302
    assert screen.send(**baby).status_code == 302
    joined = family.members.get(name="Dinda Ayu")
    assert (joined.joined_on, joined.born_on, joined.nik) == (timezone.localdate(), timezone.localdate(), None)
    event = AuditEvent.objects.get()
    assert (event.action, event.target_id, event.data) == ("member.added", family.pk, {"member": joined.pk})
    page = client.get(family.get_absolute_url())
    assert ["Balita"] in [line.badges for line in page.context["members"]]
    assert page.context["entries"][0].detail == "Dinda Ayu · Budi"


def test_a_new_member_needs_a_name_and_waits_with_the_rest(screen, family, ayu):
    again = screen.send(rt="5", **{"new-sex": "P"})
    assert again.page.status_code == 422 and "Anggota baru, Nama" in again.page.content.decode()
    assert stored(family, "rt") == (1,) and family.members.count() == 2
    by_another(family, ayu, rt=8)
    asked = again.send(**{"new-name": "Dinda"})
    assert asked.page.status_code == 422 and family.members.count() == 2
    assert asked.send(**{"choose-rt": "mine"}).status_code == 302
    assert family.members.get(name="Dinda").sex == "P"


def test_a_member_leaves_today_but_never_the_recipient(screen, family, child):
    recipient = family.members.get(is_recipient=True)
    answer = screen.send(**{f"m{child.pk}-left": "on", f"m{recipient.pk}-left": "on"})
    assert answer.status_code == 302
    assert stored(child, "left_on") == (timezone.localdate(),)
    assert stored(recipient, "left_on") == (None,)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 151),
        ("name", "\0"),
        ("relationship", "9"),
        ("sex", "X"),
        ("born_on", "2013-02-30"),
        ("born_on", "3000-01-01"),
        ("born_on", "1800-01-01"),
        ("school_level", "TK"),
        ("grade", "7"),
        ("grade", "13"),
        ("grade", "x"),
        ("is_pregnant", "ya"),
        ("is_disabled", "mungkin"),
    ],
)
def test_nonsense_about_a_member_is_refused_beside_its_field(screen, family, child, field, value):
    before = Member.objects.filter(pk=child.pk).values().get()
    again = screen.send(rt="5", **{f"m{child.pk}-{field}": value})
    assert again.page.status_code == 422
    errors = next(row for row in again.form.rows if row.pk == child.pk).errors
    assert list(errors) == [field]
    assert Member.objects.filter(pk=child.pk).values().get() == before and stored(family, "rt") == (1,)
    assert not AuditEvent.objects.exists()


def test_an_odd_old_value_does_not_block_the_rest(screen, family, child, client):
    Member.objects.filter(pk=child.pk).update(school_level="SD", grade=9, name="Rizki  Dua", is_pregnant=True)
    Household.objects.filter(pk=family.pk).update(address=" Kp. Lama ")
    page = Screen(client, client.get(screen.url))
    assert page.send(rt="5").status_code == 302
    assert stored(child, "grade", "name") == (9, "Rizki  Dua") and stored(family, "rt", "address") == (5, " Kp. Lama ")


def test_the_number_of_queries_does_not_grow_with_the_members(client, screen, family, django_assert_max_num_queries):
    for number in range(8):
        make_member(family, age=number)
    with django_assert_max_num_queries(12):
        client.get(screen.url)
