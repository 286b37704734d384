"""Is a page valid HTML? What html5lib's strict reading finds, and what it does not look at."""

import re
from collections import Counter
from itertools import pairwise

import html5lib

PHRASING_ONLY = {
    "p",
    "span",
    "a",
    "button",
    "label",
    "h1",
    "h2",
    "h3",
    "h4",
    "strong",
    "b",
    "em",
    "small",
    "summary",
    "legend",
    "dt",
}
FLOW = {
    "div",
    "p",
    "ul",
    "ol",
    "dl",
    "table",
    "section",
    "article",
    "form",
    "fieldset",
    "nav",
    "header",
    "main",
    "details",
    "hr",
    "figure",
}
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
TRANSPARENT = {"a", "ins", "del"}
INTERACTIVE = {"a", "button", "input", "select", "textarea", "summary", "label"}
CHILDREN = {
    "ul": {"li"},
    "ol": {"li"},
    "dl": {"dt", "dd", "div"},
    "table": {"caption", "colgroup", "thead", "tbody", "tfoot"},
    "tr": {"th", "td"},
    "select": {"option", "optgroup", "hr"},
}
NEEDS_NAME = {"input", "select", "textarea"}
NAMELESS = {"hidden", "submit", "button", "image"}
REFERENCES = ("aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "aria-details")


def faults(html: str) -> list[str]:
    """Everything that is wrong with a page's markup, in words for a developer; empty when nothing is."""
    parser = html5lib.HTMLParser(html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    document = parser.parse(html)
    found = [f"line {place[0]}: {code} {words}" for place, code, words in parser.errors]
    elements = [element for element in document.iter() if isinstance(element.tag, str)]
    found += _about_ids(elements) + _about_names(elements) + _about_nesting(document)
    return found + _about_times(elements) + _about_headings(elements)


def _about_ids(elements) -> list[str]:
    counts = Counter(element.get("id") for element in elements if element.get("id") is not None)
    found = [f"id {name!r} stands {count} times" for name, count in counts.items() if count > 1 or not name]
    for element in elements:
        for attribute in (*REFERENCES, *(["for"] if element.tag == "label" else [])):
            for name in (element.get(attribute) or "").split():
                if name not in counts:
                    found.append(f"{attribute}={name!r} of {element.tag} leads nowhere")
        target = element.get("href") or ""
        if element.tag == "a" and target.startswith("#") and target[1:] not in counts:
            found.append(f"link to {target!r} leads nowhere")
    return found


def _about_names(elements) -> list[str]:
    labelled = {element.get("for") for element in elements if element.tag == "label"}
    within = {id(part) for element in elements if element.tag == "label" for part in element.iter()}
    kept_apart = {id(part) for element in elements if element.tag == "template" for part in element.iter()}
    found = []
    for element in elements:
        if element.tag == "img" and element.get("alt") is None:
            found.append(f"img {element.get('src')} without alt")
        if element.tag == "img" and element.get("src") is None and id(element) not in kept_apart:
            found.append(f"img {element.get('alt')!r} without src")
        if element.tag in NEEDS_NAME and element.get("type") not in NAMELESS:
            is_named = element.get("aria-label") or element.get("aria-labelledby") or element.get("id") in labelled
            if not is_named and id(element) not in within:
                found.append(f"{element.tag} {element.get('name')!r} without a label")
        if element.tag in {"a", "button"} and not _name(element):
            found.append(f"{element.tag} without words: {element.attrib}")
    return found


def _name(element) -> str:
    inner = "".join(element.itertext()).strip()
    return inner or element.get("aria-label") or element.get("aria-labelledby") or ""


def _about_nesting(element, above=()) -> list[str]:
    found = []
    tag = element.tag if isinstance(element.tag, str) else ""
    if tag in {"svg", "head"}:
        return found
    if above and tag in FLOW | HEADINGS:
        holder = next((name for name in reversed(above) if name not in TRANSPARENT), "")
        allowed = HEADINGS if holder in {"summary", "legend"} else set()
        if holder in PHRASING_ONLY and tag not in allowed:
            found.append(f"{tag} inside {holder}")
    if above and above[-1] in CHILDREN and tag and tag not in CHILDREN[above[-1]] | {"script", "template"}:
        found.append(f"{tag} directly inside {above[-1]}")
    held = {name for name in above if name in {"a", "button", "label"}}
    if (tag in {"a", "button"} and held) or (tag == "label" and "label" in held):
        found.append(f"{tag} inside {', '.join(sorted(held))}")
    if tag in INTERACTIVE - {"label"} and held & {"a", "button"}:
        found.append(f"{tag} inside a link or button")
    for child in element:
        found += _about_nesting(child, (*above, tag))
    return found


def _about_times(elements) -> list[str]:
    """A time says when for machines too; an empty one, to be filled by a script, is none."""
    moments = [element.get("datetime") or "" for element in elements if element.tag == "time"]
    return [f"time {moment!r} is no moment" for moment in moments if not re.match(r"\d{4}-\d\d", moment)] + [
        f"time {moment!r} finer than a thousandth" for moment in moments if re.search(r"\.\d{4}", moment)
    ]


def _about_headings(elements) -> list[str]:
    levels = [int(element.tag[1]) for element in elements if element.tag in HEADINGS]
    found = [] if levels.count(1) == 1 else [f"{levels.count(1)} headings of the first level"]
    for before, after in pairwise(levels):
        if after > before + 1:
            found.append(f"h{after} follows h{before}")
    return found
