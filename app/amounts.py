"""Amounts for readers: 8740万元, CNY 87.4 million, 31 projects. Numbers are scaled, never rounded.

Only English separates thousands: Chinese newspapers write 2505人.
"""

from collections.abc import Mapping
from decimal import Context, Decimal, Inexact
from fractions import Fraction
from typing import Any, NamedTuple

from app.quantity import UNITS, rates
from app.quantity.decimals import plain

# Powers of ten and their words, the largest first.
SCALES = {
    "zh": ((8, "亿"), (4, "万"), (0, "")),
    "en": ((9, " billion"), (6, " million"), (0, "")),
}
MAX_DECIMALS = 4  # of a scaled number; with more of them, the full number is easier to read
_EXACT = Context(prec=128, traps=[Inexact])  # more digits than words or a float can state
SIGNS = frozenset({"percent", "permille", "ratio"})  # units that follow the number without a space
WHOLES = {
    "percent": 100,
    "permille": 1000,
    "ratio": 1,
}  # values of one whole, in units of which words may state a fraction
MIN_DIGITS_OF_A_QUOTIENT = 13  # 三分之一 is 33.3333333333333%; numbers that words state in digits are shorter
MAX_DENOMINATOR = 1000

# Prefixes by comparator, in Chinese and English.
NEARLY = ("近", "nearly ")  # about, and not above
QUALIFIERS = {
    "approx": ("约", "about "),
    "ge": ("至少", "at least "),
    "gt": ("多于", "more than "),
    "le": ("至多", "at most "),
    "lt": ("少于", "less than "),
}


# What a change is called, before an amount, in Chinese and English. Shares and differences of levels rise and fall.
CHANGES = {
    "level": ("", ""),
    "increase": ("增加", "an increase of "),
    "decrease": ("减少", "a decrease of "),
    "from": ("原为", "from "),
    "to": ("变为", "to "),
    "multiple": ("为原来的", ""),
}
_OF_SHARES = {"increase": "增长", "decrease": "下降"}
_OF_POINTS = {"increase": "上升", "decrease": "下降"}
CHANGES_ZH = {
    **dict.fromkeys(("percent", "permille", "fold"), _OF_SHARES),
    **dict.fromkeys(("percentage-point", "du", "Cel", "degF"), _OF_POINTS),
}
_TIMES = ("倍", "time", "times")  # the noun of a multiple


class Noun(NamedTuple):
    """What is counted: in Chinese with its classifier, in English after 1 and after other numbers."""

    zh: str
    singular: str
    plural: str


class Scaled(NamedTuple):
    """The digits of a scaled number and the word of its scale."""

    digits: str
    scale: str


def amount(value: float, unit_code: str, language: str, noun: Noun | None = None) -> str:
    """Return a value with its unit, or with the noun that it counts, in `zh` or `en`."""
    if fraction := _fraction(value, unit_code):
        return ("∶" if unit_code == "ratio" else "/").join(map(str, fraction))
    digits, scale = _scaled(value, language)
    return _with_unit(digits + scale, noun or _noun(unit_code), unit_code, language, one=digits == "1" and not scale)


def in_words(figure: Mapping[str, Any], noun: Noun | None) -> dict[str, str]:
    """Return `text_zh` and `text_en` of a figure: its amount, what it is per, and the change that it states."""
    change, unit = figure["change"], figure["unit"]
    zh, en = CHANGES[change]
    zh = CHANGES_ZH.get(unit, {}).get(change, zh)
    after = ""
    if change == "multiple":
        noun, after = Noun(*_TIMES) if unit == "fold" else noun, " the earlier amount"
        after = after if unit == "fold" else f" of{after}"
    before, per = per_in_words(figure["per"])
    rate = zh + before if change in {"from", "to"} else before + zh  # 原为每亩2100元, 每年增长5%
    return {
        "text_zh": rate + qualified(figure, "zh", noun),
        "text_en": en + qualified(figure, "en", noun) + after + per,
    }


def per_in_words(per: str | None) -> tuple[str, str]:
    """Return what a rate is per: 每亩每年 before the amount, " per mu per year" after it; empty if it is no rate."""
    units = [UNITS[code] for code in per.split(".")] if per else []
    return rates.words(units), "".join(f" per {unit.singular}" for unit in units)


def qualified(record: Mapping[str, Any], language: str, noun: Noun | None = None) -> str:
    """Return a figure's amount with its comparator: 约8740万元, more than 11,000 items, CNY 500–6,000."""
    value, lower, upper = (record[name] for name in ("value", "lower", "upper"))
    comparator, unit_code = record["comparator"], record["unit"]
    if value is None and lower is not None and upper is not None:
        return _between(lower, upper, unit_code, language, noun)
    if value is None:  # a single bound
        value, comparator = (lower, "ge") if lower is not None else (upper, "le")
    if value is None:
        return ""
    zh, en = QUALIFIERS.get(comparator, ("", ""))
    if comparator == "approx" and lower is None and upper == value:
        zh, en = NEARLY
    return (zh if language == "zh" else en) + amount(value, unit_code, language, noun)


def _between(lower: float, upper: float, unit_code: str, language: str, noun: Noun | None) -> str:
    low, high = _scaled(lower, language), _scaled(upper, language)
    if low.scale != high.scale:  # 500–1 million would be read as 500 million
        low, high = (Scaled(_digits(plain(Decimal(repr(bound))), language), "") for bound in (lower, upper))
    first = low.digits + (low.scale if language == "zh" else "")
    number = f"{first}–{high.digits}{high.scale}"
    return _with_unit(number, noun or _noun(unit_code), unit_code, language, one=False)


def _scaled(value: float, language: str) -> Scaled:
    for power, word in SCALES[language]:
        if power and abs(value) < 10**power:
            continue
        number = plain(_EXACT.scaleb(Decimal(repr(value)), -power))
        if power == 0 or -int(number.as_tuple().exponent) <= MAX_DECIMALS:
            return Scaled(_digits(number, language), word)
    raise AssertionError


def _fraction(value: float, unit_code: str) -> tuple[int, int] | None:
    """Return the numerator and denominator that a share or ratio was divided from, None if its digits state it."""
    if unit_code not in WHOLES or len(Decimal(repr(value)).as_tuple().digits) < MIN_DIGITS_OF_A_QUOTIENT:
        return None
    fraction = (Fraction(value) / WHOLES[unit_code]).limit_denominator(MAX_DENOMINATOR)
    if fraction.denominator == 1:
        return None
    rounded = f"{float(fraction * WHOLES[unit_code]):.{MIN_DIGITS_OF_A_QUOTIENT}g}"
    return fraction.as_integer_ratio() if rounded == f"{value:.{MIN_DIGITS_OF_A_QUOTIENT}g}" else None


def _digits(number: Decimal, language: str) -> str:
    return f"{number:f}" if language == "zh" else f"{number:,f}"


def _noun(unit_code: str) -> Noun:
    unit = UNITS[unit_code]
    return Noun(unit.zh, unit.singular, unit.plural)


def _with_unit(number: str, noun: Noun, unit_code: str, language: str, *, one: bool) -> str:
    if unit_code == "one":
        return number
    if language == "zh" or unit_code in SIGNS:
        return f"{number}{noun.zh}"
    if UNITS[unit_code].currency:
        return f"{unit_code} {number}"
    return f"{number} {noun.singular if one else noun.plural}"
