"""What the text around a figure's words says against its row, or does not say at all."""

import re
from collections.abc import Iterator, Set

from app.load.changes import check_change, check_sign
from app.load.faults import SeedFault
from app.load.rows import Row
from app.models.qualifiers import Comparator, Period
from app.quantity import UNITS, Quantity, QuantityError, Unit, find, parse, rates

# What a value is per in these periods. In the others it is no rate, or one of something else.
PERIODS = {
    Period.PER_YEAR: frozenset({UNITS["year"]}),
    Period.PER_MONTH: frozenset({UNITS["month"]}),
    Period.PER_PERSON_PER_YEAR: frozenset({UNITS["person"], UNITS["year"]}),
}
MAX_CHARS_OF_A_LIST = 64  # in which the unit stands that the numbers of a list share
_LIST_SIGN = re.compile("[、和及与]|以及")
_SENTENCE_END = re.compile("[。！？!?]")
# A bound that stands apart from its number: 最高奖励每名学员800元. 最高气温 is what is measured.
_BOUND_APART = re.compile(
    "(?:至少|至多|最少|最多|最高可?(?=给予|补|奖|发放|享受|支持|资助|贷|能|获))[^，,。；;：:、0-9]{1,20}$"
)
_BUSINESS_OR_HOUSEHOLD = frozenset({UNITS["business"], UNITS["household"]})  # 每家 may be either


def check_context(row: Row, text: str, start: int) -> Iterator[SeedFault]:
    """Report what the paragraph around a figure's words says against its row, and what nothing there says."""
    try:
        quantity = parse(row.words)
    except QuantityError:
        return  # the load reports it
    end = start + len(row.words)
    sentences = _sentences(text, start, end)
    yield from check_change(row, quantity.unit, text[:start])
    yield from check_sign(row, sentences)
    yield from _check_rate(row, quantity, text[:start], sentences)
    if quantity.comparator.value == Comparator.EQ and (bound := _BOUND_APART.search(text, 0, start)):
        detail = f"{bound[0]!r} before {row.words!r} makes it a bound, which these words alone do not state."
        yield row.fault("as_stated", f"{detail} Leave it out of the figures and describe it in a note.")
    if _LIST_SIGN.match(text, end):
        found = next(iter(find(text[start : start + MAX_CHARS_OF_A_LIST])), None)
        if found and (found.start, found.end) == (0, len(row.words)) and found.quantity.unit is not quantity.unit:
            detail = (
                f"{row.words!r} shares the unit of its list: it states {found.quantity.unit.code}, not "
                f"{quantity.unit.code}."
            )
            yield row.fault("as_stated", f"{detail} Leave it out of the figures and describe it in a note.")


def _sentences(text: str, start: int, end: int) -> str:
    """Return the sentence of a span and the one before it."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text, 0, start)]
    following = _SENTENCE_END.search(text, end)
    return text[ends[-2] if len(ends) > 1 else 0 : following.start() if following else len(text)]


def _check_rate(row: Row, quantity: Quantity, before: str, sentences: str) -> Iterator[SeedFault]:
    """Report a rate that stands before the number and is not the row's, and one that nothing says."""
    if {"per", "period"} & row.broken:
        return
    given = {UNITS[code] for code in (row.values["per"] or "").split(".") if code in rates.CODES}
    whole = {*quantity.per, *given, *PERIODS.get(row.values["period"], ())}
    for word, unit in rates.rates_before(before):
        if not whole & _alike(unit):
            detail = f"{word!r} before {row.words!r} says per {unit.code}."
            yield row.fault("per", f"{detail} Begin as_stated with {word}, or write {unit.code} into per.")
    for unit in rates.in_order(whole - {*quantity.per}):
        if not any(noun in sentences for each in _alike(unit) for noun in rates.nouns(each)):
            column = "per" if unit in given else "period"
            detail = f"Nothing in the sentence of {row.words!r}, or in the one before, says per {unit.code}."
            yield row.fault(column, f"{detail} Correct {column}.")


def _alike(unit: Unit) -> Set[Unit]:
    return _BUSINESS_OR_HOUSEHOLD if unit in _BUSINESS_OR_HOUSEHOLD else {unit}
