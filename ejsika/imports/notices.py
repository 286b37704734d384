"""What an admin should see beside the imports: each higher room registers what it watches, in its app's ready()."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Notice:
    text: str
    url: str


_sources: list[Callable] = []


def register(source: Callable) -> None:
    """Add a source; `source(user)` gives a Notice, or None where there is nothing to say."""
    _sources.append(source)


def for_user(user) -> list[Notice]:
    return [notice for source in _sources if (notice := source(user)) is not None]
