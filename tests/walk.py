"""A walk through all that a role can click from its first screen, which notes what should not be there."""

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

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
        page = Page()
        page.feed(html)
        for address in page.addresses:
            if not address.startswith(("#", "tel:", "mailto:")):
                self.note(address, path)
        for form in page.forms:
            self.read_form(form, path)

    def read_form(self, form: "SentForm", path: str):
        action = urljoin(path, form.action or path)
        if form.method == "get":
            self.note(f"{urlsplit(action).path}?{urlencode(form.values)}", path)
            return
        try:
            permission = getattr(resolve(urlsplit(action).path).func, "permission", None)
        except Resolver404:
            self.wrong.append(f"form to {action} that is not there, on {path}")
        else:
            if permission and permission not in ROLE_PERMISSIONS[self.role]:
                self.wrong.append(f"form to {action} that {self.role} may not send, on {path}")


@dataclass
class SentForm:
    """A form, and what a browser would send of it untouched."""

    action: str
    method: str
    fields: list = field(default_factory=list)  # (name, value), or (name, options of a select: (value, is selected))

    @property
    def values(self) -> list[tuple[str, str]]:
        found = []
        for name, value in self.fields:
            if isinstance(value, list):
                selected = [value for value, is_selected in value if is_selected]
                found += [(name, one) for one in selected or [value for value, _ in value[:1]]]
            else:
                found.append((name, value))
        return found


class Page(HTMLParser):
    """The addresses and forms of a page; whether its markup is valid is asked elsewhere, by a slower parser."""

    def __init__(self):
        super().__init__()
        self.addresses: list[str] = []
        self.forms: list[SentForm] = []
        self._form: SentForm | None = None
        self._options: list | None = None

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        self.addresses += [told[name] or "" for name in ("href", "src", "data-hx-get", "data-url") if name in told]
        if tag == "form":
            self._form = SentForm(told.get("action") or "", (told.get("method") or "get").lower())
            self.forms.append(self._form)
        elif self._form and tag == "option" and self._options is not None:
            self._options.append((told.get("value") or "", "selected" in told))
        elif self._form and told.get("name"):
            if tag == "select":
                self._options = []
                self._form.fields.append((told["name"], self._options))
            elif tag == "input" and (told.get("type") not in {"checkbox", "radio"} or "checked" in told):
                self._form.fields.append((told["name"], told.get("value") or ""))

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._options = None
