"""The key by which the person whom a phone keeps data of is known again, without a log-in."""

from django.core import signing

from ejsika.accounts.models import User

_signer = signing.Signer(salt="ejsika.phone")


def key_of(user: User) -> str:
    """Name a person so that only this server can have done it; it opens nothing."""
    return _signer.sign(user.pk)


def is_disabled(key: str) -> bool:
    """Whether the person whom a phone keeps data of may not work any more. A key that is none tells nothing."""
    try:
        pk = int(_signer.unsign(key))
    except (signing.BadSignature, ValueError):
        return False
    return not User.objects.active().filter(pk=pk).exists()
