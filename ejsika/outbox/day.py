"""What an assistant's phone works from without network: each app registers its part in its ready()."""

import datetime
from collections.abc import Callable

from ejsika.accounts.models import User

_parts: dict[str, Callable[[User, datetime.date], list[dict]]] = {}


def register(name: str, build: Callable[[User, datetime.date], list[dict]]) -> None:
    """Add a part; `build(user, today)` gives plain rows of what the forms must say: no number of anybody."""
    _parts[name] = build


def of(user: User, today: datetime.date) -> dict[str, list[dict]]:
    return {name: build(user, today) for name, build in _parts.items()}
