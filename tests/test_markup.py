"""Every page, for every role: valid HTML, links that lead somewhere, and no heavier than a slow network bears."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse
from django.utils import timezone

from ejsika.accounts.permissions import Role
from ejsika.home import FIRST_SCREENS
from tests.factories import NORTH, SOUTH, make_region
from tests.markup import faults
from tests.pages import ROWS, World, roles_of
from tests.scenes import FullWorld, addresses, other_pages

FIRST_PAGE_BYTES, PAGE_BYTES, CELLS_BYTES = 60_000, 30_000, 60_000
HTML = "text/html"


@pytest.fixture
def full_world(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return FullWorld(timezone.localdate())


def pages_of(role) -> list[str]:
    return [name for name, row in ROWS.items() if "get" in row.methods and role in roles_of(name)]


def opened(client, world, name):
    """The answers of a page: of its row in the world, and of the further rows."""
    for arguments in addresses(world, name):
        path = reverse(name, args=arguments)
        answer = client.get(path, ROWS[name].data(world))
        assert answer.status_code in {200, 302}, path
        yield path, answer


def is_download(answer) -> bool:
    return "attachment" in answer.headers.get("Content-Disposition", "")


def is_page(answer) -> bool:
    return answer.status_code != 302 and answer.headers["Content-Type"].startswith(HTML)


def weight(content: bytes) -> int:
    return len(gzip.compress(content, 6))


def first_visit(answer) -> int:
    """Bytes of a page with all its scripts and styles, as a browser loads them that has none of them yet."""
    files = [finders.find(path) for path in set(re.findall(r'(?:href|src)="/static/([^"]+)"', answer.text))]
    return weight(answer.content) + sum(weight(Path(file).read_bytes()) for file in files)


def assert_valid(pages):
    wrong = [f"{path}: {fault}" for path, answer in pages if is_page(answer) for fault in faults(answer.text)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", Role)
def test_full_pages_are_valid_and_light(client, full_world, role):
    client.force_login(full_world.person(role, NORTH))
    pages = [page for name in pages_of(role) for page in opened(client, full_world, name)]
    assert_valid(pages)
    for path, answer in pages:
        if answer.status_code == 200 and not is_download(answer):
            assert weight(answer.content) <= (PAGE_BYTES if is_page(answer) else CELLS_BYTES), path
    assert first_visit(client.get(reverse(FIRST_SCREENS[role]))) <= FIRST_PAGE_BYTES


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


@pytest.mark.parametrize("role", Role)
def test_refused_forms_are_valid(client, full_world, role):
    client.force_login(full_world.person(role, NORTH))
    wrong = []
    for name in pages_of(role):
        if "post" in ROWS[name].methods:
            path = reverse(name, args=addresses(full_world, name)[0])
            answer = client.post(path, {"latitude": "x", "program": "x"})
            if is_page(answer):
                wrong += [f"{path}: {fault}" for fault in faults(answer.text)]
    assert not wrong, "\n".join(wrong)


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
        ("<h3>a</h3>", "h3 follows h1"),
        ("<h1>b</h1>", "2 headings"),
    ],
)
def test_fault_is_found(markup, fault):
    page = '<!DOCTYPE html><html lang="id"><head><title>a</title></head><body><h1>a</h1>{}</body></html>'
    assert faults(page.format("")) == []
    assert any(fault in found for found in faults(page.format(markup))), faults(page.format(markup))
