"""What an assistant's phone works from without network, and the key by which its person is known again."""

import datetime

from django.core import signing

from assistance_logs import worklist
from beneficiaries.figures import View
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


def day_of(user: User, today: datetime.date) -> list[dict]:
    """All families to visit, in the order of need, with what a card and a form of one must say and nothing more.

    Shape: neither numbers of identity or telephone nor the point of the house. Cost: two queries.
    """
    families = worklist.families(user, View.of(user, today))
    return [_plain(task) for task in worklist.tasks(families, today)]


def _plain(task: worklist.Task) -> dict:
    family = task.family
    return {
        "id": family.pk,
        "name": family.recipient_name,
        "place": f"{family.address_line or 'Alamat belum diisi'} · {family.region.name}",
        "late": family.is_late,
        "days": task.days_unvisited,
        "reason": task.reason,
        "follow_up": task.open_words,
        "has_point": family.has_point,
    }
