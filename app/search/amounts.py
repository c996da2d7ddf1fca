"""Amounts as index terms: 8740万, 87,400,000 and ８７４０万 are one."""

import re
from decimal import Decimal

from app.quantity import QuantityError, numerals, parse
from app.search.fold import Span
from app.search.terms import AMOUNT, MAX_TERM_CHARS

_DIGIT = re.compile("[0-9０-９]")
_SCALES = {"": 1, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_SCALES |= {"k": 10**3, "m": 10**6, "mn": 10**6, "bn": 10**9}
_YUAN = r"(?:yuan|cny|rmb)"
_ENGLISH_AMOUNT = re.compile(
    r'"[^"]*"?|“[^”]*”?'  # phrases are not translated
    rf"|\b(?:(?P<before>{_YUAN})\s*)?(?<![\d.,])(?P<digits>\d[\d,]*(?:\.\d+)?)(?P<chinese>[十百千万亿萬億]*)"
    rf"(?:\s*(?P<scale>thousand|million|billion)\b|(?P<letter>k|mn?|bn)\b)?(?:\s*(?P<after>{_YUAN})\b)?",
    re.IGNORECASE,
)
_LEADING_POINT = re.compile(r"(?<![\w.,])\.(?=\d)")
_SCALE = re.compile("[十百千万亿拾佰仟萬億]")


def amount_term(value: float | Decimal, unit: str | None = None) -> str:
    """Return the term of an amount, in any unit or in the given one."""
    text = str(value) if isinstance(value, int) else f"{Decimal(repr(value)) if isinstance(value, float) else value:f}"
    plain = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{AMOUNT}{plain}" + (f"_{unit}" if unit else "")


def parse_amount(words: str) -> str | None:
    """Return the term of the amount that all of the words state, or None if they state none."""
    if not (_DIGIT.search(words) or _SCALE.search(words)):
        return None  # 三 or 一次 alone is no amount that people search for
    try:
        quantity = parse(words)
    except QuantityError:
        return None
    if quantity.value is None:
        return None
    return amount_term(quantity.value, None if quantity.unit.code == "one" else quantity.unit.code)


def translate_amounts(text: str) -> str:
    """Rewrite English amounts for `parse`: 87.4 million yuan becomes 87400000元, and .5m becomes 500000."""
    return _ENGLISH_AMOUNT.sub(_translate, _LEADING_POINT.sub("0.", text))


def _translate(match: re.Match[str]) -> str:
    before, digits, after, scale = match["before"], match["digits"], match["after"], match["scale"] or match["letter"]
    if not digits or not (before or scale or after):
        return match[0]
    value = amount_term(Decimal(digits.replace(",", "")) * _SCALES[(scale or "").lower()]).removeprefix(AMOUNT)
    return f"{value}{match['chinese'] or ''}{'元' if before or after else ''}"


def find_amounts(text: str) -> list[tuple[str, Span]]:
    """Return the terms of the amounts that a text states in digits, each with its span."""
    if not _DIGIT.search(text):
        return []
    return [(term, span) for span in numerals(text) if (term := _numeral_term(text[slice(*span)]))]


def _numeral_term(numeral: str) -> str | None:
    if len(numeral) > MAX_TERM_CHARS:
        return None
    if numeral.isascii() and numeral.isdecimal():
        return f"{AMOUNT}{int(numeral)}"
    return parse_amount(numeral) if _DIGIT.search(numeral) else None
