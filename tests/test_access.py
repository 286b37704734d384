"""Every URL, every role, own and foreign region, own and foreign programme.

Each URL pattern of the application has a row in tests/pages.py (ROWS) that says which permission opens it and how it is
asked; a pattern without a row fails, and so does a view that does not state its permission. The answers are always the
same ladder: anonymous 302 to the log-in, a role without the permission 403, a row outside the region or programme 404,
another method 405.
"""

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from assistance_logs.models import ReviewLimit
from ejsika.accounts.permissions import ROLE_PERMISSIONS, ROLES_THAT_SEE_PEOPLE, Role
from tests.factories import NORTH, SOUTH, enroll, make_program, make_user
from tests.pages import FORM, NOT_OURS, ROWS, World, ask, household, patterns

ASKED = [(name, method) for name, row in ROWS.items() for method in row.methods]
ASKED_ABOUT_A_ROW = [(name, method) for name, method in ASKED if ROWS[name].is_about_a_row]
# A page, a redirect after an act, or a form that says what is missing: the door was open.
LET_IN = {200, 302, 422}
METHODS = {"get", "post", "put", "delete"}
OURS = [(name, view) for name, view in patterns() if name not in NOT_OURS]


@pytest.fixture(scope="module")
def kept_world(kept, kept_world):
    """The world with those who work in another programme, and those who have no region or no programme."""

    def build() -> World:
        other = [make_program("JSCM")]
        kept_world.elsewhere = [kept_world.person(role, NORTH, other) for role in Role]
        kept_world.nowhere = [make_user(f"nowhere_{role}", role, "") for role in Role]
        kept_world.nowhere += [make_user(f"nothing_{role}", role, NORTH[:4], programs=[]) for role in Role]
        for person in kept_world.elsewhere + kept_world.nowhere:
            kept_world.log_in(Client(), person)
        return kept_world

    return kept(build)


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
        world.log_in(client, world.person(role, NORTH))
        answer = ask(client, world, name, method)
        if ROWS[name].permission in ROLE_PERMISSIONS[role]:
            assert answer.status_code in LET_IN, role
            assert not answer.headers.get("Location", "").startswith(reverse("login")), role
        else:
            assert answer.status_code == 403, role


def assert_not_found(client, world, name, method, people):
    """Nobody of these finds the world's row: 404 for a role that may ask for such rows, 403 for the others."""
    for person in people:
        world.log_in(client, person)
        expected = 404 if ROWS[name].permission in ROLE_PERMISSIONS[person.role] else 403
        assert ask(client, world, name, method).status_code == expected, person.username


@pytest.mark.parametrize(("name", "method"), ASKED_ABOUT_A_ROW)
def test_row_of_another_region_is_not_found(client, world, name, method):
    assert_not_found(client, world, name, method, [world.person(role, SOUTH) for role in Role])


@pytest.mark.parametrize(("name", "method"), ASKED_ABOUT_A_ROW)
def test_row_of_another_programme_is_not_found(client, world, name, method):
    assert_not_found(client, world, name, method, world.elsewhere)


@pytest.mark.parametrize(("name", "method"), ASKED_ABOUT_A_ROW)
def test_user_without_region_or_programme_finds_nothing(client, world, name, method):
    assert_not_found(client, world, name, method, world.nowhere)


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.target is household])
def test_family_of_two_programmes_is_found_by_either(client, world, name):
    other = make_program("JSCM")
    enroll(world.household, program=other)
    for role in sorted(ROLES_THAT_SEE_PEOPLE - {Role.PENDAMPING}):
        world.log_in(client, world.person(role, NORTH, programs=[other]))
        if ROWS[name].permission in ROLE_PERMISSIONS[role]:
            assert ask(client, world, name, "get").status_code == 200


def test_family_of_another_assistant_is_not_found(client, world):
    world.log_in(client, make_user("colleague", Role.PENDAMPING, NORTH[:4]))
    for name, method in ASKED_ABOUT_A_ROW:
        if ROWS[name].permission in ROLE_PERMISSIONS[Role.PENDAMPING]:
            assert ask(client, world, name, method).status_code == 404, name


@pytest.mark.parametrize("name", ROWS)
def test_other_methods_are_refused(client, world, name):
    row = ROWS[name]
    role = next(role for role in Role if row.permission in ROLE_PERMISSIONS[role])
    world.log_in(client, world.person(role, NORTH))
    for method in METHODS - set(row.methods):
        assert ask(client, world, name, method).status_code == 405, method


def admin_urls(world):
    """Every named page of Django's admin, about the programme, rule, limit or region of the world."""
    keys = {
        "program": world.program.pk,
        "programrule": world.program.rules.get().pk,
        "legalbasis": world.program.legal_basis_id,
        "region": NORTH,
        "reviewlimit": ReviewLimit.objects.create(name="late", value=9, valid_from=world.day).pk,
    }
    for pattern in next(entry for entry in get_resolver().url_patterns if entry.pattern.match("admin/")).url_patterns:
        for entry in getattr(pattern, "url_patterns", [pattern]):
            if entry.name in {None, "login", "logout", "app_list", "view_on_site"}:
                continue
            takes_key = bool(entry.pattern.converters)
            yield reverse(f"admin:{entry.name}", args=[keys[entry.name.split("_")[-2]]] if takes_key else [])


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN])
def test_django_admin_is_the_admins_alone(client, world, role):
    world.log_in(client, world.person(role, NORTH))
    urls = list(admin_urls(world))
    assert len(urls) > 15
    for url in urls:
        for method in FORM:
            answer = getattr(client, method)(url)
            assert answer.status_code in (302, 403), url
            assert answer.status_code == 403 or answer.url.startswith(reverse("admin:login")), url


def test_deactivated_user_is_out_at_once(client, world):
    world.log_in(client, world.assistant)
    assert client.get(reverse("assistance_logs:task_list")).status_code == 200
    world.assistant.is_active = False
    world.assistant.save(update_fields=["is_active"])
    assert client.get(reverse("assistance_logs:task_list")).status_code == 302
