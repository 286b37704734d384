"""Every page, for every role: valid HTML, links that lead somewhere, and no heavier than a slow network bears."""

import pytest
from django.urls import reverse
from django.utils import timezone

from ejsika.accounts.permissions import Role
from tests.factories import NORTH, SOUTH, make_region
from tests.markup import faults
from tests.opened import FIRST_PAGE_BYTES, assert_valid, first_visit, is_page, opened, pages_of
from tests.pages import ROWS, World
from tests.scenes import other_pages


@pytest.mark.parametrize("role", Role)
def test_pages_of_a_bare_family_are_valid(client, db, role):
    world = World(timezone.localdate())
    client.force_login(world.person(role, NORTH))
    assert_valid(page for name in pages_of(role) for page in opened(client, world, name))


@pytest.mark.parametrize("role", Role)
def test_empty_pages_are_valid(client, db, role):
    world = World(timezone.localdate())
    make_region(SOUTH)
    client.force_login(world.person(role, SOUTH))
    assert_valid(page for name in pages_of(role) if not ROWS[name].target for page in opened(client, world, name))


def test_pages_without_a_row_are_valid(client, db):
    pages = []
    for path, user in other_pages(World(timezone.localdate())):
        client.logout()
        if user:
            client.force_login(user)
        pages.append((path, client.get(path, follow=True)))
    client.logout()
    pages += [
        (reverse("login"), client.post(reverse("login"), {"username": "x"})),
        ("unknown", client.get("/tidak-ada/")),
    ]
    assert_valid(pages)
    assert all(is_page(answer) for _, answer in pages)


def test_log_in_is_light(client, db):
    assert first_visit(client.get(reverse("login"))) <= FIRST_PAGE_BYTES


@pytest.mark.parametrize(
    ("markup", "fault"),
    [
        ("<p>a<div>b</div></p>", "end-tag"),
        ('<p id="a">a</p><p id="a">b</p>', "id 'a' stands 2 times"),
        ('<img src="/a.png">', "without alt"),
        ('<input name="a">', "without a label"),
        ('<label for="a">A</label>', "leads nowhere"),
        ('<p aria-describedby="a">A</p>', "leads nowhere"),
        ("<span><div>a</div></span>", "div inside span"),
        ('<a href="/"><button>a</button></a>', "button inside a"),
        ("<ul><p>a</p></ul>", "p directly inside ul"),
        ('<a href="/"><svg></svg></a>', "a without words"),
        ('<time datetime="2026-11-24T23:24:20.226020+07:00">a</time>', "finer than"),
        ("<time></time>", "is no moment"),
        ('<img alt="a">', "without src"),
        ("<h3>a</h3>", "h3 follows h1"),
        ("<h1>b</h1>", "2 headings"),
    ],
)
def test_fault_is_found(markup, fault):
    page = '<!DOCTYPE html><html lang="id"><head><title>a</title></head><body><h1>a</h1>{}</body></html>'
    assert faults(page.format("")) == []
    assert any(fault in found for found in faults(page.format(markup))), faults(page.format(markup))
