"""The ratio of two quantities, with the bounds that follow from theirs.

- Bounds: quantities are non-negative, so x ÷ y is between the lowest x over the highest y and the highest x over the
  lowest y. A bound is open where one of its two operands is open or y is 0; 0 divided by anything is 0.
- Comparators: the numerator's holds, the denominator's is inverted (more than 100 people in at most 5 teams are more
  than 20 per team). If one operand is approximate, so is the ratio; a range gives a range. Opposite directions raise
  QuantityError.
- Rounding: computed in fractions and rounded once, to the fewest significant digits that a numeral in 万 or 亿 states
  (581万 of 约1858万 is about 31.3 %), at most nine. Bounds are rounded outwards, a value towards the side on which its
  comparator stays true. A value that its digits truncate becomes approximate.
"""

from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from app.quantity.decimals import plain, spaced
from app.quantity.errors import QuantityError
from app.quantity.qualifiers import Comparator
from app.quantity.quantity import Quantity
from app.quantity.units import UNITS, Unit
from app.sentence import Sentence

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
    Comparator.EQ: Sentence("", ""),
    Comparator.APPROX: Sentence("约 ", "about "),
    Comparator.GE: Sentence("不少于 ", "at least "),
    Comparator.GT: Sentence("多于 ", "more than "),
    Comparator.LE: Sentence("不超过 ", "at most "),
    Comparator.LT: Sentence("少于 ", "less than "),
}


@dataclass(frozen=True, slots=True)
class Ratio:
    """A percentage if both quantities have the same unit, otherwise an amount in ``unit`` per ``per``."""

    value: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    comparator: Comparator
    unit: Unit
    per: Unit | None
    steps: tuple[Sentence, ...] = field(default=(), compare=False)


def divide(numerator: Quantity, denominator: Quantity) -> Ratio:
    """Return the ratio of two quantities. Raises QuantityError where their words allow no statement.

    The caller must ensure that both relate to the same time.
    """
    for each in (numerator, denominator):
        if each.value is not None and each.value < 0:
            raise QuantityError(f"{_text(each)} is negative. Only amounts from 0 are divided.")
    if denominator.value == 0:
        raise QuantityError("The denominator is 0. Nothing can be divided by 0.")
    comparator = _comparator(numerator, denominator)
    quotient = _Result.of(numerator, denominator, comparator)
    share = numerator.unit == denominator.unit
    result = _Result.of(numerator, denominator, comparator, 100) if share else quotient
    comparator = result.comparator
    if comparator is Comparator.RANGE and result.lower is None and result.upper is None:
        raise QuantityError(f"{_text(numerator)} divided by {_text(denominator)} has no bound on either side.")
    stated = _text(numerator) + " ÷ " + _text(denominator) + f" {quotient.sign} " + quotient.text
    scaled = (
        Sentence.same(f"× 100 {result.sign} ") + result.text + " %"
        if share
        else Sentence(
            f"单位：{numerator.unit.zh}/{denominator.unit.zh}",
            f"unit {numerator.unit.code} per {denominator.unit.code}",
        )
    )
    unit, per = (UNITS["percent"], None) if share else (numerator.unit, denominator.unit)
    steps = (stated, scaled, *result.remark())
    return Ratio(result.value, result.lower, result.upper, comparator, unit, per, steps)


def _comparator(numerator: Quantity, denominator: Quantity) -> Comparator:
    if numerator.value == 0:  # the inverted comparator could otherwise say less than 0
        return numerator.comparator
    both = {numerator.comparator, _INVERSE.get(denominator.comparator, denominator.comparator)} - {Comparator.EQ}
    for weakest in (Comparator.RANGE, Comparator.APPROX):
        if weakest in both:
            return weakest
    for strict, loose in ((Comparator.GT, Comparator.GE), (Comparator.LT, Comparator.LE)):
        if both and both <= {strict, loose}:
            return strict if strict in both else loose
    if both:
        raise QuantityError(f"{_text(numerator)} divided by {_text(denominator)} could be anything.")
    return Comparator.EQ


@dataclass(frozen=True, slots=True)
class _Result:
    """Value and bounds, rounded to ``digits`` significant digits."""

    value: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    comparator: Comparator
    digits: int
    truncated: bool  # the operands' digits make it inexact

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
        truncated = inexact and digits < MAX_DIGITS
        if comparator is Comparator.EQ and truncated:
            comparator = Comparator.APPROX
        return cls(value, lower, upper, comparator, digits, truncated)

    @property
    def sign(self) -> str:
        """The sign before the result in a step."""
        return "≈" if self._rounded else "="

    @property
    def _rounded(self) -> bool:
        return self.comparator is Comparator.EQ and self.lower != self.upper

    @property
    def text(self) -> Sentence:
        """The result in a step: about 0.31, more than 200, from 50 to 600."""
        return _in_words(self.comparator, self.value, self.lower, self.upper)

    def remark(self) -> tuple[Sentence, ...]:
        """Return the steps about rounding, and about bounds that the comparator does not imply."""
        limit = Sentence(
            f"取 {self.digits} 位有效数字",
            f"rounded to {self.digits} significant digit{'s' if self.digits > 1 else ''}",
        )
        rounding = (limit + Sentence("，与原词一致", ", as many as are stated"),) if self.truncated else ()
        bounds = Sentence("上下界：", "bounds ") + _between(self.lower, self.upper)
        if self._rounded:
            return (bounds + Sentence("，", ", ") + limit,)
        if self.comparator is Comparator.APPROX:
            unbounded = Sentence("原词没有给出上下界", "bounds none, as the words set none")
            return (*rounding, unbounded if self.lower is None and self.upper is None else bounds)
        return rounding


def _within(lower: Decimal | None, upper: Decimal | None) -> str:
    """Return the rounding that keeps a value within one-sided bounds."""
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


def _text(quantity: Quantity) -> Sentence:
    text = _in_words(quantity.comparator, quantity.value, quantity.lower, quantity.upper)
    return Sentence("（", "(") + text + Sentence("）", ")") if quantity.value is None else text


def _in_words(comparator: Comparator, value: Decimal | None, lower: Decimal | None, upper: Decimal | None) -> Sentence:
    return _between(lower, upper) if value is None else _WORDS[comparator] + spaced(value)


def _between(lower: Decimal | None, upper: Decimal | None) -> Sentence:
    if lower is not None and upper is not None:
        return Sentence(f"{spaced(lower)} 至 {spaced(upper)}", f"from {spaced(lower)} to {spaced(upper)}")
    if upper is not None:
        return _WORDS[Comparator.LE] + spaced(upper)
    return _WORDS[Comparator.GE] + spaced(lower) if lower is not None else Sentence("", "")
