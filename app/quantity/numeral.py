"""Reading one numeral: 8740万, 1,858, 三百五十, 三点五亿, 二〇二二, 四万万.

A numeral is read from its largest scale down: the count before the scale, then the remainder after it. Digits and
scales may be mixed as in newspapers (1亿2000万, 5百万).
"""

import re
from decimal import Decimal
from functools import lru_cache

from app.quantity.decimals import plain, spaced
from app.quantity.errors import NOTE, QuantityError
from app.sentence import Sentence

MAX_CACHED_NUMERALS = 1_000  # each is read several times in a row

_SCALES = {"亿": 10**8, "万": 10**4, "千": 10**3, "百": 10**2, "十": 10}
_VARIANTS = ("零〇", "一壹", "二贰貳弍两兩", "三叁參叄弎", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖")
_DIGITS = tuple(forms[0] for forms in _VARIANTS)
_SCALE_VARIANTS = ("十拾", "百佰", "千仟", "万萬", "亿億")
_POINTS = "点點"
_STANDARD = str.maketrans({form: forms[0] for forms in (*_VARIANTS, *_SCALE_VARIANTS, _POINTS) for form in forms})
_TWO = "两兩"
_SCALE_WORDS = "".join(_SCALE_VARIANTS)
_WRITTEN = "".join((*_VARIANTS, *_SCALE_VARIANTS)).translate(str.maketrans("", "", _TWO))

# 两 is a digit at the beginning and before a scale; elsewhere it is the unit of weight: 三千两百两.
NUMERAL = re.compile(
    rf"[0-9{_WRITTEN}{_TWO}](?:[0-9{_WRITTEN}]|[{_TWO}](?=[{_SCALE_WORDS}])|(?<=[0-9])[.,](?=[0-9])"
    rf"|[{_POINTS}](?=[0-9{_WRITTEN}]))*"
)
SCALES = tuple("百千万亿佰仟萬億")
MYRIADS = ("万亿", "亿", "万")
_LEAST_IN_FULL = 100  # 500—1万 begins at 500, but 45—6万 may be 450 000 to 460 000

_GROUPED = re.compile(r"(?<![\d,.])\d{1,3}(?:,\d{3})+(?![\d,])")
_FRACTIONS = (
    re.compile(r"(?P<whole>[0-9]+)\.(?P<places>[0-9]+)(?P<scale>[百千]?(?:万亿|[万亿])?)"),
    re.compile(
        r"(?P<whole>[零一二三四五六七八九十百千万亿]+)点(?P<places>[零一二三四五六七八九]+)(?P<scale>(?:[百千]?(?:万亿|[万亿]))?)"
    ),
)
_BARE_SCALE = re.compile("[百千万亿]+")
_ABOUT_A_SCALE = re.compile("百十.?|百八十|千八百|万八千")  # in speech: about a hundred, a thousand, ten thousand
_LEADING_ZERO = re.compile("0[0-9]")
_COUNTED_MYRIADS = re.compile(r"(?P<count>[^万亿]*)(?P<scale>万亿|亿|万)")
_HUNDREDS_OF_MYRIADS = re.compile("[二三四五六七八九][百千][万亿]+")
_COUNTED_HUNDREDS = re.compile(r"(?P<count>[^十百千万亿]+)(?P<scale>[百千])")


def value(words: str) -> Decimal:
    """Return the value of a complete numeral."""
    if _is_plain(words):
        return Decimal(int(words))
    standard = _standard(words)
    for form in _FRACTIONS:
        if match := form.fullmatch(standard):
            whole, places, scale = match["whole"], _arabic(match["places"]), match["scale"]
            digits = int(f"{_integer(whole, last=False)}{places}") * (_integer(scale) if scale else 1)
            return plain(Decimal(f"{digits}E-{len(places)}"))
    if len(standard) > 1 and set(standard) <= set(_DIGITS):
        return Decimal(_positional(standard))
    return Decimal(_integer(standard))


def steps(words: str) -> tuple[Sentence, ...]:
    """Return the steps from a numeral to its value; none if it is written in digits."""
    if _is_plain(words):
        return ()
    standard = _standard(words)
    match = _COUNTED_MYRIADS.fullmatch(standard)
    if match and match["count"]:
        count, scale = value(match["count"]), value(match["scale"])
        return (Sentence.same(f"{spaced(count)} × {spaced(scale)} = {spaced(value(words))}"),)
    return () if standard.isascii() else (Sentence.same(f"{words} = {spaced(value(words))}"),)


def is_round(words: str) -> bool:
    """Return whether a numeral is a scale without a count (百, 千, 百万), which is a round number."""
    return _BARE_SCALE.fullmatch(_standard(words)) is not None


def significant_digits(words: str) -> int | None:
    """Return the number of significant digits of a numeral in 万 or 亿: 3 for 581万. None for one written in full.

    The zeros that a scale adds are not significant; 2505 is a count, exact to its last digit.
    """
    standard = _standard(words)
    if is_round(standard):
        return 1
    scale = next((each for each in MYRIADS if standard.endswith(each)), None)
    if scale is None:
        return None
    count = standard.removesuffix(scale)
    if count.isascii():
        return len(count.replace(".", "").lstrip("0")) or 1
    written = f"{value(words):f}".replace(".", "").lstrip("0")
    return max(len(written) - len(f"{value(scale):f}") + 1, len(written.rstrip("0")), 1)


def with_shared_scale(low: str, high: str) -> str:
    """Return the first numeral of a range with the scale of the second one: 3—5万 is 3万 to 5万.

    A scale is shared only if the range then still ascends: 500—1万 goes from 500 to 10 000. The scale 十 is never
    shared: 一至二十 starts at one.
    """
    first, second = _standard(low), _standard(high)
    match = _COUNTED_MYRIADS.fullmatch(second)
    if match is None and not set(first) & set(_SCALES):
        match = _COUNTED_HUNDREDS.fullmatch(second)
    if match is None or set(first) & set("万亿"):
        return low
    if len(first) == 1 and _HUNDREDS_OF_MYRIADS.fullmatch(second):
        raise QuantityError(f"“{low}—{high}” can be read in two ways. {NOTE}")  # 八到九百亿
    shared, count = low + match["scale"], value(match["count"] or "1")
    if value(shared) < value(high):
        return shared
    if count < value(low) < _LEAST_IN_FULL:
        raise QuantityError(f"“{low}—{high}” can be read in two ways. {NOTE}")
    return low


def _is_plain(words: str) -> bool:
    return words.isascii() and words.isdecimal()


@lru_cache(MAX_CACHED_NUMERALS)
def _standard(words: str) -> str:
    """Return words with one form for each digit and scale, and without thousands separators."""
    standard = _GROUPED.sub(lambda group: group[0].replace(",", ""), words.translate(_STANDARD))
    if "," in standard:
        raise QuantityError(
            f"The commas of “{words}” do not separate groups of three digits. Cite only one number of a list."
        )
    if _LEADING_ZERO.match(standard):
        raise QuantityError(f"“{words}” begins with 0: it is a code, a telephone number or a date, not a quantity.")
    if _ABOUT_A_SCALE.fullmatch(standard):
        raise QuantityError(f"“{words}” names no definite number. {NOTE}")
    return standard[0] + standard[1:].replace("万万", "亿")


def _arabic(digits: str) -> str:
    return "".join(str(_DIGITS.index(digit)) if digit in _DIGITS else digit for digit in digits)


def _positional(digits: str) -> int:
    """Return the value of adjacent written digits: 二〇二二 is a number, 三五 is an estimate."""
    if digits[0] == "零" or ("零" not in digits and len(digits) < len("二〇二二")):
        raise _estimate_error(digits)
    return int(_arabic(digits))


def _integer(words: str, *, first: bool = True, last: bool = True) -> int:
    """Return the value of a whole number, or of its first or last part.

    Only the first scale may lack a count (百, 万亿), and only the last one may be abbreviated (三百五).
    """
    scale = next((scale for scale in _SCALES if scale in words), None)
    if scale is None:
        return _digits(words)
    count, _, rest = words.partition(scale)
    return _count(count, scale, first=first) * _SCALES[scale] + _remainder(rest, scale, last=last)


def _count(words: str, scale: str, *, first: bool) -> int:
    """Return the count of a scale. Digits may exceed the next scale (12000万), written words may not."""
    if not words and (first or scale == "十"):
        return 1
    count = _integer(words, first=first, last=False) if words else 0
    limit = _SCALES[scale] if scale in "万亿" else 10
    in_digits = words.removesuffix("万").isascii()
    if count == 0 or (count >= limit and not in_digits):
        raise QuantityError(f"“{words}{scale}” is no numeral. {scale} takes a count from 1 to {limit - 1} before it.")
    return count


def _remainder(words: str, scale: str, *, last: bool) -> int:
    """Return the value after a scale: 五十 in 三百五十, but in 三百五 the colloquial five of the next lower scale."""
    if not words:
        return 0
    if last and words in _DIGITS and words != "零":
        return _DIGITS.index(words) * _SCALES[scale] // 10
    rest = _integer(words.removeprefix("零"), first=False, last=last)
    if not 0 < rest < _SCALES[scale]:
        raise QuantityError(f"“{words}” cannot follow {scale}, only a smaller number can. {NOTE}")
    announced = words.startswith("零") or set(words) & set(_SCALES)
    if rest < _SCALES[scale] // 10 and not announced:
        raise QuantityError(f"“{words}” after {scale} can be read in two ways. {NOTE}")
    return rest


def _digits(words: str) -> int:
    if words.isascii() and words.isdecimal():
        return int(words)
    if words in _DIGITS:
        return _DIGITS.index(words)
    if words and set(words) <= set(_DIGITS):
        raise _estimate_error(words)
    problem = f"“{words}” is no numeral" if words else "A digit is missing"
    raise QuantityError(f"{problem}. {NOTE}")


def _estimate_error(digits: str) -> QuantityError:
    return QuantityError(f"The digits “{digits}” side by side name no definite number. {NOTE}")
