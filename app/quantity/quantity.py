"""What a phrase such as 约5万亩 means."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Context, Decimal
from fractions import Fraction

from app.quantity.decimals import plain
from app.quantity.qualifiers import Comparator
from app.quantity.units import Unit

_NINE_DIGITS = Context(prec=9)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value or a range in a unit, and the bounds that its words allow (``None`` where they leave it open).

    ``steps`` tell how it follows from its words, and ``digits`` with how many significant digits these state it
    (``None`` where they are no limit: 2505 is known to its last digit, 581万 to three). Neither is part of what it is,
    nor counts in a comparison. Steps are put into words only on request.
    """

    value: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    comparator: Comparator
    unit: Unit
    per: str | None = None
    digits: int | None = field(default=None, compare=False)
    explained: Callable[["Quantity"], tuple[str, ...]] = field(default=lambda _: (), compare=False, repr=False)

    @property
    def steps(self) -> tuple[str, ...]:
        """How it follows from its words, step by step."""
        return self.explained(self)

    @property
    def si_value(self) -> Decimal | None:
        """The value in the unit's SI unit, to nine significant digits; a range or a mere count has none."""
        if self.value is None or self.unit.si_factor is None:
            return None
        exact = Fraction(self.value) * self.unit.si_factor
        return plain(_NINE_DIGITS.divide(Decimal(exact.numerator), Decimal(exact.denominator)))

    @property
    def si_code(self) -> str | None:
        """The code of the unit that ``si_value`` is in, if there is one."""
        return None if self.si_value is None else self.unit.si_code
