"""The grammar of a phrase.

::

    phrase = (rate | qualifier)* (amount [range-sign amount] | span | amount amount) (rate | qualifier)*
    span   = [在 | 介于] amount (range-sign | 和 | 与) amount (之间 | 间)
"""

import re
from dataclasses import dataclass, field

from app.quantity import forms, qualifiers, rates
from app.quantity.amount import Amount, read_amount
from app.quantity.cursor import Cursor, Lexicon, normalise
from app.quantity.errors import QuantityError, unexpected_words
from app.quantity.qualifiers import Qualifier
from app.quantity.units import UNITS, Unit

RANGE_SIGN = re.compile("——|[—–―─‐−~〜至到-]")
_AND = re.compile("[和与]")
_BETWEEN = re.compile("之间|间")
_WITHIN_BOUNDS = re.compile("在|介于")
_CLAIMS = qualifiers.BEFORE | qualifiers.AFTER
_PER = rates.BEFORE | rates.AFTER
_BEFORE = Lexicon(qualifiers.BEFORE, rates.BEFORE)
_AFTER = Lexicon(qualifiers.AFTER, rates.AFTER)


@dataclass(slots=True)
class Phrase:
    """The parts of a phrase. ``rates`` are pairs of words and unit.

    ``grouped`` means that the first amount counts groups and the second one their members: 2个100人.
    """

    amounts: list[Amount] = field(default_factory=list)
    qualifiers: list[Qualifier] = field(default_factory=list)
    rates: list[tuple[str, Unit]] = field(default_factory=list)
    grouped: bool = False


def read(words: str) -> Phrase:
    """Return the parts of a complete phrase. Raises QuantityError."""
    cursor, phrase = Cursor(normalise(words)), Phrase()
    within_bounds = cursor.take_match(_WITHIN_BOUNDS)
    read_around(cursor, phrase, _BEFORE)
    read_amount_of(cursor, phrase)
    if cursor.take_match(RANGE_SIGN):
        read_amount_of(cursor, phrase)
        cursor.take_match(_BETWEEN)
    elif cursor.take_match(_AND):
        read_amount_of(cursor, phrase)
        if not cursor.take_match(_BETWEEN):
            raise QuantityError("It states two quantities. Cite the words of only one.")
    elif within_bounds:
        raise unexpected_words(within_bounds[0])
    elif phrase.amounts[0].unit is UNITS["item"] and forms.begins(cursor.text, cursor.at):
        read_amount_of(cursor, phrase)
        phrase.grouped = True
    read_around(cursor, phrase, _AFTER)
    if cursor.rest:
        raise unexpected_words(cursor.rest)
    return phrase


def read_around(cursor: Cursor, phrase: Phrase, words: Lexicon) -> None:
    """Take the qualifiers and rates that come next."""
    while word := cursor.take(words):
        if word in _CLAIMS:
            phrase.qualifiers.append(Qualifier(word, _CLAIMS[word]))
        elif word.startswith("·") and not (phrase.rates and phrase.rates[-1][0].startswith(rates.SIGNS)):
            raise unexpected_words(word)  # 150人·天 are 150 times a person and a day; only 元/亩·月 is per both
        else:
            phrase.rates.append((word, _PER[word]))


def read_amount_of(cursor: Cursor, phrase: Phrase) -> None:
    """Take the amount that comes next, and the qualifiers in it."""
    amount = read_amount(cursor, qualified=bool(phrase.qualifiers))
    phrase.amounts.append(amount)
    phrase.qualifiers += amount.claims
