"""`Quantity`: the meaning of a phrase such as 约5万亩."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Context, Decimal
from fractions import Fraction

from app.quantity import rates
from app.quantity.decimals import plain
from app.quantity.qualifiers import Comparator
from app.quantity.units import Unit
from app.sentence import Sentence

_NINE_DIGITS = Context(prec=9)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value or a range in a unit, with the bounds that its words allow (``None`` if open).

    ``per`` are the units that it is a rate of: person and year for so much per person and year.
    ``steps`` explain how it follows from its words. ``digits`` is the number of significant digits stated (3 in 581万),
    or ``None`` if there is no limit (2505). Neither counts in a comparison. Steps are computed on access.
    """

    value: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    comparator: Comparator
    unit: Unit
    per: tuple[Unit, ...] = ()
    digits: int | None = field(default=None, compare=False)
    explain: Callable[["Quantity"], tuple[Sentence, ...]] = field(default=lambda _: (), compare=False, repr=False)

    @property
    def steps(self) -> tuple[Sentence, ...]:
        """The steps from its words to the value."""
        return self.explain(self)

    @property
    def per_code(self) -> str:
        """The codes of what it is a rate of, joined by dots: person.year; empty if it is no rate."""
        return rates.code(self.per)

    @property
    def si_value(self) -> Decimal | None:
        """The value in the unit's SI unit, to nine significant digits; None for ranges and counts."""
        if self.value is None or self.unit.si_factor is None:
            return None
        exact = Fraction(self.value) * self.unit.si_factor
        return plain(_NINE_DIGITS.divide(Decimal(exact.numerator), Decimal(exact.denominator)))

    @property
    def si_code(self) -> str | None:
        """The code of the unit of ``si_value``, if there is one."""
        return None if self.si_value is None else self.unit.si_code
