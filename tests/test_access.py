"""Every URL, every role, own and foreign region, own and foreign programme.

Each URL pattern of the application has a row below that says which permission opens it and how it is asked; a pattern
without a row fails, and so does a view that does not state its permission. The answers are always the same ladder:
anonymous 302 to the log-in, a role without the permission 403, a row outside the region or programme 404, another
method 405.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from ejsika.accounts.permissions import ROLE_PERMISSIONS, ROLES_THAT_SEE_PEOPLE, Role
from ejsika.accounts.permissions import Permission as P
from ejsika.imports.models import ImportBatch
from tests.factories import (
    NORTH,
    SOUTH,
    enroll,
    make_case,
    make_household,
    make_program,
    make_user,
    make_visit,
)


@dataclass(frozen=True)
class Row:
    """How one URL is asked: its permission, its method, which object its pk names, what is sent along."""

    permission: P
    method: str = "get"
    target: Callable | None = None
    data: dict = field(default_factory=dict)


def household(world):
    return world.household


def visit(world):
    return make_visit(world.household, world.assistant, world.day)


def case(world):
    return make_case(world.household, by=world.assistant)


def batch(world):
    return ImportBatch.objects.create(
        kind="roster", program=world.program, status="refused", file_name="a.xlsx", file_digest="0" * 64,
        uploaded_by=world.operator, refusal_code="file_empty", refusal_message="Kosong.",
    )  # fmt: skip


ROWS = {
    "home": Row(P.OWN_ACCOUNT),
    "accounts:me": Row(P.OWN_ACCOUNT),
    "beneficiaries:household_list": Row(P.HOUSEHOLD_VIEW),
    "beneficiaries:household_search": Row(P.HOUSEHOLD_VIEW, "post"),
    "beneficiaries:household_detail": Row(P.HOUSEHOLD_VIEW, target=household),
    "beneficiaries:household_edit": Row(P.HOUSEHOLD_EDIT, target=household),
    "beneficiaries:household_assign": Row(P.HOUSEHOLD_ASSIGN, target=household),
    "beneficiaries:number_reveal": Row(P.NUMBER_REVEAL, "post"),
    "graduation:case_list": Row(P.GRADUATION_VIEW),
    "graduation:case_propose": Row(P.GRADUATION_PROPOSE, target=household),
    "graduation:case_detail": Row(P.GRADUATION_VIEW, target=case),
    "graduation:case_verify": Row(P.GRADUATION_VERIFY, "post", case),
    "graduation:case_decide": Row(P.GRADUATION_DECIDE, "post", case),
    "graduation:case_return": Row(P.GRADUATION_RETURN, "post", case),
    "assistance_logs:task_list": Row(P.VISIT_LOG),
    "assistance_logs:visit_new": Row(P.VISIT_LOG, target=household),
    "assistance_logs:visit_detail": Row(P.VISIT_VIEW, target=visit),
    "assistance_logs:visit_correct": Row(P.VISIT_LOG, target=visit),
    "imports:batch_list": Row(P.ROSTER_IMPORT),
    "imports:batch_new": Row(P.ROSTER_IMPORT),
    "imports:batch_detail": Row(P.ROSTER_IMPORT, target=batch),
    "imports:batch_commit": Row(P.ROSTER_IMPORT, "post", batch),
    "imports:batch_undo": Row(P.ROSTER_IMPORT, "post", batch),
    "imports:batch_discard": Row(P.ROSTER_IMPORT, "post", batch),
    "reports:dashboard": Row(P.COUNTS_VIEW),
    "reports:review": Row(P.REVIEW),
    "reports:candidates": Row(P.CANDIDATES_VIEW),
    "reports:map": Row(P.MAP_VIEW),
    "reports:map_cells": Row(P.MAP_VIEW, data={"bbox": "105,-7.2,107,-5.7", "zoom": "9"}),
    "reports:map_places": Row(P.MAP_VIEW, data={"bbox": "105,-7.2,107,-5.7", "zoom": "9"}),
    "reports:map_table": Row(P.MAP_VIEW),
    "reports:graduated": Row(P.COUNTS_VIEW),
}
# Django's own views, with their own rules: tested by name below and in tests/accounts.
NOT_OURS = {"healthz", "login", "logout", "password_change", "password_change_done"}


def patterns(resolver=None, namespace=""):
    """Every named URL pattern, as "namespace:name"; Django's admin is left to its own test."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace != "admin":
                yield from patterns(entry, f"{entry.namespace}:" if entry.namespace else namespace)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}", entry.callback


