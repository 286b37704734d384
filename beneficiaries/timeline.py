"""Everything that happened to a family, in one line of time: each room registers what it knows."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One step: when (aware), a lucide icon's name, a title, a line of detail, and a page to open."""

    at: datetime.datetime
    icon: str
    title: str
    detail: str = ""
    url: str = ""
    kind: str = ""  # "", "late", "graduated": a colour, always beside the words


_sources: list[Callable[..., Iterable[Entry]]] = []


def register(source: Callable[..., Iterable[Entry]]) -> None:
    """Add a source; `source(household, user, limit)` gives its newest entries, at most `limit`."""
    _sources.append(source)


def entries(household, user, limit: int = 50) -> list[Entry]:
    """The newest entries of all sources, newest first."""
    found = [entry for source in _sources for entry in source(household, user, limit)]
    return sorted(found, key=lambda entry: entry.at, reverse=True)[:limit]
