"""Making a group and changing it: by tapping names, with the history kept."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from assistance_logs.groups.models import Group, Membership
from beneficiaries.models import Assignment, Household
from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent
from tests.factories import NORTH, make_group, make_household, make_user
from tests.groups.sending import sent_group

CHOOSE = reverse("groups:group_choose")


def new_url(first):
    return reverse("groups:group_new", args=[first.pk])


def edit_url(group):
    return reverse("groups:group_edit", args=[group.pk])


def members(group, day=None):
    rows = Membership.objects.on(day or timezone.localdate()).filter(group=group)
    return set(Household.objects.filter(pk__in=rows.values("household")).values_list("recipient_name", flat=True))


def test_families_without_a_group_are_proposed_by_desa(client, budi, north_family, second_family, third_family):
    client.force_login(budi)
    page = client.get(CHOOSE).content.decode()
    assert f"2 KPM di Desa {NORTH}" in page
    assert "3 KPM aktif belum berkelompok" in client.get(reverse("groups:group_list")).content.decode()
    form = client.get(new_url(second_family)).context["form"]
    assert form.chosen == {north_family.pk, second_family.pk}, "those of the desa are chosen already"
    assert third_family.pk in form.known, "a neighbour of the same kecamatan can be tapped"


def test_a_group_is_made_with_its_families(client, budi, north_family, second_family, third_family):
    client.force_login(budi)
    fields = sent_group(north_family, third_family, leader=third_family.pk, week=2, weekday=3, meets_at="09:00")
    answer = client.post(new_url(north_family), fields)
    group = Group.objects.get()
    assert answer.url == group.get_absolute_url()
    assert (group.name, group.region_id, group.schedule) == ("Melati", NORTH, "Rabu ke-2, pukul 09.00, di Rumah ketua")
    assert members(group) == {"Siti Utara", "Uum Utara"}
    assert group.memberships.get(is_leader=True).household == third_family
    joined = AuditEvent.objects.filter(action="group.joined", target_id__in=[north_family.pk, third_family.pk])
    assert joined.count() == 2 and AuditEvent.objects.get(action="group.created").target_id == group.pk
    assert "1 KPM aktif belum berkelompok" in client.get(reverse("groups:group_list")).content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "Beri nama"),
        ({"members": []}, "Ketuk paling sedikit satu nama"),
        ({"members": ["x", "999999999999999999999", "-1"]}, "Ketuk paling sedikit satu nama"),
        ({"week": "2"}, "Pilih minggu dan hari"),
        ({"week": "2", "weekday": "1", "day_of_month": "3"}, "Pilih salah satu"),
        ({"day_of_month": "32"}, "31"),
        ({"meets_at": "25:00"}, "Tulis jam"),
        ({"leader": "x"}, "Ketua"),
    ],
)
def test_nonsense_changes_nothing(client, budi, north_family, changes, words):
    client.force_login(budi)
    answer = client.post(new_url(north_family), sent_group(north_family, **changes))
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not Group.objects.exists() and not Membership.objects.exists()


def test_who_leads_must_belong_to_it(client, budi, north_family, second_family):
    client.force_login(budi)
    answer = client.post(new_url(north_family), sent_group(north_family, leader=second_family.pk))
    assert answer.status_code == 422 and "Ketua harus salah satu anggota" in answer.content.decode()


def test_where_nobody_waits_there_is_nothing_to_tap(client, budi, group, north_family, third_family):
    client.force_login(budi)
    form = client.get(new_url(north_family)).context["form"]
    assert form.known == {third_family.pk} and form.chosen == set()
    make_group(third_family, name="Mawar")
    assert "Semua KPM aktif sudah berkelompok" in client.get(CHOOSE).content.decode()
    assert client.post(new_url(north_family), sent_group(third_family)).status_code == 422
    assert Group.objects.count() == 2


def test_a_family_of_another_assistant_is_never_taken(client, budi, north_family):
    stranger = make_household(assistant=make_user("other", Role.PENDAMPING, NORTH[:4]))
    client.force_login(budi)
    client.post(new_url(north_family), sent_group(north_family, stranger))
    assert members(Group.objects.get()) == {"Siti Utara"}


def test_a_coordinator_groups_an_assistants_families(client, ayu, budi, north_family, second_family):
    other = make_user("other", Role.PENDAMPING, NORTH[:4])
    stranger = make_household(assistant=other)
    client.force_login(ayu)
    assert [proposal.families for proposal in client.get(CHOOSE).context["waiting"]] == [2, 1]
    url = new_url(second_family)
    assert stranger.pk not in client.get(url).context["form"].known
    client.post(url, sent_group(north_family, second_family))
    assert members(Group.objects.get()) == {"Siti Utara", "Tini Utara"}


def test_families_come_and_go_and_the_history_stays(client, budi, group, north_family, second_family, third_family):
    client.force_login(budi)
    group.meets_at = datetime.time(9)
    group.save(update_fields=["meets_at"])
    page = client.get(edit_url(group)).content.decode()
    assert 'value="Melati"' in page and 'value="09:00"' in page
    seen = [north_family.pk, second_family.pk]
    fields = sent_group(north_family, third_family, seen=seen, meets_at="09:00", leader=third_family.pk, name="Mawar")
    assert client.post(edit_url(group), fields).url == group.get_absolute_url()
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    assert members(group) == {"Siti Utara", "Uum Utara"}
    assert members(group, yesterday) == {"Siti Utara", "Tini Utara"}
    assert group.memberships.get(is_leader=True).household == third_family
    event = AuditEvent.objects.get(action="group.edited")
    assert event.data == {
        "changes": {"name": ["Melati", "Mawar"], "place": ["", "Rumah ketua"]},
        "joined": 1,
        "gone": 1,
    }
    assert AuditEvent.objects.get(action="group.left").target_id == second_family.pk


def test_two_who_change_a_group_at_once_do_not_undo_each_other(
    client, budi, group, north_family, second_family, third_family
):
    client.force_login(budi)
    seen = [north_family.pk, second_family.pk]
    client.post(edit_url(group), sent_group(north_family, second_family, third_family, seen=seen))
    client.post(edit_url(group), sent_group(north_family, seen=seen))  # by one who has not seen the third
    assert members(group) == {"Siti Utara", "Uum Utara"}


def test_a_family_that_came_into_another_group_meanwhile_is_told(client, budi, group, north_family, third_family):
    client.force_login(budi)
    seen = [member.household_id for member in group.memberships.all()]
    fields = sent_group(north_family, third_family, seen=seen)
    form = client.get(edit_url(group)).context["form"]
    assert third_family.pk in form.known
    make_group(third_family, name="Mawar")
    client.post(edit_url(group), fields)
    assert "Uum Utara" not in members(group)


def test_the_last_family_stays_until_the_group_is_dissolved(client, budi, group, north_family, second_family):
    client.force_login(budi)
    seen = [north_family.pk, second_family.pk]
    answer = client.post(edit_url(group), sent_group(seen=seen))
    assert answer.status_code == 422 and "bubarkan kelompok" in answer.content.decode()
    assert members(group) == {"Siti Utara", "Tini Utara"}
    client.post(reverse("groups:group_close", args=[group.pk]))
    assert members(group) == set()
    page = client.get(group.get_absolute_url()).content.decode()
    assert "dibubarkan" in page and "Siti Utara" in page, "its families are told still"
    again = client.post(reverse("groups:group_close", args=[group.pk]), follow=True)
    assert "sudah dibubarkan" in again.content.decode()
    assert AuditEvent.objects.filter(action="group.closed").count() == 1
    assert client.get(new_url(north_family)).context["form"].chosen == {north_family.pk, second_family.pk}


def test_members_of_another_assistant_are_counted_and_stay(client, budi, group, north_family, second_family):
    other = make_user("other", Role.PENDAMPING, NORTH[:4])
    Assignment.objects.filter(household=north_family).update(assistant=other)
    client.force_login(budi)
    page = client.get(group.get_absolute_url()).content.decode()
    assert "Siti Utara" not in page and "1 anggota lain" in page
    client.post(edit_url(group), sent_group(second_family, seen=[second_family.pk], name="Mawar"))
    assert members(group) == {"Siti Utara", "Tini Utara"}
    assert group.memberships.get(is_leader=True).household == north_family


def test_who_only_reads_changes_nothing(client, dewi, citra, group):
    client.force_login(dewi)
    assert "Ubah kelompok" not in client.get(group.get_absolute_url()).content.decode()
    assert client.get(edit_url(group)).status_code == 403
    client.force_login(citra)
    assert client.get(edit_url(group)).status_code == 404