OURS = [(name, view) for name, view in patterns() if name not in NOT_OURS]


class World:
    """A family in one region and programme, with the people of every role who work there, and those who do not."""

    def __init__(self, day, region=NORTH, code="JAMSOSRATU"):
        self.day, self.region, self.program = day, region, make_program(code)
        self.assistant = make_user("own_assistant", Role.PENDAMPING, region[:4])
        self.operator = make_user("own_operator", Role.ADMIN, region[:4])
        self.household = make_household(region=region, assistant=self.assistant, program=self.program)
        self.made: dict = {}  # the objects that URLs name, made when first asked for

    def person(self, role, region, programs=None):
        """Someone of a role in a region; the family's own assistant where that is asked for."""
        if role == Role.PENDAMPING and region == self.region and programs is None:
            return self.assistant
        return make_user(f"someone_{role}", role, region[:4], programs=programs)


@pytest.fixture
def world(db):
    return World(datetime.date(2026, 11, 1))


def ask(client, name, row, world, method=None):
    if row.target and row.target not in world.made:
        world.made[row.target] = row.target(world)
    arguments = [world.made[row.target].pk] if row.target else []
    return getattr(client, method or row.method)(reverse(name, args=arguments), row.data)


def test_every_pattern_has_its_row_and_its_permission():
    assert {name for name, _ in OURS} == set(ROWS)
    for name, view in OURS:
        assert view.permission == ROWS[name].permission, name


@pytest.mark.parametrize("name", ROWS)
def test_anonymous_is_sent_to_the_login(client, world, name):
    row = ROWS[name]
    answer = ask(client, name, row, world)
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("login"))


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", ROWS)
def test_role_opens_what_its_permissions_say(client, world, name, role):
    row = ROWS[name]
    client.force_login(world.person(role, NORTH))
    status = ask(client, name, row, world).status_code
    if row.permission in ROLE_PERMISSIONS[role]:
        assert status in (200, 302) or (name == "beneficiaries:number_reveal" and status == 404)
    else:
        assert status == 403


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.target])
@pytest.mark.parametrize("role", sorted(ROLES_THAT_SEE_PEOPLE))
def test_object_of_another_region_is_not_found(client, world, name, role):
    row = ROWS[name]
    client.force_login(world.person(role, SOUTH))
    expected = 404 if row.permission in ROLE_PERMISSIONS[role] else 403
    assert ask(client, name, row, world).status_code == expected


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.target])
@pytest.mark.parametrize("role", sorted(ROLES_THAT_SEE_PEOPLE))
def test_object_of_another_programme_is_not_found(client, world, name, role):
    row = ROWS[name]
    client.force_login(world.person(role, NORTH, programs=[make_program("JSCM")]))
    expected = 404 if row.permission in ROLE_PERMISSIONS[role] else 403
    assert ask(client, name, row, world).status_code == expected


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.target])
def test_family_of_two_programmes_is_found_by_either(client, world, name):
    row = ROWS[name]
    other = make_program("JSCM")
    if row.target is not household:
        return
    enroll(world.household, program=other)
    for role in sorted(ROLES_THAT_SEE_PEOPLE - {Role.PENDAMPING}):
        client.force_login(world.person(role, NORTH, programs=[other]))
        if row.permission in ROLE_PERMISSIONS[role]:
            assert ask(client, name, row, world).status_code == 200


@pytest.mark.parametrize("name", [name for name in ROWS if name not in {"home", "accounts:me"}])
def test_other_methods_are_refused(client, world, name):
    row = ROWS[name]
    role = next(role for role in Role if row.permission in ROLE_PERMISSIONS[role])
    client.force_login(world.person(role, NORTH))
    assert ask(client, name, row, world, "put").status_code == 405
    if row.method == "post":
        assert ask(client, name, row, world, "get").status_code == 405


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN])
def test_django_admin_is_the_admins_alone(client, world, role):
    client.force_login(world.person(role, NORTH))
    for name in ("index", "accounts_user_changelist", "accounts_user_add", "programs_program_changelist"):
        assert client.get(reverse(f"admin:{name}")).status_code in (302, 403)
    assert client.get(reverse("admin:accounts_user_change", args=[world.assistant.pk])).status_code in (302, 403)


def test_deactivated_user_is_out_at_once(client, world):
    client.force_login(world.assistant)
    assert client.get(reverse("assistance_logs:task_list")).status_code == 200
    world.assistant.is_active = False
    world.assistant.save(update_fields=["is_active"])
    assert client.get(reverse("assistance_logs:task_list")).status_code == 302
