"""What a user still has to hand over before leaving: each higher room registers what it knows in its app's ready()."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Duty:
    """Words for it ("115 keluarga masih ditugaskan kepadanya"), and the page where it is handed over."""

    text: str
    url: str
    is_urgent: bool = False  # something is wrong already, not only when the user leaves


_sources: list[Callable] = []


def register(source: Callable) -> None:
    """Add a source; `source(user, admin)` gives a Duty as far as the admin's scope reaches, or None."""
    _sources.append(source)


def of(user, admin) -> list[Duty]:
    return [duty for source in _sources if (duty := source(user, admin)) is not None]
