"""Canonical Chinese of a quantity: 每年至少1次, 约1858万元, 500元—6000元."""

from decimal import Context, Decimal, Inexact

from app.quantity import rates
from app.quantity.decimals import plain
from app.quantity.qualifiers import CANONICAL
from app.quantity.quantity import Quantity

_SCALES = (("万亿", 12), ("亿", 8), ("万", 4), ("", 0))
_EXACT = Context(prec=128, traps=[Inexact])  # twice as many digits as the longest phrase has


def render(quantity: Quantity) -> str:
    """Return words that ``parse`` reads as an equal quantity."""
    per = rates.words(quantity.per) if quantity.per else ""
    unit = quantity.unit.words[0] if quantity.unit.words else ""
    if quantity.value is None:
        # In full digits and each with its unit: 3—5万元 would share the 万.
        bounds = (bound for bound in (quantity.lower, quantity.upper) if bound is not None)
        return per + "—".join(f"{plain(bound):f}{unit}" for bound in bounds)
    return f"{per}{_qualifier(quantity)}{_shortest(quantity.value)}{unit}"


def _qualifier(quantity: Quantity) -> str:
    return next(
        word
        for claim, word in CANONICAL.items()
        if claim.comparator is quantity.comparator and claim.bounded_above == (quantity.upper is not None)
    )


def _shortest(value: Decimal) -> str:
    """Return the number in the scale in which it takes the fewest characters."""
    scales = [(scale, power) for scale, power in _SCALES if power == 0 or value >= 10**power]
    return min((f"{plain(_EXACT.scaleb(value, -power)):f}{scale}" for scale, power in scales), key=len)
