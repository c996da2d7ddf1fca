"""One quantity divided by another: what is then true, and no more.

Every quantity that is read from words is non-negative, and a denominator is not 0, or there is no ratio. So if x lies
between the numerator's bounds and y between the denominator's, x ÷ y is at least the lowest x over the highest y, and
at most the highest x over the lowest y. Where either of the two is open (``None``), or the lowest y is 0, the bound is
open; only nothing stays nothing, whatever it is divided by.

A direction is carried through the numerator as it is and through the denominator turned round: more than 100 people in
at most 5 teams are more than 20 to a team. Where one of the two is only about, the ratio is, as with two qualifiers of
one number. A range makes a range, open where the other quantity leaves it open. What could be anything is refused.

All is computed in fractions and rounded once: to as many significant digits as a numeral in 万 or 亿 is written with
(581万 of 约1858万 is about 31.3 %), and never to more than nine. Bounds are rounded outwards, so that they stay true; a
value of which the truth is said to be more, or less, to the side on which that stays true, and one that is bounded on
one side only, not beyond that bound. What the digits of its numerals cut short is only about.
"""

from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from app.quantity.decimals import plain, spaced
from app.quantity.errors import QuantityError
from app.quantity.qualifiers import Comparator
from app.quantity.quantity import Quantity
from app.quantity.units import UNITS, Unit

MAX_DIGITS = 9

_INVERSE = {
    Comparator.GE: Comparator.LE,
    Comparator.GT: Comparator.LT,
    Comparator.LE: Comparator.GE,
    Comparator.LT: Comparator.GT,
}
_TRUE_SIDE = {
    Comparator.GE: ROUND_FLOOR,
    Comparator.GT: ROUND_FLOOR,
    Comparator.LE: ROUND_CEILING,
    Comparator.LT: ROUND_CEILING,
}
_WORDS = {
    Comparator.EQ: "",
    Comparator.APPROX: "about ",
    Comparator.GE: "at least ",
    Comparator.GT: "more than ",
    Comparator.LE: "at most ",
    Comparator.LT: "less than ",
}


@dataclass(frozen=True, slots=True)
class Ratio:
    """A share in percent where both quantities have one unit; otherwise so much in ``unit`` for each ``per``."""

    value: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    comparator: Comparator
    unit: Unit
    per: Unit | None
    steps: tuple[str, ...] = field(default=(), compare=False)


def divide(numerator: Quantity, denominator: Quantity) -> Ratio:
    """The ratio of two quantities; what their words cannot tell is an error.

    What time the quantities relate to is not looked at: that both speak of the same is the caller's to see.
    """
    if denominator.value == 0:
        raise QuantityError("the denominator is 0, and nothing can be divided by 0")
    comparator = _comparator(numerator, denominator)
    quotient = _Result.of(numerator, denominator, comparator)
    share = numerator.unit == denominator.unit
    result = _Result.of(numerator, denominator, comparator, 100) if share else quotient
    comparator = result.comparator
    if comparator is Comparator.RANGE and result.lower is None and result.upper is None:
        raise QuantityError(f"{_told(numerator)} divided by {_told(denominator)} has no bound on either side")
    stated = f"{_told(numerator)} ÷ {_told(denominator)} {quotient.sign} {quotient.told()}"
    scaled = (
        f"× 100 {result.sign} {result.told()} %" if share else f"unit {numerator.unit.code} per {denominator.unit.code}"
    )
    unit, per = (UNITS["percent"], None) if share else (numerator.unit, denominator.unit)
    steps = (stated, scaled, *result.remark())
    return Ratio(result.value, result.lower, result.upper, comparator, unit, per, steps)


def _comparator(numerator: Quantity, denominator: Quantity) -> Comparator:
    if numerator.value == 0:  # or else the denominator would say less than nothing
        return numerator.comparator
    said = {numerator.comparator, _INVERSE.get(denominator.comparator, denominator.comparator)} - {Comparator.EQ}
    for weakest in (Comparator.RANGE, Comparator.APPROX):
        if weakest in said:
            return weakest
    for strict, loose in ((Comparator.GT, Comparator.GE), (Comparator.LT, Comparator.LE)):
        if said and said <= {strict, loose}:
            return strict if strict in said else loose
    if said:
        raise QuantityError(f"{_told(numerator)} divided by {_told(denominator)} could be anything")
    return Comparator.EQ


