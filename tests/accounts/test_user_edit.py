"""Users: nobody is seen, changed or raised beyond the scope of the admin who does it."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from ejsika.accounts import actions
from ejsika.accounts.models import User, UserSession
from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent
from ejsika.regions.models import Region
from tests.factories import NORTH, SOUTH, make_household, make_program, make_region, make_user

NEW = "accounts:user_new"


@pytest.fixture
def operator(client, db):
    """Admin of the north, who is logged in."""
    user = make_user("operator", Role.ADMIN, NORTH[:4])
    client.force_login(user)
    return user


@pytest.fixture
def gita(operator):
    return make_user("gita", Role.PENDAMPING, NORTH[:6], name="Gita")


def data(without=(), **changes):
    sent = {"username": "gita", "name": "Gita", "role": "pendamping", "regions": [NORTH[:6]], "all_programs": "on"}
    return {name: value for name, value in (sent | changes).items() if name not in without}


def edit(client, user, **sent):
    return client.post(reverse("accounts:user_edit", args=[user.pk]), data(**sent))


def kept(user):
    """What stands of a user now."""
    user = User.objects.get(pk=user.pk)
    return user.username, user.role, user.region_codes, user.all_programs, user.program_ids, user.is_active


def test_new_user_lies_inside_the_own_region_and_has_no_password_yet(client, operator):
    make_region(NORTH)
    answer = client.post(reverse(NEW), data(name="  Gita   Baru "))
    user = User.objects.get(username="gita")
    assert answer.url == user.get_absolute_url()
    assert (user.name, user.region_codes, user.has_usable_password()) == ("Gita Baru", [NORTH[:6]], False)
    event = AuditEvent.objects.get(action="user.created", target_id=user.pk)
    assert (event.actor, event.data["role"], event.data["regions"]) == (operator, "pendamping", [NORTH[:6]])


@pytest.mark.parametrize(
    "codes", [["36"], [SOUTH[:4]], [NORTH[:6], SOUTH[:4]], [], ["nonsense"], ["3602%"], ["3602\0"]]
)
def test_no_region_beyond_the_own_is_granted(client, operator, codes):
    make_region(NORTH)
    make_region(SOUTH)
    assert client.post(reverse(NEW), data(regions=codes, role="admin")).status_code == 422
    assert not User.objects.filter(username="gita").exists()


def test_closed_region_is_granted_to_nobody_but_stays_where_it_was(client, operator, gita):
    Region.objects.filter(code=NORTH[:6]).update(closed_on="2026-01-01")
    assert client.post(reverse(NEW), data(username="baru")).status_code == 422
    assert not User.objects.filter(username="baru").exists()
    assert edit(client, gita, name="Gita Sari").status_code == 302
    assert kept(gita)[2] == [NORTH[:6]]


def test_region_inside_another_chosen_one_is_left_out(client, operator):
    make_region(NORTH)
    client.post(reverse(NEW), data(regions=[NORTH, NORTH[:6]]))
    assert User.objects.get(username="gita").region_codes == [NORTH[:6]]


def test_admin_of_one_programme_grants_no_other(client, db):
    own, other = make_program("JSCM"), make_program("JAMSOSRATU")
    client.force_login(make_user("operator", Role.ADMIN, NORTH[:4], programs=[own]))
    make_region(NORTH)
    for wider in (data(), data(programs=[own.pk, other.pk]), data(["all_programs"], programs=[other.pk])):
        assert client.post(reverse(NEW), wider).status_code == 422
    assert not User.objects.filter(username="gita").exists()
    assert client.post(reverse(NEW), data(["all_programs"], programs=[own.pk])).status_code == 302
    assert User.objects.get(username="gita").program_ids == [own.pk]


@pytest.mark.parametrize("username", ["BUDI", "budi utara", "", "b\0di", "x" * 61])
def test_bad_or_taken_user_name_makes_nobody(client, operator, budi, username):
    make_region(NORTH)
    before = User.objects.count()
    assert client.post(reverse(NEW), data(username=username)).status_code == 422
    assert User.objects.count() == before


def test_user_needs_a_programme_or_all(client, operator):
    make_region(NORTH)
    answer = client.post(reverse(NEW), data(["all_programs"]))
    assert "Pilih paling sedikit satu program" in answer.text


def test_change_takes_effect_at_once_and_is_on_record(client, gita):
    theirs = Client()
    theirs.force_login(gita)
    assert edit(client, gita, role="koordinator", regions=[NORTH[:4]]).status_code == 302
    assert kept(gita)[1:3] == ("koordinator", [NORTH[:4]])
    assert theirs.get(reverse("reports:review")).status_code == 200
    event = AuditEvent.objects.get(action="user.changed", target_id=gita.pk)
    assert event.data["changes"] == {"role": ["pendamping", "koordinator"], "regions": [[NORTH[:6]], [NORTH[:4]]]}


def test_nothing_changed_leaves_no_entry(client, gita):
    assert edit(client, gita).status_code == 302
    assert not AuditEvent.objects.filter(action="user.changed").exists()


def test_users_of_other_regions_are_neither_listed_nor_changed(client, operator):
    foreign = [make_user("jauh", Role.PENDAMPING, SOUTH[:4]), make_user("provinsi", Role.ADMIN, "36")]
    page = client.get(reverse("accounts:user_list")).text
    for user in foreign:
        before = kept(user)
        assert user.username not in page
        assert edit(client, user, username=user.username, role="admin").status_code == 404
        for name in ("user_link", "user_deactivate", "user_sign_out", "user_activate"):
            assert client.post(reverse(f"accounts:{name}", args=[user.pk])).status_code == 404
        assert kept(user) == before


def test_user_of_a_wider_programme_is_out_of_reach(client, db):
    """Else an admin of one programme could make a link for a colleague who sees all, and log in as them."""
    jscm, other = make_program("JSCM"), make_program()
    client.force_login(make_user("operator", Role.ADMIN, NORTH[:4], programs=[jscm]))
    own = make_user("sendiri", Role.DINSOS, NORTH[:4], programs=[jscm])
    wider = [
        make_user("semua", Role.ADMIN, NORTH[:4]),
        make_user("lain", Role.DINSOS, NORTH[:4], programs=[other]),
        make_user("keduanya", Role.DINSOS, NORTH[:4], programs=[jscm, other]),
    ]
    for user in wider:
        assert client.post(reverse("accounts:user_link", args=[user.pk])).status_code == 404
    assert client.post(reverse("accounts:user_link", args=[own.pk])).status_code == 302


def test_user_without_a_region_is_found_by_the_province_alone(client, operator, admin):
    nobody = make_user("tanpa", Role.PENDAMPING, "")
    assert client.get(nobody.get_absolute_url()).status_code == 404
    client.force_login(admin)
    assert client.get(nobody.get_absolute_url()).status_code == 200


def test_own_role_and_scope_stay_whatever_is_sent(client, operator):
    make_region(NORTH)
    before = kept(operator)
    sent = data(username="operator", name="Nama Baru", role="dinsos", regions=[NORTH[:6]])
    assert client.post(reverse("accounts:user_edit", args=[operator.pk]), sent).status_code == 302
    assert kept(operator) == before
    assert User.objects.get(pk=operator.pk).name == "Nama Baru"


def test_nobody_deactivates_themselves(client, operator):
    url = reverse("accounts:user_deactivate", args=[operator.pk])
    assert "tidak dapat menonaktifkan akun Anda sendiri" in client.get(url).text
    client.post(url)
    assert kept(operator)[-1]


def test_last_admin_of_the_province_cannot_be_lost(client, admin):
    """Two of them take each other's rights at once: the second has lost the own ones by then."""
    other = make_user("admin_lain", Role.ADMIN, "36")
    actions.deactivate(user=other, by=admin)
    with pytest.raises(ValidationError, match="baru saja berubah"):
        actions.deactivate(user=admin, by=other)
    with pytest.raises(ValidationError):
        actions.change_user(
            user=admin, by=other, username="x", name="x", role="opd", regions=[], programs=[], all_programs=True
        )
    assert kept(admin)[-1]


