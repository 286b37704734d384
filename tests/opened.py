"""Pages as a role opens them, one after the other, and what is measured of them."""

import gzip
import re
from pathlib import Path

from django.contrib.staticfiles import finders
from django.urls import reverse

from tests.markup import faults
from tests.pages import ROWS, roles_of
from tests.scenes import addresses

FIRST_PAGE_BYTES, PAGE_BYTES, CELLS_BYTES = 60_000, 30_000, 60_000
HTML = "text/html"


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
