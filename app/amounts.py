"""Amounts for readers: 8,740万元, CNY 87.4 million. Numbers are scaled, never rounded."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from app.quantity import UNITS

# Powers of ten and their words, the largest first.
SCALES = {
    "zh": ((8, "亿"), (4, "万"), (0, "")),
    "en": ((9, " billion"), (6, " million"), (0, "")),
}
MAX_DECIMALS = 4  # of a scaled number; with more of them, the full number is easier to read
SIGNS = frozenset({"percent", "permille"})  # units that follow the number without a space

# Prefixes by comparator, in Chinese and English.
QUALIFIERS = {
    "approx": ("约", "about "),
    "ge": ("至少", "at least "),
    "gt": ("多于", "more than "),
    "le": ("至多", "at most "),
    "lt": ("少于", "less than "),
}


class Scaled(NamedTuple):
    """The digits of a scaled number and the word of its scale."""

    digits: str
    scale: str


def amount(value: float, unit_code: str, language: str) -> str:
    """Return a value with its unit, in `zh` or `en`."""
    digits, scale = _scaled(value, language)
    return _with_unit(digits + scale, unit_code, language, one=digits == "1" and not scale)


def qualified(record: Mapping[str, Any], language: str) -> str:
    """Return a figure's amount with its comparator: 约8,740万元, more than 11,000 items, CNY 500–6,000."""
    value, lower, upper = (record[name] for name in ("value", "lower", "upper"))
    comparator = record["comparator"]
    if value is None and lower is not None and upper is not None:
        return _between(lower, upper, record["unit"], language)
    if value is None:  # a single bound
        value, comparator = (lower, "ge") if lower is not None else (upper, "le")
    if value is None:
        return ""
    zh, en = QUALIFIERS.get(comparator, ("", ""))
    return (zh if language == "zh" else en) + amount(value, record["unit"], language)


def _between(lower: float, upper: float, unit_code: str, language: str) -> str:
    low, high = _scaled(lower, language), _scaled(upper, language)
    if low.scale != high.scale:  # 500–1 million would be read as 500 million
        low, high = Scaled(_digits(lower), ""), Scaled(_digits(upper), "")
    first = low.digits + (low.scale if language == "zh" else "")
    return _with_unit(f"{first}–{high.digits}{high.scale}", unit_code, language, one=False)


def _scaled(value: float, language: str) -> Scaled:
    for power, word in SCALES[language]:
        number = Decimal(repr(value)).scaleb(-power).normalize()
        decimals = -int(number.as_tuple().exponent)
        if power == 0 or (abs(number) >= 1 and decimals <= MAX_DECIMALS):
            return Scaled(f"{number:,f}", word)
    raise AssertionError


def _digits(value: float) -> str:
    return f"{Decimal(repr(value)).normalize():,f}"


def _with_unit(number: str, unit_code: str, language: str, *, one: bool) -> str:
    unit = UNITS[unit_code]
    if unit_code == "one":
        return number
    if unit_code in SIGNS:
        return f"{number}{unit.zh}"
    if language == "zh":
        return f"{number}{unit.zh}"
    if unit.currency:
        return f"{unit.code} {number}"
    return f"{number} {unit.singular if one else unit.plural}"
