"""Finding the quantities of a running text, each with the words that ``parse`` reads as an equal quantity.

Only the words directly at the number count: 约, 近, 超过 before it, 余, 以上, 左右 after it, and a rate after a slash.
Where several quantities share a unit that stands once (3.5个、6个百分点), it holds for each of them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.quantity import forms, guards, numeral, qualifiers, rates
from app.quantity.amount import PREFIXES
from app.quantity.cursor import Cursor, Lexicon, normalise_with_places
from app.quantity.errors import QuantityError
from app.quantity.parser import MAX_PHRASE_CHARS, quantity_of
from app.quantity.phrase import RANGE_SIGN, Phrase, read_amount_of, read_around
from app.quantity.qualifiers import EXACTLY
from app.quantity.quantity import Quantity

_BEFORE = Lexicon(word for word, claim in qualifiers.BEFORE.items() if claim is not EXACTLY)
_CONDITIONAL = Lexicon(qualifiers.CONDITIONAL)
_AFTER = Lexicon(qualifiers.AFTER, rates.SLASHED)
_SIGN_BEFORE = re.compile("(?:负|零下|(?:^|(?<=[为是至到达约,、。(:]))[-−])$")
_LEVELS = frozenset("从由")  # 从84%到96%: two levels, not a range
_LIST_OF_NUMBERS = re.compile("[0-9]，[0-9]")  # the comma of Chinese prose; full-width digits group with it
_LIST_SIGN = re.compile("[、和及与]|以及")


@dataclass(frozen=True, slots=True)
class Found:
    """A quantity and its span in the text, in code points."""

    start: int
    end: int
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class _Span:
    """A phrase and its span in the normalised text. A phrase without amounts is one that cannot be read."""

    start: int
    end: int
    phrase: Phrase


def find(text: str) -> list[Found]:
    """Return the quantities of a text, in order. What is doubtful is left out."""
    normalised, places = normalise_with_places(text)
    found = []
    for span in _with_shared_units(normalised, list(_spans(normalised))):
        try:
            quantity = quantity_of(span.phrase)
        except QuantityError:
            continue
        start, end = places[span.start], places[span.end - 1] + 1
        if not _LIST_OF_NUMBERS.search(text, start, end):
            found.append(Found(start, end, quantity))
    return found


def _spans(text: str) -> Iterator[_Span]:
    at = least = 0
    while at < len(text):
        if not forms.begins(text, at):
            at += 1
        elif span := _span(text, at, least):
            if span.phrase.amounts:
                yield span
            at = least = span.end
        else:  # skip all of a numeral that cannot be read, lest its rest be read
            match = numeral.NUMERAL.match(text, at)
            at = least = match.end() if match else at + 1


def _span(text: str, at: int, least: int) -> _Span | None:
    """Return the phrase about the number at a place, which begins no earlier than `least`."""
    amount_start = _before(text, at, PREFIXES, least)
    if (sign := _SIGN_BEFORE.search(text, max(amount_start - 2, least), amount_start)) is not None:
        amount_start = sign.start()
    start = _before(text, amount_start, _BEFORE, least)
    starts = [start]
    if start < amount_start and _CONDITIONAL.longest_match(text, start):
        starts.append(amount_start)
    for each in starts:
        for with_range in (True, False):
            try:
                span = _read(text, each, with_range=with_range)
            except QuantityError:
                continue
            return span
    return None


def _before(text: str, end: int, words: Lexicon, least: int) -> int:
    while (word := words.longest_before(text, end)) and end - len(word) >= least:
        end -= len(word)
    return end


def _read(text: str, start: int, *, with_range: bool) -> _Span | None:
    cursor, phrase = Cursor(text, start), Phrase()
    read_around(cursor, phrase, _BEFORE)
    read_amount_of(cursor, phrase)
    if with_range and text[start - 1 : start] not in _LEVELS:
        before_sign = cursor.at
        if cursor.take_match(RANGE_SIGN) and forms.begins(text, cursor.at):
            read_amount_of(cursor, phrase)
        else:
            cursor.at = before_sign
    end_of_amount = cursor.at
    read_around(cursor, phrase, _AFTER)
    last = phrase.amounts[-1]
    if last.unit is not None and last.unit.counted and text[end_of_amount : cursor.at] in {"多", "余"}:
        raise QuantityError("多 after a unit may begin the next word.")
    if cursor.at - start > MAX_PHRASE_CHARS:
        raise QuantityError("It is too long for a quantity.")
    if not _is_open(phrase):
        try:
            quantity_of(phrase)
        except QuantityError:
            if len(phrase.amounts) == 1 or phrase.amounts[0].unit not in {None, last.unit}:
                raise
            return _Span(start, cursor.at, Phrase())  # 约3万元至5万元: neither bound may be found alone
    if guards.refuses(text, start, end_of_amount, phrase.amounts, qualified=bool(phrase.qualifiers)):
        return None
    return _Span(start, cursor.at, phrase)


def _is_open(phrase: Phrase) -> bool:
    """Return whether the unit may follow later: 3.5个、6个百分点."""
    return len(phrase.amounts) == 1 and phrase.amounts[0].unit_words == "个"


def _with_shared_units(text: str, spans: list[_Span]) -> Iterator[_Span]:
    """Give each quantity of a list the unit that stands once, after the last one."""
    following: _Span | None = None
    result = []
    for span in reversed(spans):
        shared: _Span | None = span
        if following is not None and _LIST_SIGN.fullmatch(text, span.end, following.start):
            shared = _sharing(span, following)
        if shared is not None:
            result.append(shared)
            following = shared
        elif following is not None:
            following = replace(span, phrase=following.phrase)
    yield from reversed(result)


def _sharing(span: _Span, following: _Span) -> _Span | None:
    """Return a phrase with the unit of the next one in a list, or None if it may share its scale too: 3、4、5万元."""
    amount, last = span.phrase.amounts[-1], following.phrase.amounts[-1]
    if amount.unit is None and last.numeral.endswith(numeral.SCALES) and not amount.numeral.endswith(numeral.SCALES):
        return None
    if len(span.phrase.amounts) > 1 or last.unit is None:
        return span
    longer_unit = amount.unit_words == "个" and last.unit_words.startswith("个") and last.unit_words != "个"
    if not (longer_unit or amount.unit is None):
        return span
    phrase = replace(span.phrase, amounts=[replace(amount, unit=last.unit, unit_words=last.unit_words)])
    return replace(span, phrase=phrase)
