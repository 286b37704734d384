"""Numbers of invented people: shaped as the real ones are, each given once, sealed at once."""

import datetime
from random import Random

from ejsika.lib.sealed import digest, seal_bytes, seal_number


class Numbers:
    """Gives numbers that nobody has; `taken` holds the sealed NIK and No KK that are in the database already."""

    def __init__(self, taken: set[bytes]):
        self.taken = taken

    def nik(self, district: str, born_on: datetime.date, sex: str, rng: Random) -> bytes:
        day = born_on.day + (40 if sex == "P" else 0)
        return self._next("nik", f"{district}{day:02}{born_on:%m%y}", rng)

    def kk(self, district: str, issued_on: datetime.date, rng: Random) -> bytes:
        return self._next("kk", f"{district}{issued_on:%d%m%y}", rng)

    def _next(self, kind: str, head: str, rng: Random) -> bytes:
        serial = rng.randint(1, 30)
        while (sealed := seal_number(kind, f"{head}{serial:04}")) in self.taken:
            serial += 1
        self.taken.add(sealed)
        return sealed


def account(rng: Random) -> tuple[bytes, bytes]:
    """Give a sealed account number and its digest."""
    digits = f"{rng.randrange(10**9, 10**10)}"
    return seal_bytes("account", digits.encode()), digest("account", digits)


def phone(rng: Random) -> str:
    """Give a number with a prefix (0820) that no operator uses: a call reaches nobody."""
    return f"0820{rng.randrange(10**7, 10**8)}"
