"""The grammar of a phrase.

::

    phrase = (rate | qualifier)* (amount [range-sign amount] | amount amount) (rate | qualifier)*
    amount = [unit-prefix] numeral [(余 | 多 | 来) [myriad]] [unit]
"""

from dataclasses import dataclass, field

from app.quantity import qualifiers, rates
from app.quantity.cursor import Cursor, Lexicon, normalise
from app.quantity.errors import QuantityError, missing_number, unexpected_words
from app.quantity.numeral import MYRIADS
from app.quantity.qualifiers import Qualifier
from app.quantity.units import UNITS, Unit

_RANGE_SIGNS = Lexicon(("——", "—", "–", "―", "─", "-", "‐", "−", "~", "〜", "至", "到"))
_UNITS_BY_WORD = {normalise(word): unit for unit in UNITS.values() for word in unit.words}
_UNITS_BY_PREFIX = {normalise(prefix): unit for unit in UNITS.values() for prefix in unit.prefixes}
_UNITS, _PREFIXES = Lexicon(_UNITS_BY_WORD), Lexicon(_UNITS_BY_PREFIX)
_CLAIMS = qualifiers.BEFORE | qualifiers.AFTER
_PER = rates.BEFORE | rates.AFTER
_BEFORE = Lexicon(qualifiers.BEFORE, rates.BEFORE)
_WITHIN = Lexicon(qualifiers.WITHIN)
_AFTER = Lexicon(qualifiers.AFTER, rates.AFTER)
_MYRIADS = Lexicon(MYRIADS)


@dataclass(frozen=True, slots=True)
class Amount:
    """A numeral and its unit, if it has one. Ranges and groups such as 2个100人 have two amounts."""

    numeral: str
    unit: Unit | None
    unit_words: str


@dataclass(slots=True)
class Phrase:
    """The parts of a phrase. ``rates`` are pairs of words and code.

    ``grouped`` means that the first amount counts groups and the second one their members: 2个100人.
    """

    amounts: list[Amount] = field(default_factory=list)
    qualifiers: list[Qualifier] = field(default_factory=list)
    rates: list[tuple[str, str]] = field(default_factory=list)
    grouped: bool = False


def read(words: str) -> Phrase:
    """Return the parts of a complete phrase. Raises QuantityError."""
    cursor, phrase = Cursor(words), Phrase()
    _read_around(cursor, phrase, _BEFORE)
    _read_amount(cursor, phrase)
    if cursor.take(_RANGE_SIGNS):
        _read_amount(cursor, phrase)
    elif phrase.amounts[0].unit is UNITS["item"] and cursor.at_numeral():
        _read_amount(cursor, phrase)
        phrase.grouped = True
    _read_around(cursor, phrase, _AFTER)
    if cursor.rest:
        raise unexpected_words(cursor.rest)
    return phrase


def _read_around(cursor: Cursor, phrase: Phrase, words: Lexicon) -> None:
    while word := cursor.take(words):
        if word in _CLAIMS:
            phrase.qualifiers.append(Qualifier(word, _CLAIMS[word]))
        else:
            phrase.rates.append((word, _PER[word]))


def _read_amount(cursor: Cursor, phrase: Phrase) -> None:
    prefix = cursor.take(_PREFIXES)
    numeral = cursor.take_numeral(_UNITS)
    if not numeral:
        raise missing_number(cursor.rest)
    if within := cursor.take(_WITHIN):
        phrase.qualifiers.append(Qualifier(within, qualifiers.WITHIN[within]))
        numeral += cursor.take(_MYRIADS)
    word = cursor.take(_UNITS)
    unit = same_unit(_UNITS_BY_PREFIX.get(prefix), _UNITS_BY_WORD.get(word))
    phrase.amounts.append(Amount(numeral, unit, prefix + word))


def same_unit(first: Unit | None, second: Unit | None) -> Unit | None:
    """Return the unit that one or both of two amounts state. Raises QuantityError if they differ."""
    if first and second and first is not second:
        raise QuantityError(f"It has two units, {first.zh} and {second.zh}. Give one quantity in one unit.")
    return first or second
