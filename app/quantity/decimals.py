"""Decimals as people write them, independent of the caller's arithmetic context."""

from decimal import Decimal

_DIGITS_WITHOUT_GAPS = 10_000  # ISO 80000-1: a number of four digits needs no gap


def plain(number: Decimal) -> Decimal:
    """Return the number without exponent and trailing zeros: 7.0150E+8 becomes 701500000."""
    text = f"{number:f}"
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)


def spaced(number: Decimal) -> str:
    """Return the number with spaces between thousands: 87 400 000."""
    return f"{number:f}" if number < _DIGITS_WITHOUT_GAPS else f"{number:,f}".replace(",", " ")


def number(exact: Decimal | None) -> int | float | None:
    """Return a decimal as a number for JSON and the database: an int if it is whole."""
    if exact is None:
        return None
    return int(exact) if exact == exact.to_integral_value() else float(exact)
