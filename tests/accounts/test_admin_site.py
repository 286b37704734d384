"""Django's admin: programmes and regions, as far as the scope of the admin reaches; no users."""

import pytest
from django.urls import reverse

from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent
from tests.factories import NORTH, SOUTH, make_program, make_region, make_user


@pytest.fixture
def operator(client, db):
    user = make_user("operator", Role.ADMIN, NORTH[:4])
    client.force_login(user)
    return user


def test_users_are_not_managed_here(client, operator):
    assert client.get("/admin/accounts/user/").status_code == 404


def test_programmes_are_changed_by_an_admin_of_the_province_alone(client, operator):
    program = make_program()
    url = reverse("admin:programs_program_change", args=[program.pk])
    assert client.post(url, {"code": "X"}).status_code == 403
    client.force_login(make_user("provinsi", Role.ADMIN, "36"))
    assert client.get(url).status_code == 200


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


def test_nul_in_a_key_is_a_bad_request(client, operator):
    assert client.get(f"{reverse('admin:regions_region_changelist')}36%00/change/").status_code == 400


@pytest.mark.parametrize(
    ("name", "query"), [("programs_program_changelist", "code=a%00b"), ("regions_region_changelist", "code=%00")]
)
def test_nul_in_the_address_is_a_bad_request(client, operator, name, query):
    assert client.get(f"{reverse(f'admin:{name}')}?{query}").status_code == 400


def test_nul_in_a_form_is_a_bad_request(client, operator):
    assert client.post(reverse("admin:programs_program_add"), {"code": "J\0"}).status_code == 400
