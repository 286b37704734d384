"""What speaks for or against a graduation: each room registers the facts that it knows about a family."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """One fact as the case's page shows it: words, never a verdict. An empty value is shown as not known."""

    label: str
    value: str
    detail: str = ""


_sources: dict[str, Callable[..., Iterable[Fact]]] = {}


def register(name: str, build: Callable[..., Iterable[Fact]]) -> None:
    """Add a source; `build(household, user, on)` gives the facts as they stood on the day `on`."""
    _sources[name] = build


def gather(household, user, on: datetime.date) -> list[Fact]:
    """All facts that this person may read, in the order of registration."""
    return [fact for build in _sources.values() for fact in build(household, user, on)]