def test_deactivation_ends_the_sessions_and_says_what_is_left_to_hand_over(client, gita, program):
    make_household(region=NORTH, assistant=gita, program=program)
    make_household(region=NORTH, assistant=gita, program=program)
    theirs = Client()
    theirs.force_login(gita)
    url = reverse("accounts:user_deactivate", args=[gita.pk])
    page = client.get(url).text
    families = f"{reverse('beneficiaries:household_list')}?assistant={gita.pk}"
    assert f'<a href="{families}">2 keluarga masih ditugaskan kepadanya</a>' in page
    assert "1 perangkat" in page
    assert client.post(url).url == gita.get_absolute_url()
    assert not kept(gita)[-1]
    assert not UserSession.objects.filter(user=gita).exists()
    assert theirs.get(reverse("accounts:me")).status_code == 302
    assert families in client.get(gita.get_absolute_url()).text
    assert client.get(families).text.count("Siti Invented") >= 2
    client.post(reverse("accounts:user_activate", args=[gita.pk]))
    assert kept(gita)[-1]
    told = AuditEvent.objects.filter(target_kind="accounts.user", target_id=gita.pk, actor__username="operator")
    assert set(told.values_list("action", flat=True)) == {"user.deactivated", "user.activated"}


def test_families_of_another_scope_are_not_counted(client, gita, program):
    make_household(region=SOUTH, assistant=gita, program=program)
    assert "masih ditugaskan" not in client.get(gita.get_absolute_url()).text


