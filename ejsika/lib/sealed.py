"""Numbers that identify a person, sealed before they reach the database.

NIK and No KK: AES-SIV (RFC 5297) with the kind as associated data, so equal numbers give equal bytes and can be
compared and unique. Account numbers: AES-SIV with a random nonce as well, so they cannot; a keyed digest beside
them can. One key id byte stands in front of every sealed value, for the day when a key is changed.
"""

import hashlib
import hmac
import os
import re
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.db import models

KEY_ID = b"\x01"
NONCE_BYTES = 16
# Eight digits on end, or the sixteen of a NIK or No KK in groups.
_NUMBER = re.compile(r"\d(?:[ .\-]?\d){15}\d*|\d{8,}")


@lru_cache
def _key(purpose: str) -> bytes:
    return hmac.new(settings.SEAL_KEY.encode(), purpose.encode(), hashlib.sha512).digest()


@lru_cache
def _siv(purpose: str) -> AESSIV:
    return AESSIV(_key(purpose))


def seal_number(kind: str, digits: str) -> bytes:
    """Seal a NIK or No KK; the same digits of the same kind give the same 33 bytes."""
    return KEY_ID + _siv("number").encrypt(digits.encode(), [kind.encode()])


def open_number(kind: str, sealed: bytes) -> str:
    """Open what seal_number made. Raises cryptography's InvalidTag when the key or kind is another."""
    return _siv("number").decrypt(sealed[1:], [kind.encode()]).decode()


def seal_bytes(kind: str, content: bytes) -> bytes:
    """Seal text or a file with a fresh nonce: equal contents give different bytes."""
    nonce = os.urandom(NONCE_BYTES)
    return KEY_ID + nonce + _siv("content").encrypt(content, [kind.encode(), nonce])


def open_bytes(kind: str, sealed: bytes) -> bytes:
    nonce = sealed[1 : 1 + NONCE_BYTES]
    return _siv("content").decrypt(sealed[1 + NONCE_BYTES :], [kind.encode(), nonce])


def digest(kind: str, text: str) -> bytes:
    """Give a keyed digest (32 bytes) that tells whether two account numbers are equal, and nothing else."""
    return hmac.digest(_key("digest"), f"{kind}:{text}".encode(), "sha256")


def mask_digits(digits: str) -> str:
    """Show the first six digits of a number and dots for the rest: the date and serial in it give a person away."""
    return digits[:6] + "•" * max(len(digits) - 6, 0)


def mask_within(text: str) -> str:
    """Mask what may be a number of a person or an account anywhere in a text, as mask_digits does."""
    return _NUMBER.sub(lambda found: mask_digits(re.sub(r"\D", "", found[0])), text)


class SealedNumber:
    """A sealed NIK or No KK in Python: prints masked wherever it lands, opens only by reveal()."""

    def __init__(self, kind: str, sealed: bytes):
        self.kind, self.sealed = kind, bytes(sealed)

    @classmethod
    def of(cls, kind: str, digits: str) -> "SealedNumber":
        return cls(kind, seal_number(kind, digits))

    def reveal(self) -> str:
        return open_number(self.kind, self.sealed)

    def __str__(self):
        return mask_digits(self.reveal())

    def __repr__(self):
        return f"<{self.kind} {self}>"

    def __eq__(self, other):
        return isinstance(other, SealedNumber) and (self.kind, self.sealed) == (other.kind, other.sealed)

    def __hash__(self):
        return hash((self.kind, self.sealed))


class SealedNumberField(models.BinaryField):
    """A column of sealed numbers of one kind ("nik" or "kk"); takes digits or a SealedNumber, gives a SealedNumber."""

    def __init__(self, *args, kind, **kwargs):
        self.kind = kind
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"kind": self.kind}

    def from_db_value(self, value, expression, connection):
        return None if value is None else SealedNumber(self.kind, value)

    def get_prep_value(self, value):
        if isinstance(value, str):
            value = SealedNumber.of(self.kind, value)
        return value.sealed if isinstance(value, SealedNumber) else value

    def get_db_prep_value(self, value, connection, prepared=False):
        return super().get_db_prep_value(self.get_prep_value(value), connection, prepared)
