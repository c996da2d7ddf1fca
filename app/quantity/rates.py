"""Words that relate a quantity to people, things or time: 每年, 年均, 每人每年, 元/亩, 公里/小时.

A quantity may be per any unit that is no money and no share, or per several. They stand in a fixed order, time last.
"""

from collections.abc import Iterable, Iterator

from app.quantity.cursor import Lexicon, normalise
from app.quantity.errors import QuantityError
from app.quantity.units import UNITS, Unit

# What a rate's unit is called otherwise than after a number, the canonical word first.
_NOUNS = {"month": ("月",), "d": ("天", "日"), "quarter": ("季度", "季"), "week": ("周",)}
_AVERAGED = {  # 人均, 年均
    "person": ("人", "名"),
    "household": ("户",),
    "business": ("家",),
    "mu": ("亩",),
    "time": ("次",),
    "year": ("年",),
    "quarter": ("季度", "季"),
    "month": ("月", "个月"),
    "week": ("周",),
    "d": ("天", "日"),
    "h": ("小时",),
}
_NOT_PER = frozenset(("one", "percent", "permille", "percentage-point", "fold", "ratio", "du", "Cel", "degF", "age"))


def nouns(unit: Unit) -> tuple[str, ...]:
    """Return what a unit is called after 每, and after a number."""
    return *_NOUNS.get(unit.code, ()), *map(normalise, unit.words)


_ORDER = {code: position for position, code in enumerate(UNITS)}
_UNITS = [unit for unit in UNITS.values() if not unit.currency and unit.code not in _NOT_PER]
CODES = tuple(unit.code for unit in _UNITS)  # of all that a quantity can be per
_EACH = {noun: unit for unit in sorted(_UNITS, key=lambda unit: unit.code in _NOUNS) for noun in nouns(unit)}

BEFORE = {
    **{f"{word}{noun}": unit for noun, unit in _EACH.items() for word in ("每", "平均每")},
    **{f"{noun}均": UNITS[code] for code, nouns in _AVERAGED.items() for noun in nouns},
}
SIGNS = ("/", "·")
AFTER = {f"{word}{noun}": unit for noun, unit in _EACH.items() for word in ("每", *SIGNS)}
SLASHED = {word: unit for word, unit in AFTER.items() if word.startswith(SIGNS)}


_BEFORE = Lexicon(BEFORE)


def rates_before(text: str) -> Iterator[tuple[str, Unit]]:
    """Yield the rates with which a text ends, and their units, the last one first: 每年 and 每亩 of 每亩每年."""
    normalised = normalise(text)
    end = len(normalised)
    while word := _BEFORE.longest_before(normalised, end):
        yield word, BEFORE[word]
        end -= len(word)


def joined(units: Iterable[Unit]) -> tuple[Unit, ...]:
    """Return all that a quantity is per, in order."""
    stated = list(units)
    if len(stated) != len({unit.code for unit in stated}):
        raise QuantityError(f"It says “per {stated[-1].en}” twice. Cite the words that say it once.")
    return in_order(stated)


def in_order(units: Iterable[Unit]) -> tuple[Unit, ...]:
    """Return units in the order in which a quantity is per them."""
    return tuple(sorted(units, key=lambda unit: (unit.time, not unit.counted, _ORDER[unit.code])))


def code(per: Iterable[Unit]) -> str:
    """Return the codes of units in one text, as UCUM multiplies units: mu.year. No code holds a dot."""
    return ".".join(unit.code for unit in per)


def words(per: Iterable[Unit]) -> str:
    """Return the canonical words: 每人每年."""
    return "".join(f"每{nouns(unit)[0]}" for unit in per)
