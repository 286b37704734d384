"""What other rooms add to the family's page: each registers in its app's ready()."""

from collections.abc import Callable

_panels: dict[str, Callable] = {}


def register(name: str, build: Callable) -> None:
    """Add a panel; `build(household, user)` gives (template name, context), or None where there is nothing to show.

    The template sees this context alone: no request, no user.
    """
    _panels[name] = build


def build_all(household, user) -> list[tuple[str, dict]]:
    """Give the panels of one family in the order of their registration."""
    return [built for build in _panels.values() if (built := build(household, user)) is not None]
