"""Decimals as people write them, independent of the caller's arithmetic context."""

from decimal import Context, Decimal, Inexact
from fractions import Fraction

EXACT = Context(prec=128, traps=[Inexact])  # twice as many digits as the longest phrase has
_FIFTEEN_DIGITS = Context(prec=15)  # as many as every double-precision number preserves
_DIGITS_WITHOUT_GAPS = 10_000  # ISO 80000-1: a number of four digits needs no gap


def plain(number: Decimal) -> Decimal:
    """Return the number without exponent and trailing zeros: 7.0150E+8 becomes 701500000."""
    text = f"{number:f}"
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)


def of_fraction(exact: Fraction) -> Decimal:
    """Return a fraction as a decimal: exact if it has one, otherwise to fifteen significant digits."""
    numerator, denominator = Decimal(exact.numerator), Decimal(exact.denominator)
    try:
        return plain(EXACT.divide(numerator, denominator))
    except Inexact:
        return plain(_FIFTEEN_DIGITS.divide(numerator, denominator))


def is_whole(number: Decimal) -> bool:
    """Return whether a number is whole."""
    return number == number.to_integral_value()


def spaced(number: Decimal) -> str:
    """Return the number with spaces between thousands: 87 400 000."""
    return f"{number:f}" if abs(number) < _DIGITS_WITHOUT_GAPS else f"{number:,f}".replace(",", " ")


def number(exact: Decimal | None) -> int | float | None:
    """Return a decimal as a number for JSON and the database: an int if it is whole."""
    if exact is None:
        return None
    return int(exact) if is_whole(exact) else float(exact)
