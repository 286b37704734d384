"""Users in Django's admin: nobody is seen, changed or raised beyond the scope of the admin who does it."""

import pytest
from django.urls import reverse

from ejsika.accounts.models import User
from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent
from tests.factories import NORTH, SOUTH, make_program, make_region, make_user

PASSWORD = "sandi-baru-uji-77"


@pytest.fixture
def operator(client, db):
    user = make_user("operator", Role.ADMIN, NORTH[:4])
    client.force_login(user)
    return user


def data(**changes):
    return {
        "username": "gita",
        "name": "Gita",
        "role": "pendamping",
        "region_codes": NORTH[:6],
        "all_programs": "on",
        "is_active": "on",
        "password1": PASSWORD,
        "password2": PASSWORD,
    } | changes


def add(client, **changes):
    return client.post(reverse("admin:accounts_user_add"), data(**changes))


def test_admin_makes_a_user_inside_the_own_region(client, operator):
    make_region(NORTH)
    assert add(client).status_code == 302
    user = User.objects.get(username="gita")
    assert user.region_codes == [NORTH[:6]]
    assert user.check_password(PASSWORD)
    entry = AuditEvent.objects.get(action="user.created", target_id=user.pk)
    assert entry.actor == operator
    assert PASSWORD not in str(entry.data)


@pytest.mark.parametrize("codes", ["36", SOUTH[:4], f"{NORTH[:6]}, {SOUTH[:4]}", "", "nonsense"])
def test_admin_grants_no_region_beyond_the_own(client, operator, codes):
    make_region(NORTH)
    make_region(SOUTH)
    assert add(client, region_codes=codes, role="admin").status_code == 200
    assert not User.objects.filter(username="gita").exists()


def test_admin_of_one_programme_grants_no_other(client, db):
    own, other = make_program("JSCM"), make_program("JAMSOSRATU")
    client.force_login(make_user("operator", Role.ADMIN, NORTH[:4], programs=[own]))
    make_region(NORTH)
    assert add(client).status_code == 200
    without = data(programs=[other.pk])
    without.pop("all_programs")
    assert client.post(reverse("admin:accounts_user_add"), without).status_code == 200
    assert not User.objects.filter(username="gita").exists()


def test_users_of_other_regions_are_neither_listed_nor_changed(client, operator):
    foreign = make_user("jauh", Role.PENDAMPING, SOUTH[:4])
    province = make_user("provinsi", Role.ADMIN, "36")
    page = client.get(reverse("admin:accounts_user_changelist")).text
    assert "jauh" not in page
    assert "provinsi" not in page
    for user in (foreign, province):
        before = user.password
        client.post(reverse("admin:accounts_user_change", args=[user.pk]), data(username=user.username, role="admin"))
        client.post(
            reverse("admin:accounts_user_password", args=[user.pk]), {"password1": PASSWORD, "password2": PASSWORD}
        )
        user.refresh_from_db()
        assert (user.password, user.role) == (before, user.role)
        assert client.get(reverse("admin:accounts_user_change", args=[user.pk])).status_code == 302


def test_admin_cannot_take_the_own_rights_away(client, operator):
    change = data(username="operator", role="dinsos", region_codes=NORTH[:4])
    client.post(reverse("admin:accounts_user_change", args=[operator.pk]), change)
    operator.refresh_from_db()
    assert operator.role == Role.ADMIN


def test_deactivation_and_a_new_password_are_audited(client, operator):
    user = make_user("gita", Role.PENDAMPING, NORTH[:6])
    change = data()
    change.pop("is_active")
    assert client.post(reverse("admin:accounts_user_change", args=[user.pk]), change).status_code == 302
    user.refresh_from_db()
    assert not user.is_active
    url = reverse("admin:accounts_user_password", args=[user.pk])
    assert client.post(url, {"password1": PASSWORD, "password2": PASSWORD}).status_code == 302
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    actions = AuditEvent.objects.filter(target_kind="accounts.user", target_id=user.pk)
    assert set(actions.values_list("action", flat=True)) == {"user.changed", "user.password_set"}


def test_user_is_never_deleted(client, operator):
    user = make_user("gita", Role.PENDAMPING, NORTH[:6])
    assert client.post(reverse("admin:accounts_user_delete", args=[user.pk]), {"post": "yes"}).status_code == 403


def test_programmes_are_changed_by_an_admin_of_the_province_alone(client, operator):
    program = make_program()
    url = reverse("admin:programs_program_change", args=[program.pk])
    assert client.post(url, {"code": "X"}).status_code == 403
    client.force_login(make_user("provinsi", Role.ADMIN, "36"))
    assert client.get(url).status_code == 200
