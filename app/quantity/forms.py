"""The forms in which a number stands before its unit: 三十万, 数十, 十几, 三四十, 三分之一, 一半, 七五折, 1∶3, 翻一番.

Each form is a function from a text and a place in it to the number that begins there, if one does. The forms are tried
in turn, and the one that reads the most words together with its unit holds.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.quantity import numeral
from app.quantity.decimals import EXACT, is_whole, of_fraction, plain, spaced
from app.quantity.errors import NOTE, QuantityError
from app.quantity.units import UNITS, Unit
from app.sentence import Sentence

Steps = Callable[[], tuple[Sentence, ...]]


@dataclass(frozen=True, slots=True)
class Number:
    """A number that ends at ``end`` of the text. Its bounds differ if it is an estimate.

    ``numeral`` is the numeral, if it is only that. ``unit`` is the unit that the form itself states. ``share`` is a
    fraction, a percentage unless it has a unit: 三分之一, but 三分之一亩. A number that ``needs_unit`` is one only
    before a unit: 三四个, 半年.
    """

    end: int
    lower: Decimal
    upper: Decimal
    steps: Steps
    numeral: str = ""
    unit: Unit | None = None
    unit_words: str = ""
    share: Fraction | None = None
    needs_unit: bool = False
    needs_other_unit_than: tuple[str, ...] = ()
    preferred: bool = False  # to another number that takes as many words with its unit


def between(lower: Decimal, upper: Decimal) -> Sentence:
    """Return the bounds as a step has them."""
    return Sentence(f"{spaced(lower)} 至 {spaced(upper)}", f"from {spaced(lower)} to {spaced(upper)}")


Form = Callable[[str, int], Number | None]

_DIGITS = "一二两三四五六七八九"
_LARGE = "(?:万亿|亿|万)?"
_NUMERAL = numeral.NUMERAL.pattern


def _exact(end: int, value: Decimal, steps: Steps, **more: Any) -> Number:
    return Number(end, value, value, steps, **more)


def plain_numeral(words: str, end: int) -> Number:
    """Return the number of a numeral. Raises QuantityError."""
    return _exact(end, numeral.value(words), lambda: numeral.steps(words), numeral=words)


# --------------------------------------------------------------------------------------------------------- shares

_FRACTION = re.compile(rf"(?:(?P<whole>{_NUMERAL})又)?(?P<parts>{_NUMERAL})分之(?P<count>{_NUMERAL})")
_HALF = re.compile("一半|半数|对折|半百|半")
_DISCOUNT = re.compile(rf"(?P<tenths>{_NUMERAL})折")
_ALL = 100
_DOUBTFUL_DISCOUNTS = range(11, 20)  # 11折 may be 110 %
_PAIR_OF_DIGITS = re.compile(f"[{_DIGITS}1-9]{{2}}")


def _fraction(text: str, at: int) -> Number | None:
    match = _FRACTION.match(text, at)
    if not match or (match["parts"] in {"百", "千"} and not match["whole"]):  # these are prefixes of units
        return None
    whole = numeral.value(match["whole"]) if match["whole"] else Decimal(0)
    parts, count = numeral.value(match["parts"]), numeral.value(match["count"])
    if not is_whole(whole) or not is_whole(parts) or parts == 0:
        raise QuantityError(f"“{match[0]}” is no fraction. {NOTE}")
    exact = Fraction(whole) + Fraction(count) / Fraction(parts)
    value = of_fraction(exact)

    def steps() -> tuple[Sentence, ...]:
        sign = "=" if Fraction(value) == exact else "≈"
        before = f"{spaced(whole)} + " if match["whole"] else ""
        return (Sentence.same(f"{before}{spaced(count)} ÷ {spaced(parts)} {sign} {spaced(value)}"),)

    return _exact(match.end(), value, steps, share=None if match["whole"] else exact, unit_words="分之")


def _half(text: str, at: int) -> Number | None:
    """一半, 半数 and 对折 are 50 %; 半 is half of the unit that follows, 半百 is 50."""
    if not (match := _HALF.match(text, at)):
        return None
    words, end, percent = match[0], match.end(), UNITS["percent"]
    if words == "半":
        step, half = (Sentence.same("半 = 0.5"),), Fraction(1, 2)
        return _exact(end, Decimal("0.5"), lambda: step, share=half, unit_words="半", needs_unit=True)
    if words == "半百":
        step = (Sentence.same("半百 = 50"),)
        return _exact(end, Decimal(50), lambda: step)
    step = (Sentence.same(f"{words} = 50 %"),)
    return _exact(end, Decimal(50), lambda: step, unit=percent, unit_words=words)


def _discount(text: str, at: int) -> Number | None:
    """八折 is 80 % of the price, 七五折 and 75折 are 75 %."""
    match = _DISCOUNT.match(text, at)
    if not match:
        return None
    tenths = match["tenths"]
    if _PAIR_OF_DIGITS.fullmatch(tenths):
        value = Decimal(int("".join(str(int(numeral.value(digit))) for digit in tenths)))
    else:
        value = EXACT.multiply(numeral.value(tenths), Decimal(10))
    if not 0 < value < _ALL or value in _DOUBTFUL_DISCOUNTS:
        raise QuantityError(f"“{match[0]}” is no discount. {NOTE}")
    percent = spaced(plain(value))
    step = (Sentence(f"{match[0]} = 原价的 {percent} %", f"{match[0]} = {percent} % of the price"),)
    return _exact(match.end(), plain(value), lambda: step, unit=UNITS["percent"], unit_words="折")


# ------------------------------------------------------------------------------------------------------ estimates

_SEVERAL = re.compile(f"(?:好?几|数)(?P<scale>[十百千]{_LARGE}|万亿|亿|万)")
_TEENS = re.compile(f"(?P<head>[{_DIGITS}零百千]*十|[{_DIGITS}百千]*[百千]零|[1-9]0)几(?P<scale>{_LARGE})")
_ADJACENT = re.compile(
    f"(?P<head>[{_DIGITS}零十百千万]*[十百千万])?"
    f"(?P<low>一(?=[二两])|二(?=三)|两(?=三)|三(?=[四五])|四(?=五)|五(?=六)|六(?=七)|七(?=八)|八(?=九))"
    f"(?P<high>[{_DIGITS}])(?P<scale>[十百千]?{_LARGE})(?![{_DIGITS}零点十百千])"
)


def _estimate(end: int, words: str, lower: Decimal, upper: Decimal) -> Number:
    step = (Sentence.same(f"{words} = ") + between(lower, upper),)
    return Number(end, lower, upper, lambda: step)


def _several(text: str, at: int) -> Number | None:
    """数十, 几百万: from two to ten of the scale."""
    if not (match := _SEVERAL.match(text, at)):
        return None
    scale = numeral.value(match["scale"])
    return _estimate(match.end(), match[0], EXACT.multiply(scale, Decimal(2)), EXACT.multiply(scale, Decimal(10)))


def _teens(text: str, at: int) -> Number | None:
    """十几, 二十几万: from the number to ten more."""
    if not (match := _TEENS.match(text, at)):
        return None
    scale = numeral.value(match["scale"]) if match["scale"] else Decimal(1)
    least = numeral.value(match["head"].removesuffix("零"))
    lower, upper = (EXACT.multiply(each, scale) for each in (least, EXACT.add(least, Decimal(10))))
    return _estimate(match.end(), match[0], lower, upper)


def _adjacent(text: str, at: int) -> Number | None:
    """三四十, 十五六, 两三万: from the first digit to the second one."""
    match = _ADJACENT.match(text, at)
    if not match:
        return None
    head, scale = match["head"] or "", match["scale"]
    is_plan = match["low"] + match["high"] == "三五" and head  # 十三五 is a five-year plan
    if is_plan or (head and not scale and not head.endswith("十")):
        return None
    lower, upper = (numeral.value(f"{head}{match[each]}{scale}") for each in ("low", "high"))
    estimate = _estimate(match.end(), match[0], lower, upper)
    years = () if "两" in match[0] or scale else ("year",)  # 六七年 is 1967, or six or seven years
    return replace(estimate, needs_unit=not scale, needs_other_unit_than=years)


# ------------------------------------------------------------------------------------------- products and ratios

_DOUBLED = re.compile("翻了?(?:(?P<times>[一两二三四五1-5])番|番)")
_PRODUCT = re.compile(r"(?P<first>[1-9][0-9]*)×(?P<second>[0-9]+(?:\.[0-9]+)?万?)")
_RATIO = re.compile(rf"(?P<first>{_NUMERAL})(?P<sign>[∶:比])(?P<second>{_NUMERAL})(?![∶:比])")
_CLOCK = re.compile("(?:[01]?[0-9]|2[0-4]):[0-5][0-9]")


def _doubled(text: str, at: int) -> Number | None:
    """翻一番 is to double, 翻两番 to double twice."""
    if not (match := _DOUBLED.match(text, at)):
        return None
    value = Decimal(2 ** int(numeral.value(match["times"] or "一")))
    step = (Sentence(f"{match[0]} = 原来的 {spaced(value)} 倍", f"{match[0]} = {spaced(value)} times as much"),)
    return _exact(match.end(), value, lambda: step, unit=UNITS["fold"], unit_words=match[0])


def _product(text: str, at: int) -> Number | None:
    """2×60万千瓦 is 120万千瓦. With lengths it would be an area, or a relay race."""
    if not (match := _PRODUCT.match(text, at)):
        return None
    first, second = numeral.value(match["first"]), numeral.value(match["second"])
    value = plain(EXACT.multiply(first, second))
    step = (Sentence.same(f"{spaced(first)} × {spaced(second)} = {spaced(value)}"),)
    lengths = tuple(code for code, unit in UNITS.items() if unit.si_code == "m")
    return _exact(match.end(), value, lambda: step, needs_unit=True, needs_other_unit_than=lengths)


def _ratio(text: str, at: int) -> Number | None:
    """1∶3 is so many to 1."""
    if not (match := _RATIO.match(text, at)):
        return None
    if match["sign"] == ":" and _CLOCK.fullmatch(match[0]):
        raise QuantityError(f"“{match[0]}” may be a time of day. {NOTE}")
    first, second = numeral.value(match["first"]), numeral.value(match["second"])
    if second == 0:
        raise QuantityError(f"“{match[0]}” is no ratio. {NOTE}")
    exact = Fraction(first) / Fraction(second)
    value = of_fraction(exact)
    sign = "=" if Fraction(value) == exact else "≈"
    step = (Sentence.same(f"{spaced(first)} ÷ {spaced(second)} {sign} {spaced(value)}"),)
    return _exact(match.end(), value, lambda: step, unit=UNITS["ratio"], unit_words=match["sign"])


_FORMS: dict[re.Pattern[str], Form] = {
    _DOUBLED: _doubled,
    _RATIO: _ratio,
    _PRODUCT: _product,
    _FRACTION: _fraction,
    _DISCOUNT: _discount,
    _HALF: _half,
    _SEVERAL: _several,
    _TEENS: _teens,
    _ADJACENT: _adjacent,
}
_NAMED_GROUP = re.compile(r"\(\?P<\w+>")
_ANY_FORM = re.compile("|".join(_NAMED_GROUP.sub("(?:", pattern.pattern) for pattern in _FORMS))  # one look for all
_BEGINNING = re.compile(f"{_NUMERAL}|半|对折|翻|(?:好?几|数)[十百千万亿]")
_UNIT_BEGINNINGS = {word[0] for unit in UNITS.values() for word in unit.words}
_BEFORE_UNIT = tuple("0123456789万亿")  # directly after these, a unit's name can begin: 30万千瓦, but 两万五千米


def begins(text: str, at: int = 0) -> bool:
    """Return whether a number may begin at a place in a text."""
    return _BEGINNING.match(text, at) is not None


def candidates(text: str, at: int) -> Iterator[Callable[[], Number | None]]:
    """Yield the ways to read the number at a place in a text, each of which may raise QuantityError."""
    if _ANY_FORM.match(text, at):
        for form in _FORMS.values():
            yield lambda form=form: form(text, at)  # type: ignore[misc]
    if match := numeral.NUMERAL.match(text, at):
        words, end = match[0], match.end()
        yield lambda: plain_numeral(words, end)
        if len(words) > 1 and words[-1] in _UNIT_BEGINNINGS:  # 千瓦, 百分点
            preferred = words[:-1].endswith(_BEFORE_UNIT)
            yield lambda: replace(plain_numeral(words[:-1], end - 1), needs_unit=True, preferred=preferred)
