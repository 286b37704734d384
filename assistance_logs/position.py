"""Where a phone says that it was."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.db import models
from django.db.models import Q

LONGEST_NUMBER = 32  # characters; a phone's own numbers have about 20
PLACES = Decimal("0.000001")  # about 0.1 m
WORST_ACCURACY_M = 1_000_000  # a position by network alone may be off by kilometres; beyond this it says nothing


POINT_COMPLETE = Q(latitude__isnull=True, longitude__isnull=True, accuracy_m__isnull=True) | Q(
    latitude__isnull=False, latitude__range=(-90, 90)
) & Q(longitude__isnull=False, longitude__range=(-180, 180))


class Positioned(models.Model):
    """What took place where a phone was. Units: WGS84 degrees; accuracy in metres as the phone reported it."""

    latitude = models.DecimalField("lintang", max_digits=8, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField("bujur", max_digits=9, decimal_places=6, null=True, blank=True)
    accuracy_m = models.PositiveIntegerField("akurasi (m)", null=True, blank=True)

    class Meta:
        abstract = True


@dataclass(frozen=True)
class Position:
    """Units: WGS84 degrees with six decimals; accuracy in whole metres, None where the phone gave none."""

    latitude: Decimal
    longitude: Decimal
    accuracy_m: int | None


def read_position(latitude: str, longitude: str, accuracy: str) -> Position | None:
    """Read what a phone sent; None where it sent nothing.

    A bad accuracy is kept: it is true, and a reviewer sees it.
    Errors: ValueError for what is no place on earth, and for 0, 0, which broken receivers give.
    """
    if not (latitude or longitude or accuracy):
        return None
    degrees = _number(latitude), _number(longitude)
    if not (-90 <= degrees[0] <= 90 and -180 <= degrees[1] <= 180) or degrees == (0, 0):
        raise ValueError
    metres = _number(accuracy) if accuracy else None
    if metres is not None and not 0 <= metres <= WORST_ACCURACY_M:
        raise ValueError
    return Position(degrees[0].quantize(PLACES), degrees[1].quantize(PLACES), metres and round(metres))


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text if len(text) <= LONGEST_NUMBER else "")
    except InvalidOperation:
        raise ValueError from None
    if not number.is_finite():
        raise ValueError
    return number
