"""Canonical Chinese of a quantity: 每年至少1次, 约1858万元, 500元—6000元."""

from decimal import Decimal

from app.quantity import rates
from app.quantity.decimals import EXACT, is_whole, plain
from app.quantity.qualifiers import WORDS, fits
from app.quantity.quantity import Quantity

_SCALES = (("万亿", 12), ("亿", 8), ("万", 4), ("", 0))


def render(quantity: Quantity) -> str:
    """Return words that ``parse`` reads as an equal quantity."""
    per = rates.words(quantity.per)
    if not per and quantity.unit.counted and not all(map(is_whole, _numbers(quantity))):
        per = "平均"  # only an average counts parts of things
    unit = quantity.unit.words[0] if quantity.unit.words else ""
    if quantity.value is None:
        # In full digits and each with its unit: 3—5万元 would share the 万.
        return per + "—".join(f"{plain(bound):f}{unit}" for bound in _numbers(quantity))
    return f"{per}{_qualifier(quantity)}{_shortest(quantity.value)}{unit}"


def _numbers(quantity: Quantity) -> list[Decimal]:
    stated = (quantity.lower, quantity.upper) if quantity.value is None else (quantity.value,)
    return [each for each in stated if each is not None]


def _qualifier(quantity: Quantity) -> str:
    return next(
        word
        for claim, words in WORDS.items()
        if claim.comparator is quantity.comparator and claim.bounded_above == (quantity.upper is not None)
        for word in words
        if fits(word, quantity.unit, is_round=False)
    )


def _shortest(value: Decimal) -> str:
    """Return the number in the scale in which it takes the fewest characters."""
    scales = [(scale, power) for scale, power in _SCALES if power == 0 or abs(value) >= 10**power]
    return min((f"{plain(EXACT.scaleb(value, -power)):f}{scale}" for scale, power in scales), key=len)
