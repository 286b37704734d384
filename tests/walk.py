"""A walk through all that a role can click from its first screen, which notes what should not be there."""

import re
from collections import Counter
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import html5lib
from django.urls import Resolver404, resolve

from ejsika.accounts.permissions import ROLE_PERMISSIONS, Role

SAME_KIND = 2  # addresses that differ by numbers alone: so many of them are opened
MOST = 600
HOST = "http://testserver"
# Their own tests walk through Django's admin; logging out would end the walk.
PASSED_BY = ("/admin/", "/static/")


def kind_of(path: str) -> str:
    parts = urlsplit(path)
    names = sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)})
    return f"{re.sub(r'[0-9]+', 'N', parts.path)}?{'&'.join(names)}"


class Walk:
    """Opens every address once that a page names, breadth first, and notes what should not be there."""

    def __init__(self, client, role: Role):
        self.client, self.role = client, role
        self.waiting, self.seen, self.kinds, self.wrong = [("/", "")], {"/"}, Counter(), []

    def go(self):
        while self.waiting and len(self.seen) < MOST:
            path, origin = self.waiting.pop(0)
            answer = self.client.get(path)
            if answer.status_code >= 400:
                self.wrong.append(f"{answer.status_code} {path}, named on {origin}")
            elif "Location" in answer.headers:
                self.note(urljoin(path, answer["Location"]), path)
            elif answer["Content-Type"].startswith("text/html"):
                self.read(answer.text, path)
        assert not self.waiting, f"more than {MOST} addresses: {self.kinds.most_common(5)}"

    def note(self, address: str, origin: str):
        """Put an address on the list if it is new; an address elsewhere is wrong."""
        parts = urlsplit(urljoin(f"{HOST}{origin}", address))
        if f"{parts.scheme}://{parts.netloc}" != HOST:
            if parts.scheme not in {"data", "blob"}:
                self.wrong.append(f"foreign {address}, named on {origin}")
            return
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        kind = kind_of(path)
        if path in self.seen or path.startswith(PASSED_BY) or self.kinds[kind] >= SAME_KIND:
            return
        self.seen.add(path)
        self.kinds[kind] += 1
        self.waiting.append((path, origin))

    def read(self, html: str, path: str):
        for element in html5lib.parse(html, namespaceHTMLElements=False).iter():
            for attribute in ("href", "src", "data-hx-get", "data-url"):
                value = element.get(attribute) if isinstance(element.tag, str) else None
                if value is not None and not value.startswith(("#", "tel:", "mailto:")):
                    self.note(value, path)
            if element.tag == "form":
                self.read_form(element, path)

    def read_form(self, form, path: str):
        action = urljoin(path, form.get("action") or path)
        if (form.get("method") or "get").lower() == "get":
            self.note(f"{urlsplit(action).path}?{urlencode(values_of(form))}", path)
            return
        try:
            permission = getattr(resolve(urlsplit(action).path).func, "permission", None)
        except Resolver404:
            self.wrong.append(f"form to {action} that is not there, on {path}")
        else:
            if permission and permission not in ROLE_PERMISSIONS[self.role]:
                self.wrong.append(f"form to {action} that {self.role} may not send, on {path}")


def values_of(form) -> list[tuple[str, str]]:
    """What a browser would send of an untouched form."""
    values = []
    for field in form.iter():
        name = field.get("name") if isinstance(field.tag, str) else None
        if name and field.tag == "select":
            options = [option for option in field.iter("option") if option.get("selected") is not None]
            values += [(name, option.get("value", "")) for option in options or list(field.iter("option"))[:1]]
        elif (
            name
            and field.tag == "input"
            and (field.get("type") not in {"checkbox", "radio"} or field.get("checked") is not None)
        ):
            values.append((name, field.get("value", "")))
    return values
