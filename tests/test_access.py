"""Every URL, every role, own and foreign region, own and foreign programme.

Each URL pattern of the application has a row below that says which permission opens it and how it is asked; a pattern
without a row fails, and so does a view that does not state its permission. The answers are always the same ladder:
anonymous 302 to the log-in, a role without the permission 403, a row outside the region or programme 404, another
method 405.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

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
    """How one URL is asked: its permission, its methods, which object its pk names, what is sent along."""

    permission: P
    methods: tuple[str, ...] = ("get",)
    target: Callable | None = None
    data: Callable = lambda world: {}
    names_object: bool = False  # in what is sent along, where the URL has no pk

    @property
    def is_about_a_row(self) -> bool:
        return self.target is not None or self.names_object


def household(world):
    return world.household


def visit(world):
    return make_visit(world.household, world.assistant, world.day)


def case(world):
    return make_case(world.household, by=world.assistant)


def batch(world):
    return ImportBatch.objects.create(
        kind="roster",
        program=world.program,
        status="refused",
        file_name="a.xlsx",
        file_digest="0" * 64,
        uploaded_by=world.operator,
        refusal_code="file_empty",
        refusal_message="Kosong.",
    )


def viewport(world):
    return {"bbox": "105,-7.2,107,-5.7", "zoom": "9"}


def card_number(world):
    return {"kind": "kk", "target": world.household.pk}


FORM, POST = ("get", "post"), ("post",)
ROWS = {
    "home": Row(P.OWN_ACCOUNT),
    "accounts:me": Row(P.OWN_ACCOUNT),
    "beneficiaries:household_list": Row(P.HOUSEHOLD_VIEW),
    "beneficiaries:household_search": Row(P.HOUSEHOLD_VIEW, POST),
    "beneficiaries:household_detail": Row(P.HOUSEHOLD_VIEW, target=household),
    "beneficiaries:household_edit": Row(P.HOUSEHOLD_EDIT, FORM, household),
    "beneficiaries:household_assign": Row(P.HOUSEHOLD_ASSIGN, FORM, household),
    "beneficiaries:number_reveal": Row(P.NUMBER_REVEAL, POST, data=card_number, names_object=True),
    "graduation:case_list": Row(P.GRADUATION_VIEW),
    "graduation:case_propose": Row(P.GRADUATION_PROPOSE, FORM, household),
    "graduation:case_detail": Row(P.GRADUATION_VIEW, target=case),
    "graduation:case_verify": Row(P.GRADUATION_VERIFY, POST, case),
    "graduation:case_decide": Row(P.GRADUATION_DECIDE, POST, case),
    "graduation:case_return": Row(P.GRADUATION_RETURN, POST, case),
    "assistance_logs:task_list": Row(P.VISIT_LOG),
    "assistance_logs:visit_new": Row(P.VISIT_LOG, FORM, household),
    "assistance_logs:visit_detail": Row(P.VISIT_VIEW, target=visit),
    "assistance_logs:visit_correct": Row(P.VISIT_LOG, FORM, visit),
    "imports:batch_list": Row(P.ROSTER_IMPORT),
    "imports:batch_new": Row(P.ROSTER_IMPORT, FORM),
    "imports:batch_detail": Row(P.ROSTER_IMPORT, target=batch),
    "imports:batch_commit": Row(P.ROSTER_IMPORT, POST, batch),
    "imports:batch_undo": Row(P.ROSTER_IMPORT, POST, batch),
    "imports:batch_discard": Row(P.ROSTER_IMPORT, POST, batch),
    "reports:dashboard": Row(P.COUNTS_VIEW),
    "reports:review": Row(P.REVIEW),
    "reports:candidates": Row(P.CANDIDATES_VIEW),
    "reports:map": Row(P.MAP_VIEW),
    "reports:map_cells": Row(P.MAP_VIEW, data=viewport),
    "reports:map_places": Row(P.MAP_VIEW, data=viewport),
    "reports:map_table": Row(P.MAP_VIEW),
    "reports:graduated": Row(P.COUNTS_VIEW),
}
ASKED = [(name, method) for name, row in ROWS.items() for method in row.methods]
ASKED_ABOUT_A_ROW = [(name, method) for name, method in ASKED if ROWS[name].is_about_a_row]
# A page, a redirect after an act, or a form that says what is missing: the door was open.
LET_IN = {200, 302, 422}
METHODS = {"get", "post", "put", "delete"}
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


def ask(client, world, name, method):
    """Ask a URL about the world's own row; the one that its pk names is made when first asked for."""
    row = ROWS[name]
    if row.target and row.target not in world.made:
        world.made[row.target] = row.target(world)
    arguments = [world.made[row.target].pk] if row.target else []
    return getattr(client, method)(reverse(name, args=arguments), row.data(world))


