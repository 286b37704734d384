"""What an assistant's phone works from without network, and the key by which its person is known again."""

import datetime

from django.core import signing

from assistance_logs import worklist
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
    return [_plain(task) for task in worklist.with_follow_ups(worklist.day_of(user, today).tasks)]


def _plain(task: worklist.Task) -> dict:
    return {
        "id": task.pk,
        "name": task.recipient_name,
        "place": f"{task.address_line or 'Alamat belum diisi'} · {task.desa}",
        "late": task.is_overdue,
        "due": "" if task.excuse or not task.first_due else task.first_due.isoformat(),
        "reason": " · ".join(line.words for line in task.lines),
        "follow_up": task.open_words,
        "has_point": task.latitude is not None,
    }
