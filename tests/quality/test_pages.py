"""Every page in a browser serves whoever comes by keyboard, with a screen reader, on a small phone or in the dark.

The pages are found by their rows in tests/pages.py. Of the people who may open a page, those look at it in the browser
who see something that another one does not.
"""

import re
from html.parser import HTMLParser
from pathlib import Path

import html5lib
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.db import transaction
from django.urls import reverse

from tests.pages import ROWS, roles_of
from tests.scenes import addresses, other_pages

LOOK = (Path(__file__).parent / "look.js").read_text()
PHONE, DESKTOP, SMALLEST = (
    {"width": width, "height": height} for width, height in ((360, 740), (1440, 900), (320, 640))
)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = "options => axe.run(document, options).then(({ violations }) => violations.map("
AXE += "({ id, nodes }) => `${id}: ${nodes.slice(0, 2).map((node) => node.html.slice(0, 160)).join(' / ')}`))"
EVERYTHING = {"runOnly": TAGS, "rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
CONTRAST = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations"],
}
PAGES = [name for name, row in ROWS.items() if "get" in row.methods and name != "home"]


class Parts(HTMLParser):
    """What a page, or its main part, is made of, whatever it says: kinds of elements and where links lead."""

    def __init__(self, *, framed: bool):
        super().__init__()
        self.is_inside = self.framed = framed
        self.found: set[tuple] = set()

    def handle_starttag(self, tag, attrs):
        self.is_inside = self.is_inside or tag == "main"
        if self.is_inside:
            told = dict(attrs)
            link = re.sub(r"[0-9]+|\?.*", "", told.get("href") or told.get("action") or "")
            self.found.add((tag, told.get("class"), told.get("type"), told.get("name"), link))

    def handle_endtag(self, tag):
        if tag == "main":
            self.is_inside = self.framed


def parts_of(html: str, *, framed: bool) -> set:
    page = Parts(framed=framed)
    page.feed(html)
    return page.found


def sights(stage, name) -> list[tuple]:
    """Who looks at which address of a page: as few as see all there is to see."""
    row, found = ROWS[name], []
    people = [stage.insiders[role] for role in roles_of(name)]
    if not row.target:
        people += [stage.outsiders[role] for role in roles_of(name)]
    for arguments in addresses(stage.world, name):
        for user in people:
            answer = stage.client_of(user).get(reverse(name, args=arguments), row.data(stage.world))
            assert answer.status_code == 200, f"{name}, {user.role}: {answer.status_code}"
            if answer.headers["Content-Type"].startswith("text/html"):
                parts = parts_of(answer.text, framed=name == "accounts:me")  # the menu of each role, once
                found.append((parts, user, answer.wsgi_request.get_full_path()))
    found.sort(key=lambda sight: -len(sight[0]))
    seen, chosen = set(), []
    for parts, user, path in found:
        if not parts <= seen:
            seen |= parts
            chosen.append((user, path))
    return chosen


def listen(page, url: str) -> list[str]:
    """Note what goes wrong behind a page from now on."""
    heard = []

    def note(line):
        if line.type in {"error", "warning"} and "registration blocked by Playwright" not in line.text:
            heard.append(f"{line.type}: {line.text}")

    page.on("console", note)
    page.on("pageerror", lambda error: heard.append(f"uncaught: {error}"))
    page.on(
        "request", lambda asked: None if asked.url.startswith((url, "data:")) else heard.append(f"foreign {asked.url}")
    )
    page.on("response", lambda answer: heard.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    page.on(
        "requestfailed", lambda asked: heard.append(f"failed {asked.url}") if "ABORTED" not in asked.failure else None
    )
    return heard


def walk(page) -> list[str]:
    """Press Tab through the whole page."""
    for _ in range(page.evaluate("look.begin()")):
        page.keyboard.press("Tab")
    return page.evaluate("look.end()") + page.evaluate("look.covered()")


def skip_to_content(page) -> list[str]:
    skip = page.locator(".skip")
    if not skip.count() or not page.locator("main").locator("a, button, input").count():
        return []
    skip.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    return [] if page.evaluate("look.isInside()") else ["the skip link does not lead to the content"]


def examine(page, path: str) -> list[str]:
    """Look at an open page at each width and in both schemes; gives all that is wrong with it."""
    if page.locator("[data-hx-trigger^=every]").count():  # what asks again and again would change what is looked at
        page.route(page.url, lambda route: route.fulfill(status=204))
    page.evaluate(AXE_SCRIPT)
    page.evaluate(LOOK)
    page.evaluate("look.openAll()")
    wrong = []
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        if page.locator("[data-map]").count():  # draws itself anew
            page.reload(wait_until="networkidle")
            page.evaluate(AXE_SCRIPT)
            page.evaluate(LOOK)
        seen = page.evaluate(AXE, EVERYTHING) + walk(page) + page.evaluate("look.wide()")
        wrong += [f"{size['width']}: {fault}" for fault in seen]
    wrong += page.evaluate("look.small()")
    page.emulate_media(color_scheme="dark")
    wrong += [f"dark, {fault}" for fault in page.evaluate(AXE, CONTRAST)]
    page.set_viewport_size(SMALLEST)
    wrong += page.evaluate("look.wide()") + skip_to_content(page)
    return [f"{path}: {fault}" for fault in wrong]


@pytest.mark.parametrize("name", PAGES)
def test_page_serves_everyone(stage, tab_of, name):
    wrong = []
    for user, path in sights(stage, name):
        page = tab_of(user, viewport=DESKTOP)
        heard = listen(page, stage.url)
        page.goto(path)
        wrong += [f"{user.role}, {fault}" for fault in examine(page, path)]
        wrong += [f"{user.role}, {path}: {fault}" for fault in heard]
        page.context.close()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", [name for name in PAGES if "post" in ROWS[name].methods])
def test_refused_form_serves_everyone(stage, client_of, tab_of, name):
    """Sent with nonsense and without the browser's own check, most forms come back with their errors."""
    user, path = sights(stage, name)[0]
    if not refuses_nonsense(client_of(user), path):
        return
    page = tab_of(user, viewport=DESKTOP)
    page.goto(path)
    page.evaluate(LOOK)
    with page.expect_navigation():
        page.evaluate("look.sendNonsense()")
    wrong = examine(page, path)
    assert not wrong, "\n".join(wrong)


def refuses_nonsense(client, path: str) -> bool:
    """Try a form of which every field says "x"; what comes of it is taken back."""
    form = html5lib.parse(client.get(path).text, namespaceHTMLElements=False).find(".//main//form[@method='post']")
    fields = [field for field in form.iter() if field.tag in {"input", "select", "textarea"} and field.get("name")]
    sent = {field.get("name"): field.get("value", "") if field.get("type") == "hidden" else "x" for field in fields}
    with transaction.atomic():
        answer = client.post(path, sent)
        transaction.set_rollback(True)
    return answer.status_code == 422 or (answer.status_code == 200 and answer["Content-Type"].startswith("text/html"))


def test_pages_without_a_row_serve_everyone(stage, tab_of):
    wrong = []
    for path, user in [*other_pages(stage.world), ("/tidak/ada/", None), ("/imports/", stage.world.assistant)]:
        page = tab_of(user, viewport=DESKTOP)
        page.goto(path)
        wrong += examine(page, path)
    assert not wrong, "\n".join(wrong)
