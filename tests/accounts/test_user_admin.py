"""Users in Django's admin: nobody is seen, changed or raised beyond the scope of the admin who does it."""

import pytest
from django.test import Client
from django.urls import reverse

from ejsika.accounts.models import User
from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent
from ejsika.regions.models import Region
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
        "regions": [NORTH[:6]],
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


@pytest.mark.parametrize("codes", [["36"], [SOUTH[:4]], [NORTH[:6], SOUTH[:4]], [], ["nonsense"], ["3602%"]])
def test_admin_grants_no_region_beyond_the_own(client, operator, codes):
    make_region(NORTH)
    make_region(SOUTH)
    assert add(client, regions=codes, role="admin").status_code == 200
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
    change = data(username="operator", role="dinsos", regions=[NORTH[:4]])
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


def test_user_of_a_wider_programme_is_out_of_reach(client, db):
    """Else an admin of one programme would set the password of a colleague who sees all, and log in as them."""
    jscm, other = make_program("JSCM"), make_program()
    client.force_login(make_user("operator", Role.ADMIN, NORTH[:4], programs=[jscm]))
    own = make_user("sendiri", Role.DINSOS, NORTH[:4], programs=[jscm])
    wider = [
        make_user("semua", Role.ADMIN, NORTH[:4]),
        make_user("lain", Role.DINSOS, NORTH[:4], programs=[other]),
        make_user("keduanya", Role.DINSOS, NORTH[:4], programs=[jscm, other]),
    ]
    passwords = {"password1": PASSWORD, "password2": PASSWORD}
    for user in wider:
        assert client.post(reverse("admin:accounts_user_password", args=[user.pk]), passwords).status_code == 404
        assert client.get(reverse("admin:accounts_user_change", args=[user.pk])).status_code == 302
        user.refresh_from_db()
        assert not user.check_password(PASSWORD)
    assert client.post(reverse("admin:accounts_user_password", args=[own.pk]), passwords).status_code == 302


def test_user_needs_a_programme_or_all(client, operator):
    make_region(NORTH)
    nothing = data()
    nothing.pop("all_programs")
    answer = client.post(reverse("admin:accounts_user_add"), nothing)
    assert "Pilih paling sedikit satu program" in answer.text
    assert not User.objects.filter(username="gita").exists()


def test_change_of_scope_is_on_record(client, operator):
    user = make_user("gita", Role.PENDAMPING, NORTH[:6])
    change = data(role="koordinator", regions=[NORTH[:4]])
    assert client.post(reverse("admin:accounts_user_change", args=[user.pk]), change).status_code == 302
    entry = AuditEvent.objects.get(action="user.changed", target_id=user.pk)
    assert entry.data["fields"] == ["regions", "role"]
    assert (entry.data["role"], entry.data["regions"], entry.data["programs"]) == ("koordinator", [NORTH[:4]], "all")


def test_new_password_ends_the_user_s_sessions(client, operator):
    user = make_user("gita", Role.PENDAMPING, NORTH[:6])
    theirs = Client()
    theirs.force_login(user)
    assert theirs.get(reverse("accounts:me")).status_code == 200
    passwords = {"password1": PASSWORD, "password2": PASSWORD}
    client.post(reverse("admin:accounts_user_password", args=[user.pk]), passwords)
    assert theirs.get(reverse("accounts:me")).status_code == 302


def test_region_picker_offers_the_own_regions_alone(client, operator):
    make_region(NORTH, name="Cibeber")
    make_region(SOUTH, name="Cibeber")

    def found(term):
        answer = client.get(reverse("admin:accounts_user_regions"), {"term": term}).json()
        return [choice["id"] for choice in answer["results"]]

    assert found("cibeber") == [NORTH]
    assert found("cibe 3602") == [NORTH]
    assert found("3601") == []
    assert found("") == [NORTH[:4], NORTH[:6], NORTH]
    Region.objects.filter(pk=NORTH).update(closed_on="2026-01-01")
    assert found("cibeber") == []


def test_region_picker_names_what_a_region_lies_in(client, operator):
    make_region(NORTH, name="Cibeber")
    answer = client.get(reverse("admin:accounts_user_regions"), {"term": "cibeber"}).json()
    assert answer["results"][0]["text"] == f"Cibeber, Kecamatan {NORTH[:6]}, Kabupaten {NORTH[:4]} ({NORTH})"


def test_region_picker_asks_few_questions_of_many_regions(client, operator, django_assert_max_num_queries):
    for number in range(40):
        make_region(f"{NORTH[:6]}{2100 + number}")
    with django_assert_max_num_queries(5):
        answer = client.get(reverse("admin:accounts_user_regions"), {"term": "desa"})
    assert len(answer.json()["results"]) == 30


def test_page_of_a_user_holds_the_chosen_regions_alone(client, operator):
    make_region(NORTH)
    user = make_user("gita", Role.PENDAMPING, NORTH[:6])
    page = client.get(reverse("admin:accounts_user_change", args=[user.pk])).text
    assert f'value="{NORTH[:6]}"' in page
    assert f'value="{NORTH}"' not in page


def test_regions_of_others_are_not_listed(client, operator):
    make_region(SOUTH)
    assert SOUTH[:4] not in client.get(reverse("admin:regions_region_changelist")).text
    assert client.get(reverse("admin:regions_region_change", args=[SOUTH])).status_code == 302


def test_change_of_a_programme_is_on_record(client, db):
    client.force_login(make_user("provinsi", Role.ADMIN, "36"))
    rule = make_program().rules.get()
    change = {
        "program": rule.program_id,
        "name": rule.name,
        "value": 60,
        "valid_from": rule.valid_from,
        "legal_basis": rule.legal_basis_id,
    }
    assert client.post(reverse("admin:programs_programrule_change", args=[rule.pk]), change).status_code == 302
    entry = AuditEvent.objects.get(action="programrule.changed", target_id=rule.pk)
    assert entry.data == {"fields": ["value"]}
    url = reverse("admin:programs_programrule_delete", args=[rule.pk])
    assert client.post(url, {"post": "yes"}).status_code == 302
    assert AuditEvent.objects.filter(action="programrule.deleted", target_id=rule.pk).exists()


def test_list_cannot_be_narrowed_by_the_digest_of_a_password(client, operator):
    answer = client.get(reverse("admin:accounts_user_changelist"), {"password__startswith": "md5"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("accounts_user_changelist", "role__exact=a%00b"),
        ("regions_region_changelist", "code=%00"),
        ("autocomplete", "app_label=accounts&model_name=user&field_name=regions&term=%00"),
    ],
)
def test_nul_in_the_address_is_a_bad_request(client, operator, name, query):
    assert client.get(f"{reverse(f'admin:{name}')}?{query}").status_code == 400


def test_nul_in_a_form_is_a_bad_request(client, operator):
    answer = add(client, regions=["3602\0"])
    assert answer.status_code == 400


def test_nul_in_a_key_is_a_bad_request(client, operator):
    assert client.get(f"{reverse('admin:regions_region_changelist')}36%00/change/").status_code == 400
