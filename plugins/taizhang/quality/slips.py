"""Slips of the pen: which single slip turns a figure into the one that was meant."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

# Letters that stand for digits where a figure was typed or scanned badly.
LOOKALIKES = str.maketrans("OoQDlI|iZzSsBbqH", "0000111122558894")
UNIT_FACTORS = tuple(Decimal(10) ** power for power in (4, -4, 8, -8))


class Slip(StrEnum):
    """What went wrong in a cell, the likeliest first."""

    UNIT = "unit"
    SIGN = "sign"
    DIGITS_SWAPPED = "digits_swapped"
    DECIMAL_POINT = "decimal_point"
    LETTER_FOR_DIGIT = "letter_for_digit"
    OTHER = "other"


@dataclass(frozen=True)
class Range:
    """The values that a cell may have, both ends included."""

    low: Decimal
    high: Decimal

    def __contains__(self, value: Decimal) -> bool:
        return self.low <= value <= self.high

    @property
    def is_empty(self) -> bool:
        """True when no value is left."""
        return self.low > self.high

    def meet(self, other: "Range") -> "Range":
        """Return what lies in both."""
        return Range(max(self.low, other.low), min(self.high, other.high))


def slips_of(value: Decimal) -> Iterator[tuple[Slip, Decimal]]:
    """Yield what could have been meant by a figure that one slip has changed, the likeliest first."""
    yield from ((Slip.UNIT, value * factor) for factor in UNIT_FACTORS)
    yield Slip.SIGN, -value
    yield from ((Slip.DIGITS_SWAPPED, swapped) for swapped in _swapped(value))
    yield from ((Slip.DECIMAL_POINT, value.scaleb(shift)) for shift in (1, -1, 2, -2))


def _swapped(value: Decimal) -> Iterator[Decimal]:
    """Yield the figure with each pair of neighbouring digits exchanged; no figure is written with a zero in front."""
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        return
    for place in range(len(digits) - 1):
        left, right = digits[place], digits[place + 1]
        if left != right and (place or right):
            yield Decimal((sign, (*digits[:place], right, left, *digits[place + 2 :]), exponent))


def digits_for_letters(text: str) -> Decimal | None:
    """Return the figure that a text shows when its letters are taken for the digits they look like, else None."""
    plain = text.strip().replace(",", "").replace("，", "").translate(LOOKALIKES)
    if plain == text.strip() or not plain.lstrip("-").replace(".", "", 1).isdigit():
        return None
    return Decimal(plain)


def meant(value: Decimal, possible: Range, decimals: int) -> tuple[Slip, Decimal] | None:
    """Return the likeliest figure of a range for one that stands there wrongly; None when the range is empty.

    `decimals` are those with which the column is printed in the stored unit: without a slip that explains it, the
    middle of the range is meant, printed so. Where zero will do, no slip explains it: small figures fit by chance.
    """
    if possible.is_empty:
        return None
    if Decimal(0) not in possible:
        for slip, candidate in slips_of(value):
            if candidate != value and candidate in possible:
                return slip, candidate
    rounded = ((possible.low + possible.high) / 2).quantize(Decimal(1).scaleb(-decimals))
    return (Slip.OTHER, rounded) if rounded in possible else None