def test_every_pattern_has_its_row_and_its_permission():
    assert {name for name, _ in OURS} == set(ROWS)
    for name, view in OURS:
        assert view.permission == ROWS[name].permission, name


def test_anonymous_is_sent_to_the_login(client, world):
    for name, method in ASKED:
        answer = ask(client, world, name, method)
        assert answer.status_code == 302, name
        assert answer.url.startswith(reverse("login")), name


@pytest.mark.parametrize(("name", "method"), ASKED)
def test_role_opens_what_its_permissions_say(client, world, name, method):
    for role in Role:
        client.force_login(world.person(role, NORTH))
        answer = ask(client, world, name, method)
        if ROWS[name].permission in ROLE_PERMISSIONS[role]:
            assert answer.status_code in LET_IN, role
            assert not answer.headers.get("Location", "").startswith(reverse("login")), role
        else:
            assert answer.status_code == 403, role


def assert_not_found(client, world, name, method, people):
    """Nobody of these finds the world's row: 404 for a role that may ask for such rows, 403 for the others."""
    for person in people:
        client.force_login(person)
        expected = 404 if ROWS[name].permission in ROLE_PERMISSIONS[person.role] else 403
        assert ask(client, world, name, method).status_code == expected, person.username


@pytest.mark.parametrize(("name", "method"), ASKED_ABOUT_A_ROW)
def test_row_of_another_region_is_not_found(client, world, name, method):
    assert_not_found(client, world, name, method, [world.person(role, SOUTH) for role in Role])


@pytest.mark.parametrize(("name", "method"), ASKED_ABOUT_A_ROW)
def test_row_of_another_programme_is_not_found(client, world, name, method):
    other = [make_program("JSCM")]
    assert_not_found(client, world, name, method, [world.person(role, NORTH, other) for role in Role])


@pytest.mark.parametrize(("name", "method"), ASKED_ABOUT_A_ROW)
def test_user_without_region_or_programme_finds_nothing(client, world, name, method):
    nowhere = [make_user(f"nowhere_{role}", role, "") for role in Role]
    nothing = [make_user(f"nothing_{role}", role, NORTH[:4], programs=[]) for role in Role]
    assert_not_found(client, world, name, method, nowhere + nothing)


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.target is household])
def test_family_of_two_programmes_is_found_by_either(client, world, name):
    other = make_program("JSCM")
    enroll(world.household, program=other)
    for role in sorted(ROLES_THAT_SEE_PEOPLE - {Role.PENDAMPING}):
        client.force_login(world.person(role, NORTH, programs=[other]))
        if ROWS[name].permission in ROLE_PERMISSIONS[role]:
            assert ask(client, world, name, "get").status_code == 200


def test_family_of_another_assistant_is_not_found(client, world):
    client.force_login(make_user("colleague", Role.PENDAMPING, NORTH[:4]))
    for name, method in ASKED_ABOUT_A_ROW:
        if ROWS[name].permission in ROLE_PERMISSIONS[Role.PENDAMPING]:
            assert ask(client, world, name, method).status_code == 404, name


@pytest.mark.parametrize("name", ROWS)
def test_other_methods_are_refused(client, world, name):
    row = ROWS[name]
    role = next(role for role in Role if row.permission in ROLE_PERMISSIONS[role])
    client.force_login(world.person(role, NORTH))
    for method in METHODS - set(row.methods):
        assert ask(client, world, name, method).status_code == 405, method


def admin_urls(world):
    """Every named page of Django's admin, about the user, programme, rule or region that stands in the world."""
    keys = {
        "user": world.assistant.pk,
        "program": world.program.pk,
        "programrule": world.program.rules.get().pk,
        "legalbasis": world.program.legal_basis_id,
        "region": NORTH,
    }
    for pattern in next(entry for entry in get_resolver().url_patterns if entry.pattern.match("admin/")).url_patterns:
        for entry in getattr(pattern, "url_patterns", [pattern]):
            if entry.name in {None, "login", "logout", "app_list", "view_on_site"}:
                continue
            takes_key = bool(entry.pattern.converters)
            yield reverse(f"admin:{entry.name}", args=[keys[entry.name.split("_")[1]]] if takes_key else [])


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN])
def test_django_admin_is_the_admins_alone(client, world, role):
    client.force_login(world.person(role, NORTH))
    urls = list(admin_urls(world))
    assert len(urls) > 20
    for url in urls:
        for method in FORM:
            answer = getattr(client, method)(url)
            assert answer.status_code in (302, 403), url
            assert answer.status_code == 403 or answer.url.startswith(reverse("admin:login")), url


def test_deactivated_user_is_out_at_once(client, world):
    client.force_login(world.assistant)
    assert client.get(reverse("assistance_logs:task_list")).status_code == 200
    world.assistant.is_active = False
    world.assistant.save(update_fields=["is_active"])
    assert client.get(reverse("assistance_logs:task_list")).status_code == 302
