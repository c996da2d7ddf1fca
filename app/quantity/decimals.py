"""Decimals in the form that people write, whatever the arithmetic context of the caller."""

from decimal import Decimal

_DIGITS_WITHOUT_GAPS = 10_000  # ISO 80000-1: a number of four digits needs no gap


def plain(number: Decimal) -> Decimal:
    """The same number without exponent and without trailing zeros: 7.0150E+8 becomes 701500000."""
    text = f"{number:f}"
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)


def spaced(number: Decimal) -> str:
    """The number with its thousands set apart: 87 400 000."""
    return f"{number:f}" if number < _DIGITS_WITHOUT_GAPS else f"{number:,f}".replace(",", " ")


def number(exact: Decimal | None) -> int | float | None:
    """An exact decimal as the number that JSON and a database carry: whole where it is whole."""
    if exact is None:
        return None
    return int(exact) if exact == exact.to_integral_value() else float(exact)