@dataclass(frozen=True, slots=True)
class _Result:
    """Value and bounds, rounded to so many significant digits."""

    value: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    comparator: Comparator
    digits: int
    shortened: bool  # by the digits of the numerals

    @classmethod
    def of(cls, numerator: Quantity, denominator: Quantity, comparator: Comparator, times: int = 1) -> "_Result":
        digits = min(numerator.digits or MAX_DIGITS, denominator.digits or MAX_DIGITS, MAX_DIGITS)

        def quotient(above: Decimal | None, below: Decimal | None, rounding: str) -> Decimal | None:
            return _quotient(above, below, times, digits, rounding)

        lower = quotient(numerator.lower, denominator.upper, ROUND_FLOOR)
        upper = quotient(numerator.upper, denominator.lower, ROUND_CEILING)
        rounding = _TRUE_SIDE.get(comparator) or _within(lower, upper)
        value = quotient(numerator.value, denominator.value, rounding)
        pairs = (
            (numerator.value, denominator.value),
            (numerator.lower, denominator.upper),
            (numerator.upper, denominator.lower),
        )
        inexact = any(quotient(*pair, ROUND_FLOOR) != quotient(*pair, ROUND_CEILING) for pair in pairs)
        shortened = inexact and digits < MAX_DIGITS
        if comparator is Comparator.EQ and shortened:
            comparator = Comparator.APPROX
        return cls(value, lower, upper, comparator, digits, shortened)

    @property
    def sign(self) -> str:
        """What stands before the result in a step: a rounded one only comes near."""
        return "≈" if self._rounded else "="

    @property
    def _rounded(self) -> bool:
        return self.comparator is Comparator.EQ and self.lower != self.upper

    def told(self) -> str:
        """The result in a step: about 0.31, more than 200, from 50 to 600."""
        return _in_words(self.comparator, self.value, self.lower, self.upper)

    def remark(self) -> tuple[str, ...]:
        """To how many digits it is rounded, and what the bounds tell beyond the value and its comparator."""
        limit = f"{self.digits} significant digit{'s' if self.digits > 1 else ''}"
        written = (f"rounded to {limit}, as many as are stated",) if self.shortened else ()
        if self._rounded:
            return (f"bounds {_between(self.lower, self.upper)}, rounded to {limit}",)
        if self.comparator is Comparator.APPROX:
            return (*written, f"bounds {_between(self.lower, self.upper) or 'none, as the words set none'}")
        return written


def _within(lower: Decimal | None, upper: Decimal | None) -> str:
    """How a value is rounded so that it stays within the bounds, which may be the same number before it is rounded."""
    if lower is None and upper is not None:
        return ROUND_FLOOR
    return ROUND_CEILING if upper is None and lower is not None else ROUND_HALF_EVEN


def _quotient(above: Decimal | None, below: Decimal | None, times: int, digits: int, rounding: str) -> Decimal | None:
    if above == 0:
        return Decimal(0)
    if above is None or not below:
        return None
    exact = Fraction(above) / Fraction(below) * times
    return plain(Context(digits, rounding).divide(Decimal(exact.numerator), Decimal(exact.denominator)))


def _told(quantity: Quantity) -> str:
    told = _in_words(quantity.comparator, quantity.value, quantity.lower, quantity.upper)
    return f"({told})" if quantity.value is None else told


def _in_words(comparator: Comparator, value: Decimal | None, lower: Decimal | None, upper: Decimal | None) -> str:
    return _between(lower, upper) if value is None else f"{_WORDS[comparator]}{spaced(value)}"


def _between(lower: Decimal | None, upper: Decimal | None) -> str:
    if lower is not None and upper is not None:
        return f"from {spaced(lower)} to {spaced(upper)}"
    return f"at most {spaced(upper)}" if upper is not None else f"at least {spaced(lower)}" if lower is not None else ""
