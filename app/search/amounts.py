"""Amounts as people write them, and as terms: 8740万, 87,400,000 and ８７４０万 are one."""

import re
from decimal import Decimal

from app.quantity import QuantityError, numerals, parse
from app.search.fold import Span
from app.search.terms import AMOUNT, LONGEST

_DIGIT = re.compile("[0-9０-９]")
_SCALES = {"": 1, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_YUAN = r"(?:yuan|cny|rmb)"
_IN_ENGLISH = re.compile(
    r'"[^"]*"?|“[^”]*”?'  # a phrase stays as it is
    rf"|\b(?:(?P<before>{_YUAN})\s*)?(?<![\d.,])(?P<digits>\d[\d,]*(?:\.\d+)?)(?P<chinese>[十百千万亿萬億]*)"
    rf"(?:\s*(?P<scale>thousand|million|billion)\b)?(?:\s*(?P<after>{_YUAN})\b)?",
    re.IGNORECASE,
)
_SCALE = re.compile("[十百千万亿拾佰仟萬億]")


def amount(value: float | Decimal, unit: str | None = None) -> str:
    """The term of an amount, of anything or of something in a unit."""
    text = str(value) if isinstance(value, int) else f"{Decimal(repr(value)) if isinstance(value, float) else value:f}"
    plain = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{AMOUNT}{plain}" + (f"_{unit}" if unit else "")


def read_amount(words: str) -> str | None:
    """The term of the amount that somebody may mean by all of these words; None where they say none."""
    if not (_DIGIT.search(words) or _SCALE.search(words)):
        return None  # a mere 三 or 一次 is no amount that people look for
    try:
        quantity = parse(words)
    except QuantityError:
        return None
    if quantity.value is None:
        return None
    return amount(quantity.value, None if quantity.unit.code == "one" else quantity.unit.code)


def in_chinese(text: str) -> str:
    """Amounts that are written in English as the reader of amounts knows them: 87.4 million yuan as 87400000元."""
    return _IN_ENGLISH.sub(_rewritten, text)


def _rewritten(match: re.Match[str]) -> str:
    before, digits, scale, after = (match[part] for part in ("before", "digits", "scale", "after"))
    if not digits or not (before or scale or after):
        return match[0]
    plain = amount(Decimal(digits.replace(",", "")) * _SCALES[(scale or "").lower()]).removeprefix(AMOUNT)
    return f"{plain}{match['chinese'] or ''}{'元' if before or after else ''}"


def stated(text: str) -> list[tuple[str, Span]]:
    """The terms of the amounts that a text states in digits, each with its place."""
    if not _DIGIT.search(text):
        return []
    return [(term, span) for span in numerals(text) if (term := _of_numeral(text[slice(*span)]))]


def _of_numeral(numeral: str) -> str | None:
    if len(numeral) > LONGEST:
        return None  # no amount, and no term
    if numeral.isascii() and numeral.isdecimal():
        return f"{AMOUNT}{int(numeral)}"
    return read_amount(numeral) if _DIGIT.search(numeral) else None
