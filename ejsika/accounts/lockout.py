"""Wrong passwords cost time: each further attempt has to wait longer, whether or not the user name exists.

Attempts are counted by user name and by address. Whoever logged in from a device before is known there by a signed
cookie: such a device is counted by itself, so that nobody else's attempts, under the same name or from the same
office, keep that person out (OWASP, "Slow down online guessing attacks with device cookies").
"""

import datetime
import hashlib
import ipaddress
import secrets

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from ejsika.accounts.models.attempt import LoginAttempts
from ejsika.lib import sealed
from ejsika.lib.http import client_address

Kind = LoginAttempts.Kind
# Failures that cost nothing; many people share the address of an office or of a telephone network.
FREE = {Kind.NAME: 4, Kind.DEVICE: 4, Kind.ADDRESS: 30}
FIRST_DELAY = datetime.timedelta(minutes=1)
LONGEST_DELAY = datetime.timedelta(hours=1)
# So long after the last failure one of them is forgotten: the mistakes of an office do not add up over weeks.
FORGOTTEN_EVERY = datetime.timedelta(hours=1)
COOKIE, COOKIE_SALT, COOKIE_DAYS = "ejsika_device", "ejsika.accounts.lockout", 365
NAMES_A_DEVICE = 8


def delay_after(failures: int, free: int) -> datetime.timedelta:
    """How long the next attempt has to wait: nothing, then 1, 2, 4, 8 … minutes, never more than an hour."""
    if failures <= free:
        return datetime.timedelta()
    return min(FIRST_DELAY * 2 ** min(failures - free - 1, 10), LONGEST_DELAY)


class Attempt:
    """One attempt to log in under a name, counted before the password is looked at: many at once cannot slip through.

    Cost: six queries at most to begin, for a name that exists as for one that does not.
    """

    def __init__(self, request, username: str):
        name, device = _normal(username), _known_device(request, username)
        if device:
            self.keys = [(Kind.DEVICE, _digest(Kind.DEVICE, f"{device} {name}"))]
        else:
            self.keys = [
                (Kind.ADDRESS, _digest(Kind.ADDRESS, _network(request))),
                (Kind.NAME, _digest(Kind.NAME, name)),
            ]

    @transaction.atomic
    def begin(self) -> tuple[bool, datetime.datetime | None]:
        """Count this attempt; gives whether it may go on, and until when one has to wait now or after its failure."""
        if until := self._locked_until():  # before anything is written: an address that must wait fills no table
            return False, until
        new = [LoginAttempts(kind=kind, digest=digest, last_at=timezone.now()) for kind, digest in self.keys]
        # Writing a known counter anew locks it: else a success elsewhere could take it away before it is read.
        LoginAttempts.objects.bulk_create(
            new, update_conflicts=True, unique_fields=["kind", "digest"], update_fields=["kind"]
        )
        counters = [LoginAttempts.objects.get(kind=kind, digest=digest) for kind, digest in self.keys]
        now = timezone.now()  # others may have been counted while this one waited for its turn
        waits = [counter.locked_until for counter in counters if counter.locked_until and counter.locked_until > now]
        if waits:
            return False, max(waits)
        for counter in counters:
            forgotten = max((now - counter.last_at) // FORGOTTEN_EVERY, 0)  # clocks of two servers may differ
            counter.failures, counter.last_at = max(counter.failures - forgotten, 0) + 1, now
            delay = delay_after(counter.failures, FREE[counter.kind])
            counter.locked_until = now + delay if delay else None
            counter.save(update_fields=["failures", "last_at", "locked_until"])
        return True, max(filter(None, (counter.locked_until for counter in counters)), default=None)

    def _locked_until(self) -> datetime.datetime | None:
        kinds, digests = zip(*self.keys, strict=True)
        counters = LoginAttempts.objects.filter(kind__in=kinds, digest__in=digests, locked_until__gt=timezone.now())
        return counters.aggregate(until=Max("locked_until"))["until"]

    def fail(self) -> None:
        """Note the time of the failure; of a name that nobody has too, so that both answers cost one commit."""
        for kind, digest in self.keys:
            LoginAttempts.objects.filter(kind=kind, digest=digest).update(last_at=timezone.now())

    @transaction.atomic
    def succeed(self) -> None:
        """Forget the failures of this name or device; an address only gets this one attempt back.

        Else somebody with an account of their own could clear the way for more guesses at others'.
        """
        for kind, digest in self.keys:
            counter = LoginAttempts.objects.filter(kind=kind, digest=digest)
            if kind != Kind.ADDRESS:
                counter.delete()
                continue
            for row in counter.select_for_update().filter(failures__gt=0):
                row.failures, row.locked_until = row.failures - 1, None
                row.save(update_fields=["failures", "locked_until"])


def forgive(username: str) -> None:
    """Forget what was counted under a name: its password is a new one."""
    LoginAttempts.objects.filter(kind=Kind.NAME, digest=_digest(Kind.NAME, _normal(username))).delete()


def remember_device(request, response, username: str) -> None:
    """Let this device be known as one that this person logged in from."""
    device, names = _cookie(request)
    own = _mark(username)
    names = [own, *(name for name in names if name != own)][:NAMES_A_DEVICE]
    response.set_signed_cookie(
        COOKIE,
        " ".join([device or secrets.token_urlsafe(16), *names]),
        salt=COOKIE_SALT,
        max_age=COOKIE_DAYS * 24 * 3600,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _known_device(request, username: str) -> str:
    """The name of this device if this person logged in from it before, else ""."""
    device, names = _cookie(request)
    return device if _mark(username) in names else ""


def _cookie(request) -> tuple[str, list[str]]:
    content = request.get_signed_cookie(COOKIE, "", salt=COOKIE_SALT, max_age=COOKIE_DAYS * 24 * 3600)
    device, *names = content.split(" ")
    return device, names


def _mark(username: str) -> str:
    return _digest("device name", _normal(username)).hex()[:32]


def _normal(username: str) -> str:
    """The name as iexact compares it, by capitals: "ı" finds who is called "i", so both are one name here."""
    return username.strip().upper().casefold()


def _network(request) -> str:
    """The address, of IPv6 the half that a provider gives to one customer."""
    address = client_address(request)
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else address


def _digest(kind: str, text: str) -> bytes:
    return sealed.digest(f"login {kind}", hashlib.sha256(text.encode()).hexdigest())
