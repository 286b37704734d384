"""Words that somebody searched for, kept on the server: the address of a list carries only a reference to them."""

import secrets

MOST = 20


def keep(session, shelf: str, text: str) -> str:
    """Keep a text on one shelf of the session; gives its reference. The oldest are forgotten."""
    kept = session.get(shelf, {})
    reference = next((known for known, old in kept.items() if old == text), None) or secrets.token_urlsafe(9)
    kept = {known: old for known, old in kept.items() if known != reference} | {reference: text}
    session[shelf] = dict(list(kept.items())[-MOST:])
    return reference


def kept(session, shelf: str, reference: str) -> str | None:
    """Give what the reference stands for; None where it is not kept any more."""
    return session.get(shelf, {}).get(reference)
