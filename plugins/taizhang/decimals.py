"""Decimals as people and programs read them."""

from decimal import Decimal


def plain(number: Decimal) -> str:
    """Write a decimal without exponent and without zeros that say nothing: 5617000.000000 -> 5617000."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def json_number(number: Decimal) -> int | float:
    """Return a decimal as the number that JSON writes for it: whole ones without a point."""
    return int(number) if number == number.to_integral_value() else float(number)