def test_families_that_a_narrower_scope_hides_are_told(client, operator, gita, program):
    make_household(region=NORTH, assistant=gita, program=program)
    assert "tidak tampak baginya" not in client.get(gita.get_absolute_url()).text
    make_region("3602132001")
    edit(client, gita, regions=["360213"])
    page = client.get(gita.get_absolute_url()).text
    assert "1 keluarga tugasannya di luar wilayah atau programnya" in page


def test_assistant_with_families_keeps_the_role(client, gita, program):
    make_household(region=NORTH, assistant=gita, program=program)
    answer = edit(client, gita, role="koordinator")
    assert answer.status_code == 422
    assert "1 keluarga masih ditugaskan kepadanya. Alihkan dahulu" in answer.text
    assert kept(gita)[1] == "pendamping"


def test_admin_logs_somebody_out_everywhere(client, gita):
    theirs = Client()
    theirs.force_login(gita)
    client.post(reverse("accounts:user_sign_out", args=[gita.pk]))
    assert theirs.get(reverse("accounts:me")).status_code == 302
    assert AuditEvent.objects.get(action="user.sessions_ended").data == {"count": 1}


def test_region_search_keeps_what_was_typed_and_saves_nothing(client, operator):
    make_region(NORTH, name="Cibeber")
    make_region(SOUTH, name="Cibeber")
    answer = client.post(reverse(NEW), data(username="", name="Gita", region_search="cibeber 3602", find="1"))
    assert answer.status_code == 200
    assert f'value="{NORTH}"' in answer.text
    assert f"Cibeber, Kecamatan {NORTH[:6]}, Kabupaten {NORTH[:4]} ({NORTH})" in answer.text
    assert SOUTH not in answer.text
    assert 'value="Gita"' in answer.text
    assert "Belum tersimpan" not in answer.text
    assert not User.objects.filter(name="Gita").exists()
    nothing = client.post(reverse(NEW), data(region_search="zzz\0", find="1"))
    assert "Tidak ada wilayah Anda dengan nama atau kode ini" in nothing.text
    Region.objects.filter(pk=NORTH).update(closed_on="2026-01-01")
    assert f'value="{NORTH}"' not in client.post(reverse(NEW), data(region_search="cibeber", find="1")).text


def test_form_asks_few_questions_of_many_regions(client, operator, django_assert_max_num_queries):
    for number in range(40):
        make_region(f"{NORTH[:6]}{2100 + number}")
    with django_assert_max_num_queries(9):
        page = client.post(reverse(NEW), data(region_search="desa", find="1")).text
    assert page.count('name="regions"') <= 32


def test_user_is_never_deleted(client, gita):
    assert client.delete(gita.get_absolute_url()).status_code == 405
